from __future__ import annotations

import pytest
from pydantic import ValidationError

from edge.settings import SettingsError, StoreSettings, WorkerSettings

WHOLE = {"S3_ENDPOINT": "127.0.0.1:8333", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "khong-noi"}


@pytest.mark.parametrize("missing", WHOLE)
def test_a_missing_variable_is_named(missing):
    with pytest.raises(SettingsError, match=missing):
        StoreSettings.from_environment({name: value for name, value in WHOLE.items() if name != missing})


@pytest.mark.parametrize(
    ("changes", "endpoint", "secure"),
    [
        ({}, "127.0.0.1:8333", False),
        ({"S3_SECURE": "true"}, "127.0.0.1:8333", True),
        ({"S3_ENDPOINT": "https://store.example/"}, "store.example", True),
        ({"S3_ENDPOINT": "http://store.example:9000"}, "store.example:9000", False),
        ({"S3_ENDPOINT": "https://store.example", "S3_SECURE": "false"}, "store.example", False),
    ],
)
def test_the_endpoint_may_be_an_address(changes, endpoint, secure):
    settings = StoreSettings.from_environment(WHOLE | changes)
    assert (settings.endpoint, settings.secure, settings.bucket) == (endpoint, secure, "evidence")


def test_the_secret_is_never_printed():
    assert "khong-noi" not in repr(StoreSettings.from_environment(WHOLE))


def test_a_misspelt_setting_is_refused(tmp_path):
    with pytest.raises(ValidationError, match="heartbeats_s"):
        WorkerSettings(data_folder=tmp_path, backend_url="http://127.0.0.1:9", heartbeats_s=1)
