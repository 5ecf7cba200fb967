"""What people read of companies and their vehicles: Vietnamese, English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backend.fleets.models import CompanyState, PlateState

STATES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        CompanyState.ASKED: ("Chờ xác minh", "Waiting to be verified"),
        CompanyState.VERIFIED: ("Đã xác minh", "Verified"),
        CompanyState.REFUSED: ("Không được chấp nhận", "Refused"),
        CompanyState.SUSPENDED: ("Tạm ngừng", "Suspended"),
        CompanyState.ENDED: ("Đã ngừng", "Ended"),
    }
)
PLATE_STATES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        PlateState.ASKED: ("Chờ đối chiếu đăng ký xe", "Waiting for the registry"),
        PlateState.VERIFIED: ("Đứng tên doanh nghiệp", "In the company's name"),
        PlateState.REFUSED: ("Không khớp", "Does not fit"),
        PlateState.REMOVED: ("Đã bỏ", "Removed"),
    }
)
DELIVERY_STATES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "waiting": ("Đang gửi", "On its way"),
        "delivered": ("Đã nhận", "Taken"),
        "dead": ("Không gửi được", "Given up"),
    }
)
