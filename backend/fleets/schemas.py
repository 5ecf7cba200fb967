from __future__ import annotations

import uuid
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class CaseView(BaseModel):
    """One case of the company, as its owner sees it. Times are UTC; `act_by` is a day in Vietnam."""

    model_config = ConfigDict(frozen=True)

    id: uuid.UUID
    notice_number: str
    plate: str
    vehicle_kind: str
    act: str
    act_vi: str
    act_en: str
    happened_at: datetime
    place: str
    state: str
    state_vi: str
    state_en: str
    next_step: str
    act_by: date | None
    due_vnd: int | None
    notified_at: datetime
    version: int


class CaseList(BaseModel):
    """`next_after` goes into `after` for the next page; null: that was all."""

    items: list[CaseView]
    next_after: uuid.UUID | None


class RowView(BaseModel):
    """What one row of the list got. `code`: `ok`, `not_yours`, or why the row could not be read."""

    model_config = ConfigDict(frozen=True)

    row: int
    text: str
    code: str
    vi: str
    en: str
    cases: tuple[CaseView, ...]


class LookedUp(BaseModel):
    rows: list[RowView]


class VehicleView(BaseModel):
    """A vehicle on the company's list: `asked`, `verified` or `refused`, and why."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    plate: str
    vehicle_kind: str
    state: str
    checked_at: datetime | None
    reason: str | None


class VehicleList(BaseModel):
    items: list[VehicleView]


class DeliveryView(BaseModel):
    """A webhook on its way: `waiting`, `delivered` or `dead`. `event_id` is what `webhook-id` names."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    event_id: uuid.UUID
    type: str
    url: str
    state: str
    attempts: int
    created_at: datetime
    next_try_at: datetime | None
    last_status: int | None
    last_error: str | None
    delivered_at: datetime | None


class DeliveryList(BaseModel):
    items: list[DeliveryView]
