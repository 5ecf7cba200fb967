"""What the API takes and gives about dossiers. Amounts are whole dong; nobody is named in clear."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from penalty.circumstances import Circumstances
from penalty.enforcement import MeasureCode


class RecordSigned(BaseModel):
    """The record was signed on paper at the station; whether its signer gives up the right to explain."""

    waives_explanation: bool = False
    driver_born_on: date | None = None
    """By the papers of the driver who was named; needed where the register does not know that person."""


class RecordForm(RecordSigned):
    """The same from a form, which sends an empty text for a day that was not given."""

    confirmed: bool = False

    @field_validator("driver_born_on", mode="before")
    @classmethod
    def _not_given(cls, value: object) -> object:
        return None if value == "" else value


class DecisionAsked(BaseModel):
    """The version the officer read; another one by now is refused with 412.

    The counted circumstances (LHAV Art. 9, 10) move the amount; `chosen_vnd` with its reason only where
    exactly one is left after cancelling.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    expected_version: Annotated[int, Field(ge=1)]
    mitigating: Annotated[int, Field(ge=0, le=8)] = 0
    aggravating: Annotated[int, Field(ge=0, le=12)] = 0
    chosen_vnd: Annotated[int | None, Field(ge=0)] = None
    amount_reason: Annotated[str, Field(max_length=1000)] = ""

    @property
    def circumstances(self) -> Circumstances:
        return Circumstances(self.mitigating, self.aggravating, self.chosen_vnd, self.amount_reason)


class DecisionForm(DecisionAsked):
    """The same from a form, which sends an empty text for an amount that was not chosen."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    confirmed: bool = False

    @field_validator("chosen_vnd", mode="before")
    @classmethod
    def _not_chosen(cls, value: object) -> object:
        return None if value == "" else value


class OwnerLiable(BaseModel):
    """What was tried to reach the owner, and who witnessed that nobody signed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=200)]


class OwnerLiableForm(OwnerLiable):
    """The same from a form, with its token."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    confirmed: bool = False


class EnforcementAsked(BaseModel):
    """The measure, why it and no other, and the version that was read; another one by now gives 412."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    expected_version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    measure: MeasureCode
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=1000)]


class EnforcementForm(EnforcementAsked):
    """The same from a form, with its token."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    confirmed: bool = False


class DossierRow(BaseModel):
    id: uuid.UUID
    violation_id: uuid.UUID
    notice_number: str
    decision_number: str | None
    state: str
    version: int
    plate: str
    plate_display: str
    vehicle_kind: str
    act: str
    happened_at: datetime
    opened_at: datetime
    fine_vnd: int
    band_max_vnd: int
    paid_vnd: int


class DossierList(BaseModel):
    items: list[DossierRow]


class EventLine(BaseModel):
    seq: int
    kind: str
    from_state: str | None
    to_state: str
    actor: str
    at: datetime
    data: dict[str, Any]


class DeadlineLine(BaseModel):
    step_id: str
    title_vi: str
    title_en: str
    starts_on: date
    due_on: date
    raw_due_on: date
    length: int
    unit: str
    rule_vi: str
    rule_en: str
    article: str
    article_vi: str
    confidence: str
    set_by: str | None
    """The number of the paper that set this day, where no calendar did."""
    otherwise_on: date | None
    """Where a system arrives that counts calendar days for working days, or the reverse."""
    met_at: datetime | None


class DocumentLine(BaseModel):
    kind: str
    seq: int
    number: str
    ready: bool
    sha256: str | None
    size_bytes: int | None


class MessageLine(BaseModel):
    id: uuid.UUID
    purpose: str
    force: str
    channel: str
    state: str
    attempts: int
    template: str | None
    """Name and version of what was said."""
    sent_at: datetime | None
    delivered_at: datetime | None
    next_try_at: datetime | None
    perhaps_twice: bool
    registered_number: str | None
    may_resend: bool
    last_error: str | None


class DossierDetail(DossierRow):
    """Everything of one dossier. `owner` is masked; `allowed` names what this officer may do now."""

    explanation_right: bool
    law_version: str
    assessment: dict[str, Any]
    outstanding_vnd: int
    owner: dict[str, Any] | None
    owner_lookup_state: str | None
    deadlines: list[DeadlineLine]
    events: list[EventLine]
    documents: list[DocumentLine]
    messages: list[MessageLine]
    allowed: list[str]
