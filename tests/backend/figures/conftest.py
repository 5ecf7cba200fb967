from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from penalty.calendar import vietnam_date
from tests.backend.world import *  # noqa: F403 - the fixtures of the whole product


def vietnam_today():
    return vietnam_date(datetime.now(UTC))


def figure_rows(client, name: str) -> list[dict]:
    """The rows of a figure in English, as a program reads them."""
    answer = client.get(f"/v1/figures/{name}.json?lang=en")
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


@pytest.fixture
def reader(staff):
    """A client of somebody who may read figures."""
    return staff("kiemtoan", "auditor")


@pytest.fixture
def ioc_client(settings):
    """A client of a system that has a token for the operations centre."""
    from backend.app import create_app

    app = create_app(settings.model_copy(update={"ioc_token": SecretStr("the-ioc-token")}))
    yield TestClient(app)
    app.state.services.database.close()
