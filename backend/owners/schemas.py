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
