"""Printed letters: registered-mail numbers, one PDF a day for the post, and handing it over.

No document of a Vietnamese postal operator was at hand. The assumption: `POST /v1/batches` takes the PDF
with a list of its letters, answers 201 (200 for the same batch again), and tells by a signed webhook what
became of each letter (`notify.webhooks`). The numbers are S10 of the Universal Postal Union.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from notify.channels.http import HttpRequest, HttpResponse, Send, exchange
from notify.message import Delivery

_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_TAKEN = frozenset({200, 201})
_UNAUTHORISED = frozenset({401, 403})
_TIMEOUT_S = 120.0
_LONGEST_LINE = 40
_MOST_LINES = 5


class LetterError(ValueError):
    """A letter cannot be printed; says what is wrong with which field, never whose."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: where it goes and the paper in it, `pages` of an A4 PDF."""

    number: str
    tracking_id: str
    name: str = field(repr=False)
    address: str = field(repr=False)
    pdf: bytes = field(repr=False)
    pages: int

    def window(self) -> tuple[str, ...]:
        """What the envelope's window shows: name and address, nothing of the case. Raises LetterError."""
        lines = (*_wrapped(self.name), *_wrapped(self.address))
        if len(lines) > _MOST_LINES:
            raise LetterError("address: does not fit the window of the envelope")
        return lines


@dataclass(frozen=True, slots=True)
class Return:
    """Where a letter comes back to."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The letters of one day, printed; `places` are the pages of each, from 1."""

    letters: tuple[Letter, ...]
    pdf: bytes = field(repr=False)
    places: tuple[tuple[int, int], ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.pdf).hexdigest()


def registered_number(serial: int, *, service: str = "RR", country: str = "VN") -> str:
    """An S10 item number such as `RR123456785VN`; `serial` is of the range that the post gave us.

    Raises ValueError for more than eight digits.
    """
    digits = f"{serial:08d}"
    if serial < 0 or len(digits) != len(_WEIGHTS):
        raise ValueError("registered number: expected a serial of at most eight digits")
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11
    return f"{service}{digits}{ {10: 0, 11: 5}.get(rest, rest) }{country}"


def print_batch(letters: Sequence[Letter], sender: Return, dated: datetime) -> Batch:
    """The letters as one A4 PDF: for each a sheet for the window (DL or C5), then its paper.

    Each begins on a fresh sheet when printed on both sides. The same letters with the same date are the
    same bytes, whenever they are printed. Raises LetterError.
    """
    places, entries, page = [], [], 1
    for letter in letters:
        length = 1 + letter.pages
        length += length % 2
        places.append((page, page + length - 1))
        entries.append({"number": letter.number, "window": letter.window(), "pages": letter.pages})
        page += length
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for place, letter in enumerate(letters):
            (folder / f"{place}.pdf").write_bytes(letter.pdf)
        content = {"sender": {"name": sender.name, "address": sender.address}, "letters": entries}
        (folder / "data.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        (folder / "main.typ").write_bytes((files("notify") / "letters.typ").read_bytes())
        try:
            # A paper with an embedded time-stamped signature is PDF 2.0; an older batch could not hold it.
            pdf = typst.compile(
                folder / "main.typ",
                format="pdf",
                ignore_system_fonts=True,
                pdf_standards=["2.0"],
                timestamp=int(dated.timestamp()),
            )
        except (typst.TypstError, RuntimeError) as error:
            raise LetterError(f"batch: the typesetter refused it: {error}") from error
    return Batch(tuple(letters), pdf, tuple(places))


def hand_over(
    batch: Batch, *, batch_id: str, customer: str, day: date, base_url: str, token: str, send: Send
) -> Delivery:
    """Give the batch to the post; the same `batch_id` again is the same batch."""
    body: dict[str, Any] = {
        "batch_id": batch_id,
        "customer": customer,
        "day": day.isoformat(),
        "sha256": batch.sha256,
        "letters": [
            {
                "number": letter.number,
                "tracking_id": letter.tracking_id,
                "recipient": letter.name,
                "address": letter.address,
                "first_page": first,
                "last_page": last,
            }
            for letter, (first, last) in zip(batch.letters, batch.places, strict=True)
        ],
        "pdf_b64": base64.b64encode(batch.pdf).decode(),
    }
    request = HttpRequest(
        f"{base_url}/v1/batches", {"Authorization": f"Bearer {token}"}, body, timeout_s=_TIMEOUT_S
    )
    answer = exchange(send, request)
    if isinstance(answer, Delivery):
        return Delivery(answer.state, code=answer.code, detail=answer.detail, retryable=True)
    return _read(answer)


def _read(answer: HttpResponse) -> Delivery:
    body = answer.json()
    if answer.status in _TAKEN:
        return Delivery("accepted", provider_id=str(body.get("batch_id", "")) or None)
    return Delivery(
        "failed",
        code=str(body.get("code") or f"http_{answer.status}"),
        detail=str(body.get("detail") or "")[:200],
        needs_operator=answer.status in _UNAUTHORISED,
    )


def _wrapped(text: str) -> list[str]:
    """Lines that fit the window, broken between words."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _LONGEST_LINE:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    if not lines[-1]:
        raise LetterError("name and address: expected one line at least")
    return lines
