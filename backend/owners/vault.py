"""Personal fields at rest: AES-256-GCM for each field, and a keyed blind index for finding them again."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = b"\x01"  # a later key or cipher gets the next number, and old rows stay readable
_NONCE_BYTES = 12


class VaultError(Exception):
    """The bytes are not what this key wrote for this field of this row."""


class Vault:
    """Seals text for one field of one row: a value moved to another row or column does not open."""

    def __init__(self, secret_key: str) -> None:
        self._cipher = AESGCM(_derive(secret_key, b"personal fields"))
        self._index_key = _derive(secret_key, b"blind index")

    def seal(self, field: str, row: object, text: str) -> bytes:
        """Encrypt; `field` and `row` are bound to the result."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, text.encode(), _bound(field, row))

    def open(self, field: str, row: object, sealed: bytes) -> str:
        """Decrypt. Raises VaultError when key, field or row differ, or a byte was changed."""
        if sealed[:1] != _FORMAT:
            raise VaultError(f"{field}: unknown format of a sealed value")
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, _bound(field, row)).decode()
        except InvalidTag as error:
            raise VaultError(f"{field}: sealed for another row, or with another key") from error

    def index(self, field: str, text: str) -> str:
        """Same text, same index; without the key neither can be made from the other."""
        return hmac.new(self._index_key, f"{field}\0{text}".encode(), hashlib.sha256).hexdigest()


def _derive(secret_key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"phatnguoi", info=purpose).derive(secret_key.encode())


def _bound(field: str, row: object) -> bytes:
    return f"{field}\0{row}".encode()


def masked_id(number: str) -> str:
    """`000299001234` -> `000******234`: enough to tell two people apart, too little to use."""
    if len(number) <= 6:  # noqa: PLR2004 - nothing could be left out of so short a number
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 6) + number[-3:]


def masked_name(name: str) -> str:
    """`NGUYỄN VĂN MẪU` -> `NGUYỄN V** M**`: the family name and the first letters."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(word[0] + "*" * (len(word) - 1) for word in rest)])


def masked_phone(phone: str) -> str:
    """`0900000123` -> `*******123`."""
    return "*" * max(0, len(phone) - 3) + phone[-3:]
