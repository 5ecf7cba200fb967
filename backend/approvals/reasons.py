"""Why somebody does what is written down for good: long enough to say something."""

from __future__ import annotations

from typing import Final

from backend.errors import FieldError, Problem

SHORTEST: Final = 10


def given(reason: str, *, read_by: tuple[str, str] | None = None) -> str:
    """The reason without blanks around it, for who will read it. Raises Problem 422 where it is too short."""
    text = reason.strip()
    if len(text) >= SHORTEST:
        return text
    vi, en = read_by or ("lý do được lưu lại", "the reason is kept")
    raise Problem(
        422,
        "reason_needed",
        "Cần ghi lý do",
        "A reason is needed",
        f"Viết ít nhất {SHORTEST} ký tự: {vi}.",
        f"Write at least {SHORTEST} characters: {en}.",
        errors=(FieldError("reason", f"at least {SHORTEST} characters"),),
    )


def for_approval(reason: str) -> str:
    """The reason that a second person reads. Raises Problem 422 where it is too short."""
    return given(reason, read_by=("người phê duyệt đọc lý do này", "the person who approves reads it"))
