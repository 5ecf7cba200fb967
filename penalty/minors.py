"""Drivers who were under 18 on the day of the act: what their age makes of a penalty. Pure.

Sources: minors.csv (LHAV Art. 5.1.a, 22, 134.3; each row says how well it is known). That no points are taken
rests on general knowledge and is to be confirmed: a licence, which points belong to, is held from 18 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from penalty.catalogue import Assessment
from penalty.money import format_vnd, format_vnd_en
from penalty.tables import Confidence, Row, packaged_text, parse_rows, weakest

_FILE: Final = "minors.csv"
_COLUMNS: Final = (
    "band", "from_age", "below_age", "most_percent", "legal_basis", "legal_basis_vi", "confidence", "note",
)  # fmt: skip


class AgeBand(StrEnum):
    """How old somebody was on the day of the act, as finely as the law asks."""

    UNDER_14 = "under_14"
    FROM_14 = "from_14"
    FROM_16 = "from_16"
    ADULT = "adult"


@dataclass(frozen=True, slots=True)
class MinorRule:
    """What the law makes of one band of ages; `most_percent` of an adult's fine, 0 for none."""

    band: AgeBand
    from_age: int
    below_age: int
    most_percent: int
    article: str
    article_vi: str
    confidence: Confidence


@lru_cache
def rules() -> Mapping[AgeBand, MinorRule]:
    """The rule of each band, youngest first. Raises TableError where the table is wrong."""
    rows = parse_rows(packaged_text(_FILE), file=_FILE, columns=_COLUMNS)
    return MappingProxyType({one.band: one for one in map(_rule, rows)})


def _rule(row: Row) -> MinorRule:
    return MinorRule(
        band=AgeBand(row.one_of("band", [str(band) for band in AgeBand])),
        from_age=row.integer("from_age"),
        below_age=row.integer("below_age"),
        most_percent=row.integer("most_percent"),
        article=row.text("legal_basis"),
        article_vi=row.text("legal_basis_vi"),
        confidence=row.confidence(),
    )


def age_on(born_on: date, day: date) -> int:
    """Whole years on that day; who was born on 29 February is a year older on 1 March of other years.

    Raises ValueError for a day before the birth.
    """
    if day < born_on:
        raise ValueError(f"born_on: {born_on.isoformat()} is after {day.isoformat()}")
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def age_band(born_on: date, happened_on: date) -> AgeBand:
    """The band of ages on the day of the act. Raises ValueError for an act before the birth."""
    age = age_on(born_on, happened_on)
    found = (rule.band for rule in rules().values() if rule.from_age <= age < rule.below_age)
    return next(found, AgeBand.ADULT)


def lightened(assessment: Assessment, band: AgeBand) -> Assessment:
    """What is left of an adult's penalty for somebody of this age, with the sentence that says why.

    The band of the act stays: power to sign is judged by it. Under 14 nobody may be penalised, which is for
    the guards to refuse; the amount is none.
    """
    if band is AgeBand.ADULT:
        return replace(assessment, age_band=str(band))
    rule = rules()[band]
    fine_vnd = assessment.fine_vnd * rule.most_percent // 100
    vi, en = _said(rule, assessment.fine_vnd, fine_vnd)
    adult_vi = f"{assessment.amount_reason_vi} " if fine_vnd else ""
    adult_en = f"{assessment.amount_reason_en} " if fine_vnd else ""
    return replace(
        assessment,
        fine_vnd=fine_vnd,
        points=0,
        age_band=str(band),
        sentence_vi=f"{assessment.sentence_vi} {vi}",
        sentence_en=f"{assessment.sentence_en} {en}",
        amount_reason_vi=f"{adult_vi}{vi}",
        amount_reason_en=f"{adult_en}{en}",
        confidence=weakest((assessment.confidence, rule.confidence)),
    )


def _said(rule: MinorRule, adult_vnd: int, fine_vnd: int) -> tuple[str, str]:
    between_vi = f"từ đủ {rule.from_age} đến dưới {rule.below_age} tuổi"
    between_en = f"{rule.from_age} or older and under {rule.below_age}"
    if rule.band is AgeBand.UNDER_14:
        return (
            f"Người lái xe dưới {rule.below_age} tuổi vào ngày vi phạm: không xử phạt ({rule.article_vi}).",
            f"The driver was under {rule.below_age} on the day of the act: no penalty ({rule.article}).",
        )
    vi = f"Người lái xe {between_vi} vào ngày vi phạm:"
    en = f"The driver was {between_en} on the day of the act:"
    if rule.most_percent == 0:
        vi += " phạt cảnh cáo, không phạt tiền, không trừ điểm"
        en += " a warning, no money and no points"
    else:
        vi += f" không quá {rule.most_percent} % mức phạt của người thành niên ({format_vnd(adult_vnd)}),"
        vi += f" áp dụng {format_vnd(fine_vnd)}, không trừ điểm;"
        vi += " không có tiền nộp thì cha mẹ hoặc người giám hộ nộp thay"
        en += f" at most {rule.most_percent} % of an adult's fine ({format_vnd_en(adult_vnd)}),"
        en += f" {format_vnd_en(fine_vnd)} applied and no points;"
        en += " parents or guardian pay where the driver cannot"
    return f"{vi} ({rule.article_vi}).", f"{en} ({rule.article})."
