"""What `edge_throughput` measures, each in a process of its own so that processor time is told apart."""

from __future__ import annotations

import json
import queue
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import cv2

from edge.analysis import Analyser
from edge.analysis_cases import Event
from edge.analysis_pace import Pace
from edge.analysis_plates import PlateSettings
from edge.analysis_watch import LIVE, Eyes, asks_for_riders, open_eyes
from edge.capture import FileSource, Frame
from edge.device import Device, load_or_create
from edge.evidence import Case, FrameRing, build_pack, pictures_of
from edge.scene import Scene, load_scene
from edge.settings import WorkerSettings

_QUEUE_FRAMES: Final = 8
_POLL_S: Final = 0.05


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
        cameras = [
            _Camera(task.clip, scene, eyes, Path(folder) / str(number)) for number in range(task.cameras)
        ]

        def run() -> Measured:
            threads = [thread for camera in cameras for thread in camera.start()]
            for thread in threads:
                thread.join()
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


class _Camera:
    """One clip played at its own pace through ring, analyser and evidence, as a worker does it."""

    def __init__(self, clip: Path, scene: Scene, eyes: Eyes, folder: Path) -> None:
        self.measured = Measured()
        self._analyser, self._pace = _live(scene, eyes, adaptive=True)
        self._scene = scene.reported()
        self._clip = clip
        self._settings = WorkerSettings(data_folder=folder, backend_url="")
        self._device: Device = load_or_create(folder, "throughput")
        self._ring = FrameRing(seconds=self._settings.ring_s, max_bytes=self._settings.ring_bytes)
        self._frames: queue.Queue[Frame | None] = queue.Queue(_QUEUE_FRAMES)
        self._cases: queue.Queue[Case | None] = queue.Queue()

    def start(self) -> list[threading.Thread]:
        """Begin; the threads to wait for."""
        threads = [threading.Thread(target=work) for work in (self._read, self._watch, self._prove)]
        for thread in threads:
            thread.start()
        return threads

    def _read(self) -> None:
        start_at, begun_s = datetime.now(UTC), time.monotonic()
        for frame in FileSource(self._clip, realtime=True, start_at=start_at, threads=1):
            self._ring.add(frame, time.monotonic())
            self.measured.frames += 1
            self.measured.late_s = time.monotonic() - begun_s - frame.t_s
            try:
                self._frames.put_nowait(frame)
            except queue.Full:
                self.measured.skipped += 1
        self._ring.end()
        self._frames.put(None)

    def _watch(self) -> None:
        while (frame := self._frames.get()) is not None:
            self._submit(self._analyser.feed(frame))
        self._submit(self._analyser.finish())
        self._cases.put(None)
        self.measured.shed, self.measured.looked = self._pace.shed, dict(self._pace.looked)

    def _submit(self, events: list[Event]) -> None:
        for event in events:
            self.measured.found.append(_named(event.case))
            self._cases.put(event.case)

    def _prove(self) -> None:
        settings = self._settings
        settings.evidence_folder.mkdir(parents=True, exist_ok=True)
        while (case := self._cases.get()) is not None:
            while not self._ring.reaches(case.t_event_s + settings.clip_after_s):
                time.sleep(_POLL_S)
            kept = pictures_of(
                case, self._ring, before_s=settings.clip_before_s, after_s=settings.clip_after_s
            )
            event_at = kept.event_at(case.t_event_s)
            build_pack(
                settings.evidence_folder,
                case,
                kept,
                device=self._device,
                scene=self._scene,
                event_at=event_at,
            )
            self.measured.latencies_s.append((datetime.now(UTC) - event_at).total_seconds())


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
    work = Task(Path(task["clip"]), Path(task["camera"]), int(task["threads"]), int(task["cameras"]))
    print(json.dumps(asdict(ROLES[role](work))))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
