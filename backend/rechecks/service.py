"""Drawing the sample, the second verdict, and a chief's word where the two differ."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.dossiers import holding, steps
from backend.dossiers.models import Dossier
from backend.errors import Problem, not_found, version_conflict
from backend.intake.models import Violation
from backend.rechecks import holds, refusals
from backend.rechecks.models import Recheck, RecheckState
from backend.rechecks.sample import Verdict, is_drawn, notice_wait
from backend.rechecks.schemas import SecondVerdict, Settlement
from backend.review.refusals import note_needed, plate_wrong, reason_unknown
from backend.review.words import REJECT_BY_CODE
from backend.services import Services
from penalty import plates


def draw(
    services: Services, session: Session, violation: Violation, officer: Account, now: datetime
) -> Recheck | None:
    """Put a report that was just decided into the sample, if it is drawn and was not in it before."""
    settings = services.settings
    secret = settings.secret_key.get_secret_value()
    if not is_drawn(secret, violation.id, settings.second_review_share):
        return None
    if holds.of_violation(session, violation.id) is not None:
        return None
    waits = violation.state == "confirmed"
    recheck = Recheck(
        violation_id=violation.id,
        first_by=officer.id,
        first_at=now,
        first_verdict=violation.state,
        first_plate=violation.plate_current,
        first_vehicle_kind=violation.vehicle_kind_current,
        first_reject_code=violation.reject_code,
        notice_waits_until=notice_wait(now, violation.notify_due_on, settings.second_review_wait_h)
        if waits
        else None,
    )
    session.add(recheck)
    session.flush()
    _log(session, "system", "drawn", recheck)
    return recheck


def claim_next(session: Session, officer: Account, *, now: datetime, lease_s: int) -> Recheck | None:
    """What this officer holds already, else what waits longest and somebody else decided first.

    A notice that waits comes before what keeps nobody waiting. None: there is nothing for this officer.
    """
    free = or_(
        Recheck.state == RecheckState.WAITING,
        and_(Recheck.state == RecheckState.CLAIMED, Recheck.claimed_until < now),
    )
    mine = and_(Recheck.state == RecheckState.CLAIMED, Recheck.claimed_by == officer.id)
    found = session.scalar(
        select(Recheck)
        .where(Recheck.first_by != officer.id, or_(mine, free))
        .order_by(mine.desc(), Recheck.notice_waits_until.asc().nulls_last(), Recheck.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found is None:
        return None
    if found.state != RecheckState.CLAIMED or found.claimed_by != officer.id:
        found.state, found.claimed_by, found.claimed_at = RecheckState.CLAIMED, officer.id, now
        found.version += 1
        _log(session, officer.actor, "claimed", found)
    found.claimed_until = now + timedelta(seconds=lease_s)
    return found


def renew(session: Session, recheck_id: uuid.UUID, officer: Account, *, now: datetime, lease_s: int) -> None:
    """Keep what is being looked at. Raises Problem 404, 409."""
    _held(session, recheck_id, officer).claimed_until = now + timedelta(seconds=lease_s)


def release(session: Session, recheck_id: uuid.UUID, officer: Account) -> Recheck:
    """Give it back undecided. Raises Problem 404, 409."""
    recheck = _held(session, recheck_id, officer)
    recheck.state = RecheckState.WAITING
    recheck.claimed_by = recheck.claimed_at = recheck.claimed_until = None
    recheck.version += 1
    _log(session, officer.actor, "released", recheck)
    return recheck


def decide(
    session: Session, recheck_id: uuid.UUID, officer: Account, second: SecondVerdict, now: datetime
) -> Recheck:
    """The second verdict: with the first it ends the matter and lets the notice go, or a chief is asked.

    Raises Problem 404, 409, 412, 422.
    """
    given = _checked(second)
    recheck = _held(session, recheck_id, officer)
    if recheck.version != second.expected_version:
        raise version_conflict(recheck.version)
    held_s = (now - (recheck.claimed_at or now)).total_seconds()
    recheck.second_by, recheck.second_at, recheck.second_verdict = officer.id, now, given.verdict
    recheck.second_plate, recheck.second_vehicle_kind = given.plate, given.vehicle_kind
    recheck.second_reject_code = second.reason_code if given.verdict == "rejected" else None
    recheck.second_note = second.note or None
    recheck.dwell_s = None if second.dwell_s is None else min(second.dwell_s, max(held_s, 0.0))
    recheck.claimed_until = None
    first = Verdict(recheck.first_verdict, recheck.first_plate, recheck.first_vehicle_kind)
    recheck.state = RecheckState.AGREED if given.agrees_with(first) else RecheckState.DIFFERS
    recheck.version += 1
    if recheck.state == RecheckState.AGREED:
        holding.let_go(session, recheck.violation_id)
    _log(session, officer.actor, recheck.state, recheck)
    return recheck


def settle(
    session: Session, recheck_id: uuid.UUID, chief: Account, settlement: Settlement, now: datetime
) -> Recheck:
    """A chief says whose verdict stands; against the first one, what it led to is undone where it still can.

    Raises Problem 403 `one_of_the_two`, 404, 409 `nothing_differs`, 412.
    """
    recheck = _locked(session, recheck_id)
    if recheck.version != settlement.expected_version:
        raise version_conflict(recheck.version)
    if recheck.state != RecheckState.DIFFERS:
        raise refusals.nothing_differs()
    if chief.id in {recheck.first_by, recheck.second_by}:
        raise refusals.one_of_the_two()
    recheck.state = RecheckState.SETTLED
    recheck.settled_by, recheck.settled_at = chief.id, now
    recheck.settled_for, recheck.settled_reason = settlement.for_whom, settlement.reason
    recheck.version += 1
    if settlement.for_whom == "first":
        holding.let_go(session, recheck.violation_id)
    else:
        recheck.consequence = _undo_first(session, recheck, chief, settlement.reason, now)
    _log(session, chief.actor, "settled", recheck)
    return recheck


def _undo_first(session: Session, recheck: Recheck, chief: Account, reason: str, now: datetime) -> str:
    if recheck.first_verdict == "rejected":
        return _reopen(session, recheck)
    dossier_id = session.scalar(select(Dossier.id).where(Dossier.violation_id == recheck.violation_id))
    if dossier_id is None:
        return "dropped"
    try:
        steps.drop(session, dossier_id, chief, reason=reason, now=now)
    except Problem:
        return "too_late"
    return "dropped"


def _reopen(session: Session, recheck: Recheck) -> str:
    """A report that was rejected wrongly waits for review again; the first act stays in its history."""
    violation = session.get_one(Violation, recheck.violation_id, with_for_update=True)
    violation.state = "review"
    violation.reject_code = violation.note = None
    violation.decided_by = violation.decided_at = None
    violation.version += 1
    return "reopened"


def _checked(second: SecondVerdict) -> Verdict:
    if second.verdict == "rejected":
        reason = REJECT_BY_CODE.get(second.reason_code or "")
        if reason is None:
            raise reason_unknown(second.reason_code or "")
        if reason.needs_note and len(second.note) < 3:  # noqa: PLR2004 -- as in the first review
            raise note_needed()
        return Verdict("rejected", None, None)
    for field in ("plate", "vehicle_kind"):
        if getattr(second, field) is None:
            raise refusals.verdict_incomplete(field)
    plate = second.plate or ""
    if not plates.classify(plate):
        raise plate_wrong(plate)
    return Verdict("confirmed", plates.canonical(plate), second.vehicle_kind)


def _held(session: Session, recheck_id: uuid.UUID, officer: Account) -> Recheck:
    recheck = _locked(session, recheck_id)
    if recheck.state not in {RecheckState.WAITING, RecheckState.CLAIMED}:
        raise refusals.ended()
    if recheck.state != RecheckState.CLAIMED or recheck.claimed_by != officer.id:
        raise refusals.not_claimed()
    return recheck


def _locked(session: Session, recheck_id: uuid.UUID) -> Recheck:
    recheck = session.get(Recheck, recheck_id, with_for_update=True)
    if recheck is None:
        raise not_found("Không có lần duyệt này", "There is no such second review")
    return recheck


def _log(session: Session, actor: str, act: str, recheck: Recheck) -> None:
    data = {"violation_id": str(recheck.violation_id), "version": recheck.version}
    if act == "settled":
        data |= {"for": recheck.settled_for, "consequence": recheck.consequence}
    audit.record(
        session,
        actor=actor,
        action=f"second_review.{act}",
        subject_type="recheck",
        subject_id=recheck.id,
        data=data,
    )
