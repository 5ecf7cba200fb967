"""docs/openapi.json says what the application is: whoever changes the API sees it in the diff."""

from __future__ import annotations

import json

from fastapi.testclient import TestClient

from backend.app import bare_app
from backend.openapi import as_text
from tests.conftest import REPOSITORY

KEPT = REPOSITORY / "docs/openapi.json"


def test_the_document_that_is_kept_is_the_one_that_is_served():
    served, kept = (
        TestClient(bare_app()).get("/v1/openapi.json").json(),
        json.loads(KEPT.read_text(encoding="utf-8")),
    )
    changed = [
        path
        for path in sorted(served["paths"].keys() | kept["paths"].keys())
        if served["paths"].get(path) != kept["paths"].get(path)
    ]
    assert not changed, f"the API changed at {', '.join(changed)}: look at it, and `make openapi`"
    assert KEPT.read_text(encoding="utf-8") == as_text(bare_app()), "a model changed: `make openapi`"


def test_every_operation_tells_its_refusals_and_none_shares_an_id():
    document = bare_app().openapi()
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert all(
        one["responses"]["4XX"]["content"].keys() == {"application/problem+json"} for one in operations
    )
    ids = [one["operationId"] for one in operations]
    assert len(ids) == len(set(ids))
