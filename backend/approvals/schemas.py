"""What the API takes and gives about acts that need two persons."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=2000)]


class ActAsked(BaseModel):
    """Why, and the version of the dossier that was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Reason
    expected_version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class EvasionAsked(ActAsked):
    """Deliberate evasion or obstruction: when, what it was, and what proves it.

    `ended_on` today: it goes on, and is recorded again later.
    """

    began_on: date
    ended_on: date
    evidence: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=1000)]


class EvasionForm(EvasionAsked):
    """The same from a form, with its token."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ActApproved(BaseModel):
    """The version of the dossier that the second person read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    expected_version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class ActRefused(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Reason


class ApprovalView(BaseModel):
    """A request. `data` holds what is to be done, e.g. the answers to a complaint's grounds."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    kind: str
    state: str
    subject_id: uuid.UUID
    dossier_id: uuid.UUID | None
    reason: str
    data: dict[str, Any]
    requested_by: uuid.UUID
    requested_at: datetime
    expires_at: datetime
    decided_by: uuid.UUID | None
    decided_at: datetime | None
    note: str | None
