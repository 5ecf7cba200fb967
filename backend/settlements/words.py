"""What people read of settlements, Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backend.payments.providers import NAMES
from backend.payments.words import Pair
from backend.settlements.settling import PROVINCE
from penalty.settlement import Standing

SOURCE_NAMES: Final[Mapping[str, Pair]] = MappingProxyType(
    {**NAMES, PROVINCE: ("Tỉnh bù phí cổng thanh toán", "The province, for gateways' fees")}
)
STANDINGS: Final[Mapping[Standing, Pair]] = MappingProxyType(
    {
        Standing.READY: ("Khớp, bấm kiểm tra lại để ghi sổ", "Fits: check again and it is booked"),
        Standing.ON_ITS_WAY: ("Kho bạc chưa báo có", "Not at the treasury yet"),
        Standing.NOT_TOLD: (
            "Đã về Kho bạc, chưa có tệp của cổng",
            "At the treasury; the gateway's file has not told of it",
        ),
        Standing.SUMS_DIFFER: (
            "Số tiền Kho bạc nhận khác tệp của cổng",
            "What arrived is not what the gateway's file says",
        ),
        Standing.PAYMENTS_DIFFER: (
            "Có khoản nộp không khớp với sổ",
            "Payments in it differ from our book",
        ),
        Standing.MORE_THAN_LIES: (
            "Nhiều hơn số đang nằm ở nguồn này",
            "More than lies there by our book",
        ),
    }
)
