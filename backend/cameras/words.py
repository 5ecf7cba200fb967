"""Names of faults and steps as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FAULT_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "dead": ("Không có hình", "No pictures"),
        "frozen": ("Hình đứng yên", "Picture frozen"),
        "moved": ("Camera bị xê dịch", "Camera moved"),
        "covered": ("Bị che hoặc mất nét", "Covered or out of focus"),
        "dark": ("Quá tối", "Too dark"),
        "clock_stepped": ("Đồng hồ vừa bị chỉnh", "Clock just set"),
    }
)
STEP_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "waiting": ("Chờ đến lượt", "Waits for its turn"),
        "offered": ("Đã gửi, chờ hộp nhận", "Offered, not taken yet"),
        "taken": ("Hộp đã nhận, đang theo dõi", "Taken over, being watched"),
        "well": ("Chạy tốt", "Runs well"),
        "failed": ("Hỏng", "Failed"),
        "undone": ("Đã quay lại bản cũ", "Went back"),
    }
)


def signed(line: str) -> str:
    """What a line of a difference is, for its colour: added, removed, place or same."""
    if line.startswith("@@"):
        return "place"
    return {"+": "added", "-": "removed"}.get(line[:1], "same")
