"""The camera file as it stands on disk: TOML, checked field by field. docs/camera-file.md explains each."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edge.detector.types import Box, VehicleClass
from edge.report import RuleName, Slug

Point = tuple[float, float]
BoxPx = tuple[float, float, Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]]
Polygon = Annotated[tuple[Point, ...], Field(min_length=3)]
Movement = Literal["left", "right"]


class SceneError(ValueError):
    """A camera file cannot be used. Each line names the file, the field and what is wrong with it."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MarkedPoint(_Section):
    """One point known in the picture and on the road."""

    picture_px: Point
    road_m: Point


class Calibration(_Section):
    """How picture and road belong together. Speeds are measured on `surveyed` points only."""

    quality: Literal["surveyed", "estimated"]
    points: Annotated[tuple[MarkedPoint, ...], Field(min_length=4)]
    point_error_px: Annotated[float, Field(gt=0, le=20)] = 1.0
    road_error_m: Annotated[float, Field(ge=0, le=2)] = 0.02
    camera_height_m: Annotated[float, Field(gt=1, lt=60)] | None = None


class Lane(_Section):
    """One lane on the road surface. `kinds`: who may use it; empty means all."""

    name: str
    polygon_px: Polygon
    kinds: tuple[VehicleClass, ...] = ()


class Road(_Section):
    """Which way the watched traffic goes, as a vector in road metres, and its lanes."""

    direction_m: Point
    lanes: tuple[Lane, ...] = ()

    @model_validator(mode="after")
    def _points_somewhere(self) -> Road:
        if self.direction_m == (0.0, 0.0):
            raise ValueError("direction_m: [0, 0] points nowhere; give for example [0, 1]")
        return self


class StopLine(_Section):
    """The two ends of the stop line's near edge, px."""

    ends_px: tuple[Point, Point]


class Signal(_Section):
    """The lamps of the head that rules these lanes: x, y of the top left, width, height, px.

    Either each lamp, or the `head` as a whole, cut into thirds (`horizontal`: side by side, red left).
    """

    red: BoxPx | None = None
    amber: BoxPx | None = None
    green: BoxPx | None = None
    head: BoxPx | None = None
    horizontal: bool = False
    exempt_movements: tuple[Movement, ...] = ()

    @model_validator(mode="after")
    def _lamps_are_named(self) -> Signal:
        if self.head is None and (self.red is None or self.green is None):
            raise ValueError("give the boxes of red and green, or of the head as a whole")
        return self

    def lamps(self) -> dict[str, Box]:
        """The boxes by name, as the signal reader wants them."""
        if self.head is not None:
            return {"head": Box(*self.head)}
        named = {"red": self.red, "amber": self.amber, "green": self.green}
        return {name: Box(*box) for name, box in named.items() if box is not None}


class RedLight(_Section):
    """What the red-light rule asks for before it accuses."""

    grace_s: Annotated[float, Field(ge=0, le=5)] = 0.5
    clear_past_line_m: Annotated[float, Field(ge=1, le=30)] = 3.0
    slowest_kmh: Annotated[float, Field(ge=1, le=30)] = 6.0


class Tolerance(_Section):
    """What the law takes off a measured speed, from a day on."""

    valid_from: date
    kmh: Annotated[float, Field(ge=0, le=20)]


class Speed(_Section):
    """The speed limit and the stretch on which speed is measured."""

    limit_kmh: Annotated[int, Field(ge=5, le=130)]
    zone_px: Polygon
    tolerance: tuple[Tolerance, ...] = ()
    box_error_px: Annotated[float, Field(gt=0, le=20)] = 1.0
    box_bias: Annotated[float, Field(ge=0, le=0.2)] = 0.01
    contact_height_m: Annotated[float, Field(ge=0, le=1)] = 0.1


class CameraFile(_Section):
    """One camera: where it is, what it sees, which rules it watches."""

    schema_id: Literal["phatnguoi.camera/1"] = Field(alias="schema")
    id: Slug
    name: Annotated[str, Field(min_length=1, max_length=120)]
    location: Annotated[str, Field(min_length=1, max_length=200)]
    picture_size_px: tuple[Annotated[int, Field(ge=64)], Annotated[int, Field(ge=64)]]
    rules: tuple[RuleName, ...]
    calibration: Calibration
    road: Road
    stop_line: StopLine | None = None
    signal: Signal | None = None
    red_light: RedLight = RedLight()
    speed: Speed | None = None
    ignore_px: tuple[Polygon, ...] = ()
    unread_plates: Literal["report", "withhold"] = "withhold"
    detect_every: Annotated[int, Field(ge=1, le=6)] = 1

    @model_validator(mode="after")
    def _rules_have_what_they_need(self) -> CameraFile:
        if "red_light" in self.rules and (self.stop_line is None or self.signal is None):
            raise ValueError("rules: red_light needs the sections [stop_line] and [signal]")
        if "speeding" in self.rules:
            if self.speed is None:
                raise ValueError("rules: speeding needs the section [speed]")
            if self.calibration.quality != "surveyed":
                raise ValueError("calibration.quality: speeding needs surveyed points, not estimated ones")
            if self.calibration.camera_height_m is None:
                raise ValueError("calibration.camera_height_m: speeding needs the camera's height")
        return self


def load_camera_file(path: Path) -> tuple[CameraFile, str]:
    """Read and check a camera file; also the SHA-256 of its bytes.

    Raises:
        SceneError: missing, no TOML, or a field is wrong.
    """
    try:
        content = path.read_bytes()
        raw = tomllib.loads(content.decode())
    except FileNotFoundError as error:
        raise SceneError(f"{path}: there is no such camera file") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SceneError(f"{path}: cannot be read as TOML: {error}") from error
    try:
        return CameraFile.model_validate(raw), hashlib.sha256(content).hexdigest()
    except ValidationError as error:
        lines = [f"{path}: {_field(one['loc'])}{one['msg']}" for one in error.errors()]
        raise SceneError("\n".join(lines)) from error


def _field(place: tuple[int | str, ...]) -> str:
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    return f"{name}: " if name else ""
