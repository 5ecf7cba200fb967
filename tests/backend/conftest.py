from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from tests.backend.factories import Box, make_account, signed_in
from tests.backend.made_up import anybody, every_address
from tests.backend.world import outside_process

__all__ = ["anybody", "every_address", "outside_process"]  # one process for all folders


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch) -> None:
    """The same algorithm with less work: hundreds of sign-ins happen in these tests."""
    monkeypatch.setattr("backend.accounts.service._hasher", PasswordHasher(1, 1024, 1))


@pytest.fixture
def box(client, services) -> Box:
    """An enrolled and approved camera box."""
    return Box(client, services).ready()


@pytest.fixture
def staff(services, new_client):
    """`staff("canhsat", "officer")`: a client signed in as a new account with these roles."""

    def make(
        username: str, *roles: str, signing_limit_vnd: int = 0, areas: tuple[str, ...] = ("*",)
    ) -> TestClient:
        client = new_client()
        with services.database.unit_of_work() as session:
            account = make_account(
                session, username, *roles, signing_limit_vnd=signing_limit_vnd, areas=areas
            )
            signed_in(client, services, session, account)
        return client

    return make
