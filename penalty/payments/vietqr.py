"""VietQR (NAPAS 247) as pure functions: the text of a code to scan, and reading one back.

Source: the EMVCo merchant-presented layout as NAPAS publishes it; its published examples are the tests. A
plain transfer has no callback: money is matched by `penalty.payments.statement`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NoReturn

from penalty.payments.values import (
    Charge,
    GoTo,
    Heard,
    HttpMessage,
    HttpRequest,
    Known,
    PaymentError,
    Reply,
    ShowQr,
    verdict_of,
)

Service = Literal["QRIBFTTA", "QRIBFTTC"]
"""To an account, or to a card."""

_GUID: Final = "A000000727"
_VND: Final = "704"
_LONGEST: Final = 99
_PURPOSE: Final = re.compile(r"[A-Za-z0-9 ]{1,50}")
_NUMBER: Final = re.compile(r"[A-Za-z0-9]{1,19}")
_MOST_VND: Final = 9_999_999_999_999


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a code says. `amount_vnd` None: the payer types it (a static code)."""

    bank_bin: str
    account: str
    service: Service = "QRIBFTTA"
    amount_vnd: int | None = None
    bill_number: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class VietQr:
    """Paying by scanning a code to the treasury's account. Fulfils `Provider`."""

    bank_bin: str
    bank_name: str
    account: str

    @property
    def name(self) -> str:
        """As in the ledger."""
        return "vietqr"

    def begin(self, charge: Charge) -> ShowQr:
        """The code of this charge; its purpose carries the reference that the statement is matched by."""
        purpose = f"NOP PHAT {charge.reference.replace('-', '')}"
        transfer = Transfer(
            self.bank_bin,
            self.account,
            amount_vnd=charge.amount_vnd,
            bill_number=charge.reference.replace("-", "")[:25],
            purpose=purpose,
        )
        return ShowQr(encode(transfer), self.bank_name, self.account, charge.amount_vnd, purpose)

    def began(self, charge: Charge, answer: HttpMessage) -> GoTo:
        """Never: nobody is asked."""
        return _no_server(f"vietqr {charge.reference}", answer)

    def hear(self, message: HttpMessage) -> Heard:
        """Never: a transfer has no callback."""
        return _no_server("vietqr", message)

    def reply(self, heard: Heard | PaymentError, known: Known | None) -> Reply:
        """What is said of a message that cannot be ours."""
        return Reply(404, b"", "text/plain", record=False, verdict=verdict_of(heard, known))

    def ask_state(self, charge: Charge, *, request_id: str, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """Nobody can be asked; the bank's statement tells."""
        return None

    def read_state(self, answer: HttpMessage) -> Heard:
        """Never."""
        return _no_server("vietqr", answer)


def encode(transfer: Transfer) -> str:
    """The text of the code. Raises PaymentError naming the field that does not fit."""
    _check(transfer)
    beneficiary = _field("00", transfer.bank_bin) + _field("01", transfer.account)
    account = _field("00", _GUID) + _field("01", beneficiary) + _field("02", transfer.service)
    body = _field("00", "01")
    body += _field("01", "11" if transfer.amount_vnd is None else "12")
    body += _field("38", account) + _field("53", _VND)
    if transfer.amount_vnd is not None:
        body += _field("54", str(transfer.amount_vnd))
    body += _field("58", "VN")
    additional = _field("01", transfer.bill_number) if transfer.bill_number else ""
    additional += _field("08", transfer.purpose) if transfer.purpose else ""
    if additional:
        body += _field("62", additional)
    return with_crc(body + "6304")


def decode(text: str) -> Transfer:
    """What a code says. Raises PaymentError when it is damaged, cut short or of another kind."""
    if text[-8:-4] != "6304" or with_crc(text[:-4])[-4:] != text[-4:].upper():
        raise PaymentError("crc: the check sum does not fit; the code is damaged or not a payment code")
    fields = _fields(text[:-8])
    account = _fields(fields.get("38", ""))
    if account.get("00") != _GUID:
        raise PaymentError("38: not a VietQR code")
    beneficiary = _fields(account.get("01", ""))
    additional = _fields(fields.get("62", ""))
    service = account.get("02", "QRIBFTTA")
    if service not in ("QRIBFTTA", "QRIBFTTC") or {"00", "01"} - beneficiary.keys():
        raise PaymentError("38: bank, account or service is missing")
    amount = fields.get("54")
    return Transfer(
        beneficiary["00"],
        beneficiary["01"],
        "QRIBFTTC" if service == "QRIBFTTC" else "QRIBFTTA",
        _amount(amount) if amount is not None else None,
        additional.get("01", ""),
        additional.get("08", ""),
    )


def with_crc(text: str) -> str:
    """`text`, which ends with 6304, and its CRC-16/CCITT-FALSE in four capital hex digits."""
    register = 0xFFFF
    for byte in text.encode():
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ 0x1021 if register & 0x8000 else register << 1
            register &= 0xFFFF
    return f"{text}{register:04X}"


def _field(tag: str, value: str) -> str:
    if len(value) > _LONGEST:
        raise PaymentError(f"{tag}: longer than {_LONGEST} characters")
    return f"{tag}{len(value):02d}{value}"


def _fields(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        tag, length = text[place : place + 2], text[place + 2 : place + 4]
        value = text[place + 4 : place + 4 + int(length)] if _is_number(length) else ""
        if not _is_number(tag) or not _is_number(length) or len(value) != int(length):
            raise PaymentError(f"character {place}: the code is cut short or damaged")
        found[tag] = value
        place += 4 + len(value)
    return found


def _is_number(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isdigit()  # noqa: PLR2004 - tags and lengths have two


def _amount(text: str) -> int:
    whole, _, rest = text.partition(".")
    if not (whole.isascii() and whole.isdigit()) or rest.strip("0"):
        raise PaymentError(f"54: expected whole dong, got {text!r}")
    return int(whole)


def _check(transfer: Transfer) -> None:
    if not re.fullmatch(r"[0-9]{6}", transfer.bank_bin):
        raise PaymentError(f"bank_bin: six digits, got {transfer.bank_bin!r}")
    if not _NUMBER.fullmatch(transfer.account):
        raise PaymentError("account: 1 to 19 letters and digits")
    if transfer.amount_vnd is not None and not 0 < transfer.amount_vnd <= _MOST_VND:
        raise PaymentError(f"amount_vnd: must be above 0 and at most {_MOST_VND}, got {transfer.amount_vnd}")
    if transfer.purpose and not _PURPOSE.fullmatch(transfer.purpose):
        raise PaymentError("purpose: ASCII letters, digits and spaces, at most 50, for banks change the rest")
    if transfer.bill_number and not re.fullmatch(r"[A-Za-z0-9-]{1,25}", transfer.bill_number):
        raise PaymentError("bill_number: ASCII letters, digits and hyphens, at most 25")


def _no_server(what: str, message: HttpMessage) -> NoReturn:
    raise PaymentError(f"{what}: a transfer has no server that speaks to us ({len(message.body)} bytes)")
