"""Numbers of papers: kind, year, running number. Unique for ever, gaps allowed."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.models import PAPER_NUMBERS, DocumentKind
from penalty.calendar import VIETNAM

PREFIX = {
    DocumentKind.NOTICE: "TB",
    DocumentKind.RECORD: "BB",
    DocumentKind.DECISION: "QĐ",
    DocumentKind.RECEIPT: "BL",
    DocumentKind.EVIDENCE_LIST: "BK",
    DocumentKind.TRANSFER: "PC",
    DocumentKind.REMINDER: "DD",
    DocumentKind.ANNULMENT: "HB",
    DocumentKind.ANSWER: "TL",
    DocumentKind.REFUND: "HT",
    DocumentKind.DEFERRAL: "HN",
    DocumentKind.INSTALMENTS: "NL",
    DocumentKind.ENFORCEMENT: "CT",  # not CC: "no. CC-2026" reads as an address to who looks for links
    DocumentKind.REMISSION: "GM",
}
_YEAR_AND_NUMBER = re.compile(r"(20\d{2})(\d{6,})")


def next_number(session: Session, kind: DocumentKind, now: datetime) -> str:
    """`TB-2026-000123`: the year is the one in Vietnam."""
    return running_number(session, PREFIX[kind], now)


def running_number(session: Session, prefix: str, now: datetime) -> str:
    """The next number under a prefix."""
    running: int = session.execute(select(PAPER_NUMBERS.next_value())).scalar_one()
    return f"{prefix}-{now.astimezone(VIETNAM):%Y}-{running:06d}"


def paper_of_qr(kind: str) -> DocumentKind:
    """The paper that a QR code of this kind stands on: its two letters are those of the number."""
    return next(paper for paper, prefix in PREFIX.items() if prefix.replace("Đ", "D") == kind)


def typed_notice_number(text: str) -> str | None:
    """A notice number as a person may type it (`tb 2026 000123`), in its true form; None where it is none."""
    digits = re.sub(r"\D", "", text)
    match = _YEAR_AND_NUMBER.fullmatch(digits)
    return f"TB-{match[1]}-{match[2]}" if match else None
