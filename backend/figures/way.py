"""The way from report to closed case: how many get how far, how long it takes, and which time limits hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.database import day_in_vietnam
from backend.dossiers.models import Dossier, DossierDeadline
from backend.figures.period import Period
from backend.figures.tables import Cell, Column, Figure, share
from backend.intake.models import Violation
from backend.submissions.models import Submission
from penalty.calendar import DeadlineError, LegalCalendar
from penalty.complaint import ComplaintState
from penalty.dossier import LABELS, State
from penalty.legal_steps import LegalStep, Nature
from penalty.submissions import NAMES as SUBMISSION_NAMES
from penalty.submissions import SubmissionKind

_GRANTED = (ComplaintState.ACCEPTED, ComplaintState.UPHELD, ComplaintState.SECOND_ACCEPTED)
OF_AUTHORITIES: Final = ("Cơ quan nhà nước", "An authority")
_JUDGED: Final[Mapping[Nature, tuple[str, str]]] = {
    "duty": OF_AUTHORITIES,
    "asked": ("Người dân, tổ chức", "A person or organisation"),
}
_STEPS: tuple[tuple[str, tuple[str, str], InstrumentedAttribute[Any]], ...] = (
    ("confirmed", ("Cán bộ xác nhận", "Confirmed by an officer"), Dossier.opened_at),
    ("notified", ("Đã gửi thông báo", "Notice sent"), Dossier.notified_at),
    ("recorded", ("Đã lập biên bản", "Record made"), Dossier.recorded_at),
    ("decided", ("Đã ra quyết định", "Decision signed"), Dossier.decided_at),
    ("paid", ("Đã nộp phạt", "Fine paid"), Dossier.paid_at),
    ("closed", ("Đã kết thúc", "Case closed"), Dossier.closed_at),
)


def funnel(session: Session, period: Period) -> Figure:
    """Of the acts of these days, how many reached each step, and how long each took in the middle."""
    moments = [Violation.received_at, *(moment for _, _, moment in _STEPS)]
    medians = [
        func.percentile_cont(0.5).within_group(func.extract("epoch", after - before) / 3600.0)
        for before, after in pairwise(moments)
    ]
    row = session.execute(
        select(func.count(), *(func.count(moment) for _, _, moment in _STEPS), *medians)
        .select_from(Violation)
        .outerjoin(Dossier, Dossier.violation_id == Violation.id)
        .where(Violation.event_at >= period.begins, Violation.event_at < period.ends)
    ).one()
    counts, hours = list(row[: len(_STEPS) + 1]), list(row[len(_STEPS) + 1 :])
    rows: list[tuple[Cell, ...]] = [(("Camera báo", "Reported by a camera"), counts[0], None, None, None)]
    for place, (_, name, _) in enumerate(_STEPS):
        median = None if hours[place] is None else round(float(hours[place]), 2)
        here, before = counts[place + 1], counts[place]
        rows.append((name, here, share(here, before), share(here, counts[0]), median))
    return Figure(
        "funnel",
        ("Từ báo cáo đến kết thúc hồ sơ", "From report to closed case"),
        (
            "Các vi phạm xảy ra trong kỳ, tính đến bây giờ. Giờ: trung vị từ bước trước.",
            "The acts of these days, as they stand now. Hours: the median since the step before.",
        ),
        (
            Column("step", ("Bước", "Step"), "text"),
            Column("cases", ("Số hồ sơ", "Cases")),
            Column("of_step_before", ("So với bước trước", "Of the step before"), "share"),
            Column("of_reported", ("So với camera báo", "Of all reported"), "share"),
            Column("median_hours", ("Trung vị giờ", "Median hours"), "hours"),
        ),
        tuple(rows),
        bar="cases",
    )


def where_they_stand(session: Session, period: Period) -> Figure:
    """Where the acts of these days stand now: nothing falls between two states."""
    rows = session.execute(
        select(Violation.state, Dossier.state, func.count())
        .outerjoin(Dossier, Dossier.violation_id == Violation.id)
        .where(Violation.event_at >= period.begins, Violation.event_at < period.ends)
        .group_by(Violation.state, Dossier.state)
    )
    counts: Counter[tuple[str, str]] = Counter()
    for reviewed, state, number in rows:
        counts[_standing(reviewed, state)] += number
    total = sum(counts.values())
    return Figure(
        "standing",
        ("Hồ sơ đang ở đâu", "Where the cases stand"),
        ("Mỗi vi phạm trong kỳ đúng một dòng.", "Each act of these days is in exactly one row."),
        (
            Column("standing", ("Trạng thái", "State"), "text"),
            Column("cases", ("Số hồ sơ", "Cases")),
            Column("share", ("Tỷ lệ", "Share"), "share"),
        ),
        tuple((name, number, share(number, total)) for name, number in counts.most_common()),
        bar="cases",
    )


def _standing(reviewed: str, state: str | None) -> tuple[str, str]:
    if state is not None:
        return LABELS[State(state)]
    if reviewed == "rejected":
        return ("Cán bộ loại", "Rejected by an officer")
    return ("Chờ duyệt", "Waiting for review")


def deadlines(session: Session, period: Period, today: date) -> Figure:
    """How the time limits that began in these days were kept, by the law's counting and by the other one.

    Those of authorities, and those by which a person is asked to act. A right that nobody used and a term
    that ran out by itself are missed by nobody; what was ended before it was due is asked of nobody any more.
    """
    met_on = day_in_vietnam(DossierDeadline.met_at)
    rows = session.execute(
        select(
            DossierDeadline.step_id, DossierDeadline.starts_on, DossierDeadline.due_on, met_on, func.count()
        )
        .where(
            DossierDeadline.starts_on >= period.first,
            DossierDeadline.starts_on <= period.last,
            or_(
                DossierDeadline.ended_at.is_(None),
                day_in_vietnam(DossierDeadline.ended_at) > DossierDeadline.due_on,
            ),
        )
        .group_by(DossierDeadline.step_id, DossierDeadline.starts_on, DossierDeadline.due_on, met_on)
    ).all()
    calendar = LegalCalendar.load()
    counts: dict[str, Counter[str]] = {}
    for step_id, starts_on, due_on, met, number in rows:
        kept = counts.setdefault(step_id, Counter())
        kept[_kept(due_on, met, today)] += number
        other = _otherwise(calendar, step_id, starts_on)
        if other is not None:
            kept["other_" + _kept(other, met, today)] += number
    steps = [calendar.step(step_id, today) for step_id in sorted(counts)]
    return Figure(
        "deadlines",
        ("Thời hạn: đúng hạn và quá hạn", "Time limits, kept and missed"),
        (
            "Bắt đầu trong kỳ, trừ quyền và thời hạn tự hết. Cột cuối: nếu đếm ngày theo cách kia.",
            "Began in these days, without rights and mere terms. Last columns: days counted the other way.",
        ),
        (
            Column("step", ("Mã", "Step"), "text"),
            Column("name", ("Thời hạn", "Time limit"), "text"),
            Column("whose", ("Của ai", "Whose"), "text"),
            Column("kept", ("Đúng hạn", "Kept")),
            Column("late", ("Làm muộn", "Done late")),
            Column("missed", ("Quá hạn, chưa làm", "Missed, not done")),
            Column("running", ("Đang chạy", "Running")),
            Column("kept_share", ("Tỷ lệ đúng hạn", "Kept"), "share"),
            Column("other_kept", ("Đúng hạn theo cách đếm kia", "Kept, counted the other way")),
            Column("other_share", ("Tỷ lệ theo cách đếm kia", "Share, counted the other way"), "share"),
        ),
        tuple(_deadline_row(step, counts[step.step_id]) for step in steps if step.nature in _JUDGED),
        bar="missed",
    )


def _kept(due_on: date, met: date | None, today: date) -> str:
    if met is None:
        return "missed" if due_on < today else "running"
    return "kept" if met <= due_on else "late"


def _otherwise(calendar: LegalCalendar, step_id: str, starts_on: date) -> date | None:
    try:
        return calendar.due(step_id, starts_on).otherwise_on
    except (DeadlineError, TypeError):
        return None


def _deadline_row(step: LegalStep, kept: Counter[str]) -> tuple[Cell, ...]:
    over = kept["kept"] + kept["late"] + kept["missed"]
    other_over = kept["other_kept"] + kept["other_late"] + kept["other_missed"]
    other_known = any(name.startswith("other_") for name in kept)
    return (
        step.step_id,
        (step.vi_name, step.en_name),
        _JUDGED[step.nature],
        kept["kept"],
        kept["late"],
        kept["missed"],
        kept["running"],
        share(kept["kept"], over),
        kept["other_kept"] if other_known else None,
        share(kept["other_kept"], other_over) if other_known else None,
    )


def statements(session: Session, period: Period, today: date) -> Figure:
    """What owners said in these days, and whether they were answered in time."""
    answered_on = day_in_vietnam(Submission.answered_at)
    in_time = answered_on <= Submission.answer_due_on
    rows = session.execute(
        select(
            Submission.kind,
            func.count(),
            func.count().filter(in_time),
            func.count().filter(answered_on > Submission.answer_due_on),
            func.count().filter(Submission.answered_at.is_(None), Submission.answer_due_on < today),
            func.count().filter(Submission.answered_at.is_(None), Submission.answer_due_on >= today),
            func.count().filter(Submission.outcome.in_(_GRANTED)),
        )
        .where(Submission.filed_at >= period.begins, Submission.filed_at < period.ends)
        .group_by(Submission.kind)
        .order_by(Submission.kind)
    )
    return Figure(
        "statements",
        ("Ý kiến và khiếu nại", "Statements and complaints"),
        (
            "Ý kiến nộp trong kỳ. Đúng hạn: trả lời không sau ngày ghi trên giấy tiếp nhận.",
            "Filed in these days. In time: answered not after the day on the receipt.",
        ),
        (
            Column("kind", ("Loại", "Kind"), "text"),
            Column("filed", ("Đã nộp", "Filed")),
            Column("in_time", ("Trả lời đúng hạn", "Answered in time")),
            Column("late", ("Trả lời muộn", "Answered late")),
            Column("overdue", ("Quá hạn chưa trả lời", "Overdue")),
            Column("waiting", ("Đang chờ", "Waiting")),
            Column("granted", ("Được chấp nhận", "Granted")),
        ),
        tuple((SUBMISSION_NAMES[SubmissionKind(row[0])], *row[1:]) for row in rows),
        bar="filed",
    )
