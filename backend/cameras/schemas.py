"""What the API about cameras takes and gives."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, computed_field

from backend.cameras.models import RollsOut
from backend.cameras.why import Why, words

FileText = Annotated[str, Field(max_length=262_144)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DraftChange(_Asked):
    """A draft: the file as text, or as what its TOML means (`document`); the text wins."""

    expected_version: int
    content: FileText | None = None
    document: dict[str, Any] | None = None


class Proposal(_Asked):
    """A file to be looked at only."""

    content: FileText | None = None
    document: dict[str, Any] | None = None


class Publication(_Asked):
    """Roll out the draft, or with `number` an older version."""

    note: Annotated[str, Field(max_length=500)]
    number: Annotated[int, Field(ge=1)] | None = None


class RollOutOrder(_Asked):
    """Roll out the drafts of several cameras, one first."""

    camera_ids: Annotated[tuple[str, ...], Field(min_length=1, max_length=500)]
    note: Annotated[str, Field(max_length=500)]


class AskOrder(_Asked):
    kind: Literal["view", "logs"]


class FaultView(BaseModel):
    line: int | None
    field: str
    message: str


class PointView(BaseModel):
    """A marked point: how far the fitted road misses it, px and m."""

    miss_px: float
    miss_m: float


class PathView(BaseModel):
    """A recent vehicle's way over the road under this file: [t_s, x_m, y_m]; where its foot was, px."""

    track: int
    kind: str
    road_m: list[tuple[float, float, float]]
    picture_px: list[tuple[float, float]]


class Look(BaseModel):
    """What a camera file means: faults, how well its points fit, and the road's grid in the picture.

    `grid_px`: lines of the road, `grid_m` apart, each a list of picture points. `plan_m`: what is drawn in
    the file, on the road.
    """

    content: str
    document: dict[str, Any] | None
    faults: list[FaultView]
    residual_px: float | None = None
    residual_m: float | None = None
    points: list[PointView] = []
    line_error_m: float | None = None
    speed_scale_error: float | None = None
    grid_m: int = 5
    grid_px: list[list[tuple[float, float]]] = []
    plan_m: dict[str, list[list[tuple[float, float]]]] = {}
    paths: list[PathView] = []


class VersionView(BaseModel):
    number: int
    sha256: str
    note: str
    author: str
    published_at: datetime
    based_on: int | None


class SetupView(BaseModel):
    """`version` is what a change must expect; `in_force` the number that the box says it runs."""

    camera_id: str
    version: int
    box: str | None
    wanted: int | None
    in_force: int | None
    refused_why: str
    has_draft: bool
    look: Look
    versions: list[VersionView]


class Turn(BaseModel):
    """One thing of a roll-out: a camera, or a box."""

    model_config = ConfigDict(from_attributes=True)

    wave: int
    state: str
    why: Why | None
    offered_at: datetime | None
    taken_at: datetime | None


class StepView(Turn):
    camera_id: str
    number: int
    former: int | None


class RollingOut(BaseModel):
    """A roll-out of whatever it is. `why_vi`, `why_en`: what `why` says, empty where nothing failed."""

    id: uuid.UUID
    state: str
    note: str
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    why: Why | None

    @classmethod
    def of(cls, row: RollsOut, **more: object) -> Self:
        """As a row has it, with what only this kind has."""
        return cls.model_validate({**{name: getattr(row, name) for name in RollingOut.model_fields}, **more})

    @computed_field  # type: ignore[prop-decorator]
    @property
    def why_vi(self) -> str:
        return words(self.why)[0]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def why_en(self) -> str:
        return words(self.why)[1]


class RollOutView(RollingOut):
    steps: tuple[StepView, ...]


class AskView(BaseModel):
    """`reply` is None until the box has answered; `has_picture`: see /v1/cameras/{id}/picture."""

    id: uuid.UUID
    kind: str
    asked_at: datetime
    answered_at: datetime | None
    reply: dict[str, Any] | None
    has_picture: bool
