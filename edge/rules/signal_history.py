"""What the signal head showed and when, without flicker; every change is known to a span of time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from edge.detector.types import SignalState

_SETTLE_S: Final = 0.1
_SETTLE_READINGS: Final = 2
_BRIDGE_S: Final = 0.5
_BLIND_BRIDGE_S: Final = 1.0
_MAX_GAP_S: Final = 1.0
_MAX_PHASES: Final = 200
_BLIND: Final[frozenset[SignalState]] = frozenset({"unknown", "dark"})


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of one state, begun after `before_s` and by `first_s`, seen to hold until `last_s`.

    `before_s` is the last moment something else was seen; equal to `first_s` when the stream began with this
    state, whose beginning then is not known.
    """

    state: SignalState
    before_s: float
    first_s: float
    last_s: float


class SignalHistory:
    """Add every reading in the order of time, then ask. The oldest phases are forgotten."""

    def __init__(self) -> None:
        self._phases: deque[Phase] = deque(maxlen=_MAX_PHASES)
        self._pending: tuple[SignalState, float, int] | None = None
        self._newest_s = float("-inf")

    @property
    def state(self) -> SignalState:
        """The settled state now."""
        return self._phases[-1].state if self._phases else "unknown"

    @property
    def phases(self) -> tuple[Phase, ...]:
        """All remembered phases, oldest first."""
        return tuple(self._phases)

    def add(self, t_s: float, state: SignalState) -> None:
        """Take in one reading. Raises ValueError when time does not go forward."""
        if t_s <= self._newest_s:
            raise ValueError(f"signal reading at {t_s:.3f} s is not later than {self._newest_s:.3f} s")
        gap, self._newest_s = t_s - self._newest_s > _MAX_GAP_S, t_s
        if not self._phases or gap:
            self._open(state, t_s, t_s)
            return
        current = self._phases[-1]
        if state == current.state:
            self._phases[-1] = replace(current, last_s=t_s) if self._bridges(t_s) else current
            if not self._bridges(t_s):
                self._open(state, current.last_s, t_s)
            self._pending = None
            return
        self._consider(state, t_s)

    def _bridges(self, t_s: float) -> bool:
        """Whether what was seen since the current phase is short enough to have been flicker."""
        if self._pending is None:
            return True
        limit_s = _BLIND_BRIDGE_S if self._pending[0] in _BLIND else _BRIDGE_S
        return t_s - self._phases[-1].last_s <= limit_s

    def _consider(self, state: SignalState, t_s: float) -> None:
        if self._pending is None or self._pending[0] != state:
            self._pending = (state, t_s, 1)
        else:
            self._pending = (state, self._pending[1], self._pending[2] + 1)
        _, first_s, readings = self._pending
        settle_s = _BLIND_BRIDGE_S if state in _BLIND else _SETTLE_S
        if readings >= _SETTLE_READINGS and t_s - first_s >= settle_s:
            self._open(state, self._phases[-1].last_s, first_s, t_s)

    def _open(self, state: SignalState, before_s: float, first_s: float, last_s: float | None = None) -> None:
        self._phases.append(Phase(state, before_s, first_s, first_s if last_s is None else last_s))
        self._pending = None

    def phase_at(self, t_s: float) -> Phase | None:
        """The phase seen to hold at `t_s`; None while the head was changing or nobody looked."""
        return next((one for one in reversed(self._phases) if one.first_s <= t_s <= one.last_s), None)
