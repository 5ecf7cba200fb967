"""What the second review takes and gives."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from backend.review.schemas import DwellS, Note, TypedPlate
from edge.report import VehicleKind


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SecondVerdict(_Input):
    """Confirmed: plate and kind as this officer sees them. Rejected: a reason code of the list."""

    expected_version: int
    verdict: Literal["confirmed", "rejected"]
    plate: TypedPlate | None = None
    vehicle_kind: VehicleKind | None = None
    reason_code: str | None = None
    note: Note = ""
    dwell_s: DwellS = None


class Settlement(_Input):
    """Whose verdict a chief finds right, and why."""

    expected_version: int
    for_whom: Literal["first", "second"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]


class Ended(BaseModel):
    """What became of it. Nothing here tells the second officer what the first had said."""

    id: uuid.UUID
    version: int


class Settled(BaseModel):
    id: uuid.UUID
    state: str
    consequence: str | None
    version: int


class Difference(BaseModel):
    """Two verdicts that differ, for the chief who settles them."""

    id: uuid.UUID
    violation_id: uuid.UUID
    version: int
    rule: str
    first_verdict: str
    first_plate: str | None
    first_vehicle_kind: str
    first_reject_code: str | None
    second_verdict: str | None
    second_plate: str | None
    second_vehicle_kind: str | None
    second_reject_code: str | None
    second_note: str | None
    notify_due_on: date
    may_settle: bool


class RateView(BaseModel):
    """Of `checked` finished second reviews `wrong` went against the first verdict (Wilson's interval)."""

    checked: int
    wrong: int
    share: float | None
    lower_95: float | None
    upper_95: float | None


class DwellView(BaseModel):
    """Seconds from the evidence in sight to the act, over all officers."""

    act: str
    acts: int
    tenth_s: float
    median_s: float


class Quality(BaseModel):
    """How often a first verdict did not stand, of those that a random sample looked at twice."""

    since: date | None
    until: date | None
    share_drawn: float
    decided: int
    drawn: int
    waiting: int
    differing: int
    confirmed: RateView
    rejected: RateView
    dwell: list[DwellView]
    as_of: datetime


class QualityFilter(_Input):
    """The days (Vietnam) on which the first verdicts were given; both included."""

    since: date | None = Field(default=None)
    until: date | None = Field(default=None)


class QualityForm(QualityFilter):
    """The same from a page's form, which sends an empty text for a day that was not chosen."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @field_validator("since", "until", mode="before")
    @classmethod
    def _not_chosen(cls, value: object) -> object:
        return value or None
