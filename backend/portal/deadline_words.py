"""The time limits that owners meet, in plain words: what, counted from when, and what follows if it passes.

The days themselves and their law come from `penalty.calendar`; these are only the words around them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from penalty.legal_steps import Unit

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Plain:
    """A limit for its reader, Vietnamese and English."""

    what: Pair
    starts: Pair
    missed: Pair


@dataclass(frozen=True, slots=True)
class Counting:
    """How a length is counted, for its reader; the English unit is one of it."""

    unit: Pair
    days_off: Pair | None = None


WAYS_TO_COUNT: Mapping[Unit, Counting] = {
    "working_day": Counting(
        ("ngày làm việc", "working day"),
        (
            "Không tính thứ Bảy, Chủ nhật và ngày lễ.",
            "Saturdays, Sundays and holidays do not count.",
        ),
    ),
    "calendar_day": Counting(("ngày", "day"), ("Ngày nghỉ cũng được tính.", "Days off count too.")),
    "month": Counting(("tháng", "month")),
    "year": Counting(("năm", "year")),
    "hour": Counting(("giờ", "hour")),
}
PLAIN: Mapping[str, Plain] = {
    "A2": Plain(
        ("Trả lời thông báo", "Answer the notice"),
        ("ngày gửi thông báo", "the day the notice was sent"),
        (
            "Nếu quá hạn, xe tạm thời không được đăng kiểm và không được sang tên.",
            "After it, the vehicle can be neither inspected nor registered anew for the time being.",
        ),
    ),
    "C1": Plain(
        ("Gửi giải trình", "Send your explanation"),
        ("ngày lập biên bản", "the day of the record"),
        ("Nếu quá hạn, quyết định có thể được ký mà không chờ bạn.", "After it, nobody has to wait for you."),
    ),
    "D1": Plain(
        ("Chúng tôi ký quyết định", "We sign the decision"),
        ("ngày lập biên bản", "the day of the record"),
        ("Nếu chúng tôi quá hạn, bạn không bị phạt nữa.", "If we are late, you are not fined any more."),
    ),
    "D3": Plain(
        ("Chúng tôi ký quyết định, sau khi xem giải trình", "We sign the decision, having read you"),
        ("ngày lập biên bản", "the day of the record"),
        ("Nếu chúng tôi quá hạn, bạn không bị phạt nữa.", "If we are late, you are not fined any more."),
    ),
    "E1": Plain(
        ("Nộp phạt", "Pay the fine"),
        ("ngày bạn được tính là đã nhận quyết định", "the day you count as having the decision"),
        ("Nếu quá hạn, mỗi ngày phải nộp thêm một khoản nhỏ.", "After it, a little is added for each day."),
    ),
    "G1": Plain(
        ("Khiếu nại, nếu bạn thấy quyết định sai", "Complain, if you hold the decision to be wrong"),
        ("ngày bạn được tính là đã nhận quyết định", "the day you count as having the decision"),
        ("Nếu quá hạn, đơn có thể không được nhận.", "After it, a complaint may be refused."),
    ),
}
