"""C2PA in the files themselves: a viewer that knows content credentials shows which box made them, and when.

The box signs with a key of its own (ES256). Its certificate is issued by a root whose key is the device's, so
that the key an operator approved vouches for both; a province may set a certificate of a real authority
instead. Nothing waits for this: without the library, or when signing fails, evidence goes without, and
says so.
"""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge.device import Device
from edge.durable import replace_file
from edge.evidence.clip import check_same_film
from edge.report import FileRole
from edge.settings import WorkerSettings

log = logging.getLogger(__name__)

KEY_FILE: Final = "c2pa_key.pem"
CHAIN_FILE: Final = "c2pa_chain.pem"
_making = threading.Lock()
_OLDEST: Final = datetime(2026, 1, 1, tzinfo=UTC)
_VALID_FOR: Final = timedelta(days=3650)
_SOURCES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype"
_SETTINGS: Final[Mapping[str, Any]] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": False},
    "builder": {"thumbnail": {"enabled": False}},
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file says of itself: nothing about anybody's person, no place beyond the camera's name."""

    role: FileRole
    report_id: str
    camera_id: str
    captured_at: datetime
    frames: tuple[int, int]
    """Number of the first and last picture in the camera's count."""


class Provenance:
    """Puts C2PA manifests into files. Make it with `open_provenance`."""

    def __init__(self, library: Any, chain: str, key: str, software_version: str) -> None:
        self._library, self._chain, self._key = library, chain, key
        self._version = software_version

    def sign(self, content: bytes, media_type: str, claim: Claim) -> bytes:
        """The file with a signed manifest in it. Raises whatever the library raises."""
        library = self._library
        info = library.C2paSignerInfo(
            alg=library.C2paSigningAlg.ES256,
            sign_cert=self._chain.encode(),
            private_key=self._key.encode(),
            ta_url=None,
        )
        context = library.Context.from_dict(dict(_SETTINGS))
        target = io.BytesIO()
        with library.Signer.from_info(info) as signer:
            builder = library.Builder(self._manifest(media_type, claim), context=context)
            with builder:
                builder.sign(signer, media_type, io.BytesIO(content), target)
        return target.getvalue()

    def _manifest(self, media_type: str, claim: Claim) -> str:
        generator = {"name": "phatnguoi", "version": self._version}
        created = {
            "action": "c2pa.created",
            "when": claim.captured_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "digitalSourceType": f"{_SOURCES}/{_source_type(claim.role)}",
            "softwareAgent": generator,
        }
        masked = {
            "action": "c2pa.edited",
            "description": "Everybody but the accused vehicle was made unrecognisable by the camera box.",
            "softwareAgent": generator,
        }
        capture = {
            "camera_id": claim.camera_id,
            "report_id": claim.report_id,
            "role": claim.role,
            "captured_at": created["when"],
            "first_frame": claim.frames[0],
            "last_frame": claim.frames[1],
        }
        return json.dumps(
            {
                "claim_generator_info": [generator],
                "format": media_type,
                "title": f"{claim.camera_id} {claim.role}",
                "assertions": [
                    {
                        "label": "c2pa.actions.v2",
                        "data": {"actions": [created, masked] if _is_masked(claim.role) else [created]},
                    },
                    {"label": "org.phatnguoi.capture", "data": capture},
                ],
            }
        )


def stamp(path: Path, media_type: str, claim: Claim, provenance: Provenance | str) -> str:
    """Put the manifest into the file; '' when done, else why it stays as it was. Raises OSError."""
    if isinstance(provenance, str):
        return provenance
    content = path.read_bytes()
    try:
        signed = provenance.sign(content, media_type, claim)
        if media_type == "video/mp4":
            check_same_film(content, signed)
    except Exception as error:  # noqa: BLE001 - whatever a foreign library raises: evidence goes on without
        log.warning("no C2PA in a file", extra={"data": {"role": claim.role, "why": str(error)}})
        return f"no C2PA in {claim.role}: {type(error).__name__}"
    path.write_bytes(signed)
    return ""


def provenance_of(settings: WorkerSettings, device: Device) -> Provenance | str:
    """The signer of this box, made on the first call; or, in words, why there is none. Never raises."""
    try:
        import c2pa  # noqa: PLC0415 - an option of the installation
    except (ImportError, OSError, RuntimeError) as error:
        return f"no C2PA: the library is not installed ({type(error).__name__})"
    try:
        key_file, chain_file = settings.c2pa_key_file, settings.c2pa_chain_file
        if key_file is None or chain_file is None:
            key_file, chain_file = _own_credential(settings.data_folder, device)
        return Provenance(c2pa, chain_file.read_text(), key_file.read_text(), device.software_version)
    except (OSError, ValueError) as error:
        log.warning("no C2PA", extra={"data": {"why": str(error)}})
        return f"no C2PA: its key or certificate cannot be used ({type(error).__name__})"


def _own_credential(data_folder: Path, device: Device) -> tuple[Path, Path]:
    chain_path, key_path = data_folder / CHAIN_FILE, data_folder / KEY_FILE
    with _making:
        if not (chain_path.exists() and key_path.exists()):
            key = ec.generate_private_key(ec.SECP256R1())
            root, own = issue(device, key.public_key(), now=datetime.now(UTC))
            replace_file(key_path, _private_pem(key), mode=0o600)
            replace_file(chain_path, _pem(own) + _pem(root))
    return key_path, chain_path


def issue(
    device: Device, key: ec.EllipticCurvePublicKey, *, now: datetime
) -> tuple[x509.Certificate, x509.Certificate]:
    """The box's root, whose key is the device's, and the certificate of `key` under it.

    Extensions as the C2PA specification asks for (section 14.5, certificate profile).
    """
    since = max(now, _OLDEST) - timedelta(days=1)
    root_name, own_name = _name(f"{device.device_id} root"), _name(device.device_id)
    root_public = device.key.public_key()

    def begun(subject: x509.Name, public: Any) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(since + _VALID_FOR)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    root = (
        begun(root_name, root_public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certifies=True), critical=True)
        .sign(device.key, None)
    )
    own = (
        begun(own_name, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certifies=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_public), critical=False)
        .sign(device.key, None)
    )
    return root, own


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "phatnguoi camera box"),
        ]
    )


def _source_type(role: FileRole) -> str:
    return "dataDrivenMedia" if role == "drawing" else "digitalCapture"


def _is_masked(role: FileRole) -> bool:
    return role.startswith("masked_")


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
