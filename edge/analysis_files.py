"""The offline analysis of one video: every finding as a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from edge.analysis import Analyser
from edge.analysis_cases import Event
from edge.analysis_kinds import KindEyes
from edge.analysis_outlook import VehicleEyes
from edge.analysis_plates import Look, PlateDesk, PlateEyes
from edge.analysis_riders import RiderEyes
from edge.capture import Frame, FrameSource
from edge.detector.types import PlateConsensus
from edge.report import Measure, Model, Reason
from edge.rules import SignalHistory, Withheld, speeding
from edge.scene import Scene
from edge.section.passages import Passage, passage_of
from edge.section.passing import gate_crossing
from edge.tracking import Seen, Track

VIOLATIONS: Final = "violations.jsonl"
WITHHELD: Final = "withheld.jsonl"
TRACKS: Final = "tracks.jsonl"
PASSAGES: Final = "passages.jsonl"


@dataclass(frozen=True, slots=True)
class Picture:
    """What was seen in one picture."""

    t_s: float
    seen: tuple[Seen, ...]
    signal: str | None


@dataclass(frozen=True, slots=True)
class Passed:
    """One vehicle that was on stage, with its plate and its speed where they could be read."""

    track: Track
    plate: PlateConsensus
    looks: tuple[Look, ...]
    speed: speeding.SpeedEstimate | None


@dataclass(slots=True)
class Findings:
    """Everything an analysis found. Collects as the analyser's recorder."""

    scene: Scene
    events: list[Event] = field(default_factory=list)
    suspicions: list[Withheld] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    pictures: dict[int, Picture] = field(default_factory=dict)
    began_at: datetime | None = None
    """The wall clock of stream second 0, where a picture told it."""

    def lights(self, heads: Mapping[str, SignalHistory]) -> None:
        """The stream begins (anew)."""

    def picture(self, frame: Frame, seen: Sequence[Seen], signal: str | None) -> None:
        """One picture has been looked at."""
        if self.began_at is None and frame.captured_at is not None:
            self.began_at = frame.captured_at - timedelta(seconds=frame.t_s)
        self.pictures[frame.index] = Picture(frame.t_s, tuple(seen), signal)

    def withheld(self, suspicion: Withheld) -> None:
        """A suspicion was kept back."""
        self.suspicions.append(suspicion)

    def track(self, track: Track, desk: PlateDesk) -> None:
        """A vehicle has left the stage."""
        speed = speeding.estimate(track, self.scene)
        self.passed.append(Passed(track, desk.consensus(track.id), desk.looks(track.id), speed))


def analyse(
    source: FrameSource,
    scene: Scene,
    vehicles: VehicleEyes,
    plates: PlateEyes,
    *,
    riders: RiderEyes | None = None,
    kinds: KindEyes | None = None,
    models: tuple[Model, ...] = (),
    progress: Callable[[Frame], None] | None = None,
) -> Findings:
    """Look at every picture of a source, with no hurry, and return what was found."""
    findings = Findings(scene)
    analyser = Analyser(scene, vehicles, plates, riders=riders, kinds=kinds, models=models, recorder=findings)
    for frame in source:
        findings.events += analyser.feed(frame)
        if progress:
            progress(frame)
    findings.events += analyser.finish()
    return findings


def write_findings(findings: Findings, folder: Path, *, clock_uncertainty_s: float = 0.0) -> None:
    """Write violations.jsonl, withheld.jsonl and tracks.jsonl into `folder`, and passages.jsonl at a gate.

    `clock_uncertainty_s`: how far the wall clock of the film may be from true time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / VIOLATIONS, (violation_line(one) for one in findings.events))
    _write(folder / WITHHELD, (withheld_line(one) for one in findings.suspicions))
    _write(folder / TRACKS, (track_line(one) for one in findings.passed))
    if (gate := findings.scene.file.section_gate) is not None:
        known = passages(findings, gate.section_id, clock_uncertainty_s)
        _write(folder / PASSAGES, (one.model_dump(mode="json") for one in known))


def passages(findings: Findings, section_id: str, clock_uncertainty_s: float) -> Iterator[Passage]:
    """Who crossed the gate of this camera's section, of those whose plate was accepted."""
    for one in findings.passed:
        crossing = gate_crossing(one.track, findings.scene)
        if crossing is not None and one.plate.accepted and one.plate.text is not None:
            yield passage_of(
                crossing,
                camera_id=findings.scene.id,
                section_id=section_id,
                plate=one.plate.text,
                kind=one.track.kind,
                track=one.track.id,
                began_at=findings.began_at,
                clock_uncertainty_s=clock_uncertainty_s,
            )


def violation_line(event: Event) -> dict[str, Any]:
    """One line of violations.jsonl."""
    found, case = event.violation, event.case
    return {
        "rule": found.rule,
        "act": found.act,
        "t_start_s": round(found.t_start_s, 4),
        "t_event_s": round(found.t_event_s, 4),
        "t_end_s": round(found.t_end_s, 4),
        "frames": {"before": found.frame_before, "at": found.frame_at, "after": found.frame_after},
        "track": found.track,
        "class": found.kind,
        "box": list(case.vehicle.box_px),
        "colour": case.vehicle.colour.model_dump(mode="json") if case.vehicle.colour else None,
        "plate": case.plate.model_dump(mode="json") if case.plate else None,
        "plate_reading": _plate(event.consensus, event.looks),
        "measures": _measures(found.measures),
        "reasons": _reasons(found.reasons),
    }


def withheld_line(one: Withheld) -> dict[str, Any]:
    """One line of withheld.jsonl."""
    return {
        "rule": one.rule,
        "code": one.code,
        "t_event_s": round(one.t_event_s, 4),
        "track": one.track,
        "class": one.kind,
        "measures": _measures(one.measures),
        "reasons": _reasons(one.reasons),
    }


def track_line(one: Passed) -> dict[str, Any]:
    """One line of tracks.jsonl."""
    seen = one.track.observations
    return {
        "track": one.track.id,
        "class": one.track.kind,
        "class_confidence": round(one.track.kind_confidence, 3),
        "t_first_s": round(seen[0].t_s, 4),
        "t_last_s": round(seen[-1].t_s, 4),
        "sightings": len(seen),
        "plate": one.plate.text if one.plate.accepted else None,
        "plate_reading": _plate(one.plate, one.looks),
        "speed": _speed(one.speed),
        "boxes": [
            [
                see.frame,
                round(see.t_s, 4),
                *(round(v, 1) for v in (see.box.x, see.box.y, see.box.w, see.box.h)),
            ]
            for see in seen
        ],
    }


def _plate(said: PlateConsensus, looks: Sequence[Look]) -> dict[str, Any]:
    return {
        "text": said.text,
        "accepted": said.accepted,
        "confidence": round(said.confidence, 4),
        "why": said.reason,
        "looks": [
            {
                "frame": look.frame,
                "t_s": round(look.t_s, 4),
                "text": look.read.text,
                "confidence": round(look.read.confidence, 4),
                "height_px": round(look.read.box.h, 1),
            }
            for look in looks
        ],
    }


def _speed(speed: speeding.SpeedEstimate | None) -> dict[str, Any] | None:
    if speed is None:
        return None
    return {
        "kmh": round(speed.kmh, 2),
        "lower_95": round(speed.lower_kmh, 2),
        "upper_95": round(speed.upper_kmh, 2),
        "points": speed.points,
        "span_s": round(speed.span_s, 3),
        "span_m": round(speed.span_m, 2),
        "doubt": speed.doubt,
    }


def _measures(measures: Iterable[Measure]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in measures]


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in reasons]


def _write(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
