"""How a fine that nobody paid may be enforced (cưỡng chế): the measures of LHAV Art. 86, as data. Pure.

Who may order it, and that the order is sent within two working days, is LHAV Art. 87, 88 (deadlines.csv E9,
read-primary). From general knowledge and to be confirmed: the wording of the measures, that whoever could
have signed the decision has the power, and which of the forms MQĐ07 to MQĐ12 is whose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, get_args

from penalty.tables import Confidence, packaged_text, parse_rows

MeasureCode = Literal["account", "income", "seizure", "held_by_others"]
_FILE = "enforcement_measures.csv"
_COLUMNS = (
    "measure", "vi_name", "en_name", "legal_basis", "legal_basis_vi", "confidence", "form", "form_confidence",
    "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """One way to make a fine be paid, with its article and how well that is known."""

    code: str
    vi_name: str
    en_name: str
    article_vi: str
    article: str
    confidence: Confidence
    form: str
    form_confidence: Confidence

    @property
    def name(self) -> tuple[str, str]:
        return self.vi_name, self.en_name


@lru_cache
def measures() -> Mapping[str, Measure]:
    """Every measure by its code, in the order of the law. Raises TableError where the table is wrong."""
    rows = parse_rows(packaged_text(_FILE), file=_FILE, columns=_COLUMNS)
    found = (
        Measure(
            row.one_of("measure", get_args(MeasureCode)),
            row.text("vi_name"),
            row.text("en_name"),
            row.text("legal_basis_vi"),
            row.text("legal_basis"),
            row.confidence(),
            row.text("form"),
            row.confidence("form_confidence"),
        )
        for row in rows
    )
    return MappingProxyType({one.code: one for one in found})
