"""Databases for tests: an empty, migrated one for who asks, emptied and used again by the next."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, ColumnElement, Engine, create_engine, inspect, select

from backend.database import Database, Identified


def rows_of(database: Database, model: type[Any], *where: ColumnElement[bool]) -> list[Any]:
    """The rows, oldest first: in a table that was emptied and used again they lie in any order."""
    made = [model.created_at] if issubclass(model, Identified) else []
    with database.unit_of_work() as session:
        found = select(model).where(*where).order_by(*made, *inspect(model).primary_key)
        return list(session.scalars(found))


# What a test may not leave behind: a table, function, default or trigger of its own, or one switched off.
_SCHEMA = """
    SELECT md5(string_agg(word, ' ' ORDER BY word)) FROM (
        SELECT 'c' || oid::text AS word FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT 'p' || oid::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'd' || oid::text FROM pg_attrdef
        UNION ALL SELECT 't' || oid::text || tgenabled::text FROM pg_trigger) AS words
"""
_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND (application_name <> 'pooled' OR state <> 'idle'
         OR pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory'))
"""
_RESTART = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
# Those that ever held a row: the others have not a page.
_TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0 ORDER BY relname
"""


@dataclass(frozen=True)
class _Copy:
    """One of them, with a connection that stays: a new one would learn every table anew."""

    name: str
    connection: psycopg.Connection[Any]
    schema: str

    def empty(self) -> bool:
        """Whether all rows are gone and the schema is as it was; who is still connected is cut off."""
        self.connection.execute(_OTHERS)
        with self.connection.transaction():
            if _word(self.connection, _SCHEMA) != self.schema:
                return False
            for table in self._filled():
                self.connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            self.connection.execute(_RESTART)
        return True

    def _filled(self) -> list[str]:
        """The tables that hold a row."""
        names = tuple(name for (name,) in self.connection.execute(_TABLES))
        return [name for (name,) in self.connection.execute(_looks(names))] if names else []


@cache
def _looks(names: tuple[str, ...]) -> bytes:
    look = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
    looks = (look.format(sql.Literal(name), sql.Identifier(name)) for name in names)
    return sql.SQL(" UNION ALL ").join(looks).as_bytes(None)


@dataclass
class Databases:
    """Copies of `template` on one server. Making and dropping one costs several times what emptying does."""

    postgres: Any
    template: str
    _free: list[_Copy] = field(default_factory=list)
    _engines: dict[tuple[Any, ...], Engine] = field(default_factory=dict)

    def engine(self, url: URL, *, connect_args: dict[str, str], **how: Any) -> Engine:
        """One engine for all who ask for the same: statements stay compiled, connections know the tables."""
        key = (url, *how.items())
        if key not in self._engines:
            named = connect_args | {"application_name": "pooled"}
            self._engines[key] = create_engine(url, connect_args=named, **how)
        return self._engines[key]

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The address of a database that holds what the migrations put there, nothing else."""
        copy = self._free.pop() if self._free else self._made()
        yield self.postgres.url(copy.name)
        if copy.empty():
            self._free.append(copy)
        else:
            copy.connection.close()
            self._run("DROP DATABASE {} WITH (FORCE)", copy.name)

    def _made(self) -> _Copy:
        name = f"t_{secrets.token_hex(6)}"
        # Files are copied in a third of the time that writing them through the log takes.
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, self.template)
        connection = psycopg.connect(self.postgres.url(name), autocommit=True)
        # Append-only tables and foreign keys would refuse to be emptied; this is no change that they guard
        # against. Said once: each time it is said, all that was planned is forgotten.
        connection.execute("SET session_replication_role = replica")
        return _Copy(name, connection, _word(connection, _SCHEMA))

    def _run(self, words: str, *names: str) -> None:
        with psycopg.connect(self.postgres.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


def _word(connection: psycopg.Connection[Any], query: str) -> str:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])
