"""The signed text in the QR of every paper: enough to compare with the paper, verified without a network.

    PN1*<kind>*<number>*<yyyymmdd>*<plate>*<act>*<amount>*<key id>*<signature>

Only characters of the QR alphanumeric set are used, which keeps the code small. The signature is Ed25519 over
all before the last `*`, in base32 without padding. It never carries the look-up secret, a name or an id
number.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast, get_args

import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from penalty.plates import canonical

PaperKind = Literal["TB", "BB", "QD", "BL", "BK", "PC", "DD", "HB", "TL", "HT", "HN", "NL", "CT", "GM"]
"""Thông báo, biên bản, quyết định, biên lai; bản kê, phiếu chuyển, đôn đốc, hủy bỏ, trả lời, hoàn trả, hoãn,
nộp nhiều lần, cưỡng chế, giảm hoặc miễn."""
_VERSION = "PN1"
_DOMAIN = b"phatnguoi.qr/1\n"
_FIELDS = 9
_ALLOWED = re.compile(r"[0-9A-Z $%+./:-]*")
_QUIET_ZONE_MODULES = 4


class QrError(ValueError):
    """The text is no signed paper text, was changed, or was signed by another key."""


@dataclass(frozen=True, slots=True)
class QrContent:
    """What a genuine QR says about its paper. `number` is in ASCII (Đ reads D), `plate` canonical."""

    kind: PaperKind
    number: str
    issued_on: date
    plate: str
    act_code: str
    amount_vnd: int
    key_id: str


def key_id(public_key: Ed25519PublicKey) -> str:
    """Eight characters that tell the issuer's keys apart."""
    return hashlib.sha256(public_key.public_bytes_raw()).hexdigest()[:8].upper()


def sign_qr(
    key: Ed25519PrivateKey,
    *,
    kind: PaperKind,
    number: str,
    issued_on: date,
    plate: str,
    act_code: str,
    amount_vnd: int,
) -> str:
    """The text for the QR. Raises QrError where a part has characters the code cannot carry."""
    parts = (
        _VERSION,
        kind,
        ascii_number(number),
        f"{issued_on:%Y%m%d}",
        canonical(plate),
        act_code.upper(),
        str(amount_vnd),
        key_id(key.public_key()),
    )
    for part in parts:
        if not _ALLOWED.fullmatch(part):
            raise QrError(f"{part!r}: has characters that do not fit the QR alphanumeric set")
    body = "*".join(parts)
    signature = base64.b32encode(key.sign(_DOMAIN + body.encode())).decode().rstrip("=")
    return f"{body}*{signature}"


def verify_qr(text: str, public_key: Ed25519PublicKey) -> QrContent:
    """What the paper must say, if this text is genuine. Raises QrError with the reason otherwise."""
    parts = text.strip().split("*")
    if len(parts) != _FIELDS or parts[0] != _VERSION:
        raise QrError("not a signed paper text of this system")
    body = "*".join(parts[:-1])
    try:
        signature = base64.b32decode(parts[-1] + "=" * (-len(parts[-1]) % 8))
        public_key.verify(signature, _DOMAIN + body.encode())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise QrError("the signature does not fit: changed, or signed by another key") from error
    if parts[1] not in get_args(PaperKind):
        raise QrError(f"unknown kind of paper {parts[1]!r}")
    return QrContent(
        kind=cast("PaperKind", parts[1]),
        number=parts[2],
        issued_on=datetime.strptime(parts[3], "%Y%m%d").date(),  # noqa: DTZ007 - a date has no zone
        plate=parts[4],
        act_code=parts[5],
        amount_vnd=int(parts[6]),
        key_id=parts[7],
    )


def ascii_number(number: str) -> str:
    """A paper's number as the QR carries it: `000123/QĐ-XPHC` -> `000123/QD-XPHC`."""
    return number.upper().replace("Đ", "D")


def qr_svg(text: str) -> bytes:
    """The text as an SVG picture of a QR code with its quiet zone, black on white."""
    code = segno.make_qr(text, error="m")
    svg: str = code.svg_inline(border=_QUIET_ZONE_MODULES, light="#fff", dark="#000")
    return svg.encode()


def qr_data_uri(text: str) -> str:
    """A QR code as an address that an <img> shows without another request."""
    return str(segno.make_qr(text, error="m").svg_data_uri(scale=4, border=4, light="#fff"))
