"""What the calendar alone does to dossiers: warn, mark overdue, let lapse.

Looks at last days, not at ticks of a clock: a system that was off for a week does on its first sweep what it
would have done each day, and a second sweep finds nothing to do.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier, DossierDeadline, DossierEvent
from backend.dossiers.moves import SYSTEM, due_dates, last_day, locked, move, write_event
from backend.dossiers.numbers import next_number
from backend.services import Services
from penalty.calendar import vietnam_date
from penalty.dossier import DECIDABLE, PAYABLE, Action, IllegalMoveError, State
from penalty.guards import Facts

logger = logging.getLogger(__name__)

_BEFORE_RECORD: Final = (
    State.OWNER_LOOKUP,
    State.NOTIFIED,
    State.CONTESTED,
    State.DRIVER_NAMED,
    State.TRANSFERRED,
)
_MOVES: Final[Mapping[tuple[str, State], Action]] = MappingProxyType(
    {
        ("A2", State.NOTIFIED): Action.WARN,
        **{("A4", state): Action.LAPSE for state in (*_BEFORE_RECORD, *sorted(DECIDABLE))},
        ("D1", State.RECORDED): Action.LAPSE,
        ("D3", State.EXPLAINED): Action.LAPSE,
        ("E1", State.DECIDED): Action.MARK_OVERDUE,
        **{("E8", state): Action.LAPSE for state in sorted(PAYABLE)},
    }
)
"""What a last day that has passed asks for, by its step and where the dossier stands."""
_REMINDS: Final = frozenset({Action.WARN, Action.MARK_OVERDUE})
_AT_ONCE: Final = 500


def sweep_deadlines(services: Services, now: datetime) -> int:
    """Do what the last days that have passed ask for, each in a transaction of its own; how many moved."""
    with services.database.unit_of_work() as session:
        late = _late(session, vietnam_date(now))
    moved = 0
    for deadline_id in late:
        with services.database.unit_of_work() as session:
            moved += _sweep_one(session, deadline_id, now)
    return moved


def _late(session: Session, today: date) -> Sequence[uuid.UUID]:
    asked = [and_(DossierDeadline.step_id == step, Dossier.state == state) for step, state in _MOVES]
    return session.scalars(
        select(DossierDeadline.id)
        .join(Dossier, Dossier.id == DossierDeadline.dossier_id)
        .where(
            DossierDeadline.met_at.is_(None),
            DossierDeadline.swept_at.is_(None),
            DossierDeadline.ended_at.is_(None),
            DossierDeadline.due_on < today,
            or_(*asked),
        )
        .order_by(DossierDeadline.due_on)
        .limit(_AT_ONCE)
    ).all()


def _sweep_one(session: Session, deadline_id: uuid.UUID, now: datetime) -> int:
    deadline = session.get_one(DossierDeadline, deadline_id)
    dossier = locked(session, deadline.dossier_id)
    action = _MOVES.get((deadline.step_id, State(dossier.state)))
    if action is None:
        return 0
    try:
        move(
            session, dossier, action, actor=SYSTEM, facts=_facts(session, dossier, vietnam_date(now)), now=now
        )
    except IllegalMoveError as error:
        logger.info("dossier %s: not moved: %s", dossier.id, error)
        return 0
    deadline.swept_at = now
    if action in _REMINDS:
        _remind(session, dossier, action, was_due_on=deadline.due_on, now=now)
    return 1


def _remind(session: Session, dossier: Dossier, action: Action, *, was_due_on: date, now: datetime) -> None:
    """The reminder that goes with the step: of the decision that is unpaid, or the notice unanswered."""
    paying = action is Action.MARK_OVERDUE
    number = dossier.decision_number if paying else dossier.notice_number
    since = dossier.decided_at if paying else dossier.notified_at
    if number is None or since is None:
        return
    says = {
        "about": "pay" if paying else "answer",
        "subject_number": number,
        "subject_on": vietnam_date(since).isoformat(),
        "was_due_on": was_due_on.isoformat(),
    }
    reminder = next_number(session, DocumentKind.REMINDER, now)
    ask_for_document(session, dossier, DocumentKind.REMINDER, reminder, says=says)
    write_event(session, dossier, "reminded", actor=SYSTEM, now=now, data={"number": reminder})


def _facts(session: Session, dossier: Dossier, today: date) -> Facts:
    deadlines = due_dates(session, dossier)
    warned = select(DossierEvent.id).where(
        DossierEvent.dossier_id == dossier.id, DossierEvent.kind == "registration_warned"
    )
    if dossier.notified_at is not None:  # a warning about an owner before this one is not his
        warned = warned.where(DossierEvent.at >= dossier.notified_at)
    explained = dossier.state == State.EXPLAINED
    return Facts(
        today=today,
        limitation_until=deadlines["A4"].raw_due_on,
        answer_until=last_day(deadlines, "A2"),
        warned=session.scalar(warned) is not None,
        decide_until=last_day(deadlines, "D3" if explained else "D1"),
        pay_until=last_day(deadlines, "E1"),
        enforce_until=last_day(deadlines, "E8"),
    )
