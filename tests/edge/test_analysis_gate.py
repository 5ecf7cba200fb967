"""Motion: what counts, what does not, and nothing is forgotten between two looks."""

from __future__ import annotations

import numpy as np
import pytest

from edge.analysis_gate import MotionGate
from edge.capture.picture import Plane
from edge.detector.types import Box

SIZE = (1080, 1920)


def road(*cars: tuple[int, int, int, int], light: int = 0, grain: float = 0.0, seed: int = 0) -> Plane:
    picture = np.full(SIZE, 90 + light, np.int16)
    for x, y, w, h in cars:
        picture[y : y + h, x : x + w] = 200
    if grain:
        picture = picture + np.random.default_rng(seed).normal(0, grain, SIZE).astype(np.int16)
    return np.clip(picture, 0, 255).astype(np.uint8)


def gate(*blind: Box) -> MotionGate:
    made = MotionGate(blind)
    made.look(road())
    made.take()
    return made


@pytest.mark.parametrize(
    ("what", "picture", "moves"),
    [
        ("nothing", road(), False),
        ("grain of a cheap camera", road(grain=6.0, seed=3), False),
        ("dusk: a little darker everywhere", road(light=-6), False),
        ("a motorbike far away", road((900, 300, 24, 40)), True),
        ("a car", road((600, 500, 200, 150)), True),
        ("a car through grain", road((600, 500, 200, 150), grain=6.0, seed=5), True),
    ],
)
def test_what_counts_as_motion(what: str, picture: Plane, moves: bool) -> None:
    watch = gate()
    watch.look(picture)
    assert watch.any_motion is moves, what


def test_a_car_is_told_where_it_was_and_where_it_is() -> None:
    watch = gate()
    watch.look(road((600, 500, 200, 150)))
    watch.take()
    watch.look(road((700, 500, 200, 150)))
    boxes = watch.take().boxes
    assert min(box.x for box in boxes) <= 600
    assert max(box.x2 for box in boxes) >= 900
    assert all(box.y >= 440 and box.y2 <= 720 for box in boxes)


def test_slow_motion_adds_up_until_somebody_looks() -> None:
    """A pixel a picture may be nothing from one to the next, and is plain after a while."""
    watch = gate()
    watch.look(road((602, 500, 60, 60)))
    watch.take()
    for step in range(1, 13):
        watch.look(road((602 + step, 500, 60, 60)))
    assert watch.any_motion


def test_what_was_seen_is_no_news_any_more() -> None:
    watch = gate()
    watch.look(road((600, 500, 200, 150)))
    assert watch.take().boxes
    watch.look(road((600, 500, 200, 150)))
    assert not watch.any_motion


def test_signal_lamps_are_no_vehicles() -> None:
    watch = gate(Box(1400, 100, 60, 120))
    watch.look(road((1410, 110, 30, 30)))
    assert not watch.any_motion


@pytest.mark.parametrize("size", [(1080, 1920), (480, 640), (1280, 720)])
def test_another_scene_is_all_new(size: tuple[int, int]) -> None:
    watch = MotionGate()
    assert watch.any_motion
    watch.look(np.full(size, 50, np.uint8))
    assert watch.take().all_new
    watch.look(np.full(size, 50, np.uint8))
    assert not watch.any_motion
    watch.look(np.full(size, 160, np.uint8))
    assert watch.take().all_new
