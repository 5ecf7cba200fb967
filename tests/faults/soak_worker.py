"""One camera of the soak: the real worker with a scripted analyser, as a process that can be killed.

    python -m tests.faults.soak_worker JOB.json

Its wall clock is off by the seconds that stand in the file `clock_offset` of its folder.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections import deque
from dataclasses import replace
from pathlib import Path

import edge.worker
from edge.box.orphan import end_with_parent
from edge.capture import Frame
from edge.clock import ClockWatch, Instant, host_clock
from edge.evidence.case import Case
from edge.heartbeat import WatcherGauges
from edge.journal import log_to_stderr
from edge.settings import StoreSettings, WorkerSettings
from edge.worker import Job, run_worker
from tests.edge.box_kit import SCENE, ScriptedWatcher, case_at

LIVE_EVERY_S = 4.0


class LiveWatcher:
    """Finds an event every four seconds of what the camera shows, each with a plate of its own.

    Every event is written to `found.jsonl` before it is handed on: what was found and never arrived is lost.
    """

    def __init__(self, folder: Path) -> None:
        self._found = folder / "found.jsonl"
        self._number = sum(1 for _ in self._found.open()) if self._found.exists() else 0
        self._frames: deque[Frame] = deque(maxlen=7)
        self._next_s = LIVE_EVERY_S

    def feed(self, frame: Frame) -> list[Case]:
        self._frames.append(frame)
        if frame.t_s < self._next_s or len(self._frames) < 7:
            return []
        self._next_s = frame.t_s + LIVE_EVERY_S
        before, at, after = self._frames[0], self._frames[3], self._frames[6]
        self._number += 1
        plate = f"61A{10000 + self._number}"
        with self._found.open("a") as file:
            file.write(json.dumps({"plate": plate, "t_s": at.t_s}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        case = case_at(at.t_s, track=self._number, plate=plate)
        return [replace(case, still_frames=(before.index, at.index, after.index))]

    def finish(self) -> list[Case]:
        return []

    def gauges(self) -> WatcherGauges:
        return WatcherGauges("red", self._number, 0)


def clock_from(path: Path) -> functools.partial[ClockWatch]:
    """The worker's clock, set by whoever writes the file."""

    def read() -> Instant:
        now = host_clock()
        try:
            return Instant(now.wall_s + float(path.read_text()), now.steady_s)
        except (OSError, ValueError):
            return now

    return functools.partial(ClockWatch, read)


def main(job_file: Path) -> int:
    end_with_parent()
    words = json.loads(job_file.read_text())
    folder = job_file.parent
    log_to_stderr(camera=words["camera_id"])
    edge.worker.ClockWatch = clock_from(folder / "clock_offset")
    live = words["source"].startswith("rtsp://")
    job = Job(
        source=words["source"],
        scene=SCENE.model_copy(update={"camera_id": words["camera_id"]}),
        mode="follow" if live else "loop",
        make_watcher=lambda: LiveWatcher(folder) if live else ScriptedWatcher(words["moments_s"]),
    )
    settings = WorkerSettings.model_validate(words["settings"])
    return run_worker(job, settings, StoreSettings.from_environment())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
