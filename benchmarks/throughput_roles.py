"""What `edge_throughput` measures, each in a process of its own so that processor time is told apart."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import cv2

from edge.analysis import Analyser
from edge.analysis_cases import Event
from edge.analysis_pace import Pace
from edge.analysis_plates import PlateSettings
from edge.analysis_watch import LIVE, CaseWatcher, Eyes, asks_for_riders, open_eyes
from edge.capture import FileSource, Frame
from edge.clock import ClockWatch
from edge.device import load_or_create
from edge.evidence import Case, FrameRing
from edge.heartbeat import CameraGauge
from edge.outbox import Outbox, Sighting
from edge.prover import Prover
from edge.quota import Quota
from edge.scene import Scene, load_scene
from edge.settings import WorkerSettings
from edge.watching import Reader, watch

_DRAIN_S: Final = 60.0


@dataclass(slots=True)
class Measured:
    """One process's work: frames of all its cameras, seconds of wall and of processor, what was found.

    `skipped`: pictures the analyser had no time for; `shed`: looks given up by plan; `late_s`: how far behind
    the camera the last picture was decoded; `latencies_s`: from each event to its evidence on disk;
    `memory_mb`: the most memory the process held.
    """

    frames: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    found: list[tuple[str, str]] = field(default_factory=list)
    skipped: int = 0
    shed: int = 0
    late_s: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    looked: dict[str, int] = field(default_factory=dict)
    memory_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """What to work on."""

    clip: Path
    camera: Path
    threads: int
    cameras: int = 1
    plays: int = 1


def decode_only(task: Task) -> Measured:
    """Decode, and nothing else."""
    return _timed(lambda: Measured(sum(1 for _ in FileSource(task.clip, threads=task.threads))))


def every_picture(task: Task) -> Measured:
    """Look at every picture whole and read every plate; what `phatnguoi-edge analyse` does."""
    scene = load_scene(task.camera)
    eyes = _eyes(scene, task.threads)
    return _timed(lambda: _through(task, _analyser(scene, eyes, Pace.none())))


def ours(task: Task) -> Measured:
    """As a box does, the packets kept for evidence, but as fast as the clip can be read."""
    scene = load_scene(task.camera)
    eyes = _eyes(scene, task.threads)
    return _timed(lambda: _through(task, *_live(scene, eyes, adaptive=False)))


def live(task: Task) -> Measured:
    """So many cameras at their own pace, threads of this process with one set of networks, with evidence."""
    scene = load_scene(task.camera)
    eyes = _eyes(scene, task.threads)
    with tempfile.TemporaryDirectory() as folder:
        cameras = [_Camera(task, scene, eyes, Path(folder) / str(number)) for number in range(task.cameras)]

        def run() -> Measured:
            for camera in cameras:
                camera.start()
            for camera in cameras:
                camera.join()
            return _joined([camera.measured for camera in cameras])

        return _timed(run)


ROLES: Final[dict[str, Callable[[Task], Measured]]] = {
    "decode": decode_only,
    "every": every_picture,
    "ours": ours,
    "live": live,
}


def _eyes(scene: Scene, threads: int) -> Eyes:
    cv2.setNumThreads(threads)
    return open_eyes(threads=threads, riders=asks_for_riders(scene))


def _analyser(scene: Scene, eyes: Eyes, pace: Pace, plates: PlateSettings | None = None) -> Analyser:
    return Analyser(
        scene,
        eyes.vehicles,
        eyes.plates,
        riders=eyes.riders,
        kinds=eyes.kinds,
        models=eyes.models,
        pace=pace,
        plate_settings=plates,
    )


def _live(scene: Scene, eyes: Eyes, *, adaptive: bool) -> tuple[Analyser, Pace]:
    pace = Pace(adaptive=adaptive, plan=LIVE, every=scene.file.detect_every)
    return _analyser(scene, eyes, pace, PlateSettings(on_demand=True)), pace


def _through(task: Task, analyser: Analyser, pace: Pace | None = None) -> Measured:
    """The whole clip through an analyser; with a `pace`, that is as a box does it, and with its ring."""
    settings = WorkerSettings(data_folder=Path(), backend_url="")
    ring = FrameRing(seconds=settings.ring_s, max_bytes=settings.ring_bytes)
    measured = Measured()
    events: list[Event] = []
    for frame in FileSource(task.clip, threads=task.threads):
        measured.frames += 1
        if pace is not None:
            ring.add(frame, frame.t_s)
        events += analyser.feed(frame)
    events += analyser.finish()
    measured.found = sorted(_named(event.case) for event in events)
    measured.looked = dict(pace.looked) if pace is not None else {}
    return measured


class _Noted(Outbox):
    """An outbox that notes how long after each event its evidence was on disk and owed.

    Not of an event in the last seconds of a clip: the end of its pictures is there before its time.
    """

    def __init__(self, settings: WorkerSettings, measured: Measured) -> None:
        super().__init__(settings.outbox_file, now=_now)
        self._measured, self._after_s = measured, settings.clip_after_s

    def add(self, sighting: Sighting, payload_sha256: str) -> bool:
        is_new = super().add(sighting, payload_sha256)
        late_s = _now().timestamp() - sighting.event_at_s
        if is_new:
            self._measured.found.append((sighting.rule, sighting.plate or ""))
        if is_new and late_s > self._after_s:
            self._measured.latencies_s.append(late_s)
        return is_new


class _Noticing:
    """A clip as a camera plays it, and how far behind its own time it was read."""

    def __init__(self, clip: Path, measured: Measured) -> None:
        self._source = FileSource(clip, realtime=True, start_at=_now(), threads=1)
        self.status, self._measured = self._source.status, measured

    def __iter__(self) -> Iterator[Frame]:
        begun_s = time.monotonic()
        for frame in self._source:
            self._measured.frames += 1
            self._measured.late_s = time.monotonic() - begun_s - frame.t_s
            yield frame

    def close(self) -> None:
        self._source.close()


class _Camera(threading.Thread):
    """One clip played at its own pace, so many times, through all of a worker but the network."""

    def __init__(self, task: Task, scene: Scene, eyes: Eyes, folder: Path) -> None:
        super().__init__()
        self.measured = Measured()
        self._task, self._scene, self._eyes, self._folder = task, scene, eyes, folder

    def run(self) -> None:
        for play in range(self._task.plays):
            self._play(self._folder / str(play))

    def _play(self, folder: Path) -> None:
        settings = WorkerSettings(data_folder=folder, backend_url="")
        settings.evidence_folder.mkdir(parents=True)
        ring = FrameRing(seconds=settings.ring_s, max_bytes=settings.ring_bytes)
        gauge, stop = CameraGauge(settings.stall_s), threading.Event()
        outbox = _Noted(settings, self.measured)
        prover = Prover(
            ring=ring,
            outbox=outbox,
            device=load_or_create(folder, "throughput"),
            scene=self._scene.reported(),
            settings=settings,
            clock=ClockWatch(),
            lossless=False,
            on_added=lambda: None,
            stopping=stop,
            quota=Quota(settings, outbox),
        )
        prover.start()
        source = _Noticing(self._task.clip, self.measured)
        reader = Reader(source, ring, gauge, ClockWatch(), stop, lossless=False)
        analyser, pace = _live(self._scene, self._eyes, adaptive=True)
        watcher = CaseWatcher(analyser)
        watch(source, reader, watcher, prover, stop)
        for case in watcher.finish():
            prover.submit(case)
        prover.drain(_DRAIN_S)
        prover.stop(_DRAIN_S)
        self.measured.skipped += gauge.skipped_total
        self.measured.shed += pace.shed
        outbox.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _named(case: Case) -> tuple[str, str]:
    return case.rule, case.plate.text if case.plate else ""


def _joined(parts: list[Measured]) -> Measured:
    whole = Measured(
        frames=sum(one.frames for one in parts),
        found=sorted(name for one in parts for name in one.found),
        skipped=sum(one.skipped for one in parts),
        shed=sum(one.shed for one in parts),
        late_s=max(one.late_s for one in parts),
        latencies_s=[late for one in parts for late in one.latencies_s],
    )
    for one in parts:
        for look, count in one.looked.items():
            whole.looked[look] = whole.looked.get(look, 0) + count
    return whole


def _timed(work: Callable[[], Measured]) -> Measured:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    measured = work()
    measured.wall_s, measured.cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    measured.memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return measured


def main(role: str, task: dict[str, Any]) -> None:
    """Do one role and print what was measured as one line of JSON."""
    numbers = {name: int(task[name]) for name in ("threads", "cameras", "plays")}
    work = Task(Path(task["clip"]), Path(task["camera"]), **numbers)
    print(json.dumps(asdict(ROLES[role](work))))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
