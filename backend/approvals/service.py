"""Asking for what needs two persons, and the second person's answer; both are in the audit log."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.approvals.models import Approval
from backend.approvals.rules import LIVES, RULES, Kind
from backend.dossiers.models import Dossier
from backend.dossiers.moves import Actor, locked, write_event
from backend.errors import Problem, not_found
from penalty import dossier as law
from penalty.dossier import Action, State

_MOVES: Final[Mapping[Kind, Action]] = {"annul_decision": Action.ANNUL, "drop_dossier": Action.DROP}
OF_NO_CASE: Final = 1
"""The version of what is on no case: the request itself says what is to be done, and cannot change."""
Perform = Callable[[Session, Approval, Account, datetime], None]


def ask(
    session: Session,
    kind: Kind,
    dossier: Dossier | None,
    asker: Account,
    *,
    subject_id: uuid.UUID,
    reason: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> Approval:
    """Ask for an act on a dossier that is held, or on what is of none. Raises 403, 409 `approval_waits`."""
    if not asker.has(*RULES[kind].asked_by):
        raise _not_for_you(kind)
    for earlier in _waiting(session, subject_id, kind):
        if earlier.expires_at > now:
            raise waits(earlier)
        _end(session, earlier, "expired", "system", now)
    approval = Approval(
        kind=kind,
        subject_id=subject_id,
        dossier_id=dossier.id if dossier else None,
        subject_version=dossier.version if dossier else OF_NO_CASE,
        reason=reason,
        data=dict(data or {}),
        requested_by=asker.id,
        requested_at=now,
        expires_at=now + LIVES,
    )
    session.add(approval)
    session.flush()
    _timeline(session, dossier, approval.kind, "approval_asked", by=asker, now=now)
    if dossier is not None:
        approval.subject_version = dossier.version
    _log(session, approval, "approval.asked", asker.actor)
    return approval


def possible(state: State) -> tuple[Kind, ...]:
    """What may be asked for about a dossier that stands so."""
    return tuple(kind for kind, action in _MOVES.items() if action in law.allowed(state))


def refuse_impossible(state: State, kind: Kind) -> None:
    """Raises Problem 409 where the law's table knows no such move: nobody waits for what cannot be."""
    if kind not in possible(state):
        vi, en = law.LABELS[state]
        raise Problem(
            409,
            "no_such_move",
            "Không thực hiện được bước này",
            "This step cannot be taken",
            f"Hồ sơ đang ở trạng thái “{vi}”.",
            f"The dossier stands at “{en}”.",
        )


def approve(
    session: Session,
    approval_id: uuid.UUID,
    approver: Account,
    perform: Mapping[Kind, Perform],
    *,
    expected_version: int,
    now: datetime,
) -> Approval:
    """The second person says yes, and it is done, in one transaction.

    `expected_version` is that of the dossier as this person read it. Raises Problem 403 `same_person` or
    `role_missing`, 404, 409 where it waits no more, 412, and whatever the act itself refuses.
    """
    approval, dossier = held(session, approval_id, approver, expected_version=expected_version, now=now)
    approval.state, approval.decided_by, approval.decided_at = "approved", approver.id, now
    _log(session, approval, "approval.approved", approver.actor)
    _timeline(session, dossier, approval.kind, "approval_given", by=approver, now=now)
    perform[kind_of(approval)](session, approval, approver, now)
    return approval


def held(
    session: Session, approval_id: uuid.UUID, approver: Account, *, expected_version: int, now: datetime
) -> tuple[Approval, Dossier | None]:
    """The request and its dossier, held for the second person. Raises as `approve`, before the act itself."""
    approval, dossier = _held(session, approval_id, now, expected_version=expected_version)
    _second_person(approval, approver)
    return approval, dossier


def refuse(
    session: Session, approval_id: uuid.UUID, approver: Account, *, note: str, now: datetime
) -> Approval:
    """The second person says no, and why. Raises as `approve`."""
    approval, dossier = _held(session, approval_id, now)
    _second_person(approval, approver)
    approval.decided_by, approval.note = approver.id, note
    _end(session, approval, "refused", approver.actor, now)
    _timeline(session, dossier, approval.kind, "approval_refused", by=approver, now=now)
    return approval


def withdraw(session: Session, approval_id: uuid.UUID, asker: Account, now: datetime) -> Approval:
    """Who asked takes it back. Raises Problem 403, 404, 409."""
    approval, _ = _held(session, approval_id, now)
    if approval.requested_by != asker.id:
        raise Problem(
            403,
            "not_yours",
            "Chỉ người đã đề nghị mới rút được",
            "Only the person who asked can take it back",
        )
    _end(session, approval, "withdrawn", asker.actor, now)
    return approval


def expire(session: Session, now: datetime) -> int:
    """Void what waited too long; how many."""
    late = session.scalars(
        select(Approval)
        .where(Approval.state == "waiting", Approval.expires_at <= now)
        .with_for_update(skip_locked=True)
    ).all()
    for approval in late:
        _end(session, approval, "expired", "system", now)
    return len(late)


def find(session: Session, approval_id: uuid.UUID) -> Approval:
    """Raises Problem 404."""
    found = session.scalar(select(Approval).where(Approval.id == approval_id))
    if found is None:
        raise not_found("Không có đề nghị này", "There is no such request")
    return found


def case_of(approval: Approval) -> uuid.UUID:
    """The dossier that an act is on. Raises LookupError for one on no case: its kind does not come here."""
    if approval.dossier_id is None:
        raise LookupError(f"approval {approval.id}: {approval.kind} is on no case")
    return approval.dossier_id


def kind_of(approval: Approval) -> Kind:
    return cast("Kind", approval.kind)


def waiting_for(session: Session, subject_id: uuid.UUID, now: datetime) -> Approval | None:
    """What waits about this dossier or complaint, held."""
    return next((one for one in _waiting(session, subject_id) if one.expires_at > now), None)


def waiting_about(session: Session, dossier_id: uuid.UUID, now: datetime) -> Approval | None:
    """What waits about a dossier or anything said in it, the oldest first."""
    query = select(Approval).where(
        Approval.dossier_id == dossier_id, Approval.state == "waiting", Approval.expires_at > now
    )
    return session.scalars(query.order_by(Approval.requested_at)).first()


def listed(session: Session, *, waiting: bool, now: datetime, limit: int) -> Sequence[Approval]:
    """What waits, the soonest to expire first; or what was decided, the newest first."""
    query = select(Approval).limit(limit)
    if waiting:
        query = query.where(Approval.state == "waiting", Approval.expires_at > now)
        return session.scalars(query.order_by(Approval.expires_at)).all()
    decided = query.where((Approval.state != "waiting") | (Approval.expires_at <= now))
    return session.scalars(decided.order_by(Approval.requested_at.desc())).all()


def waits(approval: Approval) -> Problem:
    return Problem(
        409,
        "approval_waits",
        "Việc này đang chờ người thứ hai phê duyệt",
        "This waits for a second person's approval",
        f"Người phê duyệt trả lời trước {approval.expires_at:%d/%m/%Y %H:%M} (UTC).",
        f"It is answered before {approval.expires_at.isoformat(timespec='minutes')}.",
    )


def _waiting(session: Session, subject_id: uuid.UUID, kind: Kind | None = None) -> Sequence[Approval]:
    query = select(Approval).where(Approval.subject_id == subject_id, Approval.state == "waiting")
    if kind is not None:
        query = query.where(Approval.kind == kind)
    return session.scalars(query.with_for_update()).all()


def _held(
    session: Session, approval_id: uuid.UUID, now: datetime, *, expected_version: int | None = None
) -> tuple[Approval, Dossier | None]:
    """Request and dossier, held in the order in which everybody takes them: the dossier first."""
    found = find(session, approval_id)
    dossier = None
    if found.dossier_id is not None:
        dossier = locked(session, found.dossier_id, expected_version=expected_version)
    approval = session.get_one(Approval, approval_id, with_for_update=True, populate_existing=True)
    if approval.state != "waiting" or approval.expires_at <= now:
        raise Problem(
            409,
            "approval_over",
            "Đề nghị này không còn chờ",
            "This request waits no more",
            "Đã được trả lời, đã rút hoặc đã quá hạn.",
            "It was answered, withdrawn, or is too old.",
        )
    return approval, dossier


def _second_person(approval: Approval, approver: Account) -> None:
    kind = kind_of(approval)
    if approval.requested_by == approver.id:
        raise Problem(
            403,
            "same_person",
            "Người đề nghị không tự phê duyệt",
            "Who asked cannot approve",
            "Cần một người khác có thẩm quyền.",
            "Another person with the right role is needed.",
        )
    if not approver.has(*RULES[kind].approved_by):
        raise _not_for_you(kind)


def _end(session: Session, approval: Approval, state: str, actor: str, now: datetime) -> None:
    approval.state, approval.decided_at = state, now
    session.flush()
    _log(session, approval, f"approval.{state}", actor)


def _timeline(
    session: Session, dossier: Dossier | None, kind: str, event: str, *, by: Account, now: datetime
) -> None:
    if dossier is not None:
        write_event(session, dossier, event, actor=Actor.of(by), now=now, data={"kind": kind})


def _log(session: Session, approval: Approval, action: str, actor: str) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject_type="approval",
        subject_id=approval.id,
        data={
            "kind": approval.kind,
            "dossier_id": str(approval.dossier_id) if approval.dossier_id else None,
        },
    )


def _not_for_you(kind: Kind) -> Problem:
    return Problem(
        403,
        "role_missing",
        "Tài khoản của bạn không có quyền làm việc này",
        "Your account may not do this",
        RULES[kind].name_vi,
        RULES[kind].name_en,
    )
