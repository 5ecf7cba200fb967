"""Why a roll-out was stopped: a code with what it is about, told in both languages. Pure.

A box has words of its own (a file it refuses, a release it did not keep). They are shown as they came, and
named as the box's.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from backend.operations.words import CONDITION_NAMES

Code = Literal[
    "operator", "refused", "not_kept", "not_taken", "condition", "no_version", "other_version", "slow",
    "reports_wait", "sentence",
]  # fmt: skip
_WORDS: Final[Mapping[Code, tuple[str, str]]] = MappingProxyType(
    {
        "operator": ("Người vận hành dừng", "Stopped by an operator"),
        "refused": ("hộp từ chối", "refused by the box"),
        "not_kept": ("hộp không giữ bản mới", "the box did not keep it"),
        "not_taken": ("không nhận trong {within_s} giây", "not taken over within {within_s} s"),
        "condition": ("{condition_vi}", "{condition_en}"),
        "no_version": ("không cho biết đang chạy phiên bản nào", "says nothing of its version"),
        "other_version": ("đang chạy {version}", "runs {version}"),
        "slow": ("{now} hình mỗi giây, trước đó {before}", "{now} pictures a second, {before} before"),
        "reports_wait": (
            "{now} báo cáo chưa gửi được, trước đó {before}",
            "{now} reports wait, {before} before",
        ),
    }
)


class Why(BaseModel):
    """Why one thing failed, or a person stopped it all.

    `subject`: the camera or box of the step; `camera`: the camera of that box. `now`, `before`: pictures a
    second, or reports. `after_s`: since it took the new one over. `said`: the box's own words. `sentence` is
    what was written before there were codes, in `said` and `said_vi`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    subject: str = ""
    camera: str = ""
    condition: str = ""
    version: str = ""
    now: float | None = None
    before: float | None = None
    within_s: int | None = None
    after_s: int | None = None
    said: str = ""
    said_vi: str = ""

    @property
    def stored(self) -> dict[str, Any]:
        """As a row keeps it."""
        return self.model_dump(exclude_defaults=True)


def why_of(stored: Mapping[str, Any] | None) -> Why | None:
    """What a row keeps; None where nothing failed."""
    return Why.model_validate(stored) if stored else None


def words(why: Why | None) -> tuple[str, str]:
    """Vietnamese and English: `cam-a: silent, 26 s after taking it over`. Both empty where nothing failed."""
    if why is None:
        return "", ""
    if why.code == "sentence":
        return why.said_vi or why.said, why.said
    about = "".join(f"{one}: " for one in (why.subject, why.camera) if one)
    names = CONDITION_NAMES.get(why.condition, (why.condition, why.condition))
    values = {
        **why.model_dump(),
        "condition_vi": _inside(names[0]),
        "condition_en": _inside(names[1]),
        "now": _number(why, why.now),
        "before": _number(why, why.before),
    }
    vi, en = (about + one.format_map(values) for one in _WORDS[why.code])
    if why.after_s is not None:
        vi, en = f"{vi}, {why.after_s} giây sau khi nhận", f"{en}, {why.after_s} s after taking it over"
    if why.said:
        said_vi, said_en = said_by_box(why.said)
        vi, en = f"{vi}. {said_vi}", f"{en}. {said_en}"
    return vi, en


def said_by_box(text: str) -> tuple[str, str]:
    """A box's own words, marked as such."""
    return f"Hộp báo: “{text}”", f"The box says: “{text}”"


def _inside(name: str) -> str:
    return name[:1].lower() + name[1:]


def _number(why: Why, value: float | None) -> str:
    return "" if value is None else f"{value:.0f}" if why.code == "reports_wait" else f"{value:.1f}"
