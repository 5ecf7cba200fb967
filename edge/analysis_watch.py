"""The analyser as a live worker uses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge.analysis import Analyser, Recorder
from edge.analysis_pace import Pace, Plan
from edge.analysis_plates import PlateSettings
from edge.analysis_riders import RIDER_RULES
from edge.capture import Frame
from edge.detector.heads import RiderLooker
from edge.detector.kind_look import KindLook
from edge.detector.look import open_kinds, open_riders
from edge.detector.models import VehicleDetector
from edge.detector.plate_reader import PlateReader
from edge.detector.registry import ModelSet, default_models
from edge.evidence.case import Case
from edge.heartbeat import WatcherGauges
from edge.report import Model
from edge.scene import Scene

LIVE: Final = Plan()
"""How often a camera is looked at by a box that has others to look at as well."""

_LOWEST_CONFIDENCE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Eyes:
    """The models, loaded once."""

    vehicles: VehicleDetector
    plates: PlateReader
    models: tuple[Model, ...]
    riders: RiderLooker | None = None
    kinds: KindLook | None = None


def open_eyes(folder: Path | None = None, *, threads: int = 2, riders: bool = False) -> Eyes:
    """Load the shipped models, or those in `folder`; those for riders when asked for. Raises ModelError."""
    files = default_models(folder)
    return Eyes(
        VehicleDetector(files.vehicles.path, threads=threads, confidence=_LOWEST_CONFIDENCE),
        PlateReader(files.plate_finder.path, files.plate_reader.path, threads=threads),
        models_of(files, riders=riders),
        open_riders(files, threads=threads) if riders else None,
        open_kinds(files, threads=threads),
    )


def asks_for_riders(scene: Scene) -> bool:
    """Whether a rule of this camera looks at who rides a motorbike."""
    return bool(RIDER_RULES & set(scene.file.rules))


def models_of(files: ModelSet, *, riders: bool = False) -> tuple[Model, ...]:
    """The models as a report names them."""
    looked = (files.heads, files.helmets) if riders else ()
    return tuple(
        Model(name=one.name, version=one.version, sha256=one.sha256)
        for one in (files.vehicles, files.kinds, files.plate_finder, files.plate_reader, *looked)
        if one is not None
    )


class CaseWatcher:
    """Pictures in, cases out. One thread feeds it; `gauges` may be read from another."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser

    def feed(self, frame: Frame) -> Sequence[Case]:
        """Look at the next picture; the cases that have become certain."""
        return [event.case for event in self._analyser.feed(frame)]

    def finish(self) -> Sequence[Case]:
        """The stream is over; the cases that were still open."""
        return [event.case for event in self._analyser.finish()]

    def gauges(self) -> WatcherGauges:
        """Counters for the heartbeat."""
        counts = self._analyser.counts
        return WatcherGauges(
            signal_state=self._analyser.signal_state,
            vehicles_total=counts.vehicles,
            withheld_total=counts.withheld,
            codes=dict(counts.codes),
            pace_level=self._analyser.pace_level,
            looks_total=self._analyser.plate_looks,
            undetected_total=counts.undetected,
        )


class WatcherMaker:
    """Fresh watchers for any scene of one camera; the networks are loaded once, when first needed."""

    def __init__(self, *, hurried: bool, threads: int = 1, recorder: Recorder | None = None) -> None:
        self._hurried, self._threads, self._recorder = hurried, threads, recorder
        self._eyes: Eyes | None = None

    def __call__(self, scene: Scene) -> Callable[[], CaseWatcher]:
        """Makes a fresh watcher for each pass. Raises ModelError."""
        riders = asks_for_riders(scene)
        if self._eyes is None or (riders and self._eyes.riders is None):
            self._eyes = open_eyes(threads=self._threads, riders=riders)
        return watchers(scene, hurried=self._hurried, eyes=self._eyes, recorder=self._recorder)


def watchers(
    scene: Scene, *, hurried: bool, eyes: Eyes | None = None, recorder: Recorder | None = None
) -> Callable[[], CaseWatcher]:
    """Makes a fresh watcher for each pass, models loaded once. `hurried`: keep up with a live camera."""
    eyes = eyes or open_eyes(riders=asks_for_riders(scene))

    def make() -> CaseWatcher:
        every = scene.file.detect_every
        pace = Pace(every=every, plan=LIVE) if hurried else Pace.none(every=every)
        plates = PlateSettings(on_demand=hurried)
        return CaseWatcher(
            Analyser(
                scene,
                eyes.vehicles,
                eyes.plates,
                riders=eyes.riders,
                kinds=eyes.kinds,
                models=eyes.models,
                pace=pace,
                plate_settings=plates,
                recorder=recorder,
            )
        )

    return make
