"""Whether the host's wall clock can be trusted, and the moments of a clip that is played as a camera."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from edge.durable import replace_file


@dataclass(frozen=True, slots=True)
class Instant:
    """One look at both clocks: seconds since 1970 UTC, and seconds that never step."""

    wall_s: float
    steady_s: float

    @property
    def at(self) -> datetime:
        """The wall clock as an aware datetime."""
        return datetime.fromtimestamp(self.wall_s, UTC)


def host_clock() -> Instant:
    """Both clocks of this machine, read one right after the other."""
    return Instant(time.time(), time.monotonic())


class ClockWatch:
    """Notices steps of the wall clock by comparing it with the steady one.

    `look()` is called with every frame and costs two clock reads. A jump by more than `step_s` between two
    looks is a step. Around a step, for `settle_s` on either side, no moment can be vouched for. Slow drift
    below `step_s` is the time service slewing the clock, which the stated uncertainty covers.
    """

    def __init__(
        self,
        read: Callable[[], Instant] = host_clock,
        *,
        step_s: float = 0.5,
        settle_s: float = 2.0,
        not_before: datetime | None = None,
    ) -> None:
        self._read = read
        self._step_s = step_s
        self._settle_s = settle_s
        self._floor_s = not_before.timestamp() if not_before else float("-inf")
        self._lock = threading.Lock()
        self._last: Instant | None = None
        self._steps: deque[float] = deque(maxlen=256)
        self.steps_total = 0

    def look(self) -> Instant:
        """Read both clocks and remember a step, if there was one since the last look."""
        with self._lock:
            now = self._read()
            last = self._last
            if last is not None:
                jump_s = (now.wall_s - last.wall_s) - (now.steady_s - last.steady_s)
                if abs(jump_s) > self._step_s:
                    self._steps.append(now.steady_s)
                    self.steps_total += 1
            self._last = now
            return now

    def unsettled_since_s(self) -> float | None:
        """Steady time of the last step while the clock cannot be trusted after it; None when it can."""
        now = self.look()
        with self._lock:
            last_s = self._steps[-1] if self._steps else None
        if now.wall_s < self._floor_s - self._step_s:
            return now.steady_s if last_s is None else last_s
        return last_s if last_s is not None and now.steady_s - last_s <= self._settle_s else None

    def doubt(self, from_steady_s: float, to_steady_s: float) -> str | None:
        """Why moments between these two steady times cannot be vouched for; None when they can."""
        now = self.look()
        if now.wall_s < self._floor_s - self._step_s:
            return "the host clock stands before the last time this box was running"
        with self._lock:
            near = any(
                from_steady_s - self._settle_s <= step_s <= to_steady_s + self._settle_s
                for step_s in self._steps
            )
        return "the host clock was set while this happened" if near else None


PlayState = Literal["playing", "watched", "done"]


@dataclass(frozen=True, slots=True)
class Play:
    """One pass of a clip, and the wall clock (UTC) of its first frame.

    `playing` until its last frame was seen and every event of it is in the outbox, then `watched` until the
    outbox is empty, then `done`. A pass that was cut short goes on under the same moments.
    """

    source_sha256: str
    number: int
    epoch: datetime
    state: PlayState
    resumed: bool


class _Entry(BaseModel):
    number: int
    epoch: AwareDatetime
    state: PlayState


_ENTRIES = TypeAdapter(dict[str, _Entry])


class PlayBook:
    """Remembers in the data folder which clip is being played since when.

    So a worker that was killed plays the clip again under the same moments, and every event of it gets the
    same report id as before.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def begin(self, source: str) -> Play:
        """The pass of this clip (and camera file) that was not done, or a new one from now on."""
        digest = hashlib.sha256(source.encode()).hexdigest()
        entry = self._load().get(digest)
        if entry is not None and entry.state != "done":
            return Play(digest, entry.number, entry.epoch, entry.state, resumed=True)
        moment = self._now().astimezone(UTC)
        epoch = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        number = 1 if entry is None else entry.number + 1
        return self.mark(Play(digest, number, epoch, "playing", resumed=False), "playing")

    def mark(self, play: Play, state: PlayState) -> Play:
        """Write down how far this pass has come."""
        plays = self._load()
        plays[play.source_sha256] = _Entry(number=play.number, epoch=play.epoch, state=state)
        replace_file(self._path, _ENTRIES.dump_json(plays, indent=1))
        return replace(play, state=state)

    def _load(self) -> dict[str, _Entry]:
        if not self._path.exists():
            return {}
        return _ENTRIES.validate_json(self._path.read_bytes())
