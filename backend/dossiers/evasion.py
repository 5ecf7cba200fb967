"""Evasion that an officer found and a second person confirmed: the limitation counts from its end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers.models import Dossier
from backend.dossiers.moves import Actor, due_dates, end_clocks, write_deadline, write_event
from backend.errors import FieldError, Problem
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.dossier import LABELS, State
from penalty.evasion import Evasion, EvasionError, Restarted, restarted, step_that_restarts


def recounted(session: Session, dossier: Dossier, evasion: Evasion, now: datetime) -> Restarted:
    """The limitation as it would be counted anew. Raises Problem 409 `no_limitation`, 422 `evasion_days`."""
    step_id = step_that_restarts(State(dossier.state))
    running = due_dates(session, dossier).get(step_id) if step_id else None
    if step_id is None or running is None:
        vi, en = LABELS[State(dossier.state)]
        raise Problem(
            409,
            "no_limitation",
            "Không có thời hiệu nào đang tính",
            "No limitation runs",
            f"Hồ sơ đang ở trạng thái “{vi}”.",
            f"The dossier stands at “{en}”.",
        )
    try:
        return restarted(
            LegalCalendar.load(),
            step_id,
            evasion,
            runs_from=running.starts_on,
            runs_until=running.raw_due_on,
            today=vietnam_date(now),
        )
    except EvasionError as error:
        raise Problem(
            422,
            "evasion_days",
            "Ngày trốn tránh, cản trở chưa đúng",
            "The days of the evasion are not possible",
            error.vi,
            error.en,
            errors=(FieldError(error.field, error.en),),
        ) from error


def record(session: Session, dossier: Dossier, evasion: Evasion, approver: Account, now: datetime) -> None:
    """Count the limitation anew: the row that ran ends and stays, another begins. Raises as `recounted`."""
    found = recounted(session, dossier, evasion, now)
    step_id = found.deadline.step_id
    was = due_dates(session, dossier)[step_id].raw_due_on
    end_clocks(session, dossier, (step_id,), now)
    write_deadline(session, dossier, found.deadline)
    session.flush()
    row = due_dates(session, dossier)[step_id]
    row.rule_vi, row.rule_en = found.rule_vi, found.rule_en
    data = {
        "step": step_id,
        "from": evasion.began_on.isoformat(),
        "to": evasion.ended_on.isoformat(),
        "was": was.isoformat(),
        "now": row.raw_due_on.isoformat(),
    }
    write_event(session, dossier, "evasion_recorded", actor=Actor.of(approver), now=now, data=data)
