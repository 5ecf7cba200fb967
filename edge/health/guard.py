"""The health of a running worker's camera: takes looks at its pictures, and tells when something changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from edge.capture import Frame
from edge.clock import ClockWatch, Instant
from edge.health.keep import ReferenceFile
from edge.health.look import look_at
from edge.health.monitor import HealthLimits, Monitor
from edge.health.types import Fault, Finding

log = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 0.25
_TICK_S: Final = 0.25


class HealthGuard:
    """Safe from several threads: one gives pictures, another asks what they are worth.

    `on_change` is called, from any of them, when a fault begins or ends.
    """

    def __init__(
        self,
        clock: ClockWatch,
        *,
        live: bool,
        keep: ReferenceFile | None = None,
        limits: HealthLimits | None = None,
        on_change: Callable[[], None] = lambda: None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._keep, self._on_change, self._steady = clock, keep, on_change, steady
        self._monitor = Monitor(limits, keep.load() if keep else (), live=live, now_s=steady())
        self._kept, self._live, self._begun_s = 0, live, steady()
        self._looked_s = float("-inf")
        self._lock = threading.Lock()
        self._told: frozenset[Fault] = frozenset()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Watch also while no pictures come."""
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End watching; what was found stays to be asked for."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_TICK_S * 4)

    def frame(self, frame: Frame, instant: Instant) -> None:
        """A picture has come; a few a second are looked at."""
        due = frame.t_s - self._looked_s >= _LOOK_EVERY_S
        look = look_at(frame.picture.luma()) if due else None
        # A film is judged by its own time: a busy box plays it slower than life.
        now_s = instant.steady_s if self._live else self._begun_s + frame.t_s
        with self._lock:
            self._monitor.seen(frame.t_s, now_s)
            if look is not None:
                self._looked_s = frame.t_s
                self._monitor.look(look, frame.t_s, now_s)
        self._tell()
        self._keep_references()

    def new_view(self, keep: ReferenceFile | None) -> None:
        """The camera was marked anew: what it saw before is no reference any more."""
        with self._lock:
            self._monitor.new_view(keep.load() if keep else ())
            self._keep, self._kept = keep, 0

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong now, the worst first."""
        with self._lock:
            found = self._monitor.findings()
        stepped_s = self._clock.unsettled_since_s()
        return found if stepped_s is None else (*found, Finding("clock_stepped", stepped_s))

    def spoiling(self, from_s: float, to_s: float) -> Fault | None:
        """The fault that touches this stretch of stream time, which then proves nothing; None when well."""
        with self._lock:
            return self._monitor.spoiling(from_s, to_s)

    def shift_px(self) -> float:
        """How far the last picture lay from the reference, px."""
        with self._lock:
            return self._monitor.shift_px()

    def _run(self) -> None:
        while not self._stop.wait(_TICK_S):
            with self._lock:
                self._monitor.tick(self._steady())
            self._tell()

    def _tell(self) -> None:
        found = self.findings()
        faults = frozenset(one.fault for one in found)
        with self._lock:
            before, self._told = self._told, faults
        if faults == before:
            return
        for one in found:
            if one.fault not in before:
                log.warning("camera fault", extra={"data": {"fault": one.fault, "why": one.words()[1]}})
        for fault in sorted(before - faults):
            log.info("camera fault is over", extra={"data": {"fault": fault}})
        self._on_change()

    def _keep_references(self) -> None:
        with self._lock:
            version, known = self._monitor.references.version, list(self._monitor.references.known)
        if version != self._kept:
            self._kept = version
            if self._keep is not None:
                self._keep.save(known)


def told(finding: Finding, steady_s: float) -> str:
    """A finding for the operator, in both languages, with since when (UTC)."""
    since = datetime.now(UTC) - timedelta(seconds=max(steady_s - finding.since_s, 0.0))
    vi, en = finding.words()
    return f"{vi}, từ {since:%H:%M:%S} UTC / {en}, since {since:%H:%M:%S} UTC"
