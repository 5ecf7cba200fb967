"""Money on the account that fits nothing, put on the case that a person says it is for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import locked
from backend.dossiers.numbers import PREFIX
from backend.errors import Problem, not_found
from backend.payments import statements
from backend.payments.models import LineReturn, StatementLine
from backend.payments.starting import unasked
from penalty.plates import canonical

_MOST = 20
_SHORTEST_PLATE = 6
_WORD = re.compile(r"[0-9A-ZĐ][0-9A-ZĐ./-]*")
_NUMBER = re.compile(r"(20\d{2})[ ./-]?(\d{6,9})(?!\d)")


def find_line(session: Session, line_id: uuid.UUID, *, held: bool = False) -> StatementLine:
    """Raises Problem 404."""
    line = session.get(StatementLine, line_id, with_for_update=held or None, populate_existing=held)
    if line is None:
        raise not_found("Không có dòng sao kê này", "There is no such line of a statement")
    return line


def waiting_line(session: Session, line_id: uuid.UUID) -> StatementLine:
    """The line, held. Raises Problem 404, or 409: its money is on a case already, or is to go back."""
    line = find_line(session, line_id, held=True)
    if line.payment_id is not None:
        raise Problem(
            409,
            "line_placed",
            "Khoản tiền này đã được ghi vào hồ sơ",
            "This money is on a case already",
            "Tải lại trang để xem hồ sơ nào.",
            "Load the page again to see which.",
        )
    if return_of(session, line) is not None:
        raise Problem(
            409,
            "line_goes_back",
            "Khoản tiền này đã được quyết định trả lại người gửi",
            "It was decided that this money goes back to its sender",
        )
    return line


def return_of(session: Session, line: StatementLine) -> LineReturn | None:
    """That its money goes back to the sender, if two persons have decided so."""
    return session.scalar(select(LineReturn).where(LineReturn.line_id == line.id))


def cases_named(session: Session, text: str) -> Sequence[Dossier]:
    """Cases whose notice, decision or plate stands in a text, as a payer or an accountant writes it."""
    words = _WORD.findall(text.upper())
    plates = {canonical(word) for word in (*words, *map("".join, pairwise(words)))}
    numbers = {f"{year}-{number}" for year, number in _NUMBER.findall(text)}
    query = select(Dossier).where(
        or_(
            Dossier.notice_number.in_({f"{PREFIX[DocumentKind.NOTICE]}-{number}" for number in numbers}),
            Dossier.decision_number.in_({f"{PREFIX[DocumentKind.DECISION]}-{number}" for number in numbers}),
            Dossier.plate.in_({plate for plate in plates if len(plate) >= _SHORTEST_PLATE}),
        )
    )
    return session.scalars(query.order_by(Dossier.opened_at.desc()).limit(_MOST)).all()


def place(
    session: Session, line_id: uuid.UUID, dossier_id: uuid.UUID, by: Account, now: datetime
) -> StatementLine:
    """Book the line's money on this case, as of the day the bank booked it; what is not owed goes back.

    Raises Problem 404, 409 `line_placed` or `line_goes_back`.
    """
    dossier = locked(session, dossier_id)
    line = waiting_line(session, line_id)
    payment = unasked(session, dossier, method=line.gateway, amount_vnd=line.amount_vnd, now=now)
    statements.book_line(session, line, payment, now, was_unplaced=True)
    audit.record(
        session,
        actor=by.actor,
        action="payment.line_placed",
        subject_type="statement_line",
        subject_id=line.id,
        data={
            "dossier_id": str(dossier.id),
            "line_id": line.line_id,
            "amount_vnd": line.amount_vnd,
            "reference": payment.reference,
        },
    )
    return line
