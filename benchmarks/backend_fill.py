"""Fills the tables with copies of one closed case, so that look-ups can be timed among millions of others.

What differs from dossier to dossier is what look-ups go by: ids, numbers, plates, states and days. Every
dossier has its report, its two first events, its two first time limits and its notice. Of the reports only
every twentieth has its content (4 KB): five million would fill the disk, and no look-up goes by it. Those
that have it are looked up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import chain, cycle, islice
from typing import Final

import psycopg
from psycopg import sql

from backend.dossiers.secrets import new_secret, secret_hash
from backend.portal.entry import Entry, group_of

_CHUNK: Final = 100_000
_WHOLE_EVERY: Final = 20
_FIRST: Final = 10_000_000
"""Numbers below are given to real papers."""
_PREFIX: Final = dict(
    zip(("violation", "dossier", "dossier_event", "dossier_deadline", "document"), range(61, 66), strict=True)
)
_OPEN_OF_97: Final = 4
_STATE: Final = "(ARRAY['notified','recorded','decided','overdue'])[1 + mod(n, 97)]"
_COPIES: Final = "SELECT count(*) FROM dossier WHERE notice_number >= 'TB-2026-10000000'"
_CHANGED: Final[dict[str, dict[str, str]]] = {
    "violation": {
        "id": "{self}",
        "report_id": "'load-' || n",
        "payload": f"CASE WHEN mod(n, {_WHOLE_EVERY}) = 0 THEN t.payload ELSE '{{{{}}}}'::jsonb END",
        "event_at": "t.event_at - make_interval(mins => mod(n, 1000000)::int)",
    },
    "dossier": {
        "id": "{self}",
        "violation_id": "{violation}",
        "notice_number": "'TB-2026-' || n",
        "record_number": "'BB-2026-' || n",
        "decision_number": "'QĐ-2026-' || n",
        "receipt_number": "'BL-2026-' || n",
        "plate": "'61A' || lpad(mod(n, 100000)::text, 5, '0')",
        "state": f"CASE WHEN mod(n, 97) < {_OPEN_OF_97} THEN {_STATE} ELSE 'closed' END",
        **{
            column: f"t.{column} - make_interval(mins => mod(n, 1000000)::int)"
            for column in ("opened_at", "notified_at", "decided_at", "paid_at")
        },
    },
    "dossier_event": {"id": "{self}", "dossier_id": "{dossier}"},
    "dossier_deadline": {
        "id": "{self}",
        "dossier_id": "{dossier}",
        **{column: f"t.{column} - (mod(n, 1000000) / 1440)::int" for column in ("starts_on", "due_on")},
    },
    "document": {"id": "{self}", "dossier_id": "{dossier}", "number": "'TB-2026-' || n"},
}
_TEMPLATES: Final = {
    "violation": "id = (SELECT violation_id FROM dossier WHERE id = %(case)s)",
    "dossier": "id = %(case)s",
    "dossier_event": "dossier_id = %(case)s AND seq <= 2",
    "dossier_deadline": (
        "id IN (SELECT id FROM dossier_deadline WHERE dossier_id = %(case)s ORDER BY due_on, step_id LIMIT 2)"
    ),
    "document": "dossier_id = %(case)s AND kind = 'notice'",
}


@dataclass(frozen=True)
class Known:
    """A filled dossier with what opens it."""

    dossier_id: str
    entry: Entry


def fill(url: str, size: int) -> int:
    """Bring the number of dossiers to `size`; how many there are then. RuntimeError without a closed case."""
    with psycopg.connect(url, autocommit=True) as connection:
        # Copies of what is right: nothing to check, and nothing that a power cut may not take.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        template = _case(connection)
        there = _number(connection, "SELECT count(*) FROM dossier")
        copies = _number(connection, _COPIES)
        first, last = _FIRST + copies, _FIRST + copies + max(0, size - there)
        for table in _CHANGED:
            _autovacuum(connection, table, "off")
        for start in range(first, last, _CHUNK):
            for table in _CHANGED:
                _copy(connection, table, template, start, min(start + _CHUNK, last))
        for table in _CHANGED:
            connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
            _autovacuum(connection, table, "on")
        return max(size, there)


def sample(url: str, count: int, secret_key: str) -> list[Known]:
    """Filled dossiers from everywhere among them, each given a secret that opens it.

    Every second one is open, though few are: people look at those, and other questions are asked about them.
    Where there are fewer than `count`, they come again.
    """
    chance = random.Random(count)  # noqa: S311 - which rows, not secrets
    with psycopg.connect(url) as connection:
        whole = range(_FIRST, _FIRST + _number(connection, _COPIES), _WHOLE_EVERY)
        groups = [
            [number for number in whole if (number % 97 < _OPEN_OF_97) is is_open]
            for is_open in (True, False)
        ]
        known = [
            [
                _known(connection, number, secret_key)
                for number in chance.sample(group, min(count, len(group)))
            ]
            for group in groups
        ]
        return list(islice(chain.from_iterable(zip(*map(cycle, known), strict=False)), count))


def _known(connection: psycopg.Connection, number: int, secret_key: str) -> Known:
    notice, secret = f"TB-2026-{number}", new_secret()
    row = connection.execute(
        "UPDATE dossier SET secret_hash = %s WHERE notice_number = %s RETURNING id, plate, vehicle_kind",
        (secret_hash(secret_key, notice, secret), notice),
    ).fetchone()
    if row is None:
        raise RuntimeError(f"{notice} was not filled")
    return Known(str(row[0]), Entry(str(row[1]), notice, secret, group_of(row[2])))


def _autovacuum(connection: psycopg.Connection, table: str, state: str) -> None:
    words = sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = {})")
    connection.execute(words.format(sql.Identifier(table), sql.SQL(state)))


def _case(connection: psycopg.Connection) -> object:
    row = connection.execute(
        "SELECT id FROM dossier WHERE state = 'closed' ORDER BY notice_number LIMIT 1"
    ).fetchone()
    if row is None:
        raise RuntimeError("no closed case to copy")
    return row[0]


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()  # type: ignore[arg-type] # built from constants above
    return int(row[0]) if row else 0


def _copy(connection: psycopg.Connection, table: str, case: object, start: int, stop: int) -> None:
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND table_schema = 'public' ORDER BY ordinal_position",
        (table,),
    )
    columns = [str(row[0]) for row in found]
    words = {"self": _id(table, "t.copy_"), "violation": _id("violation"), "dossier": _id("dossier")}
    values = [
        sql.SQL(_CHANGED[table][name].format(**words))  # type: ignore[arg-type] # from the table above
        if name in _CHANGED[table]
        else sql.SQL("t.{}").format(sql.Identifier(name))
        for name in columns
    ]
    template = sql.SQL("SELECT *, row_number() OVER () AS copy_ FROM {} WHERE {}").format(
        sql.Identifier(table), sql.SQL(_TEMPLATES[table])
    )
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM generate_series({}, {}) n, ({}) t").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(values),
        sql.Literal(start),
        sql.Literal(stop - 1),
        template,
    )
    connection.execute(statement, {"case": case})


def _id(table: str, copy: str = "1") -> str:
    """An id made of the dossier's number: rows lie in the order in which they came, as real ones do."""
    return (
        f"('{_PREFIX[table]}000000-0000-7000-8' || lpad(to_hex({copy}), 3, '0') || '-'"
        " || lpad(to_hex(n), 12, '0'))::uuid"
    )
