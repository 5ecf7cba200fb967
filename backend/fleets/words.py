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
ERRORS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "name": ("Không tìm thấy máy chủ", "Server not found"),
        "private": ("Máy chủ không ở trên mạng công cộng", "Server not in the public network"),
        "ended": ("Địa chỉ không còn dùng", "Address not in use any more"),
        "not_verified": ("Doanh nghiệp đang tạm ngừng", "Company suspended"),
        "ConnectError": ("Không kết nối được", "No connection"),
        "ConnectTimeout": ("Không kết nối được", "No connection"),
        "ReadTimeout": ("Không trả lời trong 15 giây", "No answer within 15 seconds"),
    }
)
