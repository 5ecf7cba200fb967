"""Asking for money that fits nothing to be put on a case; a second person decides."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.approvals import service as approvals
from backend.approvals.models import Approval
from backend.dossiers.moves import locked
from backend.payments import book
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
    line = waiting_line(session, line_id)
    return approvals.ask(
        session,
        "place_transfer",
        dossier,
        asker,
        subject_id=line.id,
        reason=reason,
        now=now,
        data={
            "amount_vnd": line.amount_vnd,
            "line_id": line.line_id,
            "purpose": line.purpose,
            "booked_on": f"{vietnam_date(line.booked_at):%d/%m/%Y}",
            "owed_vnd": book.outstanding_vnd(session, dossier.id),
        },
    )
