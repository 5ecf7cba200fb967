"""Which decided reports are looked at twice, and what two verdicts have in common. Pure."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from penalty.calendar import VIETNAM

_WHOLE: Final = 2**64
_Z_95: Final = 1.959964


@dataclass(frozen=True)
class Verdict:
    """What an officer says of one report. `plate` and `vehicle_kind` count where it is confirmed."""

    verdict: str
    plate: str | None
    vehicle_kind: str | None

    def agrees_with(self, other: Verdict) -> bool:
        """The same word, and of a confirmed one the same vehicle; reasons for a rejection may differ."""
        if self.verdict != other.verdict:
            return False
        return self.verdict == "rejected" or (self.plate, self.vehicle_kind) == (
            other.plate,
            other.vehicle_kind,
        )


def is_drawn(secret_key: str, violation_id: object, share: float) -> bool:
    """Whether this report belongs to the sample: `share` of all do.

    Nobody without the key can tell beforehand, nobody can draw again until it suits, and whoever audits with
    the key finds the same sample.
    """
    digest = hmac.new(secret_key.encode(), f"second review\0{violation_id}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8]) < share * _WHOLE


def notice_wait(now: datetime, due_on: date, wait_h: float) -> datetime | None:
    """Until when the notice of a drawn case waits: some hours, but never into the last legal day."""
    latest = datetime.combine(due_on, time.min, VIETNAM)
    until = min(now + timedelta(hours=wait_h), latest)
    return until if until > now else None


@dataclass(frozen=True)
class Rate:
    """A share of errors with its 95 % interval (Wilson); no interval without a finished second review."""

    checked: int
    wrong: int

    @property
    def share(self) -> float | None:
        return self.wrong / self.checked if self.checked else None

    @property
    def interval_95(self) -> tuple[float, float] | None:
        """Wilson's score interval, which holds for small samples and for no errors at all."""
        if not self.checked:
            return None
        n, p, z2 = self.checked, self.wrong / self.checked, _Z_95**2
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = _Z_95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)
