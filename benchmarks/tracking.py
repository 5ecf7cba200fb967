"""Our tracker beside others on the same detections: identity switches, fragments, IDF1, MOTA, HOTA, time.

    python -m benchmarks.tracking [--work FOLDER] [--write benchmarks/tracking.json]

Run it with a Python that has Ultralytics to see its trackers; without it
the table holds ours alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.mot_metrics import Named, Scored, Scores, score
from benchmarks.tracking_clips import crossing, rendered_detected, rendered_truth
from benchmarks.tracking_data import Clip, every
from benchmarks.tracking_peers import Maker, makers

WORK: Final = Path(".cache/tracking")
SEEDS: Final = (1, 2, 3)
SECONDS: Final = 60.0
_MEASURES: Final = ("switches", "fragments", "IDF1", "MOTA", "HOTA", "misses", "false", "ms")


@dataclass(frozen=True, slots=True)
class Result:
    """One tracker on one clip. `ms`: mean milliseconds a picture."""

    clip: str
    rate: float
    tracker: str
    scores: Scores
    ms: float


def run(clip: Clip, name: str, make: Maker) -> Result:
    """Follow everybody in `clip` and judge it."""
    follower = make(clip.size_px, clip.rate)
    judged, spent_s = [], 0.0
    for picture in clip.pictures:
        begun_s = time.perf_counter()
        ids = follower.step(picture.t_s, picture.frame, picture.found)
        spent_s += time.perf_counter() - begun_s
        judged.append(
            Scored(
                tuple(one.named() for one in picture.truth if one.judged),
                tuple(Named(i, one.box) for i, one in zip(ids, picture.found, strict=True) if i is not None),
                tuple(one.box for one in picture.truth if not one.judged),
            )
        )
    return Result(clip.name, clip.rate, name, score(judged), 1000 * spent_s / len(clip.pictures))


def clips(work: Path) -> list[Clip]:
    """Everything that is measured, each at several rates of the detector."""
    made = [
        clip
        for seed in SEEDS
        for clip in crossing(
            SECONDS, seed, tuple((f"crossing {seed}", step) for step in (1, 2, 3, 4, 8, 12, 16))
        )
    ]
    spoiled, seen = rendered_truth(), rendered_detected(work)
    return [
        *made,
        *(every(clip, step) for clip in (spoiled, seen) for step in (1, 2, 3, 4, 6)),
    ]


def table(results: Sequence[Result]) -> Table:
    """The results, clip by clip."""
    shown = Table("clip", "detector /s", "tracker", *_MEASURES)
    for one in results:
        s = one.scores
        shown.add_row(
            one.clip,
            f"{one.rate:.2f}",
            one.tracker,
            str(s.switches),
            str(s.fragments),
            f"{s.idf1:.3f}",
            f"{s.mota:.3f}",
            f"{s.hota:.3f}",
            str(s.misses),
            str(s.false_boxes),
            f"{one.ms:.2f}",
            end_section=False,
        )
    return shown


def main(argv: Sequence[str]) -> int:
    """Print the table."""
    options = argparse.ArgumentParser(prog="benchmarks.tracking")
    options.add_argument("--work", type=Path, default=WORK)
    options.add_argument("--write", type=Path)
    given = options.parse_args(argv)
    trackers = makers()
    results = [run(clip, name, make) for clip in clips(given.work) for name, make in trackers.items()]
    Console(width=150).print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
