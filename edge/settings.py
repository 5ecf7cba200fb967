"""What a camera box must be told: where to keep, where to send, how long to wait."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

_TRUE_WORDS = {"1", "true", "yes", "on"}


class SettingsError(ValueError):
    """A setting is missing or wrong; the message names it and says what to set."""


class StoreSettings(BaseModel):
    """The S3 bucket that evidence goes to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: Annotated[str, Field(min_length=1)]
    access_key: str
    secret_key: SecretStr
    bucket: str = "evidence"
    secure: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> StoreSettings:
        """From S3_ENDPOINT (host:port), S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET, S3_SECURE.

        Raises SettingsError naming the first variable that is missing.
        """
        values = os.environ if environment is None else environment
        for name in ("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
            if not values.get(name):
                raise SettingsError(
                    f"{name} is not set: the box does not know the evidence store "
                    f"(chưa đặt {name}: thiết bị chưa biết kho chứng cứ)"
                )
        endpoint = values["S3_ENDPOINT"]
        scheme, _, host = endpoint.rpartition("://")
        secure = values.get("S3_SECURE", "true" if scheme == "https" else "false")
        return cls(
            endpoint=host.rstrip("/"),
            access_key=values["S3_ACCESS_KEY"],
            secret_key=SecretStr(values["S3_SECRET_KEY"]),
            bucket=values.get("S3_BUCKET", "evidence"),
            secure=secure.lower() in _TRUE_WORDS,
        )


class WorkerSettings(BaseModel):
    """How one worker keeps and sends. Every duration is in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_folder: Path
    backend_url: str
    device_name: str = "Camera box"

    device_folder: Path | None = None
    """Where the key of the box lies, when several workers are one box; else in the data folder."""
    sibling_folders: tuple[Path, ...] = ()
    """The data folders of the other workers of this box, whose outboxes count into its heartbeat."""

    clip_before_s: Annotated[float, Field(gt=0, le=30)] = 3.0
    clip_after_s: Annotated[float, Field(gt=0, le=30)] = 3.0
    ring_s: Annotated[float, Field(gt=0)] = 20.0
    ring_bytes: Annotated[int, Field(gt=0)] = 384 * 1024 * 1024
    c2pa_key_file: Path | None = None
    c2pa_chain_file: Path | None = None
    jpeg_quality: Annotated[int, Field(ge=50, le=100)] = 95

    keep_delivered: bool = False
    evidence_quota_bytes: Annotated[int, Field(ge=0)] = 0
    """The most that evidence may take on disk; 0 is no limit but the disk's."""
    minimum_free_bytes: Annotated[int, Field(ge=0)] = 64 * 1024 * 1024
    pending_events: Annotated[int, Field(gt=0)] = 64

    retry_first_s: Annotated[float, Field(gt=0)] = 0.5
    retry_cap_s: Annotated[float, Field(gt=0)] = 30.0
    request_timeout_s: Annotated[float, Field(gt=0)] = 20.0
    drain_deadline_s: Annotated[float, Field(ge=0)] = 300.0
    stop_deadline_s: Annotated[float, Field(ge=0)] = 10.0

    heartbeat_s: Annotated[float, Field(gt=0)] = 5.0
    watched_heartbeat_s: Annotated[float, Field(gt=0)] = 1.0
    """While somebody watches the camera."""
    stall_s: Annotated[float, Field(gt=0)] = 5.0

    clock_step_s: Annotated[float, Field(gt=0)] = 0.5
    clock_settle_s: Annotated[float, Field(ge=0)] = 2.0

    @property
    def evidence_folder(self) -> Path:
        """Where the evidence of waiting reports lies."""
        return self.data_folder / "evidence"

    @property
    def quarantine_folder(self) -> Path:
        """Where evidence goes that no longer matches its own manifest."""
        return self.data_folder / "quarantine"

    @property
    def outbox_file(self) -> Path:
        """The SQLite file of what is still to be sent."""
        return self.data_folder / "outbox.sqlite3"

    @property
    def reference_file(self) -> Path:
        """What the camera saw when all was well."""
        return self.data_folder / "reference.npz"

    @property
    def status_file(self) -> Path:
        """How the worker does, for a person on the box."""
        return self.data_folder / "status.json"
