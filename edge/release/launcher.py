"""`phatnguoi-edge-launch BOX.toml`: starts the version that is in force, and goes back from a bad one.

This part of the program is installed with the box and no release changes it. It knows nothing of cameras and
uses the standard library only, so that no release, however broken, can keep it from starting the one before.
A version on trial is given some minutes to confirm itself; whether it then ends, hangs or was never well: the
former version is begun again. Time is counted on the steady clock.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO, Final

from edge.box.notify import Notifier
from edge.box.orphan import end_with_parent
from edge.journal import redacted
from edge.release.places import (
    BAD_BOX_FILE,
    BASE_VARIABLE,
    FOLDER_VARIABLE,
    app_of,
    folder_of,
    own_version,
)
from edge.release.state import State, change, fallen, given_up, read_state, started, unstarted
from edge.release_reasons import Reason

CONFIRM_WITHIN_S: Final = 300.0
_LOOK_EVERY_S: Final = 0.1
STOP_WITHIN_S: Final = 40.0
_FREE_WITHIN_S: Final = 60.0
_REST_WITHIN_S: Final = 25.0
_SHORT_RUN_S: Final = 60.0
_MOST_SHORT_RUNS: Final = 5
_LONGEST_PAUSE_S: Final = 30.0
_WATCHDOG_EVERY_S: Final = 5.0
_BEGINS_WITHIN_S: Final = 120.0
"""For so long the launcher answers the watchdog for what it has started; then that must do it itself."""
_KEPT_LINES: Final = 40
_LONGEST_LINE: Final = 500
_LONGEST_READ: Final = 65_536


@dataclass(slots=True)
class Launcher:
    """One box's. `command`: what is started, after the Python that runs this; `config`: the box file."""

    folder: Path
    data: Path
    command: tuple[str, ...]
    base: str
    config: Path | None = None
    confirm_within_s: float = CONFIRM_WITHIN_S
    first_pause_s: float = 2.0
    steady: Callable[[], float] = time.monotonic
    notifier: Notifier = field(default_factory=lambda: Notifier({}))
    stopping: threading.Event = field(default_factory=threading.Event)
    _tail: deque[str] = field(default_factory=lambda: deque(maxlen=_KEPT_LINES))
    _short_runs: int = 0
    _begun_with: bytes = b""
    _well_with: bytes | None = None
    """The box file as a run found it that could use it."""
    _unusable_since_s: float | None = None

    def run(self) -> int:
        """Start and watch until a SIGTERM or SIGINT asks for an end."""
        while not self.stopping.is_set():
            state = self._next()
            self._wait_until_free()
            began_s = self.steady()
            code = self._watch(state)
            if not self.stopping.is_set():
                self.stopping.wait(self._ended(state, code, self.steady() - began_s))
        return 0

    def _next(self) -> State:
        """What to start now. A trial whose start cannot be written down is not begun: the disk is full."""
        try:
            return change(self.folder, lambda state: started(state, _now()))
        except OSError as error:
            _say(f"the start cannot be written down, the current version is begun: {error}")
            state = read_state(self.folder)
            return State(current=state.current, previous=state.previous)

    def _watch(self, state: State) -> int | None:
        """Run one version to its end; its exit code, None where it could not be started."""
        self._tail.clear()
        self._begun_with = self._file_bytes()
        try:
            process = self._start(state.version)
        except OSError as error:
            _say(f"{state.version or self.base} cannot be started: {error}")
            return None
        try:
            return self._follow(process, state)
        finally:
            self._end_rest(process.pid)

    def _follow(self, process: subprocess.Popen[bytes], state: State) -> int:
        began_s, told_s = self.steady(), float("-inf")
        while process.poll() is None:
            runs_s = self.steady() - began_s
            if runs_s < _BEGINS_WITHIN_S and self.steady() - told_s >= _WATCHDOG_EVERY_S:
                told_s = self.steady()
                self.notifier.say(WATCHDOG=1)
            if self.stopping.is_set():
                return self._end(process)
            if state.trial is not None and runs_s > self.confirm_within_s:
                after = self._change(partial(self._late, version=state.version))
                if after.trial is None and after.current != state.version:
                    return self._end(process)
                state = after
            self.stopping.wait(_LOOK_EVERY_S)
        return process.returncode

    def _end_rest(self, group: int) -> None:
        """Cameras that outlive their supervisor may write what they hold; then they are killed."""
        until_s = self.steady() + _REST_WITHIN_S
        with contextlib.suppress(ProcessLookupError):
            while self.steady() < until_s:
                os.killpg(group, 0)
                self.notifier.say(WATCHDOG=1)
                time.sleep(_LOOK_EVERY_S)
            os.killpg(group, signal.SIGKILL)

    def _late(self, now: State, version: str) -> State:
        if now.trial is None or now.trial.version != version:
            return now
        why = Reason("not_confirmed", within_s=round(self.confirm_within_s), said=now.trouble)
        return fallen(now, why, _now(), tuple(self._tail.copy()))

    def _ended(self, state: State, code: int | None, ran_s: float) -> float:
        """Note how a run ended; how long to wait before the next, in seconds."""
        if self._is_files_fault(state, code):
            self._short_runs += 1
            self._change(unstarted)
            _say("the box file cannot be used; mend it: this is not held against the version that says so")
            return self._pause_s()
        now = read_state(self.folder)
        if now.trial is not None and now.trial.version != state.version:
            self._short_runs = 0
            return 0.0  # it has ended so that the next one may begin
        if now.trial is not None and code is not None:
            why = Reason("ended_early", exit_code=code, ran_s=round(ran_s))
            self._change(lambda one: fallen(one, why, _now(), tuple(self._tail.copy())))
            return 0.0
        if now.failure is not None and now.failure.version == state.version and state.trial is not None:
            return 0.0  # it was gone back from while it ran
        self._short_runs = self._short_runs + 1 if ran_s < _SHORT_RUN_S else 0
        if self._short_runs >= _MOST_SHORT_RUNS and now.current and app_of(self.folder, now.current).is_dir():
            why = Reason("ended_often", times=self._short_runs, within_s=round(_SHORT_RUN_S), exit_code=code)
            self._change(lambda one: given_up(one, why, _now(), tuple(self._tail.copy())))
            self._short_runs = 0
        return self._pause_s()

    def _pause_s(self) -> float:
        return min(self.first_pause_s * 2.0 ** min(self._short_runs, 16), _LONGEST_PAUSE_S)

    def _is_files_fault(self, state: State, code: int | None) -> bool:
        """Whether a run ended because somebody has made the box file unusable.

        A version on trial has read it in its own test: it is believed only where the file was changed, and
        not for longer than a trial may last.
        """
        if code != BAD_BOX_FILE:
            self._unusable_since_s = None
            self._well_with = self._begun_with
            return False
        if state.trial is None:
            return True
        now_s = self.steady()
        self._unusable_since_s = now_s if self._unusable_since_s is None else self._unusable_since_s
        is_changed = self._well_with is not None and self._begun_with != self._well_with
        return is_changed and now_s - self._unusable_since_s <= self.confirm_within_s

    def _file_bytes(self) -> bytes:
        try:
            return self.config.read_bytes() if self.config is not None else b""
        except OSError:
            return b""

    def _change(self, how: Callable[[State], State]) -> State:
        """Where even this cannot be written, what should have been is followed as far as it goes."""
        try:
            after = change(self.folder, how)
        except OSError as error:
            _say(f"the state cannot be written: {error}")
            after = how(read_state(self.folder))
        if after.failure is not None and after.trial is None:
            _say(f"{after.failure.version} is gone back from: {after.failure.why}")
        return after

    def _start(self, version: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, FOLDER_VARIABLE: str(self.folder), BASE_VARIABLE: self.base}
        app = app_of(self.folder, version)
        if version and app.is_dir():
            before = [environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []
            environment["PYTHONPATH"] = os.pathsep.join([str(app), *before])
        elif version not in {"", self.base}:
            _say(f"{version} is not on the disk; {self.base}, which came with the box, is begun")
        command = [sys.executable, "-P", *self.command]
        process = subprocess.Popen(  # noqa: S603 - this program itself, in one version or another
            command,
            env=environment,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - one thread reads stderr, and holds no lock of ours
        )
        assert process.stderr is not None
        threading.Thread(target=self._pass_on, args=(process.stderr,), daemon=True).start()
        return process

    def _pass_on(self, lines: IO[bytes]) -> None:
        """What a version says goes to the journal; the last of it is kept for whoever asks why it failed."""
        for line in iter(lambda: lines.readline(_LONGEST_READ), b""):
            with contextlib.suppress(OSError):
                sys.stderr.buffer.write(line)
                sys.stderr.buffer.flush()
            self._tail.append(redacted(line.decode(errors="replace").rstrip())[:_LONGEST_LINE])

    def _end(self, process: subprocess.Popen[bytes]) -> int:
        process.send_signal(signal.SIGTERM)
        until_s = self.steady() + STOP_WITHIN_S
        while process.poll() is None and self.steady() < until_s:
            self.notifier.say(WATCHDOG=1)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1.0)
        if process.poll() is None:
            process.kill()
        return process.wait()

    def _wait_until_free(self) -> None:
        """A version that was cut off from its launcher takes some seconds to end."""
        self.data.mkdir(parents=True, exist_ok=True)
        until_s = self.steady() + _FREE_WITHIN_S
        with (self.data / "worker.lock").open("a") as file:
            while self.steady() < until_s and not self.stopping.is_set():
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    self.stopping.wait(_LOOK_EVERY_S)
                else:
                    return


def main() -> int:
    """The command. Without a readable box file the box itself is started, which says what is wrong."""
    arguments = sys.argv[1:]
    if len(arguments) != 1 or arguments[0].startswith("-"):
        _say("usage: phatnguoi-edge-launch BOX.toml")
        return 2
    config = Path(arguments[0]).resolve()
    command = ("-m", "edge.cli", "box", str(config))
    said = _box_file(config)
    data = said.get("data")
    if not isinstance(data, str):
        return subprocess.call([sys.executable, *command])  # noqa: S603 - this program itself
    home = config.parent / data
    releases = said.get("releases")
    within_s = releases.get("confirm_within_s") if isinstance(releases, dict) else None
    launcher = Launcher(
        folder=folder_of(home),
        data=home,
        command=command,
        base=own_version(),
        config=config,
        confirm_within_s=float(within_s) if isinstance(within_s, (int, float)) else CONFIRM_WITHIN_S,
        notifier=Notifier(),
    )
    _stop_on_signals(launcher)
    with _alone(launcher.folder):
        return launcher.run()


def _box_file(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError):
        return {}


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "launcher.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"{folder}: another launcher runs this box; stop it first")
            raise SystemExit(1) from None
        yield


def _stop_on_signals(launcher: Launcher) -> None:
    def ask(_number: int, _frame: FrameType | None) -> None:
        launcher.notifier.say(STOPPING=1)
        launcher.stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)


def _say(words: str) -> None:
    line = redacted(words)
    print(f"phatnguoi-edge-launch: {line}", file=sys.stderr, flush=True)  # noqa: T201 - to the journal


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main())
