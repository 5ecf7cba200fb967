"""The table of our scores: its file, and the comparison that lets none of them fall."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

Better = Literal["higher", "lower"]
Suite = Literal["gate", "full"]

FILE: Final = Path(__file__).parent / "scores.json"
_EDGE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Score:
    """One figure.

    `value` None: there was nothing to measure it on. `low`, `high`: its 95 % interval. `n`: how many things
    it was measured on; where the models decide that (`n_free`), it may change. `tolerance`: how much worse it
    may get. `source`: the data set. `models`: the first 12 digits of the hashes of the files it tells of.
    """

    name: str
    source: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    tolerance: float
    better: Better
    models: Mapping[str, str]
    n_free: bool = False


def read_scores(path: Path = FILE) -> dict[Suite, list[Score]]:
    """The table as it stands; empty where there is no file yet."""
    if not path.is_file():
        return {"gate": [], "full": []}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {
        "gate": [Score(**row) for row in stored["gate"]],
        "full": [Score(**row) for row in stored["full"]],
    }


def write_scores(
    scores: Mapping[Suite, Sequence[Score]], about: Mapping[str, str], path: Path = FILE
) -> None:
    """Write the table, one figure a line, so that a change can be read."""
    parts = [f'"about": {_json(about)}']
    for suite, rows in scores.items():
        lines = ",\n".join(f"    {_json(asdict(row))}" for row in rows)
        parts.append(f'"{suite}": [\n{lines}\n  ]' if rows else f'"{suite}": []')
    path.write_text("{\n  " + ",\n  ".join(parts) + "\n}\n", encoding="utf-8")


def worse(recorded: Iterable[Score], measured: Iterable[Score]) -> list[str]:
    """What is wrong with the figures just measured, a line each; none when all is well.

    Held against one another are the figures of the sources that were measured this time: worse than recorded
    by more than the tolerance, gone, on fewer things than before, or not recorded at all.
    """
    now = {score.name: score for score in measured}
    sources = {score.source for score in now.values()}
    before = {score.name: score for score in recorded if score.source in sources}
    lines = [line for name, old in before.items() if (line := _objection(old, now.get(name)))]
    return lines + [f"{name}: measured, but not in the table" for name in now if name not in before]


def merged(recorded: Sequence[Score], measured: Sequence[Score]) -> list[Score]:
    """The table with what was just measured; its tolerances stay, sources that are absent keep their rows."""
    tolerances = {score.name: score.tolerance for score in recorded}
    sources = {score.source for score in measured}
    kept = [score for score in recorded if score.source not in sources]
    fresh = [replace(score, tolerance=tolerances.get(score.name, score.tolerance)) for score in measured]
    return sorted([*kept, *fresh], key=lambda score: score.name)


def _objection(old: Score, new: Score | None) -> str:
    if new is None:
        return f"{old.name}: no longer measured"
    if new.n < old.n and not old.n_free:
        return f"{old.name}: measured on {new.n} things only, before on {old.n}"
    if old.value is None:
        return ""
    if new.value is None:
        return f"{old.name}: was {old.value:.4f}, now it cannot be told"
    loss = old.value - new.value if old.better == "higher" else new.value - old.value
    if loss > old.tolerance + _EDGE:
        return (
            f"{old.name}: {new.value:.4f}, worse than {old.value:.4f} by more than {old.tolerance:g}"
            f" (n {new.n}; {old.better} is better)"
        )
    return ""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=False)
