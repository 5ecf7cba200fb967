"""What became of every event of a soak: arrived once, kept back with a reason, or lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

NEAR_S = 0.2


@dataclass
class Account:
    """The events of one camera."""

    camera_id: str
    expected: int = 0
    arrived: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def journal(path: Path) -> list[dict]:
    """The lines of a worker's log that are events of the journal; a line cut by a kill is none."""
    found = []
    for line in path.read_text(errors="replace").splitlines() if path.exists() else []:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found


def passes(lines: Iterable[Mapping]) -> dict[int, datetime]:
    """When each pass of a clip began, by its number."""
    return {
        line["pass"]: datetime.fromisoformat(line["epoch"])
        for line in lines
        if line.get("message") in {"clip pass begins", "clip pass goes on"}
    }


def of_clip(
    camera_id: str, lines: Sequence[Mapping], moments_s: Sequence[float], arrived_at: Sequence[datetime]
) -> Account:
    """A clip's events happen at known moments of each pass; the last pass may have been cut short."""
    account = Account(camera_id)
    begun = passes(lines)
    finished = sorted(begun)[:-1]
    kept_back = _withheld_by_pass(lines)
    for number in finished:
        for moment_s in moments_s:
            account.expected += 1
            at = begun[number] + timedelta(seconds=moment_s)
            times = sum(abs((one - at).total_seconds()) <= NEAR_S for one in arrived_at)
            name = f"pass {number}, {moment_s} s"
            if times == 1:
                account.arrived += 1
            elif times > 1:
                account.doubled.append(name)
            elif code := kept_back.get((number, moment_s)):
                account.withheld[code] += 1
            else:
                account.lost.append(name)
    return account


def _withheld_by_pass(lines: Iterable[Mapping]) -> dict[tuple[int, float], str]:
    found, number = {}, 0
    for line in lines:
        if line.get("message") in {"clip pass begins", "clip pass goes on"}:
            number = line["pass"]
        elif line.get("message") == "event withheld":
            found[number, line["t_event_s"]] = line["code"]
    return found


def of_live(
    camera_id: str, lines: Sequence[Mapping], found: Sequence[Mapping], arrived: Mapping[str, int]
) -> Account:
    """A live camera's events are those its analyser wrote down, each with a plate of its own."""
    account = Account(camera_id, expected=len(found))
    kept_back = {line["t_event_s"]: line["code"] for line in lines if line.get("message") == "event withheld"}
    for event in found:
        times = arrived.get(event["plate"], 0)
        if times == 1:
            account.arrived += 1
        elif times > 1:
            account.doubled.append(event["plate"])
        elif code := kept_back.get(event["t_s"]):
            account.withheld[code] += 1
        else:
            account.lost.append(event["plate"])
    return account
