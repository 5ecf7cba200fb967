"""What the API about releases takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from backend.cameras.schemas import RollingOut, Turn


class ReleaseView(BaseModel):
    """A release; `weights` are its networks with their hashes."""

    model_config = ConfigDict(from_attributes=True)

    version: str
    sha256: str
    size_bytes: int
    key_fingerprint: str
    notes_vi: str
    notes_en: str
    manifest: dict[str, Any]
    weights: list[dict[str, Any]]
    published_by: str
    published_at: datetime


class RollOutAsked(BaseModel):
    """Roll a release out to these boxes; left out: to all that can take it now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Annotated[str, Field(max_length=500)]
    device_ids: Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)] | None = None


class ReleaseStepView(Turn):
    device_id: str
    former: str


class ReleaseRollOutView(RollingOut):
    version: str
    steps: tuple[ReleaseStepView, ...]
