"""What the clock alone does to messages: reminders before and after last days, lost tries, the day's batch.

Looks at what is due, not at ticks: a system that was off does on its first sweep what is still of use.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, all_, literal, or_, select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier, DossierDeadline, Message
from backend.dossiers.moves import locked
from backend.dossiers.purposes import REMINDERS, Reminder, newest_paper
from backend.messages import outcome, post
from backend.services import Services
from penalty.calendar import vietnam_date

_AT_ONCE = 500
_LOST_AFTER = timedelta(minutes=15)
_FURTHEST = timedelta(days=1)


def sweep_messages(services: Services, now: datetime) -> int:
    """All of it, each in a transaction of its own; how many reminders were asked for."""
    asked = sum(_remind(services, name, now) for name in REMINDERS)
    _take_up_lost(services, now)
    with services.database.unit_of_work() as session:
        posting = post.due(services, session, now) and post.some_can_go(services, session, now)
    if posting:
        with services.database.unit_of_work() as session:
            post.ask_for_batch(services, session, now, actor="system")
    return asked


def _remind(services: Services, purpose: str, now: datetime) -> int:
    with services.database.unit_of_work() as session:
        found = _due(services, session, purpose, now)
    asked = 0
    for deadline_id in found:
        with services.database.unit_of_work() as session:
            deadline = session.get_one(DossierDeadline, deadline_id)
            dossier = locked(session, deadline.dossier_id)
            session.refresh(deadline)
            if dossier.state not in REMINDERS[purpose].states or purpose in deadline.reminded:
                continue
            deadline.reminded = [*deadline.reminded, purpose]
            paper = newest_paper(session, dossier.id, REMINDERS[purpose].paper)
            if paper is not None and paper.made_at is not None:
                asked += outcome.remind(services, session, dossier, paper, purpose=purpose)
    return asked


def _due(services: Services, session: Session, purpose: str, now: datetime) -> Sequence[uuid.UUID]:
    """The last days that are near (or over) and of which nobody was reminded."""
    reminder = REMINDERS[purpose]
    return session.scalars(
        select(DossierDeadline.id)
        .join(Dossier, Dossier.id == DossierDeadline.dossier_id)
        .where(
            DossierDeadline.step_id == reminder.step,
            DossierDeadline.met_at.is_(None),
            DossierDeadline.ended_at.is_(None),
            Dossier.state.in_(reminder.states),
            Dossier.owner_lookup_id.is_not(None),
            _near(services, reminder, now),
            literal(purpose) != all_(DossierDeadline.reminded),
        )
        .order_by(DossierDeadline.due_on)
        .limit(_AT_ONCE)
    ).all()


def _near(services: Services, reminder: Reminder, now: datetime) -> ColumnElement[bool]:
    today = vietnam_date(now)
    if not reminder.before:
        return DossierDeadline.due_on < today
    until = today + timedelta(days=services.settings.remind_days_before)
    return DossierDeadline.due_on.between(today, until)


def _take_up_lost(services: Services, now: datetime) -> None:
    """Messages that should have been tried long ago, or only days ahead: a job gave up, a clock was set."""
    late, too_far = now - _LOST_AFTER, now + _FURTHEST
    with services.database.unit_of_work() as session:
        rows = session.scalars(
            select(Message)
            .where(
                Message.state.in_(outcome.OPEN_STATES),
                or_(
                    Message.next_try_at < late,
                    Message.next_try_at > too_far,
                    Message.next_try_at.is_(None) & (Message.asked_at < late),
                ),
                or_(Message.sending_at.is_(None), Message.sending_at < late),
            )
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            outcome.try_at(session, row, now)
