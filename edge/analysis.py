"""From pictures to cases: detect, follow, read plates, judge. The same for a file and for a live camera."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from edge.analysis_cases import Event, event_of, uncertified, unreadable, wrong_plate
from edge.analysis_kinds import KindDesk, KindEyes
from edge.analysis_outlook import Outlook, VehicleEyes
from edge.analysis_pace import Look, Need, Pace
from edge.analysis_plates import PlateDesk, PlateEyes, PlateSettings
from edge.analysis_riders import RIDER_RULES, RiderDesk, RiderEyes
from edge.analysis_signals import SignalWatch
from edge.analysis_stakes import Stakes, stakes_of
from edge.analysis_stands import StandDesk
from edge.capture import Frame
from edge.detector.types import Detection
from edge.evidence.sights import Sights
from edge.report import Model, RuleName
from edge.rules import RULES, Context, SignalHistory, Violation, Withheld
from edge.rules.acts import is_plated
from edge.scene import Scene, SceneError
from edge.scene_geometry import Points
from edge.tracking import Observation, Seen, Track, Tracker, TrackerSettings

_LEGAL_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_JUDGE_EVERY_S: Final = 0.2
_JUDGE_CALM_S: Final = 0.6
_SECOND_THOUGHTS_S: Final = 2.0
_HOLD_S: Final = 2.5
_APPROACH_M: Final = 30.0


class Recorder(Protocol):
    """Who wants to know more than the events: the offline analysis, rehearsals, tests."""

    def lights(self, heads: Mapping[str, SignalHistory]) -> None:
        """The stream begins (anew): what each signal head shows is told here from now on."""

    def picture(self, frame: Frame, seen: Sequence[Seen], signal: str | None) -> None:
        """One picture has been looked at."""

    def withheld(self, suspicion: Withheld) -> None:
        """A suspicion was kept back."""

    def track(self, track: Track, desk: PlateDesk) -> None:
        """A vehicle has left the stage."""


@dataclass(slots=True)
class Counts:
    """What the analyser has seen so far."""

    pictures: int = 0
    undetected: int = 0
    vehicles: int = 0
    violations: int = 0
    withheld: int = 0
    codes: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Docket:
    """The judging of one track: what is settled, and the violations waiting for a plate."""

    judged_s: float = -1e9
    settled: set[RuleName] = field(default_factory=set)
    open: list[Violation] = field(default_factory=list)
    stakes: Stakes = field(default_factory=Stakes)


class Analyser:
    """Watches one camera. Not thread-safe: one thread feeds it."""

    def __init__(
        self,
        scene: Scene,
        vehicles: VehicleEyes,
        plates: PlateEyes,
        *,
        riders: RiderEyes | None = None,
        kinds: KindEyes | None = None,
        models: tuple[Model, ...] = (),
        tracker: TrackerSettings | None = None,
        plate_settings: PlateSettings | None = None,
        pace: Pace | None = None,
        recorder: Recorder | None = None,
        day: Callable[[Frame], date | None] | None = None,
    ) -> None:
        """`pace` eases the work of a live camera that falls behind; without it every picture gets all.

        Raises:
            SceneError: the camera file asks for a rule that this analyser cannot judge.
        """
        self.counts = Counts()
        self._outlook = Outlook(vehicles, [box for one in scene.signals for box in one.lamps().values()])
        self._scene, self._models = scene, models
        self._tracker_settings = tracker or TrackerSettings()
        self._desk = PlateDesk(plates, scene.picture_size_px, plate_settings)
        looked_at = riders if RIDER_RULES & set(scene.file.rules) else None
        self._riders = RiderDesk(looked_at, scene.picture_size_px)
        self._kinds = KindDesk(kinds)
        self._pace = pace or Pace.none(every=scene.file.detect_every)
        self._recorder = recorder
        self._day = day or legal_day
        self._tracker = Tracker(scene.picture_size_px, self._tracker_settings)
        self._lights = SignalWatch(self._scene.signals)
        self._stands = StandDesk(scene)
        self._sights = Sights()
        self._dockets: dict[int, _Docket] = {}
        self._epoch = 0
        self._on: date | None = None
        self._began_at: datetime | None = None
        self._check_rules()
        if self._recorder:
            self._recorder.lights(self._lights.heads)

    @property
    def signal_state(self) -> str | None:
        """What the light shows; None for a camera without one."""
        return self._lights.shown

    @property
    def pace_level(self) -> int:
        """How much work is shed: 0 none, 3 most."""
        return self._pace.level

    @property
    def plate_looks(self) -> int:
        """How many times a plate was read."""
        return self._desk.looks_total

    def feed(self, frame: Frame) -> list[Event]:
        """Look at the next picture; the events that have become certain with it.

        Raises:
            SceneError: the picture has another size than the camera file was made for.
        """
        self._check_size(frame)
        events = self._restart(frame.epoch) if frame.epoch != self._epoch else []
        self.counts.pictures += 1
        self._on = self._day(frame)
        if frame.captured_at is not None:
            self._began_at = frame.captured_at - timedelta(seconds=frame.t_s)
        with self._pace.timing(frame.t_s):
            self._lights.look(frame.t_s, frame.picture)
            if self._pace.sparing:
                expected, new = self._tracker.expected(frame.t_s), self._tracker.newcomers(frame.t_s)
                self._outlook.watch(frame, expected, new)
            need = self._need()
            look = self._pace.look(frame.t_s, need)
            if look is None:
                self.counts.undetected += 1
                if need == "armed" and self._pace.sparing:
                    self._put_by(frame)
                return events
            return events + self._look(frame, look)

    def finish(self) -> list[Event]:
        """The stream is over: the last word on every vehicle still on stage."""
        return [event for track in self._tracker.finish() for event in self._close(track)]

    def _look(self, frame: Frame, look: Look) -> list[Event]:
        everybody = self._detect(frame, look)
        found = [
            one
            for one in everybody
            if one.confidence >= self._tracker_settings.low_confidence
            and one.kind != "person"
            and not self._scene.ignores(one.box)
        ]
        update = self._tracker.update(frame.t_s, frame.index, found)
        self._stands.look(frame.t_s, update.seen)
        self._sights.note(frame.index, frame.t_s, update.seen, everybody)
        present = [
            (seen, track)
            for seen in update.seen
            if not seen.coasting and (track := self._tracker.track(seen.id)) is not None
        ]
        known = [(seen, track.last) for seen, track in present]
        self._kinds.look(frame, known, self._tracker, at_most=self._pace.looks)
        self._read_plates(frame, present)
        self._look_at_riders(frame, present, everybody)
        events = [event for _, track in present for event in self._judge(track, frame.t_s)]
        events += [event for track in update.ended for event in self._close(track)]
        if self._recorder:
            self._recorder.picture(frame, update.seen, self.signal_state)
        return events

    def _detect(self, frame: Frame, look: Look) -> list[Detection]:
        if not self._pace.sparing:
            return self._outlook.detect(frame)
        if look == "all":
            return self._outlook.look(frame, self._tracker.expected(frame.t_s))
        places = {seen.id: seen.box for seen in self._tracker.at(frame.t_s)}
        armed = [
            (docket, places[number])
            for number, docket in self._dockets.items()
            if number in places and self._is_armed(docket)
        ]
        suspects = [box for docket, box in armed if not docket.stakes.new]
        return self._outlook.look_at(frame, suspects, [box for docket, box in armed if docket.stakes.new])

    def _put_by(self, frame: Frame) -> None:
        """Keep pictures of vehicles where they are expected: a plate may show well in this one only."""
        wanted = [
            (seen, replace(track.last, t_s=frame.t_s, frame=frame.index, box=seen.box), False)
            for seen in self._tracker.at(frame.t_s)
            if seen.id in self._dockets and (track := self._tracker.track(seen.id)) is not None
        ]
        self._desk.look(frame.index, frame.t_s, frame.picture, wanted, at_most=self._pace.looks)

    def _read_plates(self, frame: Frame, present: Sequence[tuple[Seen, Track]]) -> None:
        wanted = [(seen, track.last, self._is_suspect(track)) for seen, track in present]
        self._desk.look(frame.index, frame.t_s, frame.picture, wanted, at_most=self._pace.looks)

    def _look_at_riders(
        self, frame: Frame, present: Sequence[tuple[Seen, Track]], everybody: Sequence[Detection]
    ) -> None:
        self._riders.look(
            frame,
            [(seen, track.last) for seen, track in present],
            [one.box for one in everybody if one.kind == "person"],
            at_most=self._pace.looks,
        )

    def _judge(self, track: Track, now_s: float, *, finished: bool = False) -> list[Event]:
        docket = self._dockets.get(track.id)
        if docket is None:
            docket = self._dockets[track.id] = _Docket()
            self.counts.vehicles += is_plated(track.kind)
        docket.stakes = stakes_of(track, self._scene)
        every_s = _JUDGE_EVERY_S if self._is_armed(docket) or not self._pace.sparing else _JUDGE_CALM_S
        if finished or now_s - docket.judged_s >= every_s:
            docket.judged_s = now_s
            self._apply_rules(track, docket, now_s, finished=finished)
        ready = [one for one in docket.open if finished or self._is_ready(one, now_s)]
        docket.open = [one for one in docket.open if one not in ready]
        return [event for one in ready if (event := self._prove(track, one)) is not None]

    def _apply_rules(self, track: Track, docket: _Docket, now_s: float, *, finished: bool) -> None:
        context = self._context(track, now_s)
        for name in self._scene.file.rules:
            if name in docket.settled:
                continue
            verdict = RULES[name](track, context, finished)
            if isinstance(verdict, Violation):
                docket.open.append(verdict)
                docket.settled.add(name)
            elif verdict is not None and (finished or now_s - verdict.t_event_s > _SECOND_THOUGHTS_S):
                self._withhold(verdict)
                docket.settled.add(name)

    def _context(self, track: Track, now_s: float) -> Context:
        on_stage = (self._tracker.track(other) for other in self._dockets if other != track.id)
        return Context(
            self._scene,
            self._lights.main,
            self._on,
            began_at=self._began_at,
            now_s=now_s,
            others=tuple(other for other in on_stage if other is not None),
            riders=self._riders.sightings(track.id),
            heads=self._lights.heads,
            traffic=self._stands.traffic,
            accused=self._stands.accused(track.id),
        )

    def _is_ready(self, violation: Violation, now_s: float) -> bool:
        return self._desk.is_settled(violation.track) or now_s - violation.t_end_s >= _HOLD_S

    def _prove(self, track: Track, violation: Violation) -> Event | None:
        looks, consensus = self._desk.looks(track.id), self._desk.consensus(track.id)
        doubt = uncertified(violation, self._scene, self._on) or wrong_plate(violation, looks)
        if doubt is None and not consensus.accepted and self._scene.file.unread_plates == "withhold":
            doubt = unreadable(violation, consensus)
        if doubt is not None:
            self._withhold(doubt)
            return None
        self.counts.violations += 1
        self._stands.note(violation, track, track.last.t_s)
        return event_of(
            violation,
            track,
            self._scene,
            consensus=consensus,
            looks=looks,
            models=self._models,
            sights=self._sights,
        )

    def _close(self, track: Track) -> list[Event]:
        events = self._judge(track, track.last.t_s, finished=True)
        if self._recorder:
            self._recorder.track(track, self._desk)
        self._dockets.pop(track.id, None)
        self._desk.forget(track.id)
        self._riders.forget(track.id)
        self._kinds.forget(track.id)
        return events

    def _withhold(self, suspicion: Withheld) -> None:
        self.counts.withheld += 1
        self.counts.codes[suspicion.code] = self.counts.codes.get(suspicion.code, 0) + 1
        if self._recorder:
            self._recorder.withheld(suspicion)

    def _restart(self, epoch: int) -> list[Event]:
        """After a break in the stream nothing seen before may be joined to anything seen after."""
        events = self.finish()
        self._epoch = epoch
        self._lights = SignalWatch(self._scene.signals)
        if self._recorder:
            self._recorder.lights(self._lights.heads)
        return events

    def _need(self) -> Need:
        """What is at stake in the next picture."""
        if self._outlook.any_news or any(self._is_armed(docket) for docket in self._dockets.values()):
            return "armed"
        if self._outlook.any_motion:
            return "watch"
        return "quiet" if self._dockets else "empty"

    def _is_armed(self, docket: _Docket) -> bool:
        """Whether a vehicle may be breaking a rule just now, so that every picture counts."""
        unsettled = [name for name in self._scene.file.rules if name not in docket.settled]
        on_red = self._lights.any_red and docket.stakes.near_line and "red_light" in unsettled
        return on_red or docket.stakes.new or (docket.stakes.fast and "speeding" in unsettled)

    def _is_suspect(self, track: Track) -> bool:
        docket = self._dockets.get(track.id)
        return bool(docket and docket.open) or (
            not self._pace.sparing and self._lights.any_red and self._near_line(track.last)
        )

    def _near_line(self, now: Observation) -> bool:
        if self._scene.line_m is None:
            return False
        past_m = float(self._scene.to_line(self._scene.plane.road(_foot(now))).past_m[0])
        return -_APPROACH_M < past_m < _APPROACH_M

    def _check_rules(self) -> None:
        unknown = [name for name in self._scene.file.rules if name not in RULES]
        if unknown:
            raise SceneError(f"{self._scene.id}: rules: one camera alone cannot judge {', '.join(unknown)}")
        if not self._riders.sees and (blind := RIDER_RULES & set(self._scene.file.rules)):
            raise SceneError(
                f"{self._scene.id}: rules: {', '.join(sorted(blind))} need the networks for heads and helmets"
            )

    def _check_size(self, frame: Frame) -> None:
        width, height = frame.picture.size_px
        if (width, height) != self._scene.picture_size_px:
            wanted = "x".join(map(str, self._scene.picture_size_px))
            raise SceneError(
                f"{self._scene.id}: picture_size_px: the camera sends {width}x{height}, the file was made "
                f"for {wanted}; mark the points again on a picture of this size"
            )


def _foot(now: Observation) -> Points:
    return np.array([now.box.bottom_centre], dtype=np.float64)


def legal_day(frame: Frame) -> date | None:
    """The day the law counts for this picture."""
    return frame.captured_at.astimezone(_LEGAL_ZONE).date() if frame.captured_at else None
