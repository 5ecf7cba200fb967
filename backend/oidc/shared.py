"""The clients of this installation: one a registration, shared by all requests with what it has read."""

from __future__ import annotations

from functools import lru_cache

from backend import outgoing
from backend.database import utc_now
from backend.oidc.client import Client
from backend.oidc.values import ClientConfig


@lru_cache(maxsize=8)
def shared_client(config: ClientConfig) -> Client:
    return Client(config, outgoing.client(), utc_now)
