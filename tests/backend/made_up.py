"""Requests made up by schemathesis for every address, pages and their forms too."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest
import schemathesis
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

from backend.accounts.roles import ROLES
from backend.app import bare_app
from tests.backend.factories import make_account, sign_in
from tests.permissions import stated

_SIGNS_OUT = {"/v1/sessions/current", "/dang-xuat"}
_ENDLESS = "/v1/cameras/{camera_id}/stream"


@pytest.fixture
def every_address(monkeypatch):
    """The description of all addresses, also of those that the published document leaves out."""
    contexts = iter_route_contexts(bare_app().routes)
    routes = [one.original_route for one in contexts if isinstance(one.original_route, APIRoute)]
    for route in routes:
        monkeypatch.setattr(route, "include_in_schema", True)
    document = get_openapi(title="every address", version="1", routes=routes)
    assert document["paths"].keys() == {address.path for address in stated()}
    return schemathesis.openapi.from_dict(document)


@pytest.fixture
def anybody(app, portal, services):
    """A client who holds all roles, so that every guard lets the request through; 500 is an answer to it."""
    with services.database.unit_of_work() as session:
        make_account(session, "moi-vai-tro", *ROLES, signing_limit_vnd=60_000_000)
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    client.portal = portal
    sign_in(client, "moi-vai-tro")
    return client


def _written(part):
    """A part of a made-up form as the client can send it: a number, too, is written out."""
    if isinstance(part, tuple):
        filename, content, *rest = part
        return (filename, _written(content), *rest)
    return part if isinstance(part, bytes | str) or hasattr(part, "read") else str(part)


def broken_by(operation, client, examples: int, ids: Mapping[str, str]) -> str | None:
    """The first made-up request of this address that ends in a 500, or None."""
    fixed = {one.name: ids[one.name] for one in operation.path_parameters if one.name in ids}
    found: list[str] = []

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(path_parameters=fixed or None))
    def ask(case) -> None:
        asked = case.as_transport_kwargs(base_url="http://testserver")
        asked.pop("cookies", None)
        if isinstance(asked.get("data"), bytes | str):
            asked["content"] = asked.pop("data")
        if asked.get("files"):
            asked["files"] = [(name, _written(part)) for name, part in asked["files"]]
        asked["headers"] = {**asked.get("headers", {}), "X-CSRF-Token": client.headers["X-CSRF-Token"]}
        answer = client.request(**asked)
        if answer.status_code == 500:
            found.append(case.as_curl_command())

    ask()
    return found[0] if found else None


def broken(schema, client, examples: int, ids: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """As curl commands, the first request of each address that ended in a 500; `ids` fill its path."""
    operations = [result.ok() for result in schema.get_all_operations()]
    in_order = sorted(operations, key=lambda one: one.path in _SIGNS_OUT)
    asked = (broken_by(one, client, examples, ids) for one in in_order if one.path != _ENDLESS)
    return [first for first in asked if first]
