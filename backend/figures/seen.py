"""What cameras reported and officers made of it: by rule, place and hour, and how often it was wrong."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, select
from sqlalchemy.orm import Session

from backend.figures.period import Period
from backend.figures.tables import Column, Figure, share, wilson_95
from backend.intake.models import Camera, Violation
from backend.owners.models import LookupState, OwnerLookup
from backend.owners.words import FIELD_NAMES
from backend.review.words import REJECT_BY_CODE, RULE_NAMES

_WEEKDAYS = (
    ("Thứ hai", "Monday"),
    ("Thứ ba", "Tuesday"),
    ("Thứ tư", "Wednesday"),
    ("Thứ năm", "Thursday"),
    ("Thứ sáu", "Friday"),
    ("Thứ bảy", "Saturday"),
    ("Chủ nhật", "Sunday"),
)
_DIFFERENCES = (
    ("kind", FIELD_NAMES["vehicle_kind"]),
    ("ground_colour", FIELD_NAMES["ground_colour"]),
    ("colour", FIELD_NAMES["vehicle_colour"]),
)
_VERDICTS = (
    Column("reported", ("Camera báo", "Reported")),
    Column("confirmed", ("Cán bộ xác nhận", "Confirmed")),
    Column("rejected", ("Cán bộ loại", "Rejected")),
    Column("open", ("Chưa duyệt", "Not reviewed yet")),
    Column("false_share", ("Tỷ lệ báo sai", "Reported wrongly"), "share"),
    Column("false_lower_95", ("Cận dưới 95 %", "95 % from"), "share"),
    Column("false_upper_95", ("Cận trên 95 %", "95 % to"), "share"),
)


def by_rule(session: Session, period: Period) -> Figure:
    """Reports by what was broken."""
    rows = _verdicts(session, period, Violation.rule)
    return Figure(
        "violations_by_rule",
        ("Vi phạm theo hành vi", "Violations by rule"),
        (
            "Đếm theo thời điểm vi phạm. Tỷ lệ báo sai = bị loại / đã duyệt, khoảng tin cậy Wilson 95 %.",
            "Counted by the moment of the act. Reported wrongly = rejected / reviewed, Wilson 95 % interval.",
        ),
        (Column("rule", ("Hành vi", "Rule"), "text"), *_VERDICTS),
        tuple((RULE_NAMES.get(row[0], (row[0], row[0])), *_judged(row)) for row in rows),
        bar="confirmed",
    )


def by_place(session: Session, period: Period) -> Figure:
    """Reports by camera."""
    places = {row[0]: row[1] for row in session.execute(select(Camera.camera_id, Camera.location))}
    rows = _verdicts(session, period, Violation.camera_id)
    return Figure(
        "violations_by_place",
        ("Vi phạm theo địa điểm", "Violations by place"),
        (
            "Mỗi camera một dòng, đếm theo thời điểm vi phạm.",
            "One row a camera, counted by the moment of the act.",
        ),
        (
            Column("camera", ("Camera", "Camera"), "text"),
            Column("place", ("Địa điểm", "Place"), "text"),
            *_VERDICTS,
        ),
        tuple((row[0], places.get(row[0], ""), *_judged(row)) for row in rows),
        bar="confirmed",
    )


def by_hour(session: Session, period: Period) -> Figure:
    """When violations happen: hours of the day by days of the week, for the heat map."""
    local = func.timezone("Asia/Ho_Chi_Minh", Violation.event_at)
    weekday, hour = cast(func.extract("isodow", local), Integer), cast(func.extract("hour", local), Integer)
    counted = session.execute(
        select(weekday, hour, func.count())
        .where(*_within(period), Violation.state != "rejected")
        .group_by(weekday, hour)
    )
    found = {(row[0], row[1]): row[2] for row in counted}
    return Figure(
        "violations_by_hour",
        ("Vi phạm theo giờ trong tuần", "Violations by hour of the week"),
        (
            "Không tính báo cáo bị loại; giờ Việt Nam.",
            "Without rejected reports; hours of Vietnam.",
        ),
        (
            Column("weekday", ("Ngày", "Day"), "text"),
            *(Column(f"h{hour:02d}", (f"{hour} giờ", f"{hour} h")) for hour in range(24)),
        ),
        tuple(
            (name, *(found.get((number, hour), 0) for hour in range(24)))
            for number, name in enumerate(_WEEKDAYS, start=1)
        ),
    )


def by_reject_reason(session: Session, period: Period) -> Figure:
    """Why officers threw reports out."""
    rows = session.execute(
        select(Violation.reject_code, func.count())
        .where(*_within(period), Violation.state == "rejected")
        .group_by(Violation.reject_code)
        .order_by(func.count().desc())
    ).all()
    total = sum(row[1] for row in rows)
    return Figure(
        "rejects_by_reason",
        ("Lý do cán bộ loại báo cáo", "Why officers rejected reports"),
        ("Phần trong số báo cáo bị loại.", "Shares of the rejected reports."),
        (
            Column("reason", ("Lý do", "Reason"), "text"),
            Column("rejected", ("Số báo cáo", "Reports")),
            Column("share", ("Tỷ lệ", "Share"), "share"),
        ),
        tuple((_reason(row[0]), row[1], share(row[1], total)) for row in rows),
        bar="rejected",
    )


def by_difference(session: Session, period: Period) -> Figure:
    """Reports whose vehicle was not as registered: a cloned plate, a misread one, or a changed vehicle."""
    states = (None, "confirmed", "rejected")
    counts = [
        func.count(Violation.id.distinct()).filter(
            OwnerLookup.warnings.contains([{"code": f"{part}_differs"}]),
            *([Violation.state == state] if state else ()),
        )
        for part, _ in _DIFFERENCES
        for state in states
    ]
    found = session.execute(
        select(*counts)
        .select_from(Violation)
        .join(OwnerLookup, OwnerLookup.violation_id == Violation.id)
        .where(*_within(period), OwnerLookup.state.in_((LookupState.CONFLICT, LookupState.RESOLVED)))
    ).one()
    rows = ((name, *found[3 * place : 3 * place + 3]) for place, (_, name) in enumerate(_DIFFERENCES))
    return Figure(
        "registry_differences",
        ("Xe nhìn thấy khác xe đăng ký", "Vehicles seen that differ from the registration"),
        (
            "Báo cáo mà loại xe, màu nền biển số hoặc màu xe khác với đăng ký của biển số đó.",
            "Reports whose kind, plate ground or paint is not the one registered to the plate they carry.",
        ),
        (Column("difference", ("Khác về", "Difference in"), "text"), *_VERDICTS),
        tuple((row[0], *_judged(row)) for row in rows),
        bar="confirmed",
    )


def _reason(code: str | None) -> tuple[str, str]:
    known = REJECT_BY_CODE.get(code or "")
    return (known.vi, known.en) if known else (code or "–", code or "–")


def _within(period: Period) -> tuple[ColumnElement[bool], ...]:
    return Violation.event_at >= period.begins, Violation.event_at < period.ends


def _verdicts(session: Session, period: Period, key: Any) -> list[tuple[Any, ...]]:
    """Key, all, confirmed, rejected; the most frequent first."""
    return [
        tuple(row)
        for row in session.execute(
            select(
                key,
                func.count(),
                func.count().filter(Violation.state == "confirmed"),
                func.count().filter(Violation.state == "rejected"),
            )
            .where(*_within(period))
            .group_by(key)
            .order_by(func.count().desc(), key)
        )
    ]


def _judged(row: tuple[Any, ...]) -> tuple[int | float | None, ...]:
    reported, confirmed, rejected = row[1], row[2], row[3]
    decided = confirmed + rejected
    open_ = reported - decided
    return reported, confirmed, rejected, open_, share(rejected, decided), *wilson_95(rejected, decided)
