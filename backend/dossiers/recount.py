"""Open time limits counted anew once the calendar is another than the one they were counted with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from backend.database import day_in_vietnam
from backend.dossiers.models import DossierDeadline
from backend.dossiers.moves import SYSTEM, locked, write_event
from backend.intake.models import Violation
from backend.services import Services
from penalty.calendar import Deadline, LegalCalendar, vietnam_date
from penalty.recount import Kept, Recounted, recount
from penalty.reviewing import DECIDED, ReviewState

_AT_ONCE: Final = 2000
_LOOK_BACK: Final = timedelta(days=31)
"""How long ago a limit may have ended that still waits to be acted on: the system was off."""


def recount_deadlines(services: Services, now: datetime, calendar: LegalCalendar) -> int:
    """Count anew what another calendar was used for; each dossier in a transaction. How many limits moved.

    What ends soonest comes first, and a call takes up so many only: the next one goes on.
    """
    moved = 0
    for dossier_id in _stale(services, calendar, vietnam_date(now)):
        with services.database.unit_of_work() as session:
            moved += _recount_one(session, dossier_id, calendar, now)
    return moved


def recount_reports(session: Session, calendar: LegalCalendar) -> int:
    """The last day to send the notice (A1) of reports that nobody has decided on; how many moved."""
    day = day_in_vietnam(Violation.event_at)
    undecided = Violation.state.in_(set(ReviewState) - DECIDED)
    moved = 0
    for event_on, kept in session.execute(
        select(day, Violation.notify_due_on).where(undecided).distinct()
    ).all():
        due_on = calendar.due("A1", event_on).due_on
        if due_on != kept:
            changed = session.scalars(
                update(Violation)
                .where(undecided, day == event_on, Violation.notify_due_on == kept)
                .values(notify_due_on=due_on)
                .returning(Violation.id)
            )
            moved += len(changed.all())
    return moved


def _stale(services: Services, calendar: LegalCalendar, today: date) -> Sequence[uuid.UUID]:
    query = (
        select(DossierDeadline.dossier_id)
        .where(_open(calendar), DossierDeadline.due_on >= today - _LOOK_BACK)
        .order_by(DossierDeadline.due_on)
        .limit(_AT_ONCE)
    )
    with services.database.unit_of_work() as session:
        return tuple(dict.fromkeys(session.scalars(query)))


def _open(calendar: LegalCalendar) -> ColumnElement[bool]:
    """Limits that run, counted with another calendar: two ranges of an index, empty on an ordinary day."""
    version = DossierDeadline.calendar_version
    return and_(
        DossierDeadline.met_at.is_(None),
        DossierDeadline.ended_at.is_(None),
        DossierDeadline.swept_at.is_(None),
        DossierDeadline.set_by.is_(None),
        or_(version < calendar.version, version > calendar.version),
    )


def _recount_one(session: Session, dossier_id: uuid.UUID, calendar: LegalCalendar, now: datetime) -> int:
    dossier = locked(session, dossier_id)
    rows = {
        row.step_id: row
        for row in session.scalars(
            select(DossierDeadline).where(DossierDeadline.dossier_id == dossier_id, _open(calendar))
        )
    }
    found = recount(calendar, [Kept(row.step_id, row.starts_on, row.due_on) for row in rows.values()])
    for row in rows.values():
        row.calendar_version = calendar.version
    for one in found:
        _take(rows[one.kept.step_id], one.deadline)
    moved = [one for one in found if one.moved]
    if moved:
        data = {"calendar": calendar.version, "limits": [_said(one) for one in moved]}
        write_event(session, dossier, "time_limits_recounted", actor=SYSTEM, now=now, data=data)
    return len(moved)


def _take(row: DossierDeadline, deadline: Deadline) -> None:
    row.starts_on, row.due_on, row.raw_due_on = deadline.start_on, deadline.due_on, deadline.raw_due_on
    row.rule_vi, row.rule_en = deadline.rule_vi, deadline.rule_en
    row.article_vi, row.article = deadline.article_vi, deadline.article
    row.length, row.unit, row.confidence = deadline.length, deadline.unit, deadline.confidence


def _said(one: Recounted) -> dict[str, str]:
    return {
        "step": one.kept.step_id,
        "was": one.kept.due_on.isoformat(),
        "now": one.deadline.due_on.isoformat(),
    }
