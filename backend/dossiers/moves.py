"""One move of a dossier, written down whole in the caller's transaction: state, event, deadlines, audit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import CHIEFS, Account
from backend.dossiers.models import Dossier, DossierDeadline, DossierEvent
from backend.dossiers.words import ACTION_NAMES, ROLE_NAMES, Pair
from backend.errors import Problem, not_found, version_conflict
from backend.fleets import outbox
from penalty import dossier as law
from penalty.calendar import Deadline, LegalCalendar, vietnam_date
from penalty.dossier import Action, IllegalMoveError, Role, Step
from penalty.guards import Facts


@dataclass(frozen=True)
class Actor:
    """Who moves: `name` as the audit log writes it, `role` as the law's table knows it."""

    name: str
    role: Role

    @classmethod
    def of(cls, account: Account) -> Actor:
        """A member of staff: heads of team and division are chiefs to the law's table."""
        if account.has(*CHIEFS):
            return cls(account.actor, Role.TEAM_CHIEF)
        if account.has("accountant") and not account.has("officer", "commune"):
            return cls(account.actor, Role.ACCOUNTANT)
        return cls(account.actor, Role.OFFICER)


@dataclass(frozen=True)
class OnBehalf:
    """A clerk who writes down what a person at the counter declared and signed; `visit` names that visit."""

    clerk: str
    visit: str


SYSTEM = Actor("system", Role.SYSTEM)


def actor_for(dossier: Dossier, behalf: OnBehalf | None, visitor: str | None = None) -> Actor:
    """The person asked moves: with own hands, or by a clerk, who is then the one that the log names.

    `visitor` is how the log names whoever moves, where that is not the owner who has the notice.
    """
    return Actor(behalf.clerk if behalf else visitor or f"owner:{dossier.id}", Role.OWNER)


def noted(behalf: OnBehalf | None) -> dict[str, Any]:
    """What the timeline keeps of a move on somebody's behalf."""
    return {"visit": behalf.visit} if behalf else {}


def locked(session: Session, dossier_id: uuid.UUID, *, expected_version: int | None = None) -> Dossier:
    """The dossier, held until the transaction ends. Raises Problem 404 or 412."""
    dossier = session.get(Dossier, dossier_id, with_for_update=True, populate_existing=True)
    if dossier is None:
        raise not_found("Không có hồ sơ này", "There is no such dossier")
    if expected_version not in {None, dossier.version}:
        raise version_conflict(dossier.version)
    return dossier


def move(
    session: Session,
    dossier: Dossier,
    action: Action,
    *,
    actor: Actor,
    facts: Facts,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> Step:
    """Make the move, or raise IllegalMoveError and change nothing. `data` holds no personal data."""
    from backend.submissions.closing import close_answered  # noqa: PLC0415 - they stand on dossiers

    step = law.advance(law.State(dossier.state), action, role=actor.role, facts=facts)
    dossier.state = step.to_state
    recorded_on = vietnam_date(dossier.recorded_at) if dossier.recorded_at else None
    for deadline in step.due(LegalCalendar.load(), vietnam_date(now), recorded_on=recorded_on):
        write_deadline(session, dossier, deadline)
    meet_clocks(session, dossier, step.meets, now)
    end_clocks(session, dossier, step.ends, now)
    write_event(session, dossier, step.event, actor=actor, now=now, from_state=step.from_state, data=data)
    close_answered(session, dossier.id, action, actor=actor.name, now=now)
    outbox.note(session, dossier, now=now)
    return step


def legal_move(
    session: Session,
    dossier: Dossier,
    action: Action,
    *,
    actor: Actor,
    facts: Facts,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> Step:
    """As `move`, for a person: what the law refuses is a Problem (403, 409) in that person's words."""
    try:
        return move(session, dossier, action, actor=actor, facts=facts, now=now, data=data)
    except IllegalMoveError as error:
        raise refusal(error) from error


def write_event(
    session: Session,
    dossier: Dossier,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    from_state: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """One line of the timeline and of the audit log; the dossier's version goes up."""
    session.flush()
    last = session.scalar(select(func.max(DossierEvent.seq)).where(DossierEvent.dossier_id == dossier.id))
    session.add(
        DossierEvent(
            dossier_id=dossier.id,
            seq=(last or 0) + 1,
            kind=kind,
            from_state=from_state,
            to_state=dossier.state,
            actor=actor.name,
            actor_role=actor.role,
            at=now,
            data=data or {},
        )
    )
    if last is not None:
        dossier.version += 1
    audit.record(
        session,
        actor=actor.name,
        action=f"dossier.{kind}",
        subject_type="dossier",
        subject_id=dossier.id,
        data={"state": dossier.state, **(data or {})},
    )
    session.flush()


def write_deadline(session: Session, dossier: Dossier, deadline: Deadline) -> None:
    """Keep a computed deadline with its rule; a clock that runs already is not started again."""
    known = select(DossierDeadline.id).where(
        DossierDeadline.dossier_id == dossier.id,
        DossierDeadline.step_id == deadline.step_id,
        DossierDeadline.ended_at.is_(None),
    )
    if session.scalar(known) is not None:
        return
    session.add(
        DossierDeadline(
            dossier_id=dossier.id,
            step_id=deadline.step_id,
            starts_on=deadline.start_on,
            due_on=deadline.due_on,
            raw_due_on=deadline.raw_due_on,
            length=deadline.length,
            unit=deadline.unit,
            title_vi=deadline.title_vi,
            title_en=deadline.title_en,
            rule_vi=deadline.rule_vi,
            rule_en=deadline.rule_en,
            article=deadline.article,
            article_vi=deadline.article_vi,
            confidence=deadline.confidence,
            calendar_version=deadline.calendar_version,
        )
    )


def due_dates(session: Session, dossier: Dossier) -> dict[str, DossierDeadline]:
    """The deadlines of a dossier by step, without those that stopped to count."""
    session.flush()
    rows = session.scalars(
        select(DossierDeadline).where(
            DossierDeadline.dossier_id == dossier.id, DossierDeadline.ended_at.is_(None)
        )
    )
    return {row.step_id: row for row in rows}


def last_day(deadlines: dict[str, DossierDeadline], step_id: str) -> date | None:
    return deadlines[step_id].due_on if step_id in deadlines else None


def end_clocks(session: Session, dossier: Dossier, steps: tuple[str, ...], now: datetime) -> None:
    """These stop to count: the person they ran for is no longer the one asked, and they may begin anew."""
    for step_id, deadline in due_dates(session, dossier).items():
        if step_id in steps:
            deadline.ended_at = now
    session.flush()


def meet_clocks(session: Session, dossier: Dossier, steps: tuple[str, ...], now: datetime) -> None:
    """What these asked for is done."""
    for step_id, deadline in due_dates(session, dossier).items():
        if step_id in steps and deadline.met_at is None:
            deadline.met_at = now


def refuse_impossible(dossier: Dossier, action: Action, *, actor: Actor, facts: Facts) -> None:
    """Raises the Problem that making this move would raise; changes nothing."""
    try:
        law.advance(law.State(dossier.state), action, role=actor.role, facts=facts)
    except IllegalMoveError as error:
        raise refusal(error) from error


def refusal(error: IllegalMoveError) -> Problem:
    """The law's refusal as the API says it: 403 where the person lacks the power, else 409."""
    status = 403 if error.code in {"no_signing_power", "role_not_allowed"} else 409
    vi, en = _in_words(error)
    return Problem(status, error.code, "Không thực hiện được bước này", "This step cannot be taken", vi, en)


def _in_words(error: IllegalMoveError) -> Pair:
    """What the table itself refuses it tells in its own names; people read theirs."""
    if error.code not in {"no_such_move", "role_not_allowed"}:
        return error.message_vi, error.message_en
    vi, en = ACTION_NAMES.get(error.action, ("Việc này", "This"))
    if error.code == "no_such_move":
        state_vi, state_en = law.LABELS[error.state]
        return (
            f"{vi}: không làm được khi hồ sơ ở bước “{state_vi}”.",
            f"{en}: not while it stands at “{state_en}”.",
        )
    roles = sorted(law.TABLE[error.state, error.action].roles)
    who_vi, who_en = (", ".join(ROLE_NAMES[role][of] for role in roles) for of in (0, 1))
    return f"{vi}: chỉ dành cho {who_vi}.", f"{en}: only for {who_en}."
