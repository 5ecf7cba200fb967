"""What a tile server's address may be, and what is said of one that cannot be."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from backend.headers import content_security_policy
from backend.settings import Settings

PLAIN = {"database_url": "postgresql://x/y", "s3_endpoint": "s3.example"}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://tiles.example/{z}/{x}/{y}.png", "must begin with https://"),
        ("/tiles/{z}/{x}/{y}.png", "must begin with https://"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png", "no plain host"),
        ("https://me:secret@tiles.example/{z}/{x}/{y}.png", "no plain host"),
        ("https://tiles.example;script-src/{z}/{x}/{y}.png", "no plain host"),
        ("https://tiles.example/{z}/{x}/ {y}.png", "blank"),
        ("https://tiles.example/{z}/{x}/{y", "brace"),
        ("https://tiles.example/{z}/{x}.png", "{y} is missing"),
        ("https://tiles.example/{z}/{x}/{y}{r}.png", "{r} is not known"),
        ("https://tiles.example/{0}/{z}/{x}/{y}.png", "{0} is not known"),
    ],
)
def test_a_template_that_cannot_be_is_refused_at_start_in_one_line(url, said):
    with pytest.raises(ValidationError) as refused:
        Settings(**PLAIN, map_tiles_url=url)
    (fault,) = refused.value.errors()
    assert fault["loc"] == ("map_tiles_url",)
    assert said in fault["msg"]
    assert "\n" not in fault["msg"]


def test_pictures_may_come_from_the_named_host_and_nothing_else_changes():
    without = content_security_policy(Settings(**PLAIN))
    url = "https://tiles.example:8443/streets/{z}/{y}/{x}.webp?key=1"
    tiled = content_security_policy(Settings(**PLAIN, map_tiles_url=url))
    assert "img-src 'self' data:;" in without
    assert tiled == without.replace("img-src 'self' data:", "img-src 'self' data: https://tiles.example:8443")


def test_what_the_attribution_leads_to_is_a_web_address():
    with pytest.raises(ValidationError, match="must begin with https://"):
        Settings(**PLAIN, map_attribution_url="javascript:alert(1)")
