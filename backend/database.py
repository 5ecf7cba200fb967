"""PostgreSQL through SQLAlchemy: the base of all tables, and one transaction for one piece of work."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from sqlalchemy import ColumnElement, Date, DateTime, Engine, MetaData, Text, Uuid, create_engine, func
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    Session,
    mapped_column,
    sessionmaker,
)

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> uuid.UUID:
    """A version 7 UUID: unique without asking the database, and ordered by the time it was made."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | (0x7 << 76) | (secrets.randbits(12) << 64)
    return uuid.UUID(int=value | (0b10 << 62) | secrets.randbits(62))


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Clock:
    read: Callable[[], datetime]


_CLOCK = _Clock(_wall_clock)


def utc_now() -> datetime:
    """The wall clock, aware. Services take `now` as an argument where a rule depends on it."""
    return _CLOCK.read()


@contextmanager
def another_clock(read: Callable[[], datetime]) -> Iterator[None]:
    """Within the block all of this process reads this clock: a simulation lets a year pass in seconds."""
    _CLOCK.read = read
    try:
        yield
    finally:
        _CLOCK.read = _wall_clock


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy reads a plain class attribute
        str: Text(),
        datetime: DateTime(timezone=True),
        uuid.UUID: Uuid(),
        dict[str, Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        list[dict[str, str]]: JSONB(),
        list[str]: ARRAY(Text()),
    }


class Identified:
    """An id and the moment of creation, for every table that has no better key."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), sort_order=90)


def day_in_vietnam(moment: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[date]:
    """The day in Vietnam of a moment, in a query; `penalty.calendar.vietnam_date` for a value."""
    return sql_cast(func.timezone("Asia/Ho_Chi_Minh", moment), Date)


def sqlalchemy_url(database_url: str) -> URL:
    """`DATABASE_URL` as SQLAlchemy wants it: the psycopg 3 driver, whatever prefix was given."""
    return make_url(database_url).set(drivername="postgresql+psycopg")


def libpq_url(database_url: str) -> str:
    """`DATABASE_URL` as libpq wants it, for connections outside SQLAlchemy."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


class Database:
    """An engine and its sessions. One per process."""

    def __init__(self, database_url: str, *, pool_size: int = 10) -> None:
        self.url = database_url
        self.engine: Engine = create_engine(
            sqlalchemy_url(database_url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            connect_args={"options": "-c timezone=UTC -c lock_timeout=15000"},
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._sessions() as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()


def _request_session(request: Request) -> Iterator[Session]:
    database = cast("Database", request.app.state.services.database)
    with database.unit_of_work() as session:
        yield session


# scope="function": committed before the answer leaves, so that "stored" is never said too early.
SessionDep = Annotated[Session, Depends(_request_session, scope="function")]
