"""The rows of deadlines.csv as values: each step of the procedure, in each version the law gave it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, cast, get_args

from penalty.tables import Confidence, Row, parse_rows

Unit = Literal["working_day", "calendar_day", "month", "year", "hour", "immediate"]
Nature = Literal["duty", "asked", "right", "period"]
"""By then an authority must act; a person is asked to; a person may; something only runs out."""

NOT_A_PERIOD: Final = {"E2": "a daily surcharge, see penalty.ledger.late_surcharge"}
_COLUMNS = (
    "step_id", "vi_name", "step", "starts_from", "length", "unit", "who", "nature",
    "legal_basis", "legal_basis_vi", "if_missed", "valid_from", "valid_to", "confidence", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LegalStep:
    """One version of one step. `length` is None where the row is no period."""

    step_id: str
    vi_name: str
    en_name: str
    starts_from: str
    length: int | None
    unit: Unit
    who: str
    nature: Nature
    article: str
    article_vi: str
    if_missed: str | None
    valid_from: date
    valid_to: date | None
    confidence: Confidence
    note: str | None

    def in_force(self, on: date) -> bool:
        """Whether this version was the law that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def parse_steps(text: str) -> dict[str, tuple[LegalStep, ...]]:
    """The versions of each step, oldest first, from the text of deadlines.csv.

    Raises TableError naming file, row and column, also where two versions of a step hold on one day.
    """
    found: dict[str, tuple[LegalStep, ...]] = {}
    for row in parse_rows(text, file="deadlines.csv", columns=_COLUMNS):
        step = _step(row)
        before = found.get(step.step_id, ())
        if before and not (before[-1].valid_to and before[-1].valid_to < step.valid_from):
            raise row.error(
                "valid_from", f"{step.step_id}: the row above must have ended before; one step, one version"
            )
        found[step.step_id] = (*before, step)
    return found


def _step(row: Row) -> LegalStep:
    step_id = row.text("step_id")
    valid_from, valid_to = row.day("valid_from"), row.optional_day("valid_to")
    if valid_to is not None and valid_to < valid_from:
        raise row.error("valid_to", "must not be before valid_from")
    return LegalStep(
        step_id=step_id,
        vi_name=row.text("vi_name"),
        en_name=row.text("step"),
        starts_from=row.text("starts_from"),
        length=None if step_id in NOT_A_PERIOD else row.integer("length"),
        unit=cast("Unit", row.one_of("unit", get_args(Unit))),
        who=row.text("who"),
        nature=cast("Nature", row.one_of("nature", get_args(Nature))),
        article=row.text("legal_basis"),
        article_vi=row.text("legal_basis_vi"),
        if_missed=row.optional("if_missed"),
        valid_from=valid_from,
        valid_to=valid_to,
        confidence=row.confidence(),
        note=row.optional("note"),
    )
