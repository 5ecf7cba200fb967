"""Keeps one process a camera running: restarts what ended or hangs, and lets no camera harm another."""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from edge.box.notify import Notifier
from edge.box.restarts import Restarts

log = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 0.25
_HANGS_AFTER_S: Final = 60.0
_STARTS_WITHIN_S: Final = 300.0
"""Loading the networks and trying the engines takes a small box that is busy a minute or more."""
_STOP_WITHIN_S: Final = 25.0
_WATCHDOG_EVERY_S: Final = 5.0

Spawn = Callable[[str], "subprocess.Popen[bytes]"]


@dataclass(slots=True)
class Child:
    """One camera's process. `status_file` is written every few seconds by a process that is well."""

    camera_id: str
    status_file: Path
    restarts: Restarts
    process: subprocess.Popen[bytes] | None = None
    due_s: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True)
class Supervisor:
    """Use `run`, which ends when `stop` is set and all children have ended.

    `is_launched`: whoever began it may begin another version next, so its end is not the service's.
    """

    cameras: Sequence[tuple[str, Path]]
    spawn: Spawn
    stop: threading.Event
    notifier: Notifier = field(default_factory=lambda: Notifier({}))
    is_launched: bool = False
    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    hangs_after_s: float = _HANGS_AFTER_S
    starts_within_s: float = _STARTS_WITHIN_S
    children: dict[str, Child] = field(default_factory=dict)
    _told_s: float = float("-inf")

    def run(self) -> None:
        """Start all, restart what ends, and end all."""
        for camera_id, status_file in self.cameras:
            self.children[camera_id] = Child(camera_id, status_file, Restarts(self.steady()))
        self.notifier.say(READY=1)
        try:
            while not self.stop.is_set():
                self.step()
                self.stop.wait(_LOOK_EVERY_S)
        finally:
            if not self.is_launched:
                self.notifier.say(STOPPING=1)
            self._end_all()

    def pids(self) -> frozenset[int]:
        """The processes that run now."""
        running = [child.process for child in tuple(self.children.values()) if child.is_running]
        return frozenset(process.pid for process in running if process is not None)

    def step(self) -> None:
        """Look at each process once."""
        for child in self.children.values():
            self._look(child)
        now_s = self.steady()
        if now_s - self._told_s >= _WATCHDOG_EVERY_S:
            self._told_s = now_s
            running = sum(child.is_running for child in self.children.values())
            self.notifier.say(WATCHDOG=1, STATUS=f"{running} of {len(self.children)} cameras are watched")

    def _look(self, child: Child) -> None:
        now_s = self.steady()
        if child.process is None:
            if now_s >= child.due_s:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            if self._hangs(child):
                log.error("camera process hangs and is killed", extra={"data": {"camera": child.camera_id}})
                child.process.kill()
            return
        child.process, child.restarts = None, child.restarts.ended(now_s)
        child.due_s = now_s + child.restarts.pause_s
        log.error(
            "camera process ended",
            extra={
                "data": {
                    "camera": child.camera_id,
                    "exit_code": code,
                    "again_in_s": child.restarts.pause_s,
                    "restarts": child.restarts.total,
                }
            },
        )

    def _start(self, child: Child) -> None:
        try:
            child.process = self.spawn(child.camera_id)
        except OSError as error:  # no memory, no process table: the others go on
            child.restarts = child.restarts.ended(self.steady())
            child.due_s = self.steady() + child.restarts.pause_s
            why = {"camera": child.camera_id, "why": str(error)}
            log.error("camera process cannot be started", extra={"data": why})  # noqa: TRY400 - it says all
            return
        child.restarts = child.restarts.begun(self.steady())
        pid = child.process.pid
        log.info("camera process starts", extra={"data": {"camera": child.camera_id, "pid": pid}})

    def _hangs(self, child: Child) -> bool:
        """Neither started within reason nor said anything for long."""
        runs_s = self.steady() - child.restarts.begun_s
        try:
            said_s = self.wall() - child.status_file.stat().st_mtime
        except OSError:
            said_s = float("inf")
        if said_s > runs_s:  # what lies there was written by the one before
            return runs_s > self.starts_within_s
        return said_s > self.hangs_after_s

    def _end_all(self) -> None:
        running = [child.process for child in self.children.values() if child.process is not None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        until_s = self.steady() + _STOP_WITHIN_S
        for process in running:
            try:
                process.wait(max(until_s - self.steady(), 0.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
