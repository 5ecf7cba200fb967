from __future__ import annotations

from backend.errors import FieldError, Problem


def not_claimed() -> Problem:
    return Problem(
        409,
        "not_claimed",
        "Bạn chưa nhận lần duyệt này",
        "You have not taken this second review up",
        "Lấy trường hợp kế tiếp để duyệt lần hai.",
        "Take the next second review.",
    )


def ended() -> Problem:
    return Problem(
        409,
        "second_review_ended",
        "Lần duyệt này đã xong",
        "This second review has ended",
        "Kết luận đã ghi không thể thay đổi.",
        "A recorded verdict cannot be changed.",
    )


def nothing_differs() -> Problem:
    return Problem(
        409,
        "nothing_differs",
        "Không có khác biệt cần giải quyết",
        "There is no difference to settle",
        "Chỉ giải quyết khi hai lần duyệt kết luận khác nhau.",
        "Only two verdicts that differ are settled.",
    )


def one_of_the_two() -> Problem:
    return Problem(
        403,
        "one_of_the_two",
        "Bạn là một trong hai cán bộ đã duyệt",
        "You are one of the two who reviewed",
        "Một chỉ huy khác phải giải quyết khác biệt này.",
        "Another chief has to settle this difference.",
    )


def reason_needed() -> Problem:
    return Problem(
        422,
        "reason_needed",
        "Cần ghi lý do",
        "A reason is needed",
        "Ghi ít nhất 5 ký tự.",
        "At least 5 characters.",
        errors=(FieldError("reason", "at least 5 characters"),),
    )


def verdict_incomplete(field: str) -> Problem:
    return Problem(
        422,
        "verdict_incomplete",
        "Kết luận chưa đủ",
        "The verdict is not complete",
        "Xác nhận cần biển số và loại xe; loại bỏ cần mã lý do.",
        "Confirming needs plate and kind of vehicle, rejecting a reason code.",
        errors=(FieldError(field, "is missing"),),
    )
