"""Money that fits no case goes back to its sender: two persons decide, the treasury pays, once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.errors import not_found
from backend.payments import book
from backend.payments.models import LineReturn, StatementLine
from backend.payments.placing import waiting_line
from backend.payments.refunds import paid_before
from penalty import ledger


@dataclass(frozen=True, slots=True)
class Return:
    """What goes or went back, and the line that it is of."""

    back: LineReturn
    line: StatementLine


def queue(session: Session, line_id: uuid.UUID, by: Account, *, reason: str, now: datetime) -> LineReturn:
    """A second person has approved: the treasury is to pay it. Raises Problem 404, 409 as `waiting_line`."""
    line = waiting_line(session, line_id)
    back = LineReturn(line_id=line.id, reason=reason, queued_at=now)
    session.add(back)
    session.flush()
    _log(
        session, "payment.return_decided", by, back, {"line_id": line.line_id, "amount_vnd": line.amount_vnd}
    )
    return back


def find(session: Session, return_id: uuid.UUID) -> Return:
    """Raises Problem 404."""
    row = session.execute(
        select(LineReturn, StatementLine)
        .join(StatementLine, StatementLine.id == LineReturn.line_id)
        .where(LineReturn.id == return_id)
    ).one_or_none()
    if row is None:
        raise not_found("Không có khoản trả lại này", "There is no such return")
    return Return(*row)


def to_pay(session: Session, limit: int) -> Sequence[Return]:
    """What the treasury has yet to pay, the longest decided first."""
    rows = session.execute(
        select(LineReturn, StatementLine)
        .join(StatementLine, StatementLine.id == LineReturn.line_id)
        .where(LineReturn.paid_at.is_(None))
        .order_by(LineReturn.queued_at)
        .limit(limit)
    )
    return [Return(*row) for row in rows]


def paid_back(
    session: Session, return_id: uuid.UUID, by: Account, treasury_reference: str, now: datetime
) -> LineReturn:
    """The treasury has paid. The same number again changes nothing.

    Raises Problem 404, or 409 where it was written down under another number.
    """
    found = find(session, return_id)
    back = session.get_one(LineReturn, return_id, with_for_update=True, populate_existing=True)
    if back.treasury_reference is not None:
        if back.treasury_reference == treasury_reference:
            return back
        raise paid_before(back.treasury_reference)
    posting = ledger.unplaced_returned(
        gateway=found.line.gateway,
        line_id=found.line.line_id,
        refund_reference=treasury_reference,
        amount_vnd=found.line.amount_vnd,
        at=now,
    )
    book.post_new(session, None, posting)
    back.treasury_reference, back.paid_at = treasury_reference, now
    session.flush()
    data: dict[str, str | int] = {
        "amount_vnd": found.line.amount_vnd,
        "treasury_reference": treasury_reference,
    }
    _log(session, "payment.returned", by, back, data)
    return back


def _log(session: Session, action: str, by: Account, back: LineReturn, data: dict[str, str | int]) -> None:
    audit.record(
        session, actor=by.actor, action=action, subject_type="line_return", subject_id=back.id, data=data
    )
