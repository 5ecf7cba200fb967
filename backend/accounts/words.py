"""Names of roles, offices, and ways to sign in, Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.accounts.models import Role
from penalty.catalogue import load

Pair = tuple[str, str]

ROLE_NAMES: Final[Mapping[Role, Pair]] = {
    "officer": ("Cán bộ xử lý", "Officer"),
    "team_chief": ("Đội trưởng", "Team chief"),
    "division": ("Chỉ huy phòng", "Head of division"),
    "commune": ("Công an cấp xã", "Commune police"),
    "accountant": ("Kế toán", "Accountant"),
    "operator": ("Vận hành camera", "Camera operator"),
    "auditor": ("Kiểm tra", "Auditor"),
    "clerk": ("Tiếp dân tại quầy", "Counter clerk"),
    "administrator": ("Quản trị tài khoản", "Administrator"),
}

METHOD_NAMES: Final[Mapping[str, Pair]] = {
    "password": ("mật khẩu", "password"),
    "password+totp": ("mật khẩu và mã", "password and code"),
    "password+recovery": ("mật khẩu và mã dự phòng", "password and recovery code"),
    "oidc": ("đăng nhập một lần", "single sign-on"),
    "oidc+totp": ("đăng nhập một lần và mã", "single sign-on and code"),
    "oidc+recovery": ("đăng nhập một lần và mã dự phòng", "single sign-on and recovery code"),
}
_BROWSERS: Final = (
    *(
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("coc_coc_browser", "Cốc Cốc"),
        ("SamsungBrowser", "Samsung Internet"),
    ),
    *(("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome")),
    ("Safari/", "Safari"),
)
_DEVICES: Final = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("Linux", "Linux")),
)


def browser_name(agent: str) -> str:
    """`Chrome, Windows` of what a browser calls itself; its own words where they name none of these."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (_BROWSERS, _DEVICES)]
    return ", ".join(found) if all(found) else agent[:60] or "–"


def position_names() -> dict[str, Pair]:
    """Offices that the law gives power to sign, lowest first, as its table calls them."""
    powers = sorted(load().signing_powers, key=lambda power: (power.max_vnd, power.valid_from))
    return {power.signatory: (power.vi_name, power.en_name) for power in powers}
