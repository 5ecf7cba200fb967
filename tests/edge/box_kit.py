"""A box to test with: a small real clip, and an analyser that finds events where a script says so."""

from __future__ import annotations

import functools
import importlib
import itertools
import os
import signal
import sys
import threading
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

import edge.worker
from edge.capture import Frame
from edge.clock import ClockWatch, Instant, host_clock
from edge.evidence.case import Case
from edge.heartbeat import WatcherGauges
from edge.journal import log_to_stderr
from edge.report import Measure, Model, Plate, PlateLook, Reason, Scene, TrackPoint, Vehicle
from edge.settings import StoreSettings, WorkerSettings
from edge.worker import Job, run_worker

FPS = 10
WIDTH_PX, HEIGHT_PX = 160, 96

SCENE = Scene(
    camera_id="cam-thu",
    name="Camera thử",
    location="Đường Thử Nghiệm",
    camera_file_sha256="ab" * 32,
    speed_limit_kmh=50,
)


def picture(index: int) -> np.ndarray:
    """A picture that no other frame shows: a bar that moves, on its own grey."""
    image = np.full((HEIGHT_PX, WIDTH_PX, 3), 60 + index % 120, np.uint8)
    column = index * 3 % (WIDTH_PX - 12)
    image[20:70, column : column + 12] = (30, 200, 240)
    return image


def make_clip(path: Path, seconds: float) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.codec_context.time_base = Fraction(1, FPS)
        for index in range(round(seconds * FPS)):
            frame = av.VideoFrame.from_ndarray(picture(index), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def case_at(t_event_s: float, *, track: int = 1, plate: str | None = "61A12345", step: int = 3) -> Case:
    """An event at this stream time, with stills `step` frames before and after it."""
    at = round(t_event_s * FPS)
    return Case(
        rule="red_light",
        act="red_light",
        vehicle=Vehicle(kind="car", confidence=0.9, track=track, box_px=(10.0 + track * 20, 20, 30, 30)),
        plate=plate and _plate(plate, at),
        plate_crop=picture(at)[20:50, 10:60] if plate else None,
        t_start_s=max(t_event_s - 0.5, 0.0),
        t_event_s=t_event_s,
        t_end_s=t_event_s + 0.5,
        still_frames=(max(at - step, 0), at, at + step),
        measures=(Measure(name="red_for", value=1.2, unit="s", lower_95=1.1, upper_95=1.3),),
        reasons=(Reason(vi="Đèn đã đỏ 1,2 s.", en="The light had been red for 1.2 s."),),
        track=(TrackPoint(t_s=t_event_s, x_m=1.0, y_m=2.0, box_px=(10, 20, 30, 30)),),
        models=(Model(name="scripted", version="1", sha256="cd" * 32),),
    )


def _plate(text: str, frame: int) -> Plate:
    return Plate(
        text=text,
        display=f"{text[:3]}-{text[3:6]}.{text[6:]}",
        confidence=0.97,
        layout="two_line",
        ground_colour="white",
        looks=(PlateLook(frame=frame, t_s=frame / FPS, text=text, confidence=0.97),),
    )


class ScriptedWatcher:
    """Finds an event `late_s` after each of the scripted moments, as an analyser does."""

    def __init__(self, moments_s: Sequence[float], late_s: float = 0.4) -> None:
        self._open = [(moment_s, track) for track, moment_s in enumerate(moments_s, start=1)]
        self._late_s = late_s
        self._seen = 0

    def feed(self, frame: Frame) -> list[Case]:
        ready = [entry for entry in self._open if entry[0] + self._late_s <= frame.t_s]
        return self._take(ready)

    def finish(self) -> list[Case]:
        return self._take(list(self._open))

    def _take(self, ready: list[tuple[float, int]]) -> list[Case]:
        self._open = [entry for entry in self._open if entry not in ready]
        self._seen += len(ready)
        return [case_at(moment_s, track=track, plate=plate_of(track)) for moment_s, track in ready]

    def gauges(self) -> WatcherGauges:
        return WatcherGauges("red", self._seen, 0)


def plate_of(track: int) -> str:
    return f"61A{10000 + track}"


def run_scripted(script: dict[str, object], stop: threading.Event | None = None) -> int:
    """Run the real worker with everything real but the analyser."""
    moments_s = [float(moment_s) for moment_s in script["moments_s"]]
    job = Job(
        source=script["source"],
        scene=SCENE,
        mode=script.get("mode", "once"),
        make_watcher=lambda: ScriptedWatcher(moments_s),
        realtime=bool(script.get("realtime", False)),
    )
    settings = WorkerSettings.model_validate(script["settings"])
    return run_worker(job, settings, StoreSettings.from_environment(), stop=stop)


def die_at(owner: str, name: str, when: str, number: int) -> None:
    """End this process by SIGKILL `before` or `after` the n-th call of a function."""
    module, _, class_name = owner.partition(":")
    target = importlib.import_module(module)
    target = getattr(target, class_name) if class_name else target
    honest, calls = getattr(target, name), itertools.count(1)

    def deadly(*args, **keywords):
        last = next(calls) == number
        if last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = honest(*args, **keywords)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(target, name, deadly)


def step_clock(after_s: float, jump_s: float) -> None:
    """The host's wall clock is set `after_s` after the first look at it."""
    begun: list[float] = []

    def read() -> Instant:
        now = host_clock()
        begun.append(now.steady_s)
        stepped = now.steady_s - begun[0] >= after_s
        return Instant(now.wall_s + jump_s, now.steady_s) if stepped else now

    edge.worker.ClockWatch = functools.partial(ClockWatch, read)


def main(script: dict[str, object], log: str, environment: dict[str, str]) -> None:
    """The worker as a process of its own: `kill -9` is real."""
    with Path(log).open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(environment)
    log_to_stderr()
    if "die_at" in script:
        die_at(**script["die_at"])
    if "clock_step" in script:
        step_clock(**script["clock_step"])
    sys.exit(run_scripted(script))
