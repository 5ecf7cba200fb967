"""What the API takes and gives about transfers. Nobody is named in it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=2000)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HandOver(_Asked):
    """To which authority, and why. `expected_version`: the version of the dossier that was read."""

    peer: str
    reason: Reason
    expected_version: Annotated[int | None, Field(ge=1)] = None


class Refusal(_Asked):
    reason: Reason


class Settlement(_Asked):
    note: Reason


class TransferView(BaseModel):
    """One transfer. `theirs` is what the other side last said."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    direction: str
    peer: str
    number: str
    reason: str
    state: str
    dossier_id: uuid.UUID | None
    summary: dict[str, Any]
    attempts: int
    last_error: str | None
    answer: str | None
    answered_at: datetime | None
    theirs: dict[str, Any] | None
    theirs_at: datetime | None


class DifferenceView(BaseModel):
    """Where the two sides differ."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    peer: str
    transfer_ref: str
    kind: str
    ours: dict[str, Any] | None
    theirs: dict[str, Any] | None
    found_at: datetime


class Stored(BaseModel):
    """The package is here; a person answers it."""

    transfer_id: uuid.UUID
    state: str
