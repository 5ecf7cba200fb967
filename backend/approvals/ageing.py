"""Papers that say another age than the register: what one officer read, a second person confirms."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.approvals import service
from backend.approvals.models import Approval
from backend.dossiers import driver_age
from backend.dossiers.moves import locked

_WHY = "Giấy tờ xuất trình ghi tuổi khác với cơ sở dữ liệu."
_WHY_SILENT = "Giấy tờ xuất trình ghi dưới 18 tuổi; cơ sở dữ liệu chưa trả lời."


def ask_if_it_differs(
    session: Session, dossier_id: uuid.UUID, officer: Account, born_on: date, now: datetime
) -> Approval | None:
    """Ask for a second person where it matters; the date itself is not kept. None: they agree.

    Raises Problem 409 `approval_waits`, `age_pending` before the register was asked, 422 for a wrong day.
    """
    dossier = locked(session, dossier_id)
    found = driver_age.conflict(session, dossier, born_on)
    if found is None:
        return None
    was, band = found
    why = _WHY_SILENT if was == driver_age.SILENT else _WHY
    data = {"was": was, "band": str(band), "named_by": str(driver_age.named_by(dossier))}
    return service.ask(
        session, "correct_age", dossier, officer, subject_id=dossier.id, reason=why, data=data, now=now
    )
