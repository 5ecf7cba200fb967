"""A clock that goes forward when it is told to, for the backend and its database alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from backend.database import another_clock

_SET_UP = (
    "CREATE TABLE fast_clock (ahead interval NOT NULL)",
    "INSERT INTO fast_clock VALUES ('0')",
    """CREATE FUNCTION fast_now() RETURNS timestamptz LANGUAGE sql AS
    'SELECT clock_timestamp() + ahead FROM fast_clock'""",
)
_DEFAULTS = text(
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = 'public' AND column_default = 'clock_timestamp()'"
)


class FastClock:
    """Reads `start` when it begins and ticks as the wall clock does; `to` jumps ahead."""

    def __init__(self, engine: Engine, start: datetime) -> None:
        self._engine = engine
        self._ahead = start - datetime.now(UTC)
        with engine.begin() as connection:
            for statement in _SET_UP:
                connection.execute(text(statement))
            for table, column in connection.execute(_DEFAULTS).all():
                connection.execute(
                    text(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET DEFAULT fast_now()')
                )
        self._tell_database()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def to(self, moment: datetime) -> None:
        """Jump to this moment; one that has passed changes nothing."""
        wait = moment - self.now()
        if wait > timedelta(0):
            self._ahead += wait
            self._tell_database()

    def _tell_database(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("UPDATE fast_clock SET ahead = :ahead"), {"ahead": self._ahead})


@contextmanager
def fast_clock(engine: Engine, start: datetime) -> Iterator[FastClock]:
    """The process and this database live in another time until the block ends."""
    clock = FastClock(engine, start)
    with another_clock(clock.now):
        yield clock
