"""The hash chain of the audit log, as pure functions: anybody with an export can verify it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class Line:
    """The fields that an entry's hash covers."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject_type: str
    subject_id: str
    data: dict[str, Any]
    previous_hash: str

    def digest(self) -> str:
        """Hex SHA-256 over the canonical JSON of all fields."""
        fields = {
            "seq": self.seq,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor,
            "action": self.action,
            "subject_type": self.subject_type,
            "subject_id": self.subject_id,
            "data": self.data,
            "previous_hash": self.previous_hash,
        }
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def first_fault(lines: Iterable[tuple[Line, str]]) -> str | None:
    """Where the chain first breaks, as a sentence; None when every (line, stored hash) holds."""
    previous, expected_seq = GENESIS, 1
    for line, stored_hash in lines:
        if line.seq != expected_seq:
            return f"entry {expected_seq} is missing"
        if line.previous_hash != previous:
            return f"entry {line.seq} does not follow the entry before it"
        if line.digest() != stored_hash:
            return f"entry {line.seq} was changed"
        previous, expected_seq = stored_hash, expected_seq + 1
    return None
