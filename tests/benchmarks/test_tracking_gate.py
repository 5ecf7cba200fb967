"""The tracker may get no worse than benchmarks/tracking.json says, on clips that need no network."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import ceil
from pathlib import Path

import pytest

from benchmarks.tracking import RECORD, run
from benchmarks.tracking_clips import crossing, rendered_truth
from benchmarks.tracking_data import Clip, every
from benchmarks.tracking_peers import BYTETRACK, OURS, makers

TOLERANCE = 1.15
REPOSITORY = Path(__file__).parents[2]
ROWS = {
    (row["clip"], row["rate"], row["tracker"]): row
    for row in json.loads((REPOSITORY / RECORD).read_text())["rows"]
}
CLIPS: dict[str, Callable[[], Clip]] = {
    "rendered, 12.5 a second": lambda: rendered_truth(REPOSITORY / "sample_videos" / "pham_ngoc_thach"),
    "rendered, 6.25 a second": lambda: every(
        rendered_truth(REPOSITORY / "sample_videos" / "pham_ngoc_thach"), 2
    ),
    "crossing, 6.25 a second": lambda: crossing(20.0, 2, (("crossing 2", 4),))[0],
}


@pytest.mark.parametrize("name", CLIPS)
def test_no_more_switches_than_written_down(name: str) -> None:
    clip = CLIPS[name]()
    found = run(clip, OURS, makers()[OURS]).scores
    stored = ROWS[clip.name, round(clip.rate, 2), OURS]
    assert found.truth_boxes == stored["truth_boxes"], "the clip is another: measure everything again"
    assert found.switches <= ceil(TOLERANCE * stored["switches"])
    assert found.idf1 >= stored["idf1"] - 0.01
    assert found.misses <= TOLERANCE * stored["misses"]


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("rendered, spoiled truth", 12.5),
        ("rendered, spoiled truth", 6.25),
        ("crossing 1", 3.12),
        ("crossing 2", 3.12),
    ],
)
def test_half_the_switches_of_bytetrack(name: str, rate: float) -> None:
    assert ROWS[name, rate, OURS]["switches"] <= 0.5 * ROWS[name, rate, BYTETRACK]["switches"]
