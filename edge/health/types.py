"""What can be wrong with a camera, and how that is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

Fault = Literal["dead", "frozen", "moved", "covered", "dark", "clock_stepped"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
"""From worst to least: the first that holds is the one that is shown."""

WORDS: Mapping[Fault, tuple[str, str]] = MappingProxyType(
    {
        "dead": ("Không có hình từ camera", "No pictures come from the camera"),
        "frozen": (
            "Hình đứng yên: camera gửi mãi một hình",
            "The picture is frozen: the same one comes again and again",
        ),
        "moved": ("Camera đã bị xê dịch", "The camera has moved"),
        "covered": ("Ống kính bị che hoặc mất nét", "The lens is covered or out of focus"),
        "dark": ("Quá tối, không nhìn thấy đường", "Too dark to see the road"),
        "clock_stepped": ("Đồng hồ vừa bị chỉnh", "The clock has just been set"),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault that holds now. `since_s`: on the clock that never steps; `detail`: figures, may be empty."""

    fault: Fault
    since_s: float
    detail_vi: str = ""
    detail_en: str = ""

    def words(self) -> tuple[str, str]:
        """The fault in Vietnamese and in English, with its figures."""
        vi, en = WORDS[self.fault]
        return (f"{vi} ({self.detail_vi})" if self.detail_vi else vi), (
            f"{en} ({self.detail_en})" if self.detail_en else en
        )


@dataclass(frozen=True, slots=True)
class Spell:
    """A fault from the last good look before it to the first good look after it, stream seconds.

    `to_s` is infinite while it lasts.
    """

    fault: Fault
    from_s: float
    to_s: float

    def overlaps(self, from_s: float, to_s: float) -> bool:
        """Whether it touches this stretch of stream time."""
        return self.from_s <= to_s and from_s <= self.to_s
