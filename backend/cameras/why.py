"""Why a roll-out was stopped, in Vietnamese: what the backend says in English, and what a box answers."""

from __future__ import annotations

import re
from typing import Final

from backend.operations.words import CONDITION_NAMES

_PHRASES: Final = tuple(
    (re.compile(english), vietnamese)
    for english, vietnamese in (
        (r"\bnot taken over within (\d+) s\b", r"không nhận trong \1 giây"),
        (r"\brefused by the box\b", "hộp từ chối"),
        (r"\bwent back: ", "đã quay lại bản cũ: "),
        (r"\bsays nothing of its version\b", "không cho biết đang chạy phiên bản nào"),
        (r": runs (\S+)", r": đang chạy \1"),
        (r"\b([\d.]+) pictures a second, ([\d.]+) before\b", r"\1 hình mỗi giây, trước đó \2"),
        (r"\b(\d+) reports wait, (\d+) before\b", r"\1 báo cáo chưa gửi được, trước đó \2"),
        (
            r"\bended with code (-?\d+) after (\d+) s, before it was confirmed\b",
            r"tự dừng với mã \1 sau \2 giây, trước khi được xác nhận",
        ),
        (
            r"\bended (\d+) times within (\d+) s of its start, code (-?\d+)",
            r"tự dừng \1 lần trong vòng \2 giây sau khi khởi động, mã \3",
        ),
        (r"\bnot confirmed within (\d+) s\b", r"không được xác nhận trong \1 giây"),
        (r"\bit said nothing\b", "không báo gì"),
        (r"\bits process has said nothing yet\b", "tiến trình chưa báo gì"),
        (r"\bthe backend has not answered it yet\b", "máy chủ chưa trả lời"),
        (r"\bits self-test failed with code (-?\d+)", r"tự kiểm tra không đạt, mã \1"),
        (r"\bits self-test did not end within (\d+) s\b", r"tự kiểm tra không xong trong \1 giây"),
        (r"\bits files are gone from the disk\b", "tệp không còn trên đĩa"),
        (
            r"\bit could not be begun: its files are gone, or the disk was full\b",
            "không khởi động được: tệp không còn, hoặc đĩa đầy",
        ),
    )
)
_STATES: Final = re.compile(rf"\b({'|'.join(CONDITION_NAMES)})(?= \d+ s after taking it over|$)")
_WAS_ALIVE: Final = re.compile(rf"\bwas alive and is ({'|'.join(CONDITION_NAMES)})\b")
_AFTER: Final = re.compile(r" (\d+) s after taking it over$")


def in_vietnamese(why: str) -> str:
    """`pnt-01: silent 26 s after taking it over` is `pnt-01: Mất liên lạc, 26 giây sau khi nhận`.

    What is not known here stays as a box said it.
    """
    for english, vietnamese in _PHRASES:
        why = english.sub(vietnamese, why)
    why = _WAS_ALIVE.sub(lambda found: f"đang hoạt động, nay: {CONDITION_NAMES[found[1]][0]}", why)
    why = _STATES.sub(lambda found: CONDITION_NAMES[found[1]][0], why)
    return _AFTER.sub(r", \1 giây sau khi nhận", why)
