"""How much disk the evidence may take, and what goes first when it is too much.

In this order: evidence that the backend has and the box was told to keep, the oldest first; then nothing.
What has not been delivered is never deleted. New events then wait in memory, the operator is told, and only
what no longer fits there is lost, counted and written to the journal.
"""

from __future__ import annotations

import errno
import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from edge.outbox import Outbox
from edge.settings import WorkerSettings

log = logging.getLogger(__name__)

_NEARLY: Final = 0.8


@dataclass(frozen=True, slots=True)
class Room:
    """What evidence takes on disk, what it may take (0: as much as there is), and what the disk has left."""

    used_bytes: int
    quota_bytes: int
    free_bytes: int
    least_free_bytes: int

    @property
    def is_full(self) -> bool:
        """Whether no new evidence may be written."""
        over = 0 < self.quota_bytes <= self.used_bytes
        return over or self.free_bytes < self.least_free_bytes

    @property
    def alarm(self) -> str:
        """What the operator is told, in both languages; empty while there is room."""
        if self.is_full:
            return (
                "Hết chỗ cho chứng cứ: vi phạm mới phải chờ và có thể mất"
                " / No room for evidence: new violations wait and may be lost"
            )
        share = max(
            self.used_bytes / self.quota_bytes if self.quota_bytes else 0.0,
            2 * self.least_free_bytes / self.free_bytes if self.free_bytes else 1.0,
        )
        if share < _NEARLY:
            return ""
        return "Sắp hết chỗ cho chứng cứ / Room for evidence is running out"


@dataclass(slots=True)
class Quota:
    """Watches one evidence folder. Used by one thread; `room` may be read from any."""

    settings: WorkerSettings
    outbox: Outbox
    dropped_total: int = 0
    room: Room = field(default_factory=lambda: Room(0, 0, 0, 0))

    def need_room(self) -> None:
        """Make room for one more event by the stated order. Raises OSError (ENOSPC) when there is none."""
        self.room = self._measure()
        if self.room.is_full and self._drop_delivered():
            self.room = self._measure()
        if not self.room.is_full:
            return
        room = self.room
        if room.quota_bytes and room.used_bytes >= room.quota_bytes:
            words = f"evidence takes {room.used_bytes} bytes, the quota is {room.quota_bytes}"
        else:
            words = f"only {room.free_bytes} bytes free, evidence needs {room.least_free_bytes}"
        raise OSError(errno.ENOSPC, words)

    def look(self) -> Room:
        """Measure again, without dropping anything."""
        self.room = self._measure()
        return self.room

    def _drop_delivered(self) -> bool:
        """Delete copies of what the backend has, the oldest first, until there is room; whether any went."""
        dropped = 0
        for report_id in self.outbox.ids("stored"):
            folder = self.settings.evidence_folder / report_id
            if not folder.is_dir():
                continue
            shutil.rmtree(folder, ignore_errors=True)
            dropped += 1
            if not self._measure().is_full:
                break
        if dropped:
            self.dropped_total += dropped
            log.warning("delivered evidence dropped for room", extra={"data": {"reports": dropped}})
        return dropped > 0

    def _measure(self) -> Room:
        folder = self.settings.evidence_folder
        used = sum(_size(path) for path in folder.rglob("*")) if self.settings.evidence_quota_bytes else 0
        return Room(
            used_bytes=used,
            quota_bytes=self.settings.evidence_quota_bytes,
            free_bytes=shutil.disk_usage(folder).free,
            least_free_bytes=self.settings.minimum_free_bytes,
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:  # delivered and removed while it was counted
        return 0
