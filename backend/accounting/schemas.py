"""What the API takes and gives at the accountant's desk."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from backend.approvals.schemas import ActAsked, Reason


class PlacingAsked(ActAsked):
    """On which case, and why; `expected_version` is that of the case."""

    dossier_id: uuid.UUID


class ReturnAsked(BaseModel):
    """Why it cannot be placed, and who is to have it back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Reason


class ReturnView(BaseModel):
    """Money that goes or went back to its sender; `treasury_reference` null: not paid yet."""

    id: uuid.UUID
    line_id: uuid.UUID
    amount_vnd: int
    purpose: str
    reason: str
    queued_at: datetime
    treasury_reference: str | None
    paid_at: datetime | None


class SlipTaken(BaseModel):
    """A card payment as the clerk wrote it down. `told_vnd`: what the acquirer says of the slip."""

    id: uuid.UUID
    terminal_id: str
    slip: str
    amount_vnd: int
    told_vnd: int | None
    taken_at: datetime | None
    payment_reference: str
    notice_number: str
    clerk: str


class SlipTold(BaseModel):
    """A charge that the acquirer knows."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    terminal_id: str
    slip: str
    amount_vnd: int
    charged_at: datetime


class SlipComparison(BaseModel):
    """Where counter and acquirer differ now, whichever file brought it to light."""

    unknown_to_acquirer: list[SlipTaken]
    missing_in_book: list[SlipTold]
    amounts_differ: list[SlipTaken]
    days_without_file: list[date]
    new: int | None = Field(
        default=None, description="Slips that this file brought; null where none was read."
    )
    repeated: int | None = Field(default=None, description="Slips of this file that were read before.")
