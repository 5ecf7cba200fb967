"""What a process holds once and hands to its requests and jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request

from backend.database import Database, utc_now
from backend.evidence.store import ObjectStore
from backend.settings import Settings


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database
    store: ObjectStore
    started_at: datetime = field(default_factory=utc_now)


def make_services(settings: Settings) -> Services:
    """Connects lazily: neither the database nor the store need to be up yet."""
    return Services(
        settings=settings,
        database=Database(settings.database_url, pool_size=settings.database_pool_size),
        store=ObjectStore.from_settings(settings),
    )


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


ServicesDep = Annotated[Services, Depends(_services)]
