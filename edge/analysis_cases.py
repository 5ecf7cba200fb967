"""Turning a verdict into a case: the plate, the pictures that prove it, the way it went on the road."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from edge.analysis_plates import Look, reported_plate, two_plates
from edge.detector.body_colour import body_colour
from edge.detector.types import Box, PlateConsensus
from edge.evidence.case import Case
from edge.evidence.sights import Sights
from edge.evidence.view import view_of
from edge.report import Model, Reason, RuleName, TrackPoint, Vehicle
from edge.rules import Violation, Withheld
from edge.scene import Scene
from edge.tracking import Observation, Track

_BEFORE_S: Final = 2.0
_AFTER_S: Final = 2.0
MEASURED: Final[frozenset[RuleName]] = frozenset({"speeding", "average_speed"})
"""The rules whose case is a measured value: they need a camera that may measure."""
_MOST_POINTS: Final = 150


@dataclass(frozen=True, slots=True)
class Event:
    """A violation ready to be proven, with all looks at the plate, also those that were not agreed on."""

    violation: Violation
    case: Case
    consensus: PlateConsensus
    looks: tuple[Look, ...]


def event_of(
    violation: Violation,
    track: Track,
    scene: Scene,
    *,
    consensus: PlateConsensus,
    looks: Sequence[Look],
    models: tuple[Model, ...],
    sights: Sights,
) -> Event:
    """The event of a violation by this track."""
    by_frame = {one.frame: one for one in track.observations}
    stills = [by_frame[one] for one in (violation.frame_before, violation.frame_at, violation.frame_after)]
    plate, crop = reported_plate(consensus, looks) or (None, None)
    assert violation.kind != "person"
    case = Case(
        rule=violation.rule,
        act=violation.act,
        vehicle=Vehicle(
            kind=violation.kind,
            confidence=round(min(track.kind_confidence, 1.0), 4),
            track=track.id,
            box_px=_four(stills[1].box),
            colour=body_colour(violation.kind, [look.body for look in looks if look.body is not None]),
        ),
        plate=plate,
        plate_crop=crop,
        t_start_s=min(violation.t_start_s, violation.t_event_s),
        t_event_s=violation.t_event_s,
        t_end_s=violation.t_end_s,
        still_frames=(violation.frame_before, violation.frame_at, violation.frame_after),
        measures=violation.measures,
        reasons=violation.reasons,
        track=_points(track, scene, violation),
        models=models,
        view=view_of(scene),
        sights=sights,
    )
    return Event(violation, case, consensus, tuple(looks))


def wrong_plate(violation: Violation, looks: Sequence[Look]) -> Withheld | None:
    """The suspicion that two vehicles were taken for one."""
    if not two_plates(looks):
        return None
    return _instead(
        violation,
        "two_plates",
        "Hai biển số khác nhau trên cùng một vệt theo dõi: có thể lẫn hai xe.",
        "Two different plates on one track: it may be two vehicles.",
    )


def unreadable(violation: Violation, consensus: PlateConsensus) -> Withheld:
    """The suspicion that stays one because nobody can be named."""
    return _instead(
        violation,
        "plate_unreadable",
        "Không đọc được biển số một cách chắc chắn.",
        f"The plate could not be read with certainty: {consensus.reason}.",
    )


def uncertified(violation: Violation, scene: Scene, on: date | None) -> Withheld | None:
    """The suspicion that stays one because the camera may not measure that day, by its own certificate.

    Decree 61/2026, Art. 12-13: a device that must be verified or calibrated counts only inside its validity.
    """
    paper = scene.file.certificate
    if paper is None or violation.rule not in MEASURED:
        return None
    if on is None:
        return _instead(
            violation,
            "certificate_day_unknown",
            "Không biết ngày ghi hình nên không biết giấy chứng nhận kiểm định còn hạn hay không.",
            "The day is not known, so neither is whether the camera's certificate was in force.",
        )
    if paper.valid_from <= on <= paper.valid_to:
        return None
    code = "certificate_expired" if on > paper.valid_to else "certificate_not_yet_valid"
    first, last, day = (f"{one:%d/%m/%Y}" for one in (paper.valid_from, paper.valid_to, on))
    return _instead(
        violation,
        code,
        f"Giấy kiểm định số {paper.number} có hiệu lực từ {first} đến {last}, không có vào ngày {day}.",
        f"The camera's certificate {paper.number} is in force from {first} to {last}, not on {day}.",
    )


def _instead(violation: Violation, code: str, vi: str, en: str) -> Withheld:
    return Withheld(
        rule=violation.rule,
        code=code,
        track=violation.track,
        kind=violation.kind,
        t_event_s=violation.t_event_s,
        measures=violation.measures,
        reasons=(Reason(vi=vi, en=en), *violation.reasons),
    )


def _points(track: Track, scene: Scene, violation: Violation) -> tuple[TrackPoint, ...]:
    near = [
        one
        for one in track.observations
        if violation.t_start_s - _BEFORE_S <= one.t_s <= violation.t_end_s + _AFTER_S
    ]
    stride = max(1, -(-len(near) // _MOST_POINTS))
    kept: list[Observation] = near[::stride]
    road_m = scene.plane.road(np.array([one.box.bottom_centre for one in kept]))
    return tuple(
        TrackPoint(
            t_s=round(one.t_s, 4), x_m=round(float(x), 3), y_m=round(float(y), 3), box_px=_four(one.box)
        )
        for one, (x, y) in zip(kept, road_m, strict=True)
        if np.isfinite([x, y]).all()
    )


def _four(box: Box) -> tuple[float, float, float, float]:
    return round(box.x, 1), round(box.y, 1), round(box.w, 1), round(box.h, 1)
