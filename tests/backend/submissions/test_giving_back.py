"""Refunds of one payment that brought more than was asked for, and of it in two parts."""

from __future__ import annotations

from datetime import UTC, datetime

from backend.dossiers.moves import SYSTEM, Actor, locked
from backend.payments.models import Payment, Refund, StatementLine
from backend.payments.starting import unasked
from backend.payments.statements import book_line
from backend.submissions.complaints import cancel
from penalty.dossier import Role
from tests.backend.submissions.test_remission import approve, ask, balances, propose

ASKED_VND, CAME_VND = 5_000_000, 10_000_000


def transferred(case, officer_id) -> None:
    """The bank's line brings twice what the payment asked for; all of it is owed."""
    now = datetime.now(UTC)
    with case.services.database.unit_of_work() as session:
        payment = unasked(session, locked(session, case.id), method="vietqr", amount_vnd=ASKED_VND, now=now)
        line = StatementLine(
            gateway="vietqr",
            line_id="A-1",
            booked_at=now,
            amount_vnd=CAME_VND,
            purpose=payment.reference,
            verdict="wrong_amount",
            imported_by=officer_id,
        )
        session.add(line)
        book_line(session, line, payment, now)


def test_all_that_came_goes_back_in_two_parts_under_one_order_of_the_treasury(case):
    case.decided(kind="car")  # 19 000 000
    assert ask(case, "reduction").status_code == 303
    transferred(case, case.dossier().decided_by)
    assert propose(case, how="part", amount="15000000").status_code == 303
    assert approve(case).status_code == 303
    assert [one.amount_vnd for one in case.rows(Refund)] == [6_000_000]
    with case.services.database.unit_of_work() as session:
        chief = Actor(SYSTEM.name, Role.TEAM_CHIEF)
        cancel(session, locked(session, case.id), chief, reason="Thử", now=datetime.now(UTC))
    refunds = case.rows(Refund)
    assert sorted(one.amount_vnd for one in refunds) == [4_000_000, 6_000_000]
    assert {one.payment_id for one in refunds} == {one.id for one in case.rows(Payment)}
    for refund in refunds:
        body = {"treasury_reference": "KB-1"}
        assert case.chief.post(f"/v1/refunds/{refund.id}/paid", json=body).status_code == 200
    assert balances(case) == {"clearing:vietqr": CAME_VND, "cash:treasury": -CAME_VND}
