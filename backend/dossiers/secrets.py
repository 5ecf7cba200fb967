"""The second secret of a notice: short enough to type from paper, and never in clear in the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

# Without 0 O 1 I L, which people mix up on paper: 31 letters, 8 places, about 8.5e11 possibilities.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
_PASS_BYTES = 10


def new_secret() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(secret: str) -> str:
    """In two groups of four, as printed: `7KQ2-M9XP`."""
    return f"{secret[:4]}-{secret[4:]}"


def typed(text: str) -> str:
    """What a person typed, without spaces and hyphens, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def secret_hash(secret_key: str, notice_number: str, secret: str) -> str:
    """Keyed, and bound to the notice: a stolen table can be neither guessed nor moved between rows."""
    text = f"lookup secret\0{notice_number}\0{secret}".encode()
    return hmac.new(secret_key.encode(), text, hashlib.sha256).hexdigest()


def fits(secret_key: str, notice_number: str, given: str, stored_hash: str) -> bool:
    """Whether this is the notice's secret, compared in constant time."""
    return hmac.compare_digest(secret_hash(secret_key, notice_number, given), stored_hash)


def letter_pass(key: str, notice_number: str) -> str:
    """What the square code of a notice says besides its number: somebody has the paper. Opens nothing."""
    mac = hmac.new(key.encode(), f"letter pass\0{notice_number}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:_PASS_BYTES]).decode().lower()
