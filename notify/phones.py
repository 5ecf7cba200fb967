"""Vietnamese phone numbers: one canonical form, and a masked form for screens and logs."""

from __future__ import annotations

import re

_MOBILE = re.compile(r"(?:\+?84|0)([35789]\d{8})")


def normalise(phone: str) -> str:
    """`0900 000 001` or `+84 900 000 001` -> `84900000001`. ValueError never repeats the number."""
    match = _MOBILE.fullmatch(re.sub(r"[\s.()-]", "", phone))
    if match is None:
        raise ValueError("phone: expected a Vietnamese mobile number such as 0900 000 001")
    return f"84{match.group(1)}"


def try_normalise(phone: str) -> str | None:
    """As `normalise`; None where the text is no number."""
    try:
        return normalise(phone)
    except ValueError:
        return None


def masked(phone: str) -> str:
    """Only the last three figures stay: `*******001`."""
    digits = re.sub(r"\D", "", phone)
    return f"*******{digits[-3:]}" if len(digits) >= 9 else "*******"  # noqa: PLR2004 - a whole number
