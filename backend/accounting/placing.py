"""Asking for money that fits nothing to be put on a case, or sent back; a second person decides."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.approvals import service as approvals
from backend.approvals.models import Approval
from backend.dossiers.moves import locked
from backend.payments import book
from backend.payments.models import StatementLine
from backend.payments.placing import waiting_line
from backend.places.scope import whole_only
from penalty.calendar import vietnam_date


def ask(
    session: Session,
    line_id: uuid.UUID,
    dossier_id: uuid.UUID,
    asker: Account,
    *,
    reason: str,
    expected_version: int,
    now: datetime,
) -> Approval:
    """Ask for the line's money to be booked on this case.

    `expected_version` is the dossier's as it was read. Raises Problem 403 `whole_area_needed`, 404,
    409 `line_placed` or `approval_waits`, 412.
    """
    whole_only(session)
    dossier = locked(session, dossier_id, expected_version=expected_version)
    line = _free_line(session, line_id, now)
    return approvals.ask(
        session,
        "place_transfer",
        dossier,
        asker,
        subject_id=line.id,
        reason=reason,
        now=now,
        data={**_told(line), "owed_vnd": book.outstanding_vnd(session, dossier.id)},
    )


def ask_to_return(
    session: Session, line_id: uuid.UUID, asker: Account, *, reason: str, now: datetime
) -> Approval:
    """Ask for the line's money to go back to its sender. Raises as `ask`, but for 412."""
    whole_only(session)
    line = _free_line(session, line_id, now)
    return approvals.ask(
        session,
        "return_transfer",
        None,
        asker,
        subject_id=line.id,
        reason=reason,
        now=now,
        data=_told(line),
    )


def _free_line(session: Session, line_id: uuid.UUID, now: datetime) -> StatementLine:
    """The line, held, about which nobody has asked anything that still waits."""
    earlier = approvals.waiting_for(session, line_id, now)  # held first, as by who approves
    if earlier is not None:
        raise approvals.waits(earlier)
    return waiting_line(session, line_id)


def _told(line: StatementLine) -> dict[str, Any]:
    """The money as the second person reads of it."""
    return {
        "amount_vnd": line.amount_vnd,
        "line_id": line.line_id,
        "purpose": line.purpose,
        "booked_on": f"{vietnam_date(line.booked_at):%d/%m/%Y}",
    }
