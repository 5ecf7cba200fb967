"""Our tracker beside others on the same detections: identity switches, fragments, IDF1, MOTA, HOTA, time.

    python -m benchmarks.tracking [--work FOLDER] [--tracker NAME ...] [--clip NAME ...] [--write FILE]

Run it with a Python that has Ultralytics to see its trackers; without it the table holds ours alone.
`--write` puts the rows into FILE beside those that are there. Milliseconds are of this run alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.mot_metrics import Named, Scored, Scores, score
from benchmarks.tracking_clips import (
    HAND_CHECKED_VIDEO,
    crossing,
    hand_checked,
    rendered_detected,
    rendered_truth,
)
from benchmarks.tracking_data import Clip, every
from benchmarks.tracking_peers import Maker, makers, versions

WORK: Final = Path(".cache/tracking")
RECORD: Final = Path("benchmarks/tracking.json")
SECONDS: Final = 20.0
SEEDS: Final = (1, 2, 3, 4, 5)
"""Crossing 1 was looked at while the tracker's settings were chosen, the others were not."""
STEPS: Final = (1, 2, 3, 4, 8, 12, 16)
"""Of 25 pictures a second: every 1st to 4th of a camera of 25, every 1st to 4th of a camera of 6."""
_MEASURES: Final = ("switches", "fragments", "IDF1", "MOTA", "HOTA", "misses", "false", "ms")


@dataclass(frozen=True, slots=True)
class Result:
    """One tracker on one clip. `rate`: detector's pictures a second; `ms`: mean milliseconds a picture."""

    clip: str
    rate: float
    tracker: str
    scores: Scores
    ms: float

    def row(self) -> dict[str, Any]:
        """As it is written down."""
        figures = {name: round(value, 4) for name, value in asdict(self.scores).items()}
        head = {"clip": self.clip, "rate": round(self.rate, 2), "tracker": self.tracker}
        return head | figures | {"ms": round(self.ms, 2)}


def run(clip: Clip, name: str, make: Maker) -> Result:
    """Follow everybody in `clip` and judge it."""
    follower = make(clip.size_px, clip.rate)
    judged, spent_s = [], 0.0
    for picture in clip.pictures:
        begun_s = time.process_time()
        ids = follower.step(picture.t_s, picture.frame, picture.found)
        spent_s += time.process_time() - begun_s
        if not picture.truth:
            continue
        judged.append(
            Scored(
                tuple(one.named() for one in picture.truth if one.judged),
                tuple(Named(i, one.box) for i, one in zip(ids, picture.found, strict=True) if i is not None),
                tuple(one.box for one in picture.truth if not one.judged),
            )
        )
    return Result(clip.name, clip.rate, name, score(judged), 1000 * spent_s / len(clip.pictures))


def clips(work: Path) -> dict[str, Callable[[], list[Clip]]]:
    """Everything that is measured, by name; each makes its clip at several rates of the detector."""
    field = {"hand-checked": lambda: _hand_checked(work)} if HAND_CHECKED_VIDEO.is_file() else {}
    return field | {
        **{f"crossing {seed}": partial(_crossing, seed) for seed in SEEDS},
        "spoiled": lambda: [every(clip, step) for clip in [rendered_truth()] for step in (1, 2, 4)],
        "rendered": lambda: [every(clip, step) for clip in [rendered_detected(work)] for step in (1, 2, 4)],
    }


def _crossing(seed: int) -> list[Clip]:
    return crossing(SECONDS, seed, tuple((f"crossing {seed}", step) for step in STEPS))


def _hand_checked(work: Path) -> list[Clip]:
    whole = hand_checked(HAND_CHECKED_VIDEO, work)
    return [every(whole, step) for step in (1, 3)]


def table(results: Sequence[Result]) -> Table:
    """The results, clip by clip."""
    shown = Table("clip", "detector /s", "tracker", *_MEASURES)
    for one in results:
        s = one.scores
        counts = (str(s.switches), str(s.fragments))
        shares = (f"{s.idf1:.3f}", f"{s.mota:.3f}", f"{s.hota:.3f}")
        rest = (str(s.misses), str(s.false_boxes), f"{one.ms:.2f}")
        shown.add_row(one.clip, f"{one.rate:.2f}", one.tracker, *counts, *shares, *rest)
    return shown


def record(results: Sequence[Result], path: Path) -> None:
    """Put the rows into the file at `path`, replacing those of the same clip, rate and tracker."""
    kept = json.loads(path.read_text()) if path.is_file() else {"versions": {}, "rows": []}
    fresh = [one.row() for one in results]
    keys = {_key(row) for row in fresh}
    rows = [row for row in kept["rows"] if _key(row) not in keys] + fresh
    content = {"versions": kept["versions"] | versions(), "rows": sorted(rows, key=_key)}
    lines = ",\n".join(f"    {json.dumps(row)}" for row in content["rows"])
    path.write_text(f'{{\n  "versions": {json.dumps(content["versions"])},\n  "rows": [\n{lines}\n  ]\n}}\n')


def _key(row: dict[str, Any]) -> tuple[str, float, str]:
    return row["clip"], -row["rate"], row["tracker"]


def _results(names: Sequence[str], wanted: Sequence[str], work: Path) -> Iterator[Result]:
    trackers = {name: make for name, make in makers().items() if not names or name in names}
    for name, make_clips in clips(work).items():
        if not wanted or name in wanted:
            for clip in make_clips():
                yield from (run(clip, tracker, make) for tracker, make in trackers.items())


def main(argv: Sequence[str]) -> int:
    """Print the table; keep it where asked to."""
    options = argparse.ArgumentParser(prog="benchmarks.tracking")
    options.add_argument("--work", type=Path, default=WORK)
    options.add_argument("--tracker", action="append", default=[])
    options.add_argument("--clip", action="append", default=[])
    options.add_argument("--write", type=Path)
    given = options.parse_args(argv)
    results: list[Result] = []
    for one in _results(given.tracker, given.clip, given.work):
        results.append(one)
        if given.write:
            record([one], given.write)
    Console(width=150).print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
