"""Who issues the papers, and the key that signs the text in their QR codes."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.settings import Settings
from penalty.documents import Issuer


@lru_cache(maxsize=8)
def _key(secret_key: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=b"phatnguoi", info=b"paper signing").derive(
        secret_key.encode()
    )
    return Ed25519PrivateKey.from_private_bytes(seed)


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """Stands for the authority's signing service: made from SECRET_KEY, the same in every process."""
    return _key(settings.secret_key.get_secret_value())


def issuer(settings: Settings) -> Issuer:
    """The letterhead."""
    return Issuer(
        superior_vi=settings.authority_superior,
        unit_vi=settings.authority_name,
        unit_en=settings.authority_name_en,
        place=settings.authority_place,
        address=settings.authority_address,
        phone=settings.authority_phone,
    )
