"""Keys made from SECRET_KEY, one for each purpose: the same in every process that knows the secret."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def p256(secret_key: str, purpose: bytes) -> ec.EllipticCurvePrivateKey:
    """A P-256 key."""
    seed = HKDF(algorithm=hashes.SHA256(), length=48, salt=b"phatnguoi", info=purpose).derive(
        secret_key.encode()
    )
    return ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, ec.SECP256R1())
