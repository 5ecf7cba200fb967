"""The key with which this product proves itself to issuers, and its public half for them to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from backend.derived import p256
from backend.settings import Settings


class KeyFileError(RuntimeError):
    """OIDC_KEY_FILE cannot be used; the message says why."""


@dataclass(frozen=True)
class ClientKey:
    """The private key in PEM, the name issuers find its public half by, and that half as a JWK."""

    pem: str = field(repr=False)
    key_id: str
    public: dict[str, str | list[str]]


def client_key(settings: Settings) -> ClientKey:
    """The key of OIDC_KEY_FILE (PEM, P-256 or RSA), or one made from SECRET_KEY. Raises KeyFileError."""
    if settings.oidc_key_file is not None:
        return _from_file(settings.oidc_key_file)
    return _derived(settings.secret_key.get_secret_value())


@lru_cache(maxsize=4)
def _from_file(path: Path) -> ClientKey:
    try:
        return _named(path.read_text(encoding="ascii"))
    except (OSError, ValueError, JoseError) as error:
        raise KeyFileError(f"OIDC_KEY_FILE: {path} holds no P-256 or RSA private key ({error})") from error


@lru_cache(maxsize=8)
def _derived(secret_key: str) -> ClientKey:
    private = p256(secret_key, b"oidc client")
    return _named(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def _named(pem: str) -> ClientKey:
    key = _imported(pem)
    if not key.is_private:
        raise ValueError("it is a public key")
    key.ensure_kid()
    return ClientKey(pem, str(key.kid), {**key.as_dict(private=False), "use": "sig"})


def _imported(pem: str) -> ECKey | RSAKey:
    try:
        return ECKey.import_key(pem)
    except JoseError:
        return RSAKey.import_key(pem)
