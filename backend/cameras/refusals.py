"""Every reason why something about a camera's set-up is refused."""

from __future__ import annotations

from collections.abc import Sequence

from backend.errors import FieldError, Problem, not_found
from edge.scene_reading import Fault

NOTE_LEAST = 5
"""Characters of a reason that somebody else can follow."""


def unknown_camera() -> Problem:
    return not_found("Không có camera này", "There is no such camera")


def no_picture() -> Problem:
    return not_found("Chưa có ảnh của camera này", "There is no picture of this camera yet")


def no_file() -> Problem:
    return not_found(
        "Chưa có tệp camera nào được ban hành", "No camera file has been published for this camera"
    )


def nothing_chosen(title_vi: str, title_en: str) -> Problem:
    """A roll-out to nobody."""
    return Problem(422, "nothing_chosen", title_vi, title_en, "Chọn ít nhất một.", "Choose at least one.")


def too_many_watch(most_of_one: int, most: int) -> Problem:
    """Moving pictures are dear: each viewer holds a connection and makes a box send oftener."""
    return Problem(
        429,
        "too_many_watch",
        "Đang có quá nhiều người xem hình động",
        "Too many moving pictures are being watched",
        f"Mỗi người xem cùng lúc tối đa {most_of_one}, tất cả {most}. Đóng bớt một trang camera rồi thử lại.",
        f"One person may watch {most_of_one} at once, all together {most}. Close one, then try again.",
    )


def camera_of_another_box(camera_id: str) -> Problem:
    return Problem(
        403,
        "camera_of_another_box",
        "Camera này được giao cho hộp khác",
        "This camera is assigned to another box",
        f"{camera_id}: bộ phận vận hành phải giao camera cho hộp này trước.",
        f"{camera_id}: an operator must assign it to this box first.",
    )


def file_wrong(faults: Sequence[Fault]) -> Problem:
    """422 with line and field of each fault, as the box itself would tell it."""
    return Problem(
        422,
        "camera_file_wrong",
        "Tệp camera chưa đúng",
        "The camera file is not right",
        "Sửa từng chỗ trong errors (dòng và trường) rồi thử lại. Chưa có gì thay đổi.",
        "Mend each place in errors (line and field), then try again. Nothing was changed.",
        errors=tuple(
            FieldError(one.field or "file", f"line {one.line}: {one.message}" if one.line else one.message)
            for one in faults
        ),
    )


def other_camera(camera_id: str, said: str) -> Problem:
    return file_wrong([Fault(None, "id", f"this is the file of {said}, not of {camera_id}")])


def nothing_to_publish() -> Problem:
    return Problem(
        409,
        "nothing_to_publish",
        "Không có bản nháp khác với bản đang dùng",
        "There is no draft that differs from what is in force",
        "Hãy sửa và lưu bản nháp trước.",
        "Change and save the draft first.",
    )


def already_rolling(camera_id: str) -> Problem:
    return Problem(
        409,
        "already_rolling",
        "Camera đang trong một đợt triển khai khác",
        "The camera is part of a roll-out that is still running",
        f"{camera_id}: chờ đợt đó xong hoặc dừng nó trước.",
        f"{camera_id}: wait for it to end, or stop it first.",
    )


def note_needed() -> Problem:
    return Problem(
        422,
        "note_needed",
        "Cần ghi lý do thay đổi",
        "Say why this changes",
        f"Ghi ít nhất {NOTE_LEAST} ký tự, để người sau hiểu.",
        f"At least {NOTE_LEAST} characters, so that whoever comes after understands.",
        errors=(FieldError("note", f"at least {NOTE_LEAST} characters"),),
    )
