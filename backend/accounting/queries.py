"""What waits for the accountant."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.approvals.models import Approval
from backend.approvals.rules import OWES_BACK, Kind
from backend.dossiers.models import Dossier
from backend.payments.models import Payment, Refund, StatementLine
from backend.payments.statements import fits_nothing

ROWS = 200
OF_LINES: Final[tuple[Kind, ...]] = ("place_transfer", "return_transfer")
"""What can be asked for about money that fits nothing."""


@dataclass(frozen=True, slots=True)
class OwedBack:
    """A refund with the case and the payment that it comes from."""

    refund: Refund
    dossier: Dossier
    payment: Payment


@dataclass(frozen=True, slots=True)
class Waiting:
    """An act that waits for a second person; `amount_vnd` moves when it is approved."""

    approval: Approval
    dossier: Dossier | None
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class Total:
    """How many, and how much."""

    count: int
    amount_vnd: int


def owed_back(session: Session) -> list[OwedBack]:
    """Refunds to be paid, the longest owed first."""
    return _refunds(session, state="queued", newest=False, limit=ROWS)


def given_back(session: Session, *, limit: int = 20) -> list[OwedBack]:
    """Refunds that were paid, the newest first."""
    return _refunds(session, state="paid", newest=True, limit=limit)


def total_owed_back(session: Session) -> Total:
    """All that is owed back, listed or not."""
    found = session.execute(
        select(func.count(Refund.id), func.coalesce(func.sum(Refund.amount_vnd), 0)).where(
            Refund.state == "queued"
        )
    ).one()
    return Total(found[0], int(found[1]))


def total_unplaced(session: Session) -> Total:
    """What lies on the account and is in no case."""
    found = session.execute(
        select(func.count(StatementLine.id), func.coalesce(func.sum(StatementLine.amount_vnd), 0)).where(
            fits_nothing()
        )
    ).one()
    return Total(found[0], int(found[1]))


def waiting(session: Session, now: datetime) -> list[Waiting]:
    """What a second person must approve before money is owed back or placed, the soonest to expire first."""
    rows = session.execute(
        select(Approval, Dossier)
        .outerjoin(Dossier, Dossier.id == Approval.dossier_id)
        .where(
            Approval.state == "waiting",
            Approval.expires_at > now,
            Approval.kind.in_([*OWES_BACK, *OF_LINES]),
        )
        .order_by(Approval.expires_at)
        .limit(ROWS)
    )
    found = [Waiting(approval, dossier, _moves_vnd(approval, dossier)) for approval, dossier in rows]
    return [one for one in found if one.amount_vnd]


def line_waits(
    session: Session, lines: Iterable[StatementLine], now: datetime
) -> Mapping[uuid.UUID, Approval]:
    """By line id, the request to place it or send it back that waits for a second person."""
    rows = session.scalars(
        select(Approval).where(
            Approval.kind.in_(OF_LINES),
            Approval.subject_id.in_([line.id for line in lines]),
            Approval.state == "waiting",
            Approval.expires_at > now,
        )
    )
    return {row.subject_id: row for row in rows}


def _moves_vnd(approval: Approval, dossier: Dossier | None) -> int:
    return (
        int(approval.data["amount_vnd"]) if dossier is None or approval.kind in OF_LINES else dossier.paid_vnd
    )


def _refunds(session: Session, *, state: str, newest: bool, limit: int) -> list[OwedBack]:
    rows = session.execute(
        select(Refund, Dossier, Payment)
        .join(Dossier, Dossier.id == Refund.dossier_id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.state == state)
        .order_by(Refund.paid_at.desc() if newest else Refund.queued_at)
        .limit(limit)
    )
    return [OwedBack(*row) for row in rows]
