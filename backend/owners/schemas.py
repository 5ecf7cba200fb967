"""What the API takes and gives about owners."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class OwnerGiven(BaseModel):
    """An owner as a person established him, from papers the lookup does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["person", "organisation"]
    name: Text
    id_number: Annotated[str, Field(pattern=r"^[0-9]{9,13}(-[0-9]{3})?$")]
    phone: Annotated[str, Field(pattern=r"^0[0-9]{9,10}$")] | None = None
    address: Text | None = None


class Resolution(BaseModel):
    """`owner` left out: the registry's own record is taken as it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: OwnerGiven | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]
    expected_version: int | None = None


class ContactCorrection(BaseModel):
    """How a known owner is reached today, otherwise than kept. Left out means unchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: Annotated[str, Field(pattern=r"^0[0-9]{9,10}$")] | None = None
    address: Text | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]
    expected_version: int | None = None


class CorrectionRow(BaseModel):
    """A correction on its way to the registry; no values."""

    id: uuid.UUID
    fields: list[str]
    reason: str
    state: str
    attempts: int
    asked_at: datetime
    next_try_at: datetime | None
    answered_at: datetime | None
    receipt: str | None
    last_error: str | None


class FieldFigures(BaseModel):
    """How often one field was filled, and by whom; `corrected` and `entered` are a person's."""

    field: str
    registry: int
    population: int
    person: int
    stale: int
    differs: int
    missing: int
    corrected: int
    entered: int


class OwnerDataFigures(BaseModel):
    """Over all lookups that were answered; corrections by where they stand with the registry."""

    lookups: int
    fields: list[FieldFigures]
    corrections: dict[str, int]


class LookupRow(BaseModel):
    """One line of the list of lookups; nobody is named in it."""

    id: uuid.UUID
    violation_id: uuid.UUID
    state: str
    version: int
    plate: str
    ground_colour: str
    vehicle_kind: str
    requested_at: datetime
    attempts: int
    warnings: list[dict[str, str]]
    has_record: bool


class LookupList(BaseModel):
    items: list[LookupRow]
