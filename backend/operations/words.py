"""Names and the small chart of the operators' page. Pure functions of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from backend.operations.schemas import DayCount

CONDITION_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "alive": ("Đang hoạt động", "Alive"),
        "starting": ("Đang khởi động", "Starting"),
        "stalled": ("Không có hình mới", "No new picture"),
        "ended": ("Đã kết thúc", "Ended"),
        "failed": ("Có lỗi", "Failed"),
        "frozen": ("Hình đứng yên", "Picture frozen"),
        "moved": ("Camera bị xê dịch", "Camera moved"),
        "covered": ("Bị che hoặc mất nét", "Covered or out of focus"),
        "dark": ("Quá tối", "Too dark"),
        "clock_stepped": ("Đồng hồ vừa bị chỉnh", "Clock just set"),
        "silent": ("Mất liên lạc", "Silent"),
    }
)
SIGNAL_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "red": ("Đèn đỏ", "Red"),
        "amber": ("Đèn vàng", "Amber"),
        "yellow": ("Đèn vàng", "Amber"),
        "green": ("Đèn xanh", "Green"),
        "off": ("Đèn tắt", "Off"),
        "unknown": ("Chưa rõ đèn", "Signal unknown"),
    }
)
CHART_HEIGHT = 120.0


@dataclass(frozen=True)
class Bar:
    """One day's column, stacked from below: offsets and heights in units of the drawing."""

    day: DayCount
    x: int
    parts: tuple[tuple[str, float, float], ...]
    top: float


def bars(days: Sequence[DayCount], *, step: int = 84) -> tuple[Bar, ...]:
    """Columns of the last days, to one scale."""
    most = max((day.total for day in days), default=0) or 1
    return tuple(_bar(day, index * step, CHART_HEIGHT / most) for index, day in enumerate(days))


def _bar(day: DayCount, x: int, scale: float) -> Bar:
    parts, top = [], CHART_HEIGHT
    for name, count in (("confirmed", day.confirmed), ("rejected", day.rejected), ("open", day.open)):
        height = round(count * scale, 1)
        top = round(top - height, 1)
        if count:
            parts.append((name, top, height))
    return Bar(day, x, tuple(parts), top)
