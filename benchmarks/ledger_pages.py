"""`python -m benchmarks.ledger_pages --cases 1000000`: the accountant's pages over a book of many cases.

Fills the ledger of an empty database with decided and paid fines of a year, settled every day but the last
two, and times what the day's book and the page of the treasury ask of it, several times each.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from backend.accounting.day import day_book, number_of_postings, postings
from backend.database import Database
from backend.embedded.postgres import EmbeddedPostgres
from backend.migrations import upgrade
from backend.settings import Settings
from backend.settlements.overview import overview
from penalty.calendar import vietnam_date

_DAYS: Final = 365
_FINE_VND: Final = 900_000
_TRANSACTIONS: Final = """
INSERT INTO ledger_transaction (id, dossier_id, kind, reference, memo, happened_at)
SELECT ('6' || kind || '000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    ('63000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    CASE kind WHEN 1 THEN 'fine_decided' ELSE 'fine_paid' END,
    CASE kind WHEN 1 THEN 'decision/' ELSE (ARRAY['vnpay', 'vietqr', 'momo'])[1 + mod(n, 3)] || '/' END || n,
    '', %(first)s::timestamptz + n * %(step)s::interval + (kind - 1) * interval '5 days' AS at
FROM generate_series(1, %(cases)s) AS n CROSS JOIN generate_series(1, 2) AS kind
WHERE %(first)s::timestamptz + n * %(step)s::interval + (kind - 1) * interval '5 days' <= %(now)s
ORDER BY at
"""
_ENTRIES: Final = """
INSERT INTO ledger_entry (id, transaction_id, dossier_id, account, debit_vnd, credit_vnd)
SELECT gen_random_uuid(), posted.id, posted.dossier_id, side.account, side.debit_vnd, side.credit_vnd
FROM ledger_transaction posted
CROSS JOIN LATERAL (VALUES
    (CASE kind WHEN 'fine_decided' THEN 'receivable:fines'
        ELSE 'clearing:' || split_part(reference, '/', 1) END, %(fine)s::bigint, 0::bigint),
    (CASE kind WHEN 'fine_decided' THEN 'treasury:fines' ELSE 'receivable:fines' END, 0, %(fine)s)
) AS side (account, debit_vnd, credit_vnd)
"""
_SETTLED: Final = """
INSERT INTO ledger_transaction (id, kind, reference, memo, happened_at)
SELECT gen_random_uuid(), 'settled', 'settlement/' || account || '/' || day, (sum(debit_vnd))::text,
    (day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh' + interval '9 hours'
FROM ledger_entry JOIN ledger_transaction posted ON posted.id = transaction_id,
    LATERAL (SELECT (happened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day) AS on_day
WHERE account LIKE 'clearing:%%' AND day < %(until)s
GROUP BY account, day
"""
_SETTLED_ENTRIES: Final = """
INSERT INTO ledger_entry (id, transaction_id, account, debit_vnd, credit_vnd)
SELECT gen_random_uuid(), posted.id, side.account, side.debit_vnd, side.credit_vnd
FROM ledger_transaction posted
CROSS JOIN LATERAL (VALUES
    ('cash:treasury', memo::bigint, 0::bigint), (split_part(reference, '/', 2), 0::bigint, memo::bigint)
) AS side (account, debit_vnd, credit_vnd)
WHERE kind = 'settled'
"""


def fill(url: str, cases: int, now: datetime) -> None:
    """A year's postings, the newest of now."""
    given = {
        "first": now - timedelta(days=_DAYS + 5),
        "step": timedelta(days=_DAYS + 5) / cases,
        "cases": cases,
        "now": now,
        "fine": _FINE_VND,
        "until": vietnam_date(now) - timedelta(days=2),
    }
    with psycopg.connect(url, autocommit=True) as connection:
        # Made up and consistent: nothing to check, and nothing that a power cut may not take.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        for statement in (_TRANSACTIONS, _ENTRIES, _SETTLED, _SETTLED_ENTRIES):
            connection.execute(statement, given)
        connection.execute("VACUUM ANALYZE ledger_transaction")
        connection.execute("VACUUM ANALYZE ledger_entry")


def asked(settings: Settings, today: date) -> dict[str, Callable[[Session], object]]:
    """What the two pages ask."""
    return {
        "the day's book, today": lambda session: day_book(session, today),
        "the day's book, half a year ago": lambda session: day_book(session, today - timedelta(days=180)),
        "the day's postings": lambda session: postings(session, today, most=200),
        "how many postings": lambda session: number_of_postings(session, today),
        "the treasury's page": lambda session: overview(session, settings, today),
    }


def main() -> None:
    """Fill, measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    now = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory(prefix="ledger-pages-") as folder,
        EmbeddedPostgres(Path(folder), durable=False) as server,
    ):
        url = server.url()
        upgrade(url)
        fill(url, given.cases, now)
        database = Database(url)
        settings = Settings(database_url=url, s3_endpoint="127.0.0.1:1")
        table = Table("page", "median ms", "slowest ms", title=f"{given.cases:,} cases of a year")
        for name, ask in asked(settings, vietnam_date(now)).items():
            took_ms = [_timed_ms(database, ask) for _ in range(given.times)]
            table.add_row(name, f"{statistics.median(took_ms):,.0f}", f"{max(took_ms):,.0f}")
        Console().print(table)
        database.close()


def _timed_ms(database: Database, ask: Callable[[Session], object]) -> float:
    with database.unit_of_work() as session:
        begun_s = time.perf_counter()
        ask(session)
        return (time.perf_counter() - begun_s) * 1000


if __name__ == "__main__":
    main()
