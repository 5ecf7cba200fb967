"""Everything countable about one running camera, as `status.json` and the metrics have it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.capture import SourceStatus
from edge.durable import replace_file
from edge.host_time import host_time
from edge.outbox import PENDING, Outbox
from edge.quota import Quota
from edge.upkeep import CameraStatus

FORMAT = 1


@dataclass(frozen=True, slots=True)
class StatusWriter:
    """Writes the status file of one worker."""

    path: Path
    outbox: Outbox
    quota: Quota
    source: Callable[[], SourceStatus]

    def write(self, camera: CameraStatus, words: dict[str, Any]) -> None:
        """The camera's state, `words` of whoever knows more, and what disk, clock and outbox say."""
        room, clock = self.quota.look(), host_time()
        status: dict[str, Any] = {
            "format": FORMAT,
            "written_at": datetime.now(UTC).isoformat(),
            "pid": os.getpid(),
            "rss_bytes": resident_bytes(),
            "camera": camera.model_dump(mode="json", exclude={"thumbnail_jpeg_b64"}),
            "source": asdict(self.source()),
            "outbox": self.outbox.counts(),
            "outbox_oldest_s": self.outbox.oldest_pending_s(),
            "disk": asdict(room) | {"alarm": room.alarm, "dropped_total": self.quota.dropped_total},
            "clock": asdict(clock) if clock is not None else None,
        }
        replace_file(self.path, json.dumps(status | words, indent=1).encode())


def read_status(folder: Path) -> dict[str, Any] | None:
    """The status a worker left in its data folder; None while there is none that can be read."""
    try:
        status = json.loads((folder / "status.json").read_bytes())
    except (OSError, ValueError):
        return None
    return status if isinstance(status, dict) else None


def waiting_of(folders: Iterable[Path]) -> int:
    """How many reports the workers of these data folders still owe, by their last status."""
    total = 0
    for folder in folders:
        counts = (read_status(folder) or {}).get("outbox", {})
        total += sum(int(counts.get(state, 0)) for state in PENDING)
    return total


def resident_bytes() -> int:
    """How much memory this process holds; 0 where the kernel does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def age_s(status: dict[str, Any], now: datetime) -> float:
    """How long ago it was written; infinite when it does not say."""
    try:
        return (now - datetime.fromisoformat(status["written_at"])).total_seconds()
    except (KeyError, TypeError, ValueError):
        return float("inf")
