"""Which version a box runs, which one is on trial, what went wrong last: one small file, changed in one step.

The launcher reads it before anything else of this program has been loaded, so only the standard library,
`edge.durable` and `edge.release_reasons` are used here. Times are ISO 8601 and for people: nothing is decided
by them.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from edge.durable import replace_file
from edge.release_reasons import Reason

STATE_FILE, REASON_FILE, ORDER_FILE, LOCK_FILE = "state.json", "reason.json", "order.json", "lock"
FORMAT: Final = 1
MOST_STARTS: Final = 3
"""How often a version on trial may be started: power cuts must not let it try for ever."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A version that has not shown yet that it is well.

    `starts`: how often it has been started. `before_fps`: pictures a second of each camera that was well
    before the switch.
    """

    version: str
    order_id: str
    starts: int = 0
    selftest_s: float = 0.0
    before_fps: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """A version that was not kept, and why: in words and, where there is a code for it, as `reason`."""

    version: str
    order_id: str
    why: str
    at: str
    log_lines: tuple[str, ...] = ()
    reason: Reason | None = None

    @classmethod
    def of(
        cls, version: str, order_id: str, why: Reason | str, at: str, log_lines: tuple[str, ...] = ()
    ) -> Failure:
        if isinstance(why, str):
            return cls(version, order_id, why, at, log_lines)
        return cls(version, order_id, why.words, at, log_lines, why)


@dataclass(frozen=True, slots=True)
class State:
    """`current`: the version that is run and known to be well; empty is the one the box was installed with.

    `order_id`: under which order it came. `phase`, `trouble`: how far the wanted version is, for people.
    """

    current: str = ""
    previous: str | None = None
    since: str = ""
    order_id: str = ""
    selftest_s: float | None = None
    trial: Trial | None = None
    failure: Failure | None = None
    phase: str = "idle"
    trouble: str = ""

    @property
    def version(self) -> str:
        """What is to be started: the one on trial, else the current one."""
        return self.trial.version if self.trial is not None else self.current


def begun(state: State, trial: Trial) -> State:
    """Put a version on trial; the current one stays what is gone back to."""
    return replace(state, trial=replace(trial, starts=0), phase="trial", trouble="")


def started(state: State, at: str) -> State:
    """One more start is about to happen; a version on trial that had enough of them is gone back from."""
    if state.trial is None:
        return state
    if state.trial.starts >= MOST_STARTS:
        return fallen(state, Reason("begun_often", times=MOST_STARTS), at)
    return replace(state, trial=replace(state.trial, starts=state.trial.starts + 1))


def unstarted(state: State) -> State:
    """A start that does not count: the version on trial could not show anything."""
    if state.trial is None:
        return state
    return replace(state, trial=replace(state.trial, starts=max(state.trial.starts - 1, 0)))


def fallen(state: State, why: Reason | str, at: str, log_lines: tuple[str, ...] = ()) -> State:
    """The version on trial was not well: the current one is run again."""
    if state.trial is None:
        return state
    failure = Failure.of(state.trial.version, state.trial.order_id, why, at, log_lines)
    return replace(state, trial=None, failure=failure, phase="idle", trouble="")


def confirmed(state: State, version: str, at: str) -> State:
    """The version on trial is well, if it is the one that says so; what ran before stays on the disk."""
    trial = state.trial
    if trial is None or trial.version != version:
        return state
    return State(
        current=version,
        previous=state.current,
        since=at,
        order_id=trial.order_id,
        selftest_s=trial.selftest_s,
    )


def given_up(state: State, why: Reason | str, at: str, log_lines: tuple[str, ...] = ()) -> State:
    """The current version cannot be kept running: the one before it is run again, or the first of all."""
    failure = Failure.of(state.current, state.order_id, why, at, log_lines)
    return State(current=state.previous or "", since=at, failure=failure)


def lost(state: State, running: str, at: str) -> State:
    """The files of the current version are gone, and another one was begun for it: that one is current."""
    failure = Failure.of(state.current, state.order_id, Reason("files_gone"), at)
    return State(current=running, since=at, failure=failure)


def refused(state: State, version: str, order_id: str, why: Reason | str, at: str) -> State:
    """A wanted version was not even begun."""
    return replace(state, failure=Failure.of(version, order_id, why, at), phase="idle", trouble="")


def is_settled(state: State, version: str, order_id: str) -> bool:
    """Whether nothing is to be done for this order: it was followed, or has failed before."""
    if state.failure is not None and state.failure.order_id == order_id:
        return True
    return state.trial is not None or (state.current == version)


def read_state(folder: Path) -> State:
    """The state of a box; the first of all where it never took a release, or its file cannot be read."""
    try:
        found = json.loads((folder / STATE_FILE).read_bytes())
        return _with_reason(folder, _state(found))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return State()


def change(folder: Path, how: Callable[[State], State]) -> State:
    """Change the state in one step that nobody else's change can come between. Raises OSError (disk full)."""
    with _locked(folder):
        before = read_state(folder)
        after = how(before)
        if after != before:
            said = {"format": FORMAT, **asdict(after)}
            if after.failure is not None:
                if after.failure != before.failure:
                    _keep_reason(folder, after.failure)
                del said["failure"]["reason"]
            replace_file(folder / STATE_FILE, json.dumps(said, ensure_ascii=False, indent=1).encode())
        return after


def _keep_reason(folder: Path, failure: Failure) -> None:
    """Beside the state, under its words: a launcher that knows no reasons reads the state as ever."""
    if failure.reason is None:
        return
    said = {"why": failure.why, **asdict(failure.reason)}
    with contextlib.suppress(OSError):  # the words alone do as well
        replace_file(folder / REASON_FILE, json.dumps(said, ensure_ascii=False).encode())


def _with_reason(folder: Path, state: State) -> State:
    if state.failure is None:
        return state
    try:
        found = json.loads((folder / REASON_FILE).read_bytes())
        if found.pop("why") != state.failure.why:
            return state
        return replace(state, failure=replace(state.failure, reason=Reason(**found)))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return state


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _state(found: dict[str, Any]) -> State:
    if found.pop("format") != FORMAT:
        raise ValueError("a format that this program does not know")
    trial, failure = found.pop("trial"), found.pop("failure")
    if failure is not None:
        failure = Failure(**{**failure, "log_lines": tuple(failure["log_lines"])})
    return State(**found, trial=Trial(**trial) if trial is not None else None, failure=failure)
