"""Scenes with weather drawn over them: same labels, other pictures, the same in every run."""

import numpy as np

from benchmarks.bad_weather import in_weather
from edge.detector.evaluation.sets import BoxSet, Picture, Scene, Thing
from edge.detector.types import Box

GREY = np.full((48, 64, 3), 120, np.uint8)
SCENES = tuple(Scene(Picture(name, lambda: GREY), (Thing("car", Box(1, 2, 3, 4)),)) for name in "ab")


def test_every_scene_is_seen_in_each_weather_with_its_labels() -> None:
    made = list(in_weather(BoxSet("road", ("car",), lambda: iter(SCENES)), 4).scenes())
    assert [one.picture.name for one in made[:2]] == ["a, weather 0", "a, weather 1"]
    assert len(made) == len(SCENES) * 4
    assert all(one.things == SCENES[0].things for one in made)


def test_the_weather_differs_from_draw_to_draw_and_not_from_run_to_run() -> None:
    road = BoxSet("road", ("car",), lambda: iter(SCENES))
    first, again = (
        [scene.picture.load().tobytes() for scene in in_weather(road, 4).scenes()] for _ in range(2)
    )
    assert first == again
    assert len(set(first)) == len(first)
