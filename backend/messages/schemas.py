from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class MessageRow(BaseModel):
    """A message without the person: what it is for, by which channel, how it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    dossier_id: uuid.UUID
    purpose: str
    force: str
    channel: str
    state: str
    template: str | None
    attempts: int
    resends: int
    code: str | None
    asked_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    perhaps_twice: bool


class MessageList(BaseModel):
    items: list[MessageRow]


class EventRow(BaseModel):
    """One line of a message's history."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    kind: str
    resend: int
    code: str | None
    detail: str | None
    actor: str


class EventList(BaseModel):
    items: list[EventRow]


class SuppressionRow(BaseModel):
    """An address out of use; the address itself is kept as a blind index only."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    channel: str
    reason: str
    message_id: uuid.UUID | None
    at: datetime


class SuppressionList(BaseModel):
    items: list[SuppressionRow]


class Lift(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=10, max_length=500)]


class BatchRow(BaseModel):
    """One day's letters."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    day: date
    state: str
    letters: int
    pages: int
    sha256: str | None
    handed_over_at: datetime | None
    attempts: int
    last_error: str | None


class BatchList(BaseModel):
    items: list[BatchRow]


class ChannelRow(BaseModel):
    """How a channel is now."""

    model_config = ConfigDict(from_attributes=True)

    channel: str
    waiting: int
    oldest_waiting_at: datetime | None
    failures_last_hour: int
    token_lost_at: datetime | None


class ChannelList(BaseModel):
    items: list[ChannelRow]
