"""The made-up crossing and its made-up detector: solid bodies, and seeds that hold."""

from __future__ import annotations

import itertools

import pytest

from benchmarks.spoiled import Faults, spoil
from benchmarks.traffic import STEP_S, Standing, drive
from benchmarks.traffic_view import shaded, view
from edge.detector.types import Box


def area_shared(a: Standing, b: Standing) -> float:
    across = min(a.right_m, b.right_m) - max(a.left_m, b.left_m)
    along = min(a.far_m, b.far_m) - max(a.near_m, b.near_m)
    return max(across, 0.0) * max(along, 0.0)


@pytest.fixture(scope="module")
def moments() -> list[list[Standing]]:
    return drive(4.0, seed=3)


def test_the_same_seed_is_the_same_traffic(moments: list[list[Standing]]) -> None:
    assert len(moments) == round(4.0 / STEP_S)
    assert drive(0.4, seed=3) == moments[:10]
    assert drive(0.4, seed=4) != moments[:10]


def test_it_is_dense_and_mixed_and_hardly_anybody_is_inside_another(moments: list[list[Standing]]) -> None:
    last = moments[-1]
    assert len(last) > 25
    assert {"motorbike", "car"} <= {one.kind for one in last}
    pairs = [(a, b) for a in last for b in last if a.id < b.id]
    assert sum(area_shared(a, b) > 0.2 for a, b in pairs) <= 0.1 * len(last)


def test_nobody_jumps(moments: list[list[Standing]]) -> None:
    for before, after in itertools.pairwise(moments):
        places = {one.id: one for one in before}
        for one in after:
            if one.id in places:
                assert abs(one.near_m - places[one.id].near_m) < 15 * STEP_S
                assert abs(one.left_m - places[one.id].left_m) < 15 * STEP_S


def test_a_nearer_box_hides_and_what_is_left_is_told() -> None:
    near, far = Box(400, 400, 200, 200), Box(500, 300, 200, 200)
    front, behind = shaded([(1, "bus", near), (2, "car", far)])
    assert (front.visible, front.left) == (1.0, near)
    assert 0.7 < behind.visible < 0.85  # a quarter is covered; silhouettes are a little slimmer than boxes
    assert behind.left == far
    (_, gone) = shaded([(1, "bus", near), (2, "car", near.expanded(-0.2))])
    assert gone.visible == 0
    assert not gone.judged


def test_the_view_is_in_the_picture_and_knows_near_from_far(moments: list[list[Standing]]) -> None:
    seen = view(moments[0])
    assert len(seen) > 10
    assert all(one.box.x >= 0 and one.box.x2 <= 1920 and 0 <= one.visible <= 1 for one in seen)


def test_a_detector_without_faults_tells_the_truth_and_a_seed_is_a_seed(
    moments: list[list[Standing]],
) -> None:
    pictures = [(index * STEP_S, view(one)) for index, one in enumerate(moments[:5])]
    clean = Faults(confidence_noise=0, slow_noise=0, fast_noise=0, miss=0, double=0, wrong_kind=0, phantom=0)
    for (_, truth), found in zip(pictures, spoil(pictures, 1, clean), strict=True):
        clear = [one for one in truth if one.visible == 1 and min(one.box.w, one.box.h) > 40]
        missed = [one for one in clear if all(other.box.iou(one.box) < 0.99 for other in found)]
        assert len(missed) <= 0.1 * len(clear)  # of two that nearly cover each other one is dropped
    assert list(spoil(pictures, 1)) == list(spoil(pictures, 1))
    assert list(spoil(pictures, 1)) != list(spoil(pictures, 2))
