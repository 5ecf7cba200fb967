"""What the intake takes and gives, beside the signed messages of `edge.report`."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from edge.report import Slug, load_public_key

DeviceState = Literal["pending", "approved", "revoked"]


class Enrolment(BaseModel):
    """A box introduces itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    device_id: Slug
    name: Annotated[str, Field(min_length=1, max_length=200)]
    public_key: Annotated[str, Field(max_length=60)]
    software_version: Annotated[str, Field(min_length=1, max_length=100)]

    @field_validator("public_key")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        load_public_key(value)
        return value


class DeviceView(BaseModel):
    device_id: str
    name: str
    state: DeviceState
    key_fingerprint: str
    software_version: str
    enrolled_at: datetime
    last_heartbeat_at: datetime | None


class Stored(BaseModel):
    """`already_stored`: the very same report came before; nothing was done twice."""

    status: Literal["stored", "already_stored"]
    violation_id: uuid.UUID
