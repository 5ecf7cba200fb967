"""Whom and when a sign or marking binds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from edge.detector.types import VehicleClass
from edge.rules.acts import is_plated
from edge.scene_file import Hours

LEGAL_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")


def binds(kinds: Sequence[VehicleClass], kind: VehicleClass) -> bool:
    """Whether a sign for `kinds` binds a vehicle of this kind; none named means every motor vehicle."""
    return kind in kinds if kinds else is_plated(kind)


def in_force(hours: Sequence[Hours], at: datetime | None) -> bool | None:
    """Whether a sign with these hours is in force at a moment (aware); None when the moment is not known.

    Begins with `since` and ends before `until`; past midnight when `until` is the earlier.
    """
    if not hours:
        return True
    if at is None:
        return None
    now = at.astimezone(LEGAL_ZONE).time()
    return any(_within(now, span.since, span.until) for span in hours)


def _within(now: time, since: time, until: time) -> bool:
    return since <= now < until if since < until else now >= since or now < until
