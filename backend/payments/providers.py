"""The ways to pay that this installation offers, as the settings say."""

from __future__ import annotations

from backend.errors import Problem
from backend.settings import Settings
from penalty.payments import vnpay
from penalty.payments.momo import Momo
from penalty.payments.portal import Portal
from penalty.payments.values import Provider
from penalty.payments.vietqr import VietQr
from penalty.payments.vnpay_provider import Vnpay

NAMES: dict[str, tuple[str, str]] = {
    "vietqr": ("Quét mã VietQR bằng ứng dụng ngân hàng", "Scan a VietQR code with your bank's app"),
    "vnpay": ("Thẻ hoặc tài khoản ngân hàng qua VNPAY", "Card or bank account through VNPAY"),
    "momo": ("Ví MoMo", "MoMo wallet"),
    "portal": ("Cổng Dịch vụ công quốc gia", "National Public Service Portal"),
    "card": ("Thẻ ngân hàng tại quầy", "Bank card at the counter"),
}
"""What people read, Vietnamese and English."""
STATE_NAMES: dict[str, tuple[str, str]] = {
    "started": ("Đang chờ", "Waiting"),
    "expired": ("Hết hạn", "Ran out"),
    "failed": ("Không thu được", "Not taken"),
    "held": ("Ngân hàng đang kiểm tra", "The bank is checking"),
    "paid": ("Đã thu", "Taken"),
    "refund": ("Thu thừa, phải trả lại", "Not owed, goes back"),
    "refunded": ("Đã trả lại", "Given back"),
}


def portal(settings: Settings) -> Portal:
    """The portal, which asks us instead of being asked."""
    return Portal(settings.portal_url, settings.portal_secret.get_secret_value())


def offered(settings: Settings) -> dict[str, Provider]:
    """Every way to pay by its name, in the order they are shown."""
    every: dict[str, Provider] = {
        "vietqr": VietQr(settings.vietqr_bank_bin, settings.vietqr_bank_name, settings.vietqr_account),
        "vnpay": Vnpay(settings.vnpay_url, settings.vnpay_query_url, merchant(settings)),
        "momo": Momo(
            settings.momo_url,
            settings.momo_partner_code,
            settings.momo_access_key,
            settings.momo_secret.get_secret_value(),
        ),
        "portal": portal(settings),
    }
    return {name: every[name] for name in settings.payment_methods}


def provider(settings: Settings, name: str) -> Provider:
    """One way to pay. Raises Problem 404 for one that is not offered."""
    found = offered(settings).get(name)
    if found is None:
        raise Problem(
            404,
            "no_such_payment_method",
            "Không có cách nộp tiền này",
            "There is no such way to pay",
            f"Các cách hiện có: {', '.join(settings.payment_methods)}.",
            f"Offered: {', '.join(settings.payment_methods)}.",
        )
    return found


def merchant(settings: Settings) -> vnpay.Merchant:
    """Who we are at VNPAY."""
    return vnpay.Merchant(settings.vnpay_tmn_code, settings.vnpay_hash_secret.get_secret_value())
