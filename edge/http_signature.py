"""HTTP requests that a device signs with its Ed25519 key: RFC 9421, over method, path and time. Pure.

Only what boxes need of it: one signature called `box`, the components `@method` and `@path`, `created` and
`keyid`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_INPUT: Final = re.compile(
    r'^box=\("@method" "@path"\);created=(\d{1,12});keyid="([a-z0-9][a-z0-9_-]{1,63})";alg="ed25519"$'
)
_SIGNATURE: Final = re.compile(r"^box=:([A-Za-z0-9+/]{86}==):$")


class SignatureError(ValueError):
    """The headers are missing or are not what this module makes."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says to have signed a request, when (seconds since 1970), and the signature."""

    device_id: str
    created_s: int
    signature: bytes

    def holds(self, method: str, path: str, key: Ed25519PublicKey) -> bool:
        """Whether the holder of the key signed this method and path at this time."""
        try:
            key.verify(self.signature, _base(method, path, _params(self.created_s, self.device_id)))
        except InvalidSignature:
            return False
        return True


def signed_headers(
    method: str, path: str, *, device_id: str, key: Ed25519PrivateKey, created_s: int
) -> dict[str, str]:
    """The headers that sign a request. `path` is percent-encoded, without query."""
    params = _params(created_s, device_id)
    signature = base64.b64encode(key.sign(_base(method, path, params))).decode()
    return {"Signature-Input": f"box={params}", "Signature": f"box=:{signature}:"}


def read_claim(headers: Mapping[str, str]) -> Claim:
    """What a request's headers claim. Raises SignatureError."""
    said = _INPUT.match(headers.get("signature-input", ""))
    given = _SIGNATURE.match(headers.get("signature", ""))
    if said is None or given is None:
        raise SignatureError("Signature-Input and Signature of a device are needed (RFC 9421)")
    try:
        signature = base64.b64decode(given.group(1), validate=True)
    except binascii.Error as error:
        raise SignatureError("Signature is not base64") from error
    return Claim(said.group(2), int(said.group(1)), signature)


def _params(created_s: int, device_id: str) -> str:
    return f'("@method" "@path");created={created_s};keyid="{device_id}";alg="ed25519"'


def _base(method: str, path: str, params: str) -> bytes:
    return f'"@method": {method.upper()}\n"@path": {path}\n"@signature-params": {params}'.encode()
