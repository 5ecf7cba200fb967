"""One child process: started to die with us, stopped by its own process id, its words in a log file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")
LOG_TAIL_LINES = 15


class EmbeddedError(RuntimeError):
    """A part could not be started; the message says which, why, and where its log lies."""


def log_tail(log: Path, lines: int = LOG_TAIL_LINES) -> str:
    """The last lines of a log, or an empty string where there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


@dataclass(frozen=True)
class Child:
    """A running (or ended) child process. On Linux it gets `death_signal` when the starting thread ends."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self, *, how: signal.Signals = signal.SIGTERM, within_s: float = 10.0) -> None:
        """Ask, wait, then kill. Safe to call twice."""
        if not self.is_running():
            return
        self.process.send_signal(how)
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    def failure(self, what: str) -> EmbeddedError:
        """An error that names this child, its exit status and the end of its log."""
        status = self.process.poll()
        state = "still running" if status is None else f"exit status {status}"
        return EmbeddedError(f"{self.name}: {what} ({state}). Log: {self.log}\n{log_tail(self.log)}")


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    working_dir: Path | None = None,
    user: str | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start `command` in a session of its own, so that a Ctrl-C in the terminal reaches only us."""
    log.parent.mkdir(parents=True, exist_ok=True)
    launch = [sys.executable, "-I", LAUNCHER, os.getpid(), int(death_signal), user or "-", *command]
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - fixed programs, no shell
            [str(word) for word in launch],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(os.environ if environment is None else environment),
            cwd=working_dir,
            start_new_session=True,
        )
    return Child(name=name, process=process, log=log)


@dataclass
class Deadline:
    """Polling with an end: `while deadline.tick(): ...` waits a little between rounds."""

    within_s: float
    every_s: float = 0.05

    def __post_init__(self) -> None:
        self._until = time.monotonic() + self.within_s
        self._first = True

    def tick(self) -> bool:
        if self._first:
            self._first = False
            return True
        if time.monotonic() >= self._until:
            return False
        time.sleep(self.every_s)
        return True
