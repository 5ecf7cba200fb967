"""Which form each paper follows by name. The layouts were not obtained: `confirmed` is False for all.

Sources: Circular 73/2024/TT-BCA (forms .../73); annex of Decree 118/2021/ND-CP (MBB, MQĐ), names and numbers
read second-hand. A paper without a known form says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from penalty.documents.qr import PaperKind
from penalty.tables import Confidence


@dataclass(frozen=True, slots=True)
class Form:
    """The official form a paper stands for; `number` is None where none was found."""

    number: str | None
    source: str
    confidence: Confidence
    confirmed: bool = False

    @property
    def note_vi(self) -> str:
        """What the foot of each page says about it."""
        if self.number is None:
            return "Mẫu thử nghiệm (chưa tìm được số mẫu)"
        if self.confidence == "unconfirmed":
            return f"Mẫu thử nghiệm, có thể là {self.number} (chờ xác nhận)"
        return f"Mẫu thử nghiệm theo tên mẫu {self.number} (bố cục chờ xác nhận)"


def of_measure(number: str, confidence: Confidence) -> Form:
    """The form of one measure of enforcement, of those that stand for all of them in FORMS."""
    return replace(FORMS["CT"], number=number, confidence=confidence)


_CIRCULAR: Final = "Circular 73/2024/TT-BCA"
_DECREE: Final = "Decree 118/2021/ND-CP, annex"

FORMS: Final[Mapping[PaperKind, Form]] = MappingProxyType(
    {
        "TB": Form("01/73", _CIRCULAR, "read-secondary"),
        "BB": Form("MBB01", _DECREE, "read-secondary"),
        "QD": Form("MQĐ02", _DECREE, "read-secondary"),
        "BL": Form(None, "Decree 254/2026/ND-CP (receipts)", "unconfirmed"),
        "BK": Form(None, "Decree 61/2026/ND-CP Art. 14.2 (what it must say)", "unconfirmed"),
        "PC": Form("03/73", _CIRCULAR, "read-secondary"),
        "DD": Form(None, "LHAV Art. 73, 78; Circular 73/2024/TT-BCA Art. 24.5", "unconfirmed"),
        "HB": Form("MQĐ40", _DECREE, "read-secondary"),
        "TL": Form(None, "Law on Complaints 02/2011 Art. 31 (what it must say)", "unconfirmed"),
        "HT": Form(None, "Circular 18/2023/TT-BTC (refunds)", "unconfirmed"),
        "HN": Form("MQĐ03", _DECREE, "read-secondary"),
        "GM": Form("MQĐ04", _DECREE, "read-secondary"),
        "NL": Form("MQĐ05", _DECREE, "read-secondary"),
        "CT": Form("MQĐ07-MQĐ12", _DECREE, "read-secondary"),
    }
)
