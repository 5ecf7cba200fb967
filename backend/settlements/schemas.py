"""What the API tells of settlements."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class SettlementView(BaseModel):
    """A transfer to the treasury; `settled_at` null: not posted, `standing` of the overview says why."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    source: str
    reference: str
    arrived_vnd: int | None
    arrived_at: datetime | None
    taken_vnd: int | None
    fee_vnd: int | None
    settled_at: datetime | None


class SettlementsRead(BaseModel):
    """What a file brought; `posted`: the batches that fit now."""

    new: int
    repeated: int
    posted: list[SettlementView]


class LyingView(BaseModel):
    """What a way to pay has taken and not passed on yet. `since`: the oldest day of that money."""

    source: str
    amount_vnd: int
    since: date | None
    overdue_vnd: int


class DifferingView(BaseModel):
    """A payment in a gateway's file; `ours_vnd` null: our book knows none such."""

    reference: str
    amount_vnd: int
    ours_vnd: int | None


class OpenView(BaseModel):
    """A batch that is not posted, and what hinders it."""

    settlement: SettlementView
    standing: str
    differing: list[DifferingView]


class UnnamedView(BaseModel):
    """An overdue payment that no file of its gateway has named."""

    reference: str
    source: str
    amount_vnd: int
    taken_at: datetime


class SettlementOverview(BaseModel):
    """How the money stands between the ways to pay and the treasury."""

    lying: list[LyingView]
    fees_owed_vnd: int
    at_treasury_vnd: int
    open: list[OpenView]
    unnamed: list[UnnamedView]
