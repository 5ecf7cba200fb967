"""A year of cases on a fast clock, over the real backend: whatever can go wrong does, and all comes right.

`python -m pytest tests/backend/year -s` prints what occurred; with `-m slow` also the larger year.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from backend.audit.service import verify
from backend.dossiers.models import Dossier, DossierDeadline, DossierEvent, Message
from backend.messages import queries
from backend.messages.models import MessageEvent
from backend.payments.models import LedgerEntry, Payment, PaymentCallback, Refund
from backend.submissions.models import Submission
from penalty import ledger
from penalty.complaint import ComplaintState
from penalty.dossier import TABLE, State
from tests.backend.year import hardship, lives, treasury
from tests.backend.year.conftest import START
from tests.databases import rows_of

DEADLINES = {
    "A1", "A2", "A3", "A4", "C1", "C2", "D1", "D3", "D5", "D6", "D7", "E1", "E8", "E9", "E10", "G1", "G7",
}  # fmt: skip
PASSED = {"A2", "A4", "D1", "D3", "E1", "E8"}
"""Last days that the calendar acts upon."""
CHANNEL_FAULTS = {
    "refused connection": ("failed", "not_sent"),
    "timeout": ("unknown", "no_answer"),
    "refused by the provider": ("failed", "no_account"),
    "not on this channel": ("failed", "-118"),
    "bounced": ("receipt_failed", "hard_bounce"),
    "suppressed": ("suppressed", "hard_bounce"),
    "dead letter": ("dead", "hard_bounce"),
    "returned mail": ("receipt_returned", "returned_mail"),
    "sent again by a person": ("resent", None),
    "handed to the post": ("posted", None),
}
PAYMENT_FAULTS = {
    "wrong signature": "forged",
    "wrong amount": "wrong_amount",
    "unknown reference": "unknown_reference",
    "replay": "known",
}
WITHOUT_ZALO = {lives.has_no_phone_that_works}


def begin(year, settle, drawn, *, days: int) -> None:
    """Each life begins on a day by the chance of the year, which also has the system off for a week."""
    for living in drawn:
        kind = "car" if living in lives.CAR else "motorbike"
        life = settle(year, kind=kind, zalo=living not in WITHOUT_ZALO)
        year.begin(life.in_days(0, days), living, life)
    treasury.begin(year, START + timedelta(days=40), until=START + timedelta(days=days + 410))
    out = START + timedelta(days=year.rng.randint(20, days - 10))
    year.off = out, out + timedelta(days=7)


def counted(year, *columns) -> Counter:
    """How many rows there are of each value."""
    with year.services.database.unit_of_work() as session:
        found = session.execute(select(*columns, func.count()).group_by(*columns))
        return Counter({row[0] if len(columns) == 1 else tuple(row[:-1]): row[-1] for row in found})


def every(year, model, *where) -> list:
    return rows_of(year.services.database, model, *where)


def occurred(year) -> dict[str, Counter]:
    """What happened, out of the rows that the backend wrote."""
    said, payments = counted(year, MessageEvent.kind, MessageEvent.code), every(year, Payment)
    heard, refunds = counted(year, PaymentCallback.answer), every(year, Refund)
    steps = every(year, DossierDeadline)
    return {
        "deadlines begun": Counter(row.step_id for row in steps),
        "deadlines kept": Counter(row.step_id for row in steps if row.met_at is not None),
        "deadlines passed": Counter(row.step_id for row in steps if row.swept_at is not None),
        "channels": Counter({name: said[event] for name, event in CHANNEL_FAULTS.items()}),
        "payments": Counter(
            {name: heard[verdict] for name, verdict in PAYMENT_FAULTS.items()}
            | {
                "late, with surcharge": sum(row.late_vnd > 0 and row.state == "paid" for row in payments),
                "told after it had expired": heard["recorded"]
                and sum(row.answered_at is not None and row.answered_at > row.expires_at for row in payments),
                "duplicate": sum(row.reason == "paid_twice" for row in refunds),
                "refund": sum(row.state == "paid" for row in refunds),
                "in two parts": counted(year, DossierEvent.kind)["partly_paid"],
                "reduced": counted(year, DossierEvent.kind)["fine_reduced"],
                "waived": counted(year, DossierEvent.kind)["fine_exempted"],
                "held by the bank": counted(year, DossierEvent.kind)["payment_held"],
            }
        ),
        "complaints": counted(year, Submission.state),
        "cases end as": counted(year, Dossier.state),
    }


def show(year, found: dict[str, Counter]) -> None:
    table = Table(
        "what", "how often", title=f"A year of {len(every(year, Dossier))} cases, {year.stops} stops"
    )
    for name, counts in found.items():
        table.add_section()
        table.add_row(f"[bold]{name}", "")
        for what, count in sorted(counts.items(), key=str):
            table.add_row(str(what), str(count))
    Console().print(table)


def all_came_right(year) -> None:
    """The book balances, the law knows every state and every way into it, and nothing is left to do."""
    treasury.settle(year)
    totals, of_dossier = Counter(), Counter()
    with year.services.database.unit_of_work() as session:
        for entry in session.scalars(select(LedgerEntry)):
            totals[entry.account] += entry.debit_vnd - entry.credit_vnd
        assert verify(session) is None
        waiting = queries.by_state(session, queries.UNDERWAY, 10)
        for dossier in session.scalars(select(Dossier)):
            of_dossier[dossier.state] += 1
    assert sum(totals.values()) == 0
    assert totals[ledger.RECEIVABLE] >= 0
    assert totals[ledger.REFUND_PAYABLE] == 0
    treasury.explained(year, totals)
    assert [(row.channel, row.state) for row, _ in waiting] == []
    assert set(of_dossier) <= {str(state) for state in State}
    for event in every(year, DossierEvent, DossierEvent.from_state.is_not(None)):
        known = {
            (str(edge.to_state), edge.event)
            for (state, _), edge in TABLE.items()
            if state == event.from_state
        }
        assert (event.to_state, event.kind) in known, event.kind
    assert {one.state for one in every(year, Submission) if one.kind == "complaint"} <= set(ComplaintState)
    unanswered = every(year, Submission, Submission.answered_at.is_(None))
    assert [(one.kind, one.state) for one in unanswered] == []
    before = len(every(year, DossierEvent)), len(every(year, Message))
    year.sweep()
    assert (len(every(year, DossierEvent)), len(every(year, Message))) == before


def owes_what_its_end_says(year) -> None:
    """A case that has ended owes nothing, unless its time ran out unpaid."""
    for dossier in every(year, Dossier):
        lines = every(year, LedgerEntry, LedgerEntry.dossier_id == dossier.id)
        owed = sum(line.debit_vnd - line.credit_vnd for line in lines if line.account == ledger.RECEIVABLE)
        if dossier.state in {"closed", "annulled", "refunded", "rejected"}:
            assert owed == 0, dossier.state
        if dossier.state == "closed":
            assert dossier.paid_vnd + dossier.remitted_vnd >= dossier.fine_vnd


def test_a_year_in_which_everything_happens(year, settle):
    year = year(seed=1)
    begin(year, settle, lives.MOTORBIKE + lives.CAR + hardship.LIVES, days=90)
    year.run(START + timedelta(days=500))
    found = occurred(year)
    show(year, found)
    all_came_right(year)
    owes_what_its_end_says(year)
    assert set(found["deadlines begun"]) >= DEADLINES
    assert set(found["deadlines passed"]) >= PASSED
    for kind in ("channels", "payments"):
        assert [what for what, count in found[kind].items() if not count] == [], kind
    assert set(found["cases end as"]) == {"closed", "lapsed", "rejected", "refunded"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_a_larger_year(year, settle, seed):
    """Each way to live several times, by chance, over a whole year of beginnings."""
    year = year(seed)
    some = [*lives.MOTORBIKE * 2, *lives.CAR * 3, *hardship.LIVES * 2]
    year.rng.shuffle(some)
    begin(year, settle, some, days=360)
    year.run(START + timedelta(days=900))
    found = occurred(year)
    show(year, found)
    all_came_right(year)
    owes_what_its_end_says(year)
    started = {rule.step_id for edge in TABLE.values() for rule in edge.starts}
    assert started <= set(found["deadlines begun"])
