"""What a message must not say.

Fake fine messages are a plague: ours never carry a link, an amount, an account number or a secret, so that
everybody can learn to distrust those that do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from notify.sms import without_accents

Finding = Literal["link", "amount", "account", "secret"]

# What may be said of a case on each channel (domain/notifications_privacy.md). A phone or a box belongs to
# the person; an e-mail passes through many hands, so it says that there is a paper and nothing of the case.
_OF_A_CASE = frozenset({"unit", "plate", "number", "sent_on", "due_on", "paid_on"})
SAYABLE: Mapping[str, frozenset[str]] = {
    "zalo": _OF_A_CASE,
    "sms": _OF_A_CASE,
    "email": frozenset({"unit"}),
}

_LINK = re.compile(
    r"(?:https?|ftp)\s*:|www\s*\.|\b[a-z0-9-]+\s?\.\s?"
    r"(?:vn|com|net|org|gov|info|biz|io|me|ly|app|link|top|xyz|site|online|shop|store|cc|club|vip|click|page|dev)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\d[\d.,\s]*\s*(?:vnd|dong|d|trieu|tr|nghin|ngan|ty|k|million|thousand)\b|(?:vnd|₫)\s*\d|\d\s*₫"
    r"|\b\d{1,3}(?:[.,]\d{3})+\b",
    re.IGNORECASE,
)
_LONG_DIGITS = re.compile(r"\d(?:[\s.\-]?\d){7,}")
_SECRET_WORDS = re.compile(
    r"\b(?:otp|pin|mat khau|ma bi mat|ma tra cuu|ma xac (?:thuc|nhan)|password|passcode|secret code"
    r"|look-?up code)\b\s*(?:la|is|:|=)",
    re.IGNORECASE,
)


class ForbiddenContentError(ValueError):
    """A message says what it must not; `finding` and `excerpt` say what (never the secret itself)."""

    def __init__(self, finding: Finding, excerpt: str) -> None:
        super().__init__(f"message must not carry a {finding}: {excerpt}")
        self.finding = finding
        self.excerpt = excerpt


def refuse_links(text: str) -> None:
    """Raise ForbiddenContentError where the text holds an address one could open."""
    found = _LINK.search(text)
    if found:
        raise ForbiddenContentError("link", found.group())


def refuse_courtesy(text: str, *, secrets: Iterable[str] = (), known_numbers: Iterable[str] = ()) -> None:
    """Raise ForbiddenContentError for a link, an amount, an account-like number or a secret.

    `known_numbers` are document numbers of ours that may stand in the text although they hold digits.
    """
    refuse_links(text)
    for secret in secrets:
        if secret and _bare(secret) in _bare(text):
            raise ForbiddenContentError("secret", "a secret of the case")
    for number in known_numbers:
        text = text.replace(number, "#")
    plain = without_accents(text)
    if _SECRET_WORDS.search(plain):
        raise ForbiddenContentError("secret", "words that announce a code")
    for finding, pattern in (("amount", _AMOUNT), ("account", _LONG_DIGITS)):
        found = pattern.search(plain)
        if found:
            raise ForbiddenContentError(finding, found.group().strip())  # type: ignore[arg-type]


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", without_accents(text)).lower()
