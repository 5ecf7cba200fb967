from __future__ import annotations

import pytest

from backend.settings import Settings
from tests.backend.transfers.two import HERE, THERE, Other, Wire, peer
from tests.backend.world import case, cheap_passwords, outside, plain_papers, real_papers

__all__ = ["case", "cheap_passwords", "outside", "plain_papers", "real_papers"]

THEIRS = {
    "secret_key": "another-secret-key",
    "s3_bucket": "evidence-second",
    "s3_documents_bucket": "documents-second",
    "authority_id": THERE,
}


def _with(settings: Settings, **changes: object) -> Settings:
    plain = {name: getattr(settings, name) for name in Settings.model_fields}
    return Settings(**{**plain, **changes})


@pytest.fixture
def settings(settings, outside):
    """Ours, with the sandbox for the outside and the other authority as a peer."""
    theirs = peer(_with(settings, **THEIRS), THERE)
    return _with(settings, **outside.settings(), authority_id=HERE, transfer_peers=(theirs,))


@pytest.fixture
def second_settings(settings, databases):
    with databases.empty() as url:
        yield _with(settings, **THEIRS, database_url=url, transfer_peers=(peer(settings, HERE),))


@pytest.fixture
def wire(monkeypatch, client):
    made = Wire(apps={HERE.lower(): client})
    for module in ("sending", "sync"):
        monkeypatch.setattr(f"backend.transfers.{module}.client", lambda: made)
    return made


@pytest.fixture
def other(second_settings, wire):
    there = Other(second_settings, wire)
    yield there
    there.services.database.close()
