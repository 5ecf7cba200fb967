"""How Alembic reaches the database and what it compares."""

from __future__ import annotations

import os
from typing import Any

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from backend.database import sqlalchemy_url
from backend.models import Base

_LOCK_KEY = 0x6D696772  # "migr": two processes that start together migrate one after the other


def _of_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """The tables of procrastinate are its own business."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def _run() -> None:
    url = context.config.attributes.get("url") or sqlalchemy_url(os.environ["DATABASE_URL"])
    engine = create_engine(url, poolclass=NullPool, connect_args={"options": "-c timezone=UTC"})
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=_of_ours,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


_run()
