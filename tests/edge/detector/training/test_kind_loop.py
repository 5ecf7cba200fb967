"""Views of single vehicles, how often each is drawn, and what of the donor stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (extra `train`)")
pytest.importorskip("ultralytics", reason="training needs ultralytics (extra `train`)")

from edge.detector.kind_look import KIND_CLASSES, WINDOW_PX
from edge.detector.training.kind_loop import (
    KindRecipe,
    LabelledVehicle,
    random_vehicle,
    shares,
    vehicles_of,
)
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.recipe import RECIPES, load_recipe
from edge.detector.types import Box

STILL = min((Path(__file__).parents[4] / "sample_videos" / "stills").glob("*.jpg"))
PIECE = np.random.default_rng(1).integers(0, 255, (90, 120, 3), dtype=np.uint8)


def vehicle(kind: str, source: str) -> LabelledVehicle:
    return LabelledVehicle(PIECE, Box(20, 20, 60, 50), KIND_CLASSES.index(kind), source)  # type: ignore[arg-type]


def test_rare_kinds_and_wished_sources_are_drawn_rather() -> None:
    vehicles = [vehicle("car", "a")] * 90 + [vehicle("bicycle", "a")] * 10 + [vehicle("car", "b")] * 10
    drawn = shares(vehicles, {"b": 2.0})
    assert drawn.sum() == pytest.approx(1.0)
    assert drawn[90] > drawn[0]
    assert drawn[100] > drawn[0]
    assert drawn[:90].sum() < 0.9


def test_a_view_is_one_of_its_seed() -> None:
    one, same, other = (
        random_vehicle(PIECE, Box(20, 20, 60, 50), np.random.default_rng(s)) for s in (1, 1, 2)
    )
    assert one.shape == (WINDOW_PX, WINDOW_PX, 3)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_vehicles_are_cut_with_their_surroundings_and_what_is_none_is_left_out() -> None:
    objects = (
        Labelled(1, Box(100, 100, 600, 300)),
        Labelled(5, Box(5, 5, 50, 90)),
        Labelled(0, Box(1, 1, 9, 40)),
    )
    (car,) = vehicles_of([Sample(STILL, "renders", "train", objects)])
    assert KIND_CLASSES[car.kind] == "car"
    assert max(car.piece.shape[:2]) <= 320
    assert car.box.w / car.box.h == pytest.approx(2.0, rel=0.02)


def test_the_shipped_recipe_is_one() -> None:
    recipe = load_recipe(RECIPES / "kinds.toml", KindRecipe)
    assert recipe.name == "kinds"
    assert recipe.word >= 1
