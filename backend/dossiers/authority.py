"""Who signs papers, and who says when: certificates from a file, or a test authority of our own.

The test authority is made from SECRET_KEY, with the same root in every process, says TEST in every name, and
is refused in production: there PAPER_P12_FILE names the certificate and PAPER_TSA_URL a clock (RFC 3161).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from backend.derived import p256
from backend.settings import Settings

_FROM, _UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


class AuthorityError(RuntimeError):
    """The signing certificate cannot be used: which file, and what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A key and its certificate."""

    key: PrivateKeyTypes
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class Authority:
    """The signer, the clock (None: `tsa_url` is asked), and the certificates above them, the root last."""

    signer: Identity
    clock: Identity | None
    chain: tuple[x509.Certificate, ...]
    tsa_url: str | None

    @property
    def root(self) -> x509.Certificate:
        """What a checker has to trust."""
        return self.chain[-1]


def authority_of(settings: Settings) -> Authority:
    """The authority the settings name. Raises AuthorityError."""
    if settings.paper_p12_file is not None:
        return _from_file(
            settings.paper_p12_file, settings.paper_p12_password.get_secret_value(), settings.paper_tsa_url
        )
    return _test_authority(settings.secret_key.get_secret_value())


def _from_file(path: Path, password: str, tsa_url: str | None) -> Authority:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(
            path.read_bytes(), password.encode() or None
        )
    except (OSError, ValueError) as error:
        raise AuthorityError(
            f"PAPER_P12_FILE: {path} cannot be opened ({error}); check file and password"
        ) from error
    if key is None or certificate is None:
        raise AuthorityError(f"PAPER_P12_FILE: {path} holds no key with its certificate")
    return Authority(Identity(key, certificate), None, (*others, certificate)[:8], tsa_url)


@lru_cache(maxsize=4)
def _test_authority(secret_key: str) -> Authority:
    root_key = p256(secret_key, b"paper root")
    root_name = _name("TEST ROOT, not an authority")
    root = _certificate(root_name, root_name, root_key, root_key, 1, is_ca=True)
    signer_key = p256(secret_key, b"paper signer")
    clock_key = rsa.generate_private_key(65537, 2048)  # the test clock's code signs with RSA only
    signer = _certificate(
        _name("TEST Phong Canh sat giao thong (trinh dien)"), root_name, signer_key, root_key, 2
    )
    clock = _certificate(
        _name("TEST clock"), root_name, clock_key, root_key, x509.random_serial_number(), stamps_time=True
    )
    return Authority(Identity(signer_key, signer), Identity(clock_key, clock), (root,), None)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "phatnguoi TEST"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    serial: int,
    *,
    is_ca: bool = False,
    stamps_time: bool = False,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(_key_usage(is_ca=is_ca, stamps_time=stamps_time), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if stamps_time:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256(), ecdsa_deterministic=True)


def _key_usage(*, is_ca: bool, stamps_time: bool) -> x509.KeyUsage:
    """A root signs certificates only; a time stamp commits to nothing that it stands on."""
    return x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=not is_ca and not stamps_time,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )
