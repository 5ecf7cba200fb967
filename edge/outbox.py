"""What a box still owes the backend, in a SQLite file that survives kill -9 and power cuts.

A row is added once its evidence folder is whole on disk, and leaves the states `waiting` and `uploaded` only
when the backend has said "stored" (or has refused for good: `parked`, kept for a person to look at).
"""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast, get_args

OutboxState = Literal["waiting", "uploaded", "stored", "parked"]
STATES: tuple[OutboxState, ...] = get_args(OutboxState)
PENDING: tuple[OutboxState, ...] = ("waiting", "uploaded")

SAME_PLATE_WITHIN_S = 0.75
"""Two reports of one plate under one rule closer than this are one event seen twice."""
SAME_PLACE_WITHIN_S = 0.12
"""No second vehicle can stand where the first one stood this short a time before."""
SAME_PLACE_OVERLAP = 0.5

FORMAT = 1
"""Of the file on disk: versions of this program that share a box must agree on it."""
_SCHEMA = """
CREATE TABLE report (
    report_id       TEXT PRIMARY KEY,
    camera_id       TEXT NOT NULL,
    rule            TEXT NOT NULL,
    event_at_s      REAL NOT NULL,
    plate           TEXT,
    box_x_px REAL NOT NULL, box_y_px REAL NOT NULL, box_w_px REAL NOT NULL, box_h_px REAL NOT NULL,
    payload_sha256  TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'uploaded', 'stored', 'parked')),
    force_upload    INTEGER NOT NULL DEFAULT 0,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_s  REAL NOT NULL,
    last_error      TEXT,
    violation_id    TEXT,
    added_at_s      REAL NOT NULL,
    stored_at_s     REAL
) STRICT;
CREATE INDEX report_due ON report (state, added_at_s);
CREATE INDEX report_when ON report (camera_id, rule, event_at_s);
"""
_COLUMNS = (
    "report_id, camera_id, rule, event_at_s, plate, box_x_px, box_y_px, box_w_px, box_h_px, payload_sha256, "
    "state, force_upload, attempts, next_attempt_s, last_error, violation_id"
)

BoxPx = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What makes an event the same event: who, where and when. `event_at_s` is seconds since 1970 UTC."""

    report_id: str
    camera_id: str
    rule: str
    event_at_s: float
    plate: str | None
    box_px: BoxPx

    def is_same_event(self, other: Sighting) -> bool:
        """Whether both are one event, although a replay may have read it slightly differently."""
        if self.report_id == other.report_id:
            return True
        if (self.camera_id, self.rule) != (other.camera_id, other.rule):
            return False
        apart_s = abs(self.event_at_s - other.event_at_s)
        if self.plate is not None and self.plate == other.plate and apart_s <= SAME_PLATE_WITHIN_S:
            return True
        return apart_s <= SAME_PLACE_WITHIN_S and _overlap(self.box_px, other.box_px) >= SAME_PLACE_OVERLAP


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One report on its way."""

    sighting: Sighting
    payload_sha256: str
    state: OutboxState
    force_upload: bool
    attempts: int
    next_attempt_s: float
    last_error: str | None
    violation_id: str | None

    @property
    def report_id(self) -> str:
        """The report's id, which is also the name of its evidence folder."""
        return self.sighting.report_id


def _overlap(one: BoxPx, two: BoxPx) -> float:
    width = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    height = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    shared = max(width, 0.0) * max(height, 0.0)
    union = one[2] * one[3] + two[2] * two[3] - shared
    return shared / union if union > 0 else 0.0


def backoff_s(attempts: int, *, first_s: float, cap_s: float, jitter: float) -> float:
    """The wait after the n-th failed attempt: doubling, spread by `jitter` 0..1, never above the cap."""
    longest_s = min(cap_s, first_s * 2.0 ** min(max(attempts - 1, 0), 16))
    return longest_s * (0.5 + 0.5 * jitter)


class Outbox:
    """The table of reports. Safe to use from several threads; one process at a time owns the file."""

    def __init__(
        self,
        path: Path,
        *,
        now: Callable[[], datetime],
        retry_first_s: float = 0.5,
        retry_cap_s: float = 30.0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._now = now
        self._retry_first_s = retry_first_s
        self._retry_cap_s = retry_cap_s
        self._jitter = jitter
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._prepare()

    def _prepare(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == FORMAT:
            return
        if version != 0:
            raise RuntimeError(f"outbox: file has format {version}, this program knows {FORMAT}")
        self._db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def _now_s(self) -> float:
        return self._now().astimezone(UTC).timestamp()

    def add(self, sighting: Sighting, payload_sha256: str) -> bool:
        """Owe this report; False when the same event is here already, whose row then stays as it is."""
        now_s = self._now_s()
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if self._same_event(sighting) is not None:
                return False
            self._db.execute(
                "INSERT INTO report (report_id, camera_id, rule, event_at_s, plate, box_x_px, box_y_px,"
                " box_w_px, box_h_px, payload_sha256, state, next_attempt_s, added_at_s)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?)",
                (
                    sighting.report_id,
                    sighting.camera_id,
                    sighting.rule,
                    sighting.event_at_s,
                    sighting.plate,
                    *sighting.box_px,
                    payload_sha256,
                    now_s,
                    now_s,
                ),
            )
        return True

    def same_event(self, sighting: Sighting) -> str | None:
        """The id under which this event is already here, or None."""
        with self._lock:
            return self._same_event(sighting)

    def _same_event(self, sighting: Sighting) -> str | None:
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM report WHERE report_id = ?"  # noqa: S608 - constant column list
            " OR (camera_id = ? AND rule = ? AND event_at_s BETWEEN ? AND ?)",
            (
                sighting.report_id,
                sighting.camera_id,
                sighting.rule,
                sighting.event_at_s - SAME_PLATE_WITHIN_S,
                sighting.event_at_s + SAME_PLATE_WITHIN_S,
            ),
        )
        known = (_row(values).sighting for values in rows)
        return next((other.report_id for other in known if sighting.is_same_event(other)), None)

    def get(self, report_id: str) -> OutboxRow | None:
        """The row of a report, if there is one."""
        with self._lock:
            values = self._db.execute(
                f"SELECT {_COLUMNS} FROM report WHERE report_id = ?",  # noqa: S608 - constant column list
                (report_id,),
            ).fetchone()
        return None if values is None else _row(values)

    def next_due(self) -> OutboxRow | None:
        """The oldest pending report whose waiting time is over.

        A waiting time beyond the cap can only come from a clock that was set back; such a row is due.
        """
        now_s = self._now_s()
        with self._lock:
            values = self._db.execute(
                f"SELECT {_COLUMNS} FROM report WHERE state IN ('waiting', 'uploaded')"  # noqa: S608
                " AND (next_attempt_s <= ? OR next_attempt_s > ?) ORDER BY added_at_s, rowid LIMIT 1",
                (now_s, now_s + self._retry_cap_s),
            ).fetchone()
        return None if values is None else _row(values)

    def next_due_in_s(self) -> float | None:
        """How long until a pending report is due; None when none is pending."""
        with self._lock:
            (soonest_s,) = self._db.execute(
                "SELECT min(next_attempt_s) FROM report WHERE state IN ('waiting', 'uploaded')"
            ).fetchone()
        return None if soonest_s is None else max(0.0, min(soonest_s - self._now_s(), self._retry_cap_s))

    def mark_uploaded(self, report_id: str) -> None:
        """All files and the manifest are in the store."""
        self._change(
            "UPDATE report SET state = 'uploaded', force_upload = 0"
            " WHERE report_id = ? AND state = 'waiting'",
            report_id,
        )

    def mark_stored(self, report_id: str, violation_id: str) -> None:
        """The backend has it: nothing is owed any more."""
        self._change(
            "UPDATE report SET state = 'stored', violation_id = ?, stored_at_s = ?, last_error = NULL"
            " WHERE report_id = ? AND state IN ('waiting', 'uploaded')",
            violation_id,
            self._now_s(),
            report_id,
        )

    def mark_failed(self, report_id: str, error: str, *, upload_again: bool = False) -> float:
        """An attempt failed: try again later (from the upload on, when asked); the wait in seconds."""
        with self._lock:
            row = self.get(report_id)
            attempts = 1 if row is None else row.attempts + 1
            wait_s = backoff_s(
                attempts, first_s=self._retry_first_s, cap_s=self._retry_cap_s, jitter=self._jitter()
            )
            self._change(
                "UPDATE report SET attempts = ?, next_attempt_s = ?, last_error = ?,"
                " state = CASE WHEN ? THEN 'waiting' ELSE state END,"
                " force_upload = CASE WHEN ? THEN 1 ELSE force_upload END"
                " WHERE report_id = ? AND state IN ('waiting', 'uploaded')",
                attempts,
                self._now_s() + wait_s,
                error[:1000],
                upload_again,
                upload_again,
                report_id,
            )
        return wait_s

    def park(self, report_id: str, error: str) -> None:
        """The backend refused for good: keep the row and its evidence for a person, do not try again."""
        self._change(
            "UPDATE report SET state = 'parked', attempts = attempts + 1, last_error = ?"
            " WHERE report_id = ? AND state IN ('waiting', 'uploaded')",
            error[:1000],
            report_id,
        )

    def release_parked(self) -> int:
        """Try every parked report again from the upload on; how many there were."""
        return self._change(
            "UPDATE report SET state = 'waiting', force_upload = 1, attempts = 0, next_attempt_s = ?"
            " WHERE state = 'parked'",
            self._now_s(),
        )

    def _change(self, statement: str, *values: object) -> int:
        with self._lock, self._db:
            return self._db.execute(statement, values).rowcount

    def counts(self) -> dict[OutboxState, int]:
        """How many reports are in each state."""
        with self._lock:
            rows = self._db.execute("SELECT state, count(*) FROM report GROUP BY state").fetchall()
        found = dict(rows)
        return {state: int(found.get(state, 0)) for state in STATES}

    def pending(self) -> int:
        """How many reports the backend has not answered for good."""
        counts = self.counts()
        return sum(counts[state] for state in PENDING)

    def oldest_pending_s(self) -> float | None:
        """How long ago the oldest report that is still owed was added; None when nothing is owed."""
        with self._lock:
            (added_s,) = self._db.execute(
                "SELECT min(added_at_s) FROM report WHERE state IN ('waiting', 'uploaded')"
            ).fetchone()
        return None if added_s is None else max(0.0, self._now_s() - added_s)

    def ids(self, *states: OutboxState) -> list[str]:
        """The report ids in these states, oldest first."""
        marks = ", ".join("?" for _ in states)
        with self._lock:
            rows = self._db.execute(
                f"SELECT report_id FROM report WHERE state IN ({marks}) ORDER BY added_at_s, rowid",  # noqa: S608
                states,
            ).fetchall()
        return [str(report_id) for (report_id,) in rows]

    def forget_stored(self, before: datetime) -> int:
        """Drop rows stored before this moment (their ids are no longer needed to know a replay)."""
        return self._change(
            "DELETE FROM report WHERE state = 'stored' AND stored_at_s < ?", before.timestamp()
        )


def _row(values: tuple[object, ...]) -> OutboxRow:
    (report_id, camera_id, rule, event_at_s, plate, x, y, w, h, digest, state, force, attempts, due_s) = (
        values[:14]
    )
    last_error, violation_id = values[14:]
    return OutboxRow(
        sighting=Sighting(
            report_id=str(report_id),
            camera_id=str(camera_id),
            rule=str(rule),
            event_at_s=cast("float", event_at_s),
            plate=cast("str | None", plate),
            box_px=cast("BoxPx", (x, y, w, h)),
        ),
        payload_sha256=str(digest),
        state=cast("OutboxState", state),
        force_upload=bool(force),
        attempts=cast("int", attempts),
        next_attempt_s=cast("float", due_s),
        last_error=cast("str | None", last_error),
        violation_id=cast("str | None", violation_id),
    )
