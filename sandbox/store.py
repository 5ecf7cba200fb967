"""A small document store, so that the outside world remembers between two runs."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any


class Store:
    """JSON documents by kind and key, in the order they were first put; in memory without a path."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS document (place INTEGER PRIMARY KEY, kind TEXT, key TEXT, body TEXT,"
            " UNIQUE (kind, key))"
        )

    def put(self, kind: str, key: str, body: dict[str, Any]) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO document (kind, key, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                (kind, key, json.dumps(body, ensure_ascii=False)),
            )

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute(
                "SELECT body FROM document WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def every(self, kind: str) -> list[dict[str, Any]]:
        with self._lock:
            rows = self._db.execute(
                "SELECT body FROM document WHERE kind = ? ORDER BY place", (kind,)
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def keys(self, kind: str) -> list[str]:
        with self._lock:
            rows = self._db.execute(
                "SELECT key FROM document WHERE kind = ? ORDER BY place", (kind,)
            ).fetchall()
        return [row[0] for row in rows]

    def count(self, kind: str) -> int:
        with self._lock:
            return int(
                self._db.execute("SELECT count(*) FROM document WHERE kind = ?", (kind,)).fetchone()[0]
            )

    def close(self) -> None:
        self._db.close()
