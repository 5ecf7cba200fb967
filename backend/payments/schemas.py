"""What the API tells of money."""

from __future__ import annotations

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class _Row(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class StatementLineView(_Row):
    id: uuid.UUID
    line_id: str
    booked_at: datetime
    amount_vnd: int
    purpose: str
    reference: str | None
    verdict: str


class Imported(BaseModel):
    """The lines that were new, how many of them paid something, and how many had been read before."""

    lines: list[StatementLineView]
    booked: int
    repeated: int


class DifferenceView(_Row):
    """None: that side knows nothing of this reference."""

    reference: str
    ours_vnd: int | None
    theirs_vnd: int | None


class Comparison(BaseModel):
    gateway: str
    day: str
    differences: list[DifferenceView]


class RefundRow(BaseModel):
    id: str
    dossier_id: str
    payment_id: str
    amount_vnd: int
    reason: str
    state: str


class RefundList(BaseModel):
    items: list[RefundRow]


class RefundPaid(BaseModel):
    """The treasury's own number of the payment back."""

    treasury_reference: str = Field(min_length=1, max_length=60)
