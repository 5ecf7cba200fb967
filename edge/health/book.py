"""The faults of a camera on the wall clock, as its box tells them to the backend. Pure: times come in."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from edge.health.types import Fault, Finding
from edge.upkeep import MOST_SPELLS, FaultSpell


@dataclass(slots=True)
class SpellBook:
    """Remembers the latest spells. `note` with what holds now, whenever somebody looks."""

    _past: deque[FaultSpell] = field(default_factory=lambda: deque(maxlen=MOST_SPELLS // 2))
    _open: dict[Fault, datetime] = field(default_factory=dict)

    def note(self, found: Sequence[Finding], steady_s: float, now: datetime) -> tuple[FaultSpell, ...]:
        """All remembered spells, those that go on last; `steady_s` is the clock of the findings."""
        holds = {one.fault: one for one in found}
        for fault, one in holds.items():
            self._open.setdefault(fault, now - timedelta(seconds=max(steady_s - one.since_s, 0.0)))
        for fault in [fault for fault in self._open if fault not in holds]:
            began_at = self._open.pop(fault)
            self._past.append(FaultSpell(fault=fault, began_at=began_at, ended_at=max(now, began_at)))
        going = (FaultSpell(fault=fault, began_at=began_at) for fault, began_at in self._open.items())
        return (*self._past, *going)
