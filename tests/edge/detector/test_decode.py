"""Both heads that the toolchain exports give the same boxes."""

import numpy as np
import pytest

from edge.detector.decode import decode
from edge.detector.letterbox import fit
from edge.detector.types import Box

LETTERBOX = fit(1280, 768, 640, 384)
TRUTH = Box(200, 100, 80, 60)


def columns(*boxes: tuple[Box, int, float], classes: int = 3) -> np.ndarray:
    out = np.zeros((1, 4 + classes, 50), np.float32)
    for place, (box, label, score) in enumerate(boxes):
        inner = LETTERBOX.to_input(box)
        out[0, :4, place] = [inner.cx, inner.cy, inner.w, inner.h]
        out[0, 4 + label, place] = score
    return out


def rows(box: Box, label: int, score: float) -> np.ndarray:
    out = np.zeros((1, 300, 6), np.float32)
    inner = LETTERBOX.to_input(box)
    out[0, 0] = [inner.x, inner.y, inner.x2, inner.y2, score, label]
    return out


@pytest.mark.parametrize("output", [columns((TRUTH, 1, 0.8)), rows(TRUTH, 1, 0.8)], ids=["columns", "rows"])
def test_one_box(output: np.ndarray) -> None:
    (found,) = decode(output, LETTERBOX, minimum_score=0.3)
    assert found.label == 1
    assert found.score == pytest.approx(0.8)
    assert found.box.iou(TRUTH) == pytest.approx(1, abs=1e-4)


def test_nothing_above_the_floor() -> None:
    assert decode(columns((TRUTH, 1, 0.2)), LETTERBOX, minimum_score=0.3) == []


@pytest.mark.parametrize(
    ("groups", "left"),
    [(None, 2), ([0, 1, 1], 1), ([0, 1, 2], 2)],
    ids=["by class", "one group", "two groups"],
)
def test_overlapping_boxes_of_one_group_suppress_each_other(groups: list[int] | None, left: int) -> None:
    output = columns((TRUTH, 1, 0.8), (Box(202, 101, 80, 60), 2, 0.6))
    found = decode(output, LETTERBOX, minimum_score=0.3, groups=groups)
    assert len(found) == left
    assert found[0].label == 1
