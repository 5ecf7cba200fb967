"""Papers signed as PDFs are (PAdES, ETSI EN 319 142-1) with a trusted time, and checked again.

The signature is added behind the paper's bytes: what was typeset stays as it is, and later changes show.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps, validation
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from backend.apart import apart
from backend.dossiers.authority import Authority, Identity

FIELD: Final = "Signature"
_UNREADABLE: Final = (PdfError, ValueError, LookupError, TypeError, AttributeError, OSError)
"""What the library raises, one or another, where a PDF's own structure is damaged."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a PDF's signature says. `intact`: not a byte was changed; `trusted`: by whom we trust.

    `signer` and `stamped_at` are '' and None where there is none. `why` is empty when all is well.
    """

    signed: bool
    intact: bool
    trusted: bool
    signer: str
    stamped_at: datetime | None
    why: tuple[str, str]

    @property
    def good(self) -> bool:
        """Whether the paper may be relied on."""
        return self.signed and self.intact and self.trusted and self.stamped_at is not None


def sign_pdf(pdf: bytes, authority: Authority, *, reason: str, place: str) -> bytes:
    """The paper with its signature and a time stamp. Raises TimestampRequestError without a clock."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    signer = signers.SimpleSigner(
        signing_cert=_certificate(authority.signer.certificate),
        signing_key=_key(authority.signer),
        cert_registry=_store(authority.chain),
    )
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
        location=place,
    )
    signed = apart(partial(signers.sign_pdf, writer, about, signer=signer, timestamper=_clock(authority)))
    return bytes(signed.getvalue())


def check_pdf(pdf: bytes, trusted: Iterable[x509.Certificate]) -> Checked:
    """Whether a PDF is signed by somebody under these roots, at which time, and unchanged since."""
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    except _UNREADABLE as error:
        return _bad("Tệp không phải PDF đọc được.", f"The file is no readable PDF: {error}.")
    if not signatures:
        return _bad("Giấy tờ này không có chữ ký số.", "This paper carries no digital signature.")
    roots = [_certificate(root) for root in trusted]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
    try:
        status = apart(
            partial(
                validation.validate_pdf_signature,
                signatures[-1],
                signer_validation_context=context,
                ts_validation_context=context,
            )
        )
    except _UNREADABLE as error:
        return _bad("Chữ ký số bị hỏng.", f"The signature is damaged: {error}.")
    whole = status.coverage == validation.SignatureCoverageLevel.ENTIRE_FILE
    intact = bool(status.intact and status.valid and whole)
    stamp = status.timestamp_validity
    stamped_at = stamp.timestamp if stamp is not None and stamp.valid and stamp.trusted else None
    return Checked(
        signed=True,
        intact=intact,
        trusted=bool(status.trusted),
        signer=_common_name(status.signing_cert),
        stamped_at=stamped_at,
        why=_why(intact=intact, trusted=bool(status.trusted), stamped=stamped_at is not None),
    )


def _why(*, intact: bool, trusted: bool, stamped: bool) -> tuple[str, str]:
    if not intact:
        return ("Giấy tờ đã bị thay đổi sau khi ký.", "The paper was changed after it was signed.")
    if not trusted:
        return (
            "Không tin được người ký: không thuộc cơ quan đã biết.",
            "The signer is not trusted: not of a known authority.",
        )
    if not stamped:
        return ("Không có dấu thời gian tin cậy.", "There is no trusted time stamp.")
    return ("", "")


def _bad(vi: str, en: str) -> Checked:
    return Checked(signed=False, intact=False, trusted=False, signer="", stamped_at=None, why=(vi, en))


def _clock(authority: Authority) -> timestamps.TimeStamper:
    if authority.tsa_url is not None:
        return timestamps.HTTPTimeStamper(authority.tsa_url)
    assert authority.clock is not None
    return timestamps.DummyTimeStamper(
        tsa_cert=_certificate(authority.clock.certificate),
        tsa_key=_key(authority.clock),
        certs_to_embed=_store(authority.chain),
    )


def _store(certificates: Iterable[x509.Certificate]) -> SimpleCertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for one in certificates:
        store.register(_certificate(one))
    return store


def _certificate(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _key(identity: Identity) -> asn1_keys.PrivateKeyInfo:
    der = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return asn1_keys.PrivateKeyInfo.load(der)


def _common_name(certificate: asn1_x509.Certificate) -> str:
    return str(certificate.subject.native.get("common_name", certificate.subject.human_friendly))
