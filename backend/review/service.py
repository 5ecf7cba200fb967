"""Officers take reports one at a time, correct what the machine misread, and confirm or reject."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.cameras import spells
from backend.cameras.words import FAULT_NAMES
from backend.dossiers.models import Dossier
from backend.dossiers.service import open_dossier
from backend.errors import not_found, version_conflict
from backend.intake.models import Violation
from backend.owners.service import judge_colour_again, request_lookup
from backend.rechecks.service import draw
from backend.review import refusals
from backend.review.models import ReviewAct
from backend.review.schemas import Confirmation, Correction, Rejection
from backend.review.words import REJECT_BY_CODE
from backend.services import Services
from penalty import plates
from penalty.reviewing import DECIDED, ReviewAction, ReviewState, reached

_NOTE_MIN = 3


def claim_next(
    session: Session, officer: Account, *, now: datetime, lease_s: int, after: uuid.UUID | None = None
) -> Violation | None:
    """What this officer already holds, else the most urgent report nobody holds. None: the queue is empty.

    `after` is the one on the officer's screen: another than that, to have it ready. Two officers who ask at
    the same moment get different reports: the other skips the row that one locks.
    """
    held = session.scalar(
        select(Violation)
        .where(Violation.state == "claimed", Violation.claimed_by == officer.id, Violation.id != after)
        .order_by(Violation.notify_due_on, Violation.event_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if held is not None:
        held.claimed_until = now + timedelta(seconds=lease_s)
        return held
    free = session.scalar(
        select(Violation)
        .where(
            or_(
                Violation.state == "review",
                and_(Violation.state == "claimed", Violation.claimed_until < now),
            ),
            Violation.id != after,
        )
        .order_by(Violation.notify_due_on, Violation.event_at, Violation.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if free is not None:
        _give(session, free, officer, now=now, lease_s=lease_s)
    return free


def claim(
    session: Session, violation_id: uuid.UUID, officer: Account, *, now: datetime, lease_s: int
) -> Violation:
    """Take up one chosen report. Raises Problem 404, 409 `held_by_another`, 409 `already_decided`."""
    violation = _locked(session, violation_id)
    _refuse_decided(violation)
    if violation.state == "claimed" and violation.claimed_by == officer.id:
        violation.claimed_until = now + timedelta(seconds=lease_s)
        return violation
    if violation.state == "claimed" and violation.claimed_until and violation.claimed_until >= now:
        holder = session.get_one(Account, violation.claimed_by)
        raise refusals.held_by_another(holder.full_name)
    _give(session, violation, officer, now=now, lease_s=lease_s)
    return violation


def _give(session: Session, violation: Violation, officer: Account, *, now: datetime, lease_s: int) -> None:
    if violation.state == ReviewState.CLAIMED:  # whoever held it let the time run out
        violation.state = reached(ReviewState.CLAIMED, ReviewAction.EXPIRE)
    violation.state = reached(ReviewState(violation.state), ReviewAction.CLAIM)
    violation.claimed_by = officer.id
    violation.claimed_until = now + timedelta(seconds=lease_s)
    violation.version += 1
    _note(session, violation, officer, "claimed")
    request_lookup(session, violation, officer)


def release(session: Session, violation_id: uuid.UUID, officer: Account) -> Violation:
    """Give a report back to the queue undecided. Raises Problem 404, 409."""
    violation = _held(session, violation_id, officer)
    violation.state = reached(ReviewState(violation.state), ReviewAction.RELEASE)
    violation.claimed_by = violation.claimed_until = None
    violation.version += 1
    _note(session, violation, officer, "released")
    return violation


def correct(session: Session, violation_id: uuid.UUID, officer: Account, correction: Correction) -> Violation:
    """Set plate, ground colour, kind or paint as the officer sees them, and look up that owner.

    Raises Problem 404, 409, 412, 422 `plate_invalid` or `nothing_to_correct`.
    """
    violation = _held(session, violation_id, officer, expected_version=correction.expected_version)
    before = _seen(violation)
    if correction.plate is not None:
        if not plates.classify(correction.plate):
            raise refusals.plate_wrong(correction.plate)
        violation.plate_confirmed = plates.canonical(correction.plate)
    if correction.ground_colour is not None:
        violation.ground_colour_confirmed = correction.ground_colour
    if correction.vehicle_kind is not None:
        violation.vehicle_kind_confirmed = correction.vehicle_kind
    if correction.vehicle_colour not in {None, violation.vehicle_colour_current}:
        violation.vehicle_colour_confirmed = correction.vehicle_colour
    seen = _seen(violation)
    if seen == before:
        raise refusals.nothing_to_correct()
    violation.version += 1
    _note(
        session,
        violation,
        officer,
        "corrected",
        reason=correction.reason,
        before=before,
        after=seen,
        dwell_s=correction.dwell_s,
    )
    request_lookup(session, violation, officer)
    judge_colour_again(session, violation)
    return violation


def confirm(
    services: Services,
    session: Session,
    violation_id: uuid.UUID,
    officer: Account,
    *,
    confirmation: Confirmation,
    now: datetime,
) -> Dossier:
    """Confirm the violation and open its dossier in the same transaction.

    Raises Problem 404, 409 (`not_claimed`, `already_decided`, `camera_was_ill`, `seen_differs`), 412,
    422 (`plate_needed`, `plate_does_not_fit_kind`, or what the dossier refuses).
    """
    violation = _held(session, violation_id, officer, expected_version=confirmation.expected_version)
    _refuse_void(session, violation)
    plate, kind = violation.plate_current, violation.vehicle_kind_current
    if plate is None:
        raise refusals.plate_needed()
    if plates.canonical(confirmation.plate) != plate or confirmation.vehicle_kind != kind:
        raise refusals.seen_differs(plate, kind)
    if not plates.classify(plate, vehicle_kind=kind, ground_colour=violation.ground_colour_current):
        raise refusals.plate_does_not_fit_kind(plate, kind)
    violation.plate_confirmed, violation.vehicle_kind_confirmed = plate, kind
    violation.ground_colour_confirmed = violation.ground_colour_current
    _decide(violation, officer, ReviewAction.CONFIRM, now)
    _note(session, violation, officer, "confirmed", after=_seen(violation), dwell_s=confirmation.dwell_s)
    draw(services, session, violation, officer, now)
    session.flush()
    return open_dossier(services, session, violation, officer, now)


def reject(
    services: Services,
    session: Session,
    violation_id: uuid.UUID,
    officer: Account,
    *,
    rejection: Rejection,
    now: datetime,
) -> Violation:
    """Throw the report out with a reason code. Raises Problem 404, 409, 412, 422."""
    reason = REJECT_BY_CODE.get(rejection.reason_code)
    if reason is None:
        raise refusals.reason_unknown(rejection.reason_code)
    if reason.needs_note and len(rejection.note) < _NOTE_MIN:
        raise refusals.note_needed()
    violation = _held(session, violation_id, officer, expected_version=rejection.expected_version)
    violation.reject_code, violation.note = reason.code, rejection.note or None
    _decide(violation, officer, ReviewAction.REJECT, now)
    _note(session, violation, officer, "rejected", reason=reason.code, dwell_s=rejection.dwell_s)
    draw(services, session, violation, officer, now)
    return violation


def _decide(violation: Violation, officer: Account, action: ReviewAction, now: datetime) -> None:
    violation.state = reached(ReviewState(violation.state), action)
    violation.decided_by, violation.decided_at = officer.id, now
    violation.claimed_by = violation.claimed_until = None
    violation.version += 1


def _held(
    session: Session, violation_id: uuid.UUID, officer: Account, *, expected_version: int | None = None
) -> Violation:
    violation = _locked(session, violation_id)
    _refuse_decided(violation)
    if violation.state != "claimed":
        raise refusals.not_claimed()
    if violation.claimed_by != officer.id:
        raise refusals.held_by_another(session.get_one(Account, violation.claimed_by).full_name)
    if expected_version is not None and violation.version != expected_version:
        raise version_conflict(violation.version)
    return violation


def _locked(session: Session, violation_id: uuid.UUID) -> Violation:
    violation = session.get(Violation, violation_id, with_for_update=True)
    if violation is None:
        raise not_found("Không có hồ sơ này", "There is no such report")
    return violation


def _refuse_decided(violation: Violation) -> None:
    if violation.state in DECIDED:
        raise refusals.already_decided(violation.state)


def _refuse_void(session: Session, violation: Violation) -> None:
    spell = spells.covering(session, violation.camera_id, violation.event_at)
    if spell is not None:
        raise refusals.camera_was_ill(*FAULT_NAMES[spell.fault])


def _seen(violation: Violation) -> dict[str, Any]:
    return {
        "plate": violation.plate_current,
        "ground_colour": violation.ground_colour_current,
        "vehicle_kind": violation.vehicle_kind_current,
        "vehicle_colour": violation.vehicle_colour_current,
    }


def _note(
    session: Session,
    violation: Violation,
    officer: Account,
    act: str,
    *,
    reason: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    dwell_s: float | None = None,
) -> None:
    if dwell_s is not None:
        dwell_s = min(dwell_s, _held_s(session, violation, officer))
    session.add(
        ReviewAct(
            violation_id=violation.id,
            account_id=officer.id,
            act=act,
            reason=reason,
            before=before or {},
            after=after or {},
            dwell_s=dwell_s,
        )
    )
    audit.record(
        session,
        actor=officer.actor,
        action=f"violation.{act}",
        subject_type="violation",
        subject_id=violation.id,
        data={"version": violation.version, "reason": reason, "before": before or {}, "after": after or {}},
    )


def _held_s(session: Session, violation: Violation, officer: Account) -> float:
    """Seconds since this officer took the report up: no dwell time can be longer."""
    claimed = (ReviewAct.act == "claimed") & (ReviewAct.account_id == officer.id)
    age = session.scalar(
        select(func.extract("epoch", func.clock_timestamp() - func.max(ReviewAct.created_at))).where(
            ReviewAct.violation_id == violation.id, claimed
        )
    )
    return float(age or 0)
