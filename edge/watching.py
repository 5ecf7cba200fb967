"""One opening of a source: reader thread, ring, analyser, prover; from the first picture to the last case."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from edge.capture import Frame, FrameSource
from edge.clock import ClockWatch
from edge.evidence.case import Case
from edge.evidence.ring import FrameRing
from edge.health.guard import HealthGuard
from edge.heartbeat import CameraGauge, WatcherGauges
from edge.prover import Prover

log = logging.getLogger(__name__)

_QUEUE_FRAMES = 8
_FEW_FRAMES = 5
_POLL_S = 0.2
_CLOSE_S = 5.0


class Watcher(Protocol):
    """The analyser as the worker uses it: pictures in, cases out, from one thread."""

    def feed(self, frame: Frame) -> Sequence[Case]:
        """Look at the next picture; the cases that have become certain."""

    def finish(self) -> Sequence[Case]:
        """The stream is over; the cases that were still open."""

    def gauges(self) -> WatcherGauges:
        """Counters for the heartbeat; may be called from another thread at any time."""


class Reader(threading.Thread):
    """Takes pictures from a source into the ring and passes them on to the analyser.

    `lossless`: wait for a slow analyser (a clip). Otherwise pictures it has no time for are skipped by it,
    and counted, but are still in the ring as evidence.
    """

    def __init__(
        self,
        source: FrameSource,
        ring: FrameRing,
        camera: CameraGauge,
        clock: ClockWatch,
        stop: threading.Event,
        *,
        lossless: bool,
        health: HealthGuard | None = None,
    ) -> None:
        super().__init__(name="reader", daemon=True)
        self.frames: queue.Queue[Frame | None] = queue.Queue(_QUEUE_FRAMES)
        self.error: Exception | None = None
        self._source, self._ring, self._camera, self._clock = source, ring, camera, clock
        self._stop_asked = stop
        self._lossless = lossless
        self._health = health

    def run(self) -> None:
        """Read to the end, to an error (kept in `error`), or until stopped."""
        try:
            for frame in self._source:
                if self._stop_asked.is_set():
                    break
                instant = self._clock.look()
                self._ring.add(frame, instant.steady_s)
                self._camera.frame(instant.at, instant.steady_s)
                if self._health is not None:
                    self._health.frame(frame, instant)
                self._pass_on(frame)
        except Exception as error:  # noqa: BLE001 - whatever it was, the main thread decides
            self.error = error
        finally:
            self._ring.end()
            self._pass_end()

    def is_behind(self) -> bool:
        """Whether the analyser has several pictures still to look at."""
        return self.frames.qsize() > _FEW_FRAMES

    def _pass_on(self, frame: Frame) -> None:
        while not self._stop_asked.is_set():
            try:
                self.frames.put(frame, timeout=_POLL_S if self._lossless else 0.0)
            except queue.Full:
                if not self._lossless:
                    self._camera.skipped_total += 1
                    return
            else:
                return

    def _pass_end(self) -> None:
        while not self._stop_asked.is_set():
            try:
                self.frames.put(None, timeout=_POLL_S)
            except queue.Full:
                continue
            return


def watch(
    source: FrameSource,
    reader: Reader,
    watcher: Watcher,
    prover: Prover,
    stop: threading.Event,
    *,
    renew: Callable[[Watcher], Watcher] = lambda watcher: watcher,
) -> bool:
    """Feed every picture to the watcher and every case to the prover; whether the source came to its end.

    `renew` is asked before each picture who shall look at it: the same watcher, or one for another scene.

    Raises what the reader raised (SourceError). When stopped before the end the watcher is not finished: the
    caller decides whether its open cases are worth having.
    """
    prover.is_behind = reader.is_behind
    reader.start()
    try:
        while not stop.is_set():
            try:
                frame = reader.frames.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if frame is None:
                break
            watcher = renew(watcher)
            for case in watcher.feed(frame):
                prover.submit(case)
    finally:
        source.close()
        reader.join(_CLOSE_S)
    if reader.error is not None:
        raise reader.error
    return not stop.is_set()
