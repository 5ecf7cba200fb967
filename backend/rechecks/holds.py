"""What an unfinished second review holds back: the notice of its case, and the first verdict."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import Problem
from backend.rechecks.models import RUNNING, Recheck, RecheckState


def of_violation(session: Session, violation_id: uuid.UUID) -> Recheck | None:
    """The second review of a report, where it was drawn."""
    return session.scalar(select(Recheck).where(Recheck.violation_id == violation_id))


def holds_notice(recheck: Recheck | None, now: datetime) -> bool:
    """Whether the notice must not go out now: not looked at yet and time left, or looked at otherwise."""
    if recheck is None or recheck.first_verdict != "confirmed":
        return False
    if recheck.state == RecheckState.DIFFERS:
        return True
    waits_until = recheck.notice_waits_until
    return recheck.state in RUNNING and waits_until is not None and now < waits_until


def refuse_held(recheck: Recheck | None, now: datetime) -> None:
    """Raises Problem 409 `second_review_open` where the notice has to wait."""
    if holds_notice(recheck, now):
        raise Problem(
            409,
            "second_review_open",
            "Hồ sơ đang được duyệt lần hai",
            "A second review of this case is open",
            "Thông báo chỉ được gửi khi lần duyệt thứ hai xong hoặc hết thời gian chờ.",
            "The notice goes out once the second review has ended or its waiting time is over.",
        )


def refuse_second(session: Session, violation_id: uuid.UUID, viewer_id: uuid.UUID) -> None:
    """Raises Problem 409 `second_review_blind` for who is looking at this report for the second time."""
    recheck = of_violation(session, violation_id)
    if recheck is not None and recheck.state == RecheckState.CLAIMED and recheck.claimed_by == viewer_id:
        raise Problem(
            409,
            "second_review_blind",
            "Bạn đang duyệt lần hai trường hợp này",
            "You are looking at this case for the second time",
            "Kết luận lần đầu được giấu cho đến khi bạn quyết định.",
            "The first verdict stays hidden until you have decided.",
        )
