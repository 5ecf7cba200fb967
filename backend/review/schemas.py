"""What the review takes and gives."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.operations.map import Place
from edge.report import BodyColourName, VehicleKind

GroundColour = Literal["white", "yellow", "blue", "red", "unknown"]
ReviewState = Literal["review", "claimed", "confirmed", "rejected"]
TypedPlate = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=20)]
DwellS = Annotated[float, Field(ge=0, le=86400)] | None
"""Seconds from the evidence in sight to the act, as the screen measured them."""
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Correction(_Input):
    """What the officer sees differently. Left out means unchanged; the reason is kept with the change."""

    expected_version: int
    plate: TypedPlate | None = None
    ground_colour: GroundColour | None = None
    vehicle_kind: VehicleKind | None = None
    vehicle_colour: BodyColourName | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
    dwell_s: DwellS = None


class Confirmation(_Input):
    """The officer states plate and kind as seen; they must be those the case has."""

    expected_version: int
    plate: TypedPlate
    vehicle_kind: VehicleKind
    dwell_s: DwellS = None


class Rejection(_Input):
    expected_version: int
    reason_code: str
    note: Note = ""
    dwell_s: DwellS = None


class QueueItem(BaseModel):
    id: uuid.UUID
    state: ReviewState
    rule: str
    act: str
    vehicle_kind: str
    plate_display: str | None
    camera_id: str
    camera_name: str
    event_at: datetime
    notify_due_on: date
    claimed_by: str | None
    mine: bool


class Queue(BaseModel):
    """`waiting` counts all that nobody holds, beyond the page of items."""

    items: list[QueueItem]
    waiting: int
    claimed: int


class FileView(BaseModel):
    url: str
    name: str
    media_type: str
    sha256: str
    size_bytes: int


class PlateView(BaseModel):
    """`read` is the machine's, `current` what the case has now."""

    read: str | None
    confidence: float | None
    looks: int
    current: str | None
    current_display: str | None
    ground_colour: GroundColour
    fits_kind: bool


class ActView(BaseModel):
    at: datetime
    by: str
    act: str
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]


class Detail(BaseModel):
    """All an officer needs to decide. `report` is what the device signed, word for word.

    `camera_fault`: what ailed the camera at that moment; such a report can only be rejected. `places`: the
    camera, then those nearest to it; empty where nobody gave its coordinates.
    """

    id: uuid.UUID
    state: ReviewState
    version: int
    mine: bool
    claimed_by: str | None
    claimed_until: datetime | None
    rule: str
    act: str
    vehicle_kind: VehicleKind
    vehicle_colour: BodyColourName | None
    event_at: datetime
    received_at: datetime
    notify_due_on: date
    plate: PlateView
    files: dict[str, FileView]
    report: dict[str, Any]
    payload_sha256: str
    signature: str
    device: dict[str, str]
    law: dict[str, Any] | None
    places: list[Place]
    similar: list[uuid.UUID]
    camera_fault: str | None
    owner_lookup: dict[str, Any]
    acts: list[ActView]
    reject_code: str | None
    note: str | None


class Confirmed(BaseModel):
    violation_id: uuid.UUID
    dossier_id: uuid.UUID


class Decided(BaseModel):
    violation_id: uuid.UUID
    state: ReviewState
    version: int


class RejectReasonView(BaseModel):
    code: str
    vi: str
    en: str
    needs_note: bool


class QueueFilter(_Input):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
