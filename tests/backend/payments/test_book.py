"""The ledger in the database: nothing unbalanced is kept, whoever writes and whatever else happens."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.dossiers.moves import SYSTEM, Actor, locked
from backend.errors import Problem
from backend.payments import hearing
from backend.payments.models import LedgerEntry, LedgerTransaction, Refund
from backend.submissions.complaints import cancel
from penalty import ledger
from penalty.dossier import Role
from penalty.payments.values import HttpMessage


def one_sided(case) -> None:
    with case.services.database.unit_of_work() as session:
        posting = LedgerTransaction(
            dossier_id=case.id, kind="fine_paid", reference="x", memo="", happened_at=datetime.now(UTC)
        )
        session.add(posting)
        session.flush()
        session.add(
            LedgerEntry(transaction_id=posting.id, dossier_id=case.id, account="a", debit_vnd=1, credit_vnd=0)
        )


def test_a_posting_that_does_not_balance_cannot_be_committed(case):
    case.decided(kind="motorbike")
    before = len(case.rows(LedgerEntry))
    with pytest.raises(IntegrityError, match="debit and credit differ"):
        one_sided(case)
    assert len(case.rows(LedgerEntry)) == before


def heard(case, params: dict[str, str], now: datetime) -> str:
    """What the provider is answered to its message."""
    said = HttpMessage(query=urlencode(params))
    kept = hearing.keep_callback(case.services, "vnpay", said, "127.0.0.1", now)
    return json.loads(hearing.handle(case.services, kept, now).body)["RspCode"]


def annulled(case, now: datetime) -> str:
    with case.services.database.unit_of_work() as session:
        chief = Actor(SYSTEM.name, Role.TEAM_CHIEF)
        try:
            cancel(session, locked(session, case.id), chief, reason="Thử", now=now)
        except Problem as refused:
            return refused.code
    return "annulled"


def balances(case) -> dict[str, int]:
    """Debit less credit by account, in one look."""
    entries = func.sum(LedgerEntry.debit_vnd - LedgerEntry.credit_vnd)
    with case.services.database.unit_of_work() as session:
        return dict(session.execute(select(LedgerEntry.account, entries).group_by(LedgerEntry.account)).all())


def test_debit_equals_credit_at_every_moment_while_payments_and_a_cancellation_race(case):
    case.decided(kind="motorbike")
    now, attempts = datetime.now(UTC), [case.start_payment(anew=True) for _ in range(3)]
    messages = [case.result(asked) for asked in attempts for _ in range(2)]
    stop, seen = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            seen.append(balances(case))

    pays = [partial(heard, case, params, now) for params in messages]
    tasks = [*pays[:3], partial(annulled, case, now), *pays[3:]]
    watching = threading.Thread(target=look)
    watching.start()
    with ThreadPoolExecutor(len(tasks)) as pool:
        answers = [one.result() for one in [pool.submit(task) for task in tasks]]
    stop.set()
    watching.join()

    assert answers.count("annulled") == 1
    assert seen
    assert all(sum(one.values()) == 0 for one in seen)
    assert all(one.get(ledger.RECEIVABLE, 0) >= 0 for one in seen)
    assert case.dossier().state == "annulled"
    received = 5_000_000 * sum(answer == "00" for answer in answers)
    assert {name: amount for name, amount in balances(case).items() if amount} == {
        "clearing:vnpay": received,
        ledger.REFUND_PAYABLE: -received,
    }
    assert sum(refund.amount_vnd for refund in case.rows(Refund)) == received
