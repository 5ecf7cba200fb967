"""The camera file as it stands on disk: TOML, checked field by field. docs/camera-file.md explains each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from edge.report import RuleName, Sha256, Slug
from edge.road_users import VehicleClass
from edge.scene_section import Name, Point, Polygon, Section
from edge.scene_signals import RedLight, Signal


def _somewhere(direction: Point) -> Point:
    if direction == (0.0, 0.0):
        raise ValueError("[0, 0] points nowhere; give for example [0, 1]")
    return direction


Direction = Annotated[Point, AfterValidator(_somewhere)]


class SceneError(ValueError):
    """A camera file cannot be used. Each line names the file, the field and what is wrong with it."""


class MarkedPoint(Section):
    """One point known in the picture and on the road."""

    picture_px: Point
    road_m: Point


class LensNumbers(Section):
    """Radial distortion; edge.scene_lens says how the numbers are meant.

    Without `centre_px` the middle of the picture, without `unit_px` half its diagonal.
    """

    model: Literal["brown", "division"] = "brown"
    k1: Annotated[float, Field(ge=-1, le=1)]
    k2: Annotated[float, Field(ge=-1, le=1)] = 0.0
    k1_error: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    centre_px: Point | None = None
    unit_px: Annotated[float, Field(gt=0)] | None = None


class Calibration(Section):
    """How picture and road belong together. Speeds are measured on `surveyed` points only.

    `scale_error`: relative standard error that all lengths share, beyond what each point may be off by.
    """

    quality: Literal["surveyed", "estimated"]
    points: Annotated[tuple[MarkedPoint, ...], Field(min_length=4)]
    point_error_px: Annotated[float, Field(gt=0, le=20)] = 1.0
    road_error_m: Annotated[float, Field(ge=0, le=2)] = 0.02
    camera_height_m: Annotated[float, Field(gt=1, lt=60)] | None = None
    lens: LensNumbers | None = None
    scale_error: Annotated[float, Field(ge=0, le=0.2)] = 0.0


class Lane(Section):
    """One lane on the road surface. `kinds`: who may use it; empty means all.

    `direction_m`: its own way, where that is not the road's. `emergency`: nobody drives there.
    """

    name: Name
    polygon_px: Polygon
    kinds: tuple[VehicleClass, ...] = ()
    direction_m: Direction | None = None
    emergency: bool = False


class Road(Section):
    """Which way the watched traffic goes, as a vector in road metres, and its lanes.

    `one_way`: a one-way road, or a carriageway behind a median, all over: only then may the whole road, lanes
    or none, say that somebody drives the wrong way.
    """

    direction_m: Direction
    lanes: tuple[Lane, ...] = ()
    one_way: bool = False


class StopLine(Section):
    """The two ends of the stop line's near edge, px."""

    ends_px: tuple[Point, Point]


class Tolerance(Section):
    """What the law takes off a measured speed, from a day on."""

    valid_from: date
    kmh: Annotated[float, Field(ge=0, le=20)]


class Speed(Section):
    """The speed limit and the stretch on which speed is measured."""

    limit_kmh: Annotated[int, Field(ge=5, le=130)]
    zone_px: Polygon
    tolerance: tuple[Tolerance, ...] = ()
    box_error_px: Annotated[float, Field(gt=0, le=20)] = 1.0
    box_bias: Annotated[float, Field(ge=0, le=0.2)] = 0.01
    contact_height_m: Annotated[float, Field(ge=0, le=1)] = 0.1
    box_margin: Annotated[float, Field(ge=0, le=0.02)] = 0.002


class Hours(Section):
    """A span of the day in legal time (Asia/Ho_Chi_Minh); past midnight when `until` is before `since`."""

    since: time
    until: time


ZoneKind = Literal["no_entry", "no_stopping", "no_parking", "crosswalk", "junction"]


class Zone(Section):
    """A piece of road on which something is forbidden, and the sign or marking that says so.

    `kinds`: whom it binds; empty means every motor vehicle. `hours`: when; empty means always. `sign`: its
    number in QCVN 41 and what it says, for the officer and the owner.
    """

    name: Name
    kind: ZoneKind
    polygon_px: Polygon
    kinds: tuple[VehicleClass, ...] = ()
    hours: tuple[Hours, ...] = ()
    sign: Annotated[str, Field(max_length=200)] = ""


class Standing(Section):
    """From when on a vehicle that stands still is taken to have stopped, parked or blocked, s.

    The law names no seconds (Law 36/2024 Art. 18: stopping is brief and the driver stays, parking has no
    limit of time): these are ours, long enough that nobody is accused for a moment's halt.
    """

    stop_after_s: Annotated[float, Field(ge=5, le=360)] = 30.0
    park_after_s: Annotated[float, Field(ge=10, le=360)] = 300.0
    block_after_s: Annotated[float, Field(ge=3, le=360)] = 10.0


class SolidLine(Section):
    """A continuous line that nobody may cross, as a chain of picture points; `both`: from either side.

    `left` and `right` name the side it may not be crossed *from*, seen along the line from its first point.
    """

    name: Name
    points_px: Annotated[tuple[Point, ...], Field(min_length=2)]
    forbidden_from: Literal["left", "right", "both"] = "both"
    sign: Annotated[str, Field(max_length=200)] = ""


class ForbiddenTurn(Section):
    """A way over the junction that a sign forbids: in over the one gate, out over the other, px."""

    name: Name
    kind: Literal["left", "right", "u_turn"]
    enter_px: tuple[Point, Point]
    leave_px: tuple[Point, Point]
    kinds: tuple[VehicleClass, ...] = ()
    hours: tuple[Hours, ...] = ()
    sign: Annotated[str, Field(max_length=200)] = ""


class Certificate(Section):
    """The paper that lets this camera measure; `record_sha256` is that of the calibration record.

    Where there is one, what the camera measures counts only on its days.
    """

    number: Annotated[str, Field(min_length=1, max_length=80)]
    issued_by: Annotated[str, Field(min_length=1, max_length=200)]
    valid_from: date
    valid_to: date
    calibrated_on: date | None = None
    record_sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Certificate:
        if self.valid_to < self.valid_from:
            raise ValueError(f"valid_to: {self.valid_to} lies before valid_from, {self.valid_from}")
        return self


class SectionGate(Section):
    """A line across the road up to which the length of an average-speed section was measured, px."""

    section_id: Slug
    line_px: tuple[Point, Point]


class CameraFile(Section):
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
    signals: tuple[Signal, ...] = ()
    red_light: RedLight = RedLight()
    speed: Speed | None = None
    zones: tuple[Zone, ...] = ()
    standing: Standing = Standing()
    solid_lines: tuple[SolidLine, ...] = ()
    forbidden_turns: tuple[ForbiddenTurn, ...] = ()
    ignore_px: tuple[Polygon, ...] = ()
    section_gate: SectionGate | None = None
    certificate: Certificate | None = None
    unread_plates: Literal["report", "withhold"] = "withhold"
    detect_every: Annotated[int, Field(ge=1, le=6)] = 1

    @property
    def heads(self) -> tuple[Signal, ...]:
        """Every signal head: those of [[signals]], or the one of [signal]."""
        return self.signals or ((self.signal,) if self.signal else ())

    @model_validator(mode="after")
    def _signals_are_told_apart(self) -> CameraFile:
        if self.signal and self.signals:
            raise ValueError("signals: give one [signal] or several [[signals]], not both")
        names = [one.name for one in self.heads]
        if len(set(names)) < len(names):
            raise ValueError("signals: two heads have the same name")
        lanes = {lane.name for lane in self.road.lanes}
        for i, head in enumerate(self.heads):
            for name in head.lanes:
                if name not in lanes:
                    raise ValueError(f'signals[{i}].lanes: there is no [[road.lanes]] named "{name}"')
        return self

    @model_validator(mode="after")
    def _rules_have_what_they_need(self) -> CameraFile:
        for rule in self.rules:
            for fault in missing_for(rule, self):
                raise ValueError(fault)
        return self


def missing_for(rule: RuleName, file: CameraFile) -> Iterator[str]:
    """What the camera file lacks for this rule, a sentence each that begins with the field."""
    for needs, lacking in _NEEDS.get(rule, ()):
        if not needs(file):
            yield lacking


def _has_zone(*kinds: ZoneKind) -> Callable[[CameraFile], bool]:
    return lambda file: any(zone.kind in kinds for zone in file.zones)


def _has_turn(*kinds: str) -> Callable[[CameraFile], bool]:
    return lambda file: any(turn.kind in kinds for turn in file.forbidden_turns)


Need = tuple[Callable[[CameraFile], bool], str]

_NEEDS: Final[Mapping[RuleName, tuple[Need, ...]]] = MappingProxyType(
    {
        "red_light": (
            (
                lambda file: file.stop_line is not None and bool(file.heads),
                "rules: red_light needs the sections [stop_line] and [signal] (or [[signals]])",
            ),
        ),
        "speeding": (
            (lambda file: file.speed is not None, "rules: speeding needs the section [speed]"),
            (
                lambda file: file.calibration.quality == "surveyed",
                "calibration.quality: speeding needs surveyed points, not estimated ones",
            ),
            (
                lambda file: file.calibration.camera_height_m is not None,
                "calibration.camera_height_m: speeding needs the camera's height",
            ),
        ),
        "wrong_way": (
            (
                lambda file: file.road.one_way or any(lane.direction_m for lane in file.road.lanes),
                "rules: wrong_way needs road.one_way = true, or lanes with a direction_m of their own",
            ),
        ),
        "wrong_lane": (
            (
                lambda file: any(lane.kinds for lane in file.road.lanes),
                "rules: wrong_lane needs a [[road.lanes]] with kinds: who may use it",
            ),
        ),
        "lane_line": (
            (lambda file: bool(file.solid_lines), "rules: lane_line needs a [[solid_lines]] to watch"),
        ),
        "emergency_lane": (
            (
                lambda file: any(lane.emergency for lane in file.road.lanes),
                "rules: emergency_lane needs a [[road.lanes]] with emergency = true",
            ),
        ),
        "no_entry": ((_has_zone("no_entry"), 'rules: no_entry needs a [[zones]] of kind = "no_entry"'),),
        "illegal_turn": (
            (
                _has_turn("left", "right"),
                'rules: illegal_turn needs a [[forbidden_turns]] of kind = "left" or "right"',
            ),
        ),
        "u_turn": ((_has_turn("u_turn"), 'rules: u_turn needs a [[forbidden_turns]] of kind = "u_turn"'),),
        "stopping": (
            (_has_zone("no_stopping"), 'rules: stopping needs a [[zones]] of kind = "no_stopping"'),
        ),
        "parking": (
            (
                _has_zone("no_parking", "no_stopping"),
                'rules: parking needs a [[zones]] of kind = "no_parking" or "no_stopping"',
            ),
        ),
        "blocking": (
            (
                _has_zone("crosswalk", "junction"),
                'rules: blocking needs a [[zones]] of kind = "crosswalk" or "junction"',
            ),
        ),
    }
)
"""What must stand in the camera file for each rule, and what to say where it does not."""
