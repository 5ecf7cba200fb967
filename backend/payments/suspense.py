"""Money of an attempt of ours that a gateway passed on before it told us, and that was taken up meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from backend import audit
from backend.dossiers.moves import SYSTEM
from backend.payments.models import LineReturn, Payment, StatementLine

# The tables, not their classes: a session limited to areas does not see a line that is on no case.
_LINES, _RETURNS = StatementLine.__table__, LineReturn.__table__


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What lies or lay in suspense under the attempt's own reference; `waits`: it was still there."""

    amount_vnd: int
    waits: bool


def claim(session: Session, payment: Payment) -> TakenUp | None:
    """What was taken up as fitting nothing and is this attempt's; if it waits, it is the attempt's from now.

    None: there is no such money. Callers hold the dossier and the payment.
    """
    line = _LINES.c
    row = session.execute(
        select(line.id, line.amount_vnd, line.payment_id)
        .where(line.gateway == payment.gateway, line.line_id == payment.reference)
        .with_for_update()
    ).one_or_none()
    if row is None:
        return None
    going_back = session.scalar(select(exists().where(_RETURNS.c.line_id == row.id)))
    waits = row.payment_id is None and not going_back
    if waits:
        session.execute(update(StatementLine).where(StatementLine.id == row.id).values(payment_id=payment.id))
    audit.record(
        session,
        actor=SYSTEM.name,
        action="payment.line_claimed" if waits else "payment.came_before",
        subject_type="payment",
        subject_id=payment.id,
        data={
            "reference": payment.reference,
            "statement_line": str(row.id),
            "amount_vnd": row.amount_vnd,
            "went_back": bool(going_back),
        },
    )
    return TakenUp(row.amount_vnd, waits)
