"""What the second review shows: a report without its first verdict, differences, and the error rate."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.accounts.models import Account
from backend.errors import not_found
from backend.intake.models import Violation
from backend.rechecks.models import UNFINISHED, Recheck, RecheckState
from backend.rechecks.sample import Rate
from backend.rechecks.schemas import Difference, DwellView, Quality, RateView
from backend.review.models import ReviewAct
from penalty.calendar import VIETNAM


def waiting(session: Session, officer: Account, now: datetime) -> int:
    """How many second reviews this officer could take up now."""
    free = (Recheck.state == RecheckState.WAITING) | (
        (Recheck.state == RecheckState.CLAIMED)
        & ((Recheck.claimed_until < now) | (Recheck.claimed_by == officer.id))
    )
    return session.scalar(select(func.count()).where(free, Recheck.first_by != officer.id)) or 0


def differences(session: Session, viewer: Account, limit: int = 100) -> list[Difference]:
    """Verdicts that differ, the most urgent notice first."""
    rows = session.execute(
        select(Recheck, Violation)
        .join(Violation, Violation.id == Recheck.violation_id)
        .where(Recheck.state == RecheckState.DIFFERS)
        .order_by(Violation.notify_due_on, Recheck.second_at)
        .limit(limit)
    )
    return [_difference(recheck, violation, viewer) for recheck, violation in rows]


def _difference(recheck: Recheck, violation: Violation, viewer: Account) -> Difference:
    return Difference(
        id=recheck.id,
        violation_id=violation.id,
        version=recheck.version,
        rule=violation.rule,
        first_verdict=recheck.first_verdict,
        first_plate=recheck.first_plate,
        first_vehicle_kind=recheck.first_vehicle_kind,
        first_reject_code=recheck.first_reject_code,
        second_verdict=recheck.second_verdict,
        second_plate=recheck.second_plate,
        second_vehicle_kind=recheck.second_vehicle_kind,
        second_reject_code=recheck.second_reject_code,
        second_note=recheck.second_note,
        notify_due_on=violation.notify_due_on,
        may_settle=viewer.id not in {recheck.first_by, recheck.second_by},
    )


def quality(
    session: Session, *, since: date | None, until: date | None, share_drawn: float, now: datetime
) -> Quality:
    """Error rates of first verdicts given on these days, from finished second reviews alone."""
    drawn = _days(Recheck.first_at, since, until)
    counted = session.execute(select(Recheck.state, func.count()).where(*drawn).group_by(Recheck.state))
    states = {row[0]: row[1] for row in counted}
    decided = session.scalar(
        select(func.count()).where(
            Violation.state.in_(("confirmed", "rejected")), *_days(Violation.decided_at, since, until)
        )
    )
    return Quality(
        since=since,
        until=until,
        share_drawn=share_drawn,
        decided=decided or 0,
        drawn=sum(states.values()),
        waiting=sum(states.get(state, 0) for state in UNFINISHED - {RecheckState.DIFFERS}),
        differing=states.get(RecheckState.DIFFERS, 0),
        confirmed=_rate(session, "confirmed", drawn),
        rejected=_rate(session, "rejected", drawn),
        dwell=dwell_times(session, since=since, until=until),
        as_of=now,
    )


def find(session: Session, recheck_id: uuid.UUID) -> tuple[Recheck, Violation]:
    """One second review with its report. Raises Problem 404."""
    recheck = session.get(Recheck, recheck_id)
    if recheck is None:
        raise not_found("Không có lần duyệt này", "There is no such second review")
    return recheck, session.get_one(Violation, recheck.violation_id)


def dwell_times(session: Session, *, since: date | None, until: date | None) -> list[DwellView]:
    """How long officers looked before they acted, over all of them: a tenth and half were quicker."""
    rows = session.execute(
        select(
            ReviewAct.act,
            func.count(),
            func.percentile_cont(0.1).within_group(ReviewAct.dwell_s),
            func.percentile_cont(0.5).within_group(ReviewAct.dwell_s),
        )
        .where(ReviewAct.dwell_s.is_not(None), *_days(ReviewAct.created_at, since, until))
        .group_by(ReviewAct.act)
        .order_by(ReviewAct.act)
    )
    return [DwellView(act=act, acts=acts, tenth_s=tenth, median_s=half) for act, acts, tenth, half in rows]


def _rate(session: Session, verdict: str, drawn: list[ColumnElement[bool]]) -> RateView:
    ended = Recheck.state.in_((RecheckState.AGREED, RecheckState.SETTLED))
    checked, wrong = session.execute(
        select(func.count(), func.count().filter(Recheck.settled_for == "second")).where(
            Recheck.first_verdict == verdict, ended, *drawn
        )
    ).one()
    rate = Rate(checked, wrong)
    low, high = rate.interval_95 or (None, None)
    return RateView(checked=checked, wrong=wrong, share=rate.share, lower_95=low, upper_95=high)


def _days(
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    since: date | None,
    until: date | None,
) -> list[ColumnElement[bool]]:
    """Both days included, on the Vietnamese calendar."""
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(moment >= datetime.combine(since, time.min, VIETNAM))
    if until is not None:
        found.append(moment < datetime.combine(until + timedelta(days=1), time.min, VIETNAM))
    return found
