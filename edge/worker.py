"""One camera, watched: pictures in, proven and delivered violations out.

    reader thread -> ring + queue -> analyser (main thread) -> prover thread -> outbox -> delivery thread

Nothing that has been proven is lost by a kill -9: what was on disk is delivered first, and a clip is played
again under the same moments, so that its events get the same ids.
"""

from __future__ import annotations

import json
import logging
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Literal

from edge.arenas import bound_arenas
from edge.backend_link import BackendLink
from edge.capture import SourceError, SourceStatus, is_stream, open_source, redacted
from edge.clock import ClockWatch, Play, PlayBook
from edge.delivery import Delivery
from edge.device import DeviceError, load_or_create, lock_folder
from edge.evidence.ring import FrameRing
from edge.health.guard import HealthGuard
from edge.health.keep import ReferenceFile
from edge.health.types import Finding
from edge.heartbeat import CameraGauge, HeartbeatSender, OrderTaker, WatcherGauges
from edge.outbox import Outbox
from edge.prover import Prover, ProverCounts
from edge.quota import Quota
from edge.recovery import recover
from edge.reload import SceneReload
from edge.report import RuleName, Scene
from edge.scene_file import SceneError
from edge.settings import StoreSettings, WorkerSettings
from edge.status import StatusWriter
from edge.store import EvidenceStore
from edge.upkeep import ReleaseState
from edge.watching import Reader, Watcher, watch

log = logging.getLogger(__name__)

Mode = Literal["once", "loop", "follow"]

EXIT_DONE, EXIT_SOURCE_FAILED, EXIT_NOT_DELIVERED = 0, 1, 3
_POLL_S = 0.2
_REMEMBER_STORED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Job:
    """What to watch and how.

    `mode`: `once` plays a clip to its end, delivers everything and returns; `loop` plays it again and again;
    `follow` watches until told to stop. `realtime` plays a clip at its own pace, as a camera would. `reload`
    says when the camera file has changed, `orders` does what the backend asks for, `release` tells which
    version the box runs and which it was asked to take.
    """

    source: str
    scene: Scene
    mode: Mode
    make_watcher: Callable[[], Watcher]
    realtime: bool = True
    reload: SceneReload | None = None
    orders: OrderTaker | None = None
    release: Callable[[], ReleaseState | None] = lambda: None


class Worker:
    """Everything one data folder needs to watch one camera. Use `run_worker`."""

    def __init__(
        self, job: Job, settings: WorkerSettings, store: StoreSettings, stop: threading.Event
    ) -> None:
        self._job, self._settings, self._stop = job, settings, stop
        self._device = load_or_create(settings.device_folder or settings.data_folder, settings.device_name)
        self._outbox = Outbox(
            settings.outbox_file,
            now=_utc_now,
            retry_first_s=settings.retry_first_s,
            retry_cap_s=settings.retry_cap_s,
        )
        self._clock = ClockWatch(
            step_s=settings.clock_step_s,
            settle_s=settings.clock_settle_s,
            not_before=_last_running(settings.status_file),
        )
        self._plays = PlayBook(settings.data_folder / "plays.json", _utc_now)
        self._link = BackendLink(settings.backend_url, self._device, timeout_s=settings.request_timeout_s)
        self._delivery = Delivery(
            self._outbox, EvidenceStore(store, timeout_s=settings.request_timeout_s), self._link, settings
        )
        self._camera = CameraGauge(settings.stall_s)
        self._counts = ProverCounts()
        self._ring = self._new_ring()
        self._scene, self._make_watcher = job.scene, job.make_watcher
        self._source_status = SourceStatus()
        self._quota = Quota(settings, self._outbox)
        self._watcher: Watcher | None = None
        self._health: HealthGuard | None = None
        self._heartbeat = self._new_heartbeat()

    def run(self) -> int:
        """Recover, watch, deliver, stop; the exit code."""
        recover(self._settings, self._outbox, self._device)
        self._outbox.forget_stored(_utc_now() - _REMEMBER_STORED)
        self._delivery.start()
        self._heartbeat.start()
        try:
            return self._watch_by_mode()
        finally:
            deadline_s = self._settings.stop_deadline_s
            self._delivery.stop(deadline_s)
            self._heartbeat.stop(deadline_s)
            self._link.close()
            self._outbox.close()

    def _watch_by_mode(self) -> int:
        while not self._stop.is_set():
            try:
                play = self._watch_source()
            except (SourceError, SceneError) as error:
                self._camera.state, self._camera.detail = "failed", str(error)
                log.error("source failed", extra={"data": {"why": str(error)}})  # noqa: TRY400 - it says all
                if self._job.mode == "once":
                    self._wait_delivered()
                    return EXIT_SOURCE_FAILED
                self._stop.wait(self._settings.stall_s)
                continue
            if self._job.mode == "once":
                return self._finish_once(play)
            if play is not None and not self._stop.is_set():
                self._plays.mark(play, "done")
            if self._job.mode == "follow":
                self._stop.wait()
        return EXIT_DONE

    def _finish_once(self, play: Play | None) -> int:
        delivered = self._wait_delivered()
        if self._stop.is_set():
            return EXIT_DONE
        if not delivered or (play is not None and play.state != "watched"):
            return EXIT_NOT_DELIVERED
        if play is not None:
            self._plays.mark(play, "done")
        if self._counts.lost or self._outbox.counts()["parked"]:
            return EXIT_NOT_DELIVERED
        return EXIT_DONE

    def _wait_delivered(self) -> bool:
        """Wait until the backend has everything; False when stopped or the deadline came first."""
        until_s = time.monotonic() + self._settings.drain_deadline_s
        while not self._stop.is_set():
            waiting = self._outbox.pending()
            if waiting == 0:
                return True
            if time.monotonic() > until_s:
                why = self._delivery.state.last_error
                log.error("not everything was delivered", extra={"data": {"waiting": waiting, "why": why}})
                return False
            self._stop.wait(_POLL_S)
        return False

    def _watch_source(self) -> Play | None:
        """Watch one opening of the source to its end; the pass of a clip, None for a camera."""
        live = is_stream(self._job.source)
        play = None if live else self._plays.begin(self._play_name())
        if play is not None:
            log.info(
                "clip pass goes on" if play.resumed else "clip pass begins",
                extra={"data": {"pass": play.number, "epoch": play.epoch, "state": play.state}},
            )
            if play.state == "watched":
                return play
        source = open_source(
            self._job.source, realtime=self._job.realtime, start_at=play.epoch if play else None
        )
        self._source_status = source.status
        self._ring = self._new_ring()
        self._watcher = self._make_watcher()
        with self._guarding(live=live) as health, self._proving(health, live=live) as prover:
            reader = Reader(
                source, self._ring, self._camera, self._clock, self._stop, lossless=not live, health=health
            )
            ended = watch(
                source, reader, self._watcher, prover, self._stop, renew=partial(self._renewed, prover)
            )
            if ended or live:
                for case in self._watcher.finish():
                    prover.submit(case)
            settled = self._drain(prover, ended=ended, live=live)
        self._camera.state = "ended"
        if play is not None and ended and settled:
            return self._plays.mark(play, "watched")
        return play

    def _renewed(self, prover: Prover, watcher: Watcher) -> Watcher:
        """Who looks at the next picture: another watcher when the camera file has changed.

        What the old one still had in hand is reported under the camera file it was seen with.
        """
        self._camera.detail = ""  # pictures are looked at again: whatever failed before is over
        view = self._job.reload.poll() if self._job.reload is not None else None
        if view is None:
            return watcher
        for case in watcher.finish():
            prover.submit(case)
        self._scene, self._make_watcher = view.scene, view.make_watcher
        prover.scene = self._heartbeat.scene = view.scene
        if self._health is not None:
            self._health.new_view(self._reference_file() if is_stream(self._job.source) else None)
        self._watcher = view.make_watcher()
        return self._watcher

    def _reference_file(self) -> ReferenceFile:
        return ReferenceFile(self._settings.reference_file, self._scene.camera_file_sha256)

    def _drain(self, prover: Prover, *, ended: bool, live: bool) -> bool:
        if ended:
            return prover.drain(self._settings.drain_deadline_s, give_up=self._stop)
        # A clip is played again under the same ids; what a camera showed is gone, so take time to write it.
        return prover.drain(self._settings.stop_deadline_s) if live else False

    @contextmanager
    def _guarding(self, *, live: bool) -> Iterator[HealthGuard]:
        keep = self._reference_file() if live else None  # what films show hangs nowhere
        guard = self._health = HealthGuard(self._clock, live=live, keep=keep, on_change=self._heartbeat.wake)
        guard.start()
        try:
            yield guard
        finally:
            guard.stop()
            self._health = None

    def _findings(self) -> tuple[Finding, ...]:
        health = self._health
        return health.findings() if health is not None else ()

    @contextmanager
    def _proving(self, health: HealthGuard, *, live: bool) -> Iterator[Prover]:
        prover = Prover(
            ring=self._ring,
            outbox=self._outbox,
            device=self._device,
            scene=self._scene,
            settings=self._settings,
            clock=self._clock,
            lossless=not live,
            on_added=self._delivery.wake,
            stopping=self._stop,
            quota=self._quota,
            spoiling=health.spoiling,
            counts=self._counts,
        )
        prover.start()
        try:
            yield prover
        finally:
            prover.stop(self._settings.stop_deadline_s)

    def _play_name(self) -> str:
        path = Path(self._job.source).resolve()
        size_bytes = path.stat().st_size if path.is_file() else 0
        return f"{path}|{size_bytes}|{self._scene.camera_id}|{self._scene.camera_file_sha256}"

    def _rules(self) -> tuple[RuleName, ...]:
        return self._job.reload.current.file.rules if self._job.reload is not None else ()

    def _new_ring(self) -> FrameRing:
        settings = self._settings
        return FrameRing(
            seconds=settings.ring_s, max_bytes=settings.ring_bytes, jpeg_quality=settings.jpeg_quality
        )

    def _new_heartbeat(self) -> HeartbeatSender:
        return HeartbeatSender(
            device=self._device,
            scene=self._job.scene,
            settings=self._settings,
            outbox=self._outbox,
            link=self._link,
            ring=lambda: self._ring,
            camera=self._camera,
            proven=self._counts,
            delivery=self._delivery.state,
            clock=self._clock,
            watcher=lambda: self._watcher.gauges() if self._watcher is not None else WatcherGauges(),
            status=StatusWriter(
                self._settings.status_file, self._outbox, self._quota, lambda: self._source_status
            ),
            health=self._findings,
            shift_px=lambda: self._health.shift_px() if self._health is not None else 0.0,
            reload=self._job.reload,
            rules=self._rules,
            orders=self._job.orders,
            release=self._job.release,
        )


def run_worker(
    job: Job, settings: WorkerSettings, store: StoreSettings, *, stop: threading.Event | None = None
) -> int:
    """Watch one camera until the job is done or a SIGTERM or SIGINT asks for an end; the exit code.

    0 done; 1 the source failed (mode `once`); 3 not everything could be delivered before the deadline, or the
    backend refused a report for good. Raises DeviceError when the data folder is in use or its key unusable.
    """
    bound_arenas()
    stop_asked = stop or threading.Event()
    with lock_folder(settings.data_folder), _signals(stop_asked):
        log.info(
            "worker starts",
            extra={"data": {"camera": job.scene.camera_id, "source": redacted(job.source), "mode": job.mode}},
        )
        try:
            worker = Worker(job, settings, store, stop_asked)
        except sqlite3.Error as error:
            raise DeviceError(
                f"{settings.outbox_file}: cannot be opened ({error}); is the disk full?"
            ) from error
        code = worker.run()
        log.info("worker ends", extra={"data": {"exit_code": code}})
        return code


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        # Not here: the main thread may hold the event's lock at this very moment.
        threading.Thread(target=stop.set, daemon=True).start()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _last_running(status_file: Path) -> datetime | None:
    """When this box last wrote its status: no honest clock stands before that."""
    try:
        return datetime.fromisoformat(json.loads(status_file.read_text())["written_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
