"""The same vehicle at two cameras: who is it surely, and was it too fast in between. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from edge.report import Measure, Reason, Slug
from edge.rules.acts import SLOWEST_ACT_KMH, speed_act
from edge.rules.numbers import speed_measure, vi
from edge.scene_file import Tolerance
from edge.scene_section import Section
from edge.section.passages import Passage
from edge.section.speed import AverageSpeed, Distance, average_speed

_LEGAL_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_KMH: Final = 3.6
_FASTEST_KMH: Final = 300.0
_WIDEST_SHARE: Final = 0.05
_SLOW: Final = 3.0


class RoadSection(Section):
    """A stretch of road between two gates, as surveyed; `distance_m` is the shortest way there is."""

    id: Slug
    entry_camera: Slug
    exit_camera: Slug
    distance_m: Annotated[float, Field(ge=200, le=100_000)]
    distance_error_m: Annotated[float, Field(gt=0, le=100)]
    limit_kmh: Annotated[int, Field(ge=5, le=130)]
    tolerance: tuple[Tolerance, ...] = ()

    def tolerance_kmh(self, on: date) -> float:
        """What the law takes off a measured speed that day."""
        in_force = [step for step in self.tolerance if step.valid_from <= on]
        return max(in_force, key=lambda step: step.valid_from).kmh if in_force else 0.0


Code = Literal[
    "too_fast",
    "within_uncertainty",
    "kinds_differ",
    "seen_twice",
    "no_clock",
    "too_uncertain",
    "too_short_time",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of one vehicle: an act, or why a suspicion was kept back (`act` None)."""

    code: Code
    act: str | None
    entry: Passage
    exit: Passage
    speed: AverageSpeed | None
    measures: tuple[Measure, ...]
    reasons: tuple[Reason, ...]


def findings(section: RoadSection, entries: Sequence[Passage], exits: Sequence[Passage]) -> list[Finding]:
    """Everybody who was, or may have been, too fast between the gates.

    A plate that was accepted at both cameras joins them; of several entries the last before the exit counts,
    and a second one shortly before it makes the case doubtful. Who was not too fast is not named.
    """
    found = []
    for out in exits:
        before = [one for one in entries if one.plate == out.plate and _is_before(one, out)]
        if not before:
            continue
        before.sort(key=lambda one: one.at.timestamp() if one.at else -1.0)
        if (said := _judged(section, before, out)) is not None:
            found.append(said)
    return found


def _is_before(entry: Passage, out: Passage) -> bool:
    return entry.at is None or out.at is None or entry.at < out.at


def _judged(section: RoadSection, before: Sequence[Passage], out: Passage) -> Finding | None:
    entry = before[-1]
    start, end = entry.moment(), out.moment()
    if start is None or end is None:
        return _kept_back("no_clock", entry, out)
    distance = Distance(section.distance_m, section.distance_error_m)
    speed = average_speed(start, end, distance)
    if speed is None:
        return _kept_back("too_short_time", entry, out)
    if speed.kmh < section.limit_kmh + SLOWEST_ACT_KMH:
        return None
    tolerance_kmh = section.tolerance_kmh(end.at.astimezone(_LEGAL_ZONE).date())
    over_kmh = speed.lower_kmh - tolerance_kmh - section.limit_kmh
    act = speed_act(out.kind, over_kmh)
    doubt = _doubt(section, before, out, speed)
    if doubt is not None or act is None:
        return _kept_back(doubt or "within_uncertainty", entry, out, speed)
    reasons = _reasons(section, speed, over_kmh, tolerance_kmh)
    measures = (speed_measure("average_speed", speed, section.limit_kmh),)
    return Finding("too_fast", act, entry, out, speed, measures, reasons)


def _doubt(section: RoadSection, before: Sequence[Passage], out: Passage, speed: AverageSpeed) -> Code | None:
    if speed.kmh > _FASTEST_KMH:
        return "too_short_time"
    if before[-1].kind != out.kind:
        return "kinds_differ"
    if len(before) > 1 and _soon(section, before[-2], out):
        return "seen_twice"
    wide = speed.upper_kmh - speed.lower_kmh > 2 * _WIDEST_SHARE * speed.kmh
    return "too_uncertain" if wide else None


def _soon(section: RoadSection, earlier: Passage, out: Passage) -> bool:
    """Whether he may as well have come from the earlier entry, at a third of the limit or faster."""
    if earlier.at is None or out.at is None:
        return True
    return (out.at - earlier.at).total_seconds() < _SLOW * _KMH * section.distance_m / section.limit_kmh


def _kept_back(code: Code, entry: Passage, out: Passage, speed: AverageSpeed | None = None) -> Finding:
    words_vi, words_en = _WHY[code]
    return Finding(code, None, entry, out, speed, (), (Reason(vi=words_vi, en=words_en),))


def _reasons(
    section: RoadSection, speed: AverageSpeed, over_kmh: float, tolerance_kmh: float
) -> tuple[Reason, ...]:
    kmh, low, high, far = speed.kmh, speed.lower_kmh, speed.upper_kmh, section.distance_m
    return (
        Reason(
            vi=f"Đi {vi(far, 0)} m giữa hai máy quay trong {vi(speed.seconds)} giây: tốc độ trung bình "
            f"{vi(kmh)} km/h, với độ tin cậy 95 % trong khoảng {vi(low)} đến {vi(high)} km/h.",
            en=f"{far:.0f} m between the two cameras in {speed.seconds:.1f} s: average speed {kmh:.1f} km/h, "
            f"with 95 % confidence between {low:.1f} and {high:.1f} km/h.",
        ),
        Reason(
            vi=f"Tốc độ tối đa cho phép {section.limit_kmh} km/h. Tính theo mức thấp nhất, trừ sai số cho "
            f"phép {vi(tolerance_kmh)} km/h: vượt {vi(over_kmh)} km/h.",
            en=f"The limit is {section.limit_kmh} km/h. By the lowest end, less the legal tolerance of "
            f"{tolerance_kmh:g} km/h: {over_kmh:.1f} km/h over.",
        ),
    )


_WHY: Final[dict[str, tuple[str, str]]] = {
    "within_uncertainty": (
        "Có thể quá tốc độ, nhưng mức thấp nhất của khoảng đo chưa vượt 5 km/h.",
        "Perhaps too fast, but the lowest end of the interval is not 5 km/h over.",
    ),
    "kinds_differ": (
        "Hai máy quay thấy hai loại xe khác nhau mang cùng một biển số.",
        "The two cameras saw two kinds of vehicle with one plate.",
    ),
    "seen_twice": (
        "Biển số đi qua máy quay thứ nhất hai lần trong thời gian ngắn.",
        "The plate passed the first camera twice within a short time.",
    ),
    "no_clock": (
        "Không biết giờ của một trong hai đoạn ghi hình.",
        "The wall clock of one of the two films is not known.",
    ),
    "too_uncertain": (
        "Đồng hồ hoặc quãng đường không đủ chính xác.",
        "The clocks or the distance are not exact enough.",
    ),
    "too_short_time": (
        "Thời gian giữa hai máy quay ngắn đến mức không thể có: có thể đọc sai biển số hoặc sai đồng hồ.",
        "The time between the cameras is too short to be true: a misread plate or a wrong clock.",
    ),
}
