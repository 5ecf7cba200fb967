"""Where a vehicle stands on the road, from boxes alone: the truth lies within what is said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edge.detector.types import VehicleClass
from edge.rules.footprint import Way, path_of, way_of
from edge.scene import Scene
from edge.scene_zones import Area
from edge.tracking import Track
from tests.edge import moves_kit as moves
from tests.edge import road_kit as kit

SCENE = kit.road()
TIMES = kit.frames(6, 12.5)
KINDS: tuple[VehicleClass, ...] = ("motorbike", "car", "bus", "truck")


def laid(
    place: moves.Place, kind: VehicleClass, *, noise_px: float = 0.0, scene: Scene = SCENE, seed: int = 0
) -> tuple[Way, np.ndarray]:
    """The way that is said, and where the centre truly was."""
    way = way_of(moves.driven(place, TIMES, kind=kind, noise_px=noise_px, seed=seed), scene)
    assert way is not None
    return way, np.array([place(float(t_s)) for t_s in way.t_s])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("x_m", [-6.0, -2.0, 0.0, 5.0])
@pytest.mark.parametrize("kmh", [40.0, -40.0])
def test_the_centre_is_where_it_is_however_the_box_is_pulled(
    kind: VehicleClass, x_m: float, kmh: float
) -> None:
    way, true_m = laid(moves.straight(x_m, 13 if kmh > 0 else 60, kmh), kind, noise_px=1.0)
    off = way.centre_m - true_m
    assert np.median(np.abs(off[:, 0])) < 0.2
    assert np.median(np.abs(off[:, 1])) < way.reach.half_length_m - kit.SIZES_M[kind][2] / 2 + 0.3
    foot_off = np.median(np.abs(way.path.road_m[:, 0] - true_m[:, 0]))
    assert x_m == 0 or np.median(np.abs(off[:, 0])) < max(foot_off, 0.1), (
        "worse than the middle of the lower edge"
    )


@pytest.mark.parametrize("noise_px", [0.0, 1.5])
def test_a_vehicle_of_any_size_reaches_no_further_than_said(
    noise_px: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    beyond = []
    sizes = {
        "motorbike": ((0.5, 1.3, 1.6), (1.0, 1.9, 2.2)),
        "car": ((1.5, 1.4, 3.4), (2.05, 2.0, 5.3)),
        "bus": ((2.0, 2.4, 6.0), (2.55, 3.7, 12.2)),
        "truck": ((1.65, 1.9, 4.6), (2.55, 3.9, 12.2)),
    }
    for kind in KINDS:
        for seed in range(25):
            width, height, length = rng.uniform(*sizes[kind])
            monkeypatch.setitem(kit.SIZES_M, kind, (width, height, length))
            kmh = float(rng.choice([40.0, -40.0]))
            way, true_m = laid(
                moves.straight(float(rng.uniform(-6, 6)), 13 if kmh > 0 else 60, kmh),
                kind,
                noise_px=noise_px,
                seed=seed,
            )
            left_m = ((true_m - way.centre_m) * way.left).sum(axis=1)
            beyond.append(float((left_m + width / 2 > way.reach_m(way.left)).mean()))
            beyond.append(float((width / 2 - left_m > way.reach_m(-way.left)).mean()))
    assert np.mean(beyond) < 0.03


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_turn_the_block_turns_with_it(kind: VehicleClass) -> None:
    way, true_m = laid(moves.turning((2, 16), 90, [(12, 0), (16, 90), (30, 0)], 25), kind)
    off = np.hypot(*(way.centre_m - true_m).T)
    assert np.median(off) < 1.3
    assert way.ahead[-1] == pytest.approx((-1, 0), abs=0.2)


def test_without_a_camera_it_reaches_further() -> None:
    calibration = {**kit.camera_file().calibration.model_dump(), "camera_height_m": 12}
    blind = kit.road(calibration=calibration)
    assert not blind.pose.known
    place = moves.straight(3, 13, 40)
    known, _ = laid(place, "car")
    unknown, true_m = laid(place, "car", scene=blind)
    assert unknown.half_width_m > known.half_width_m
    side = np.abs(unknown.centre_m - true_m)[:, 0] + kit.SIZES_M["car"][0] / 2
    assert (side <= unknown.reach_m(unknown.left)).mean() > 0.95


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("kind", ["motorbike", "car"])
def test_what_a_side_of_the_picture_cuts_is_judged_by_its_other_side(kind: VehicleClass, side: int) -> None:
    """It comes in from the side of the picture: at first only one of its sides is seen."""
    place = moves.straight(side * 9.0, 10, 40)
    way = way_of(moves.driven(place, TIMES, kind=kind), SCENE)
    assert way is not None
    rows = cut_rows(moves.driven(place, TIMES, kind=kind), way)
    assert rows.sum() >= 3
    off = (np.array([place(float(t_s)) for t_s in way.t_s]) - way.centre_m)[rows]
    assert np.abs(off[:, 0]).max() < 0.6
    assert np.abs(way.ahead[rows] - [0, 1]).max() < 0.2
    half_m, left_m = kit.SIZES_M[kind][0] / 2, (off * way.left[rows]).sum(axis=1)
    assert (left_m + half_m <= way.reach_m(way.left)[rows] + 0.02).all()
    assert (half_m - left_m <= way.reach_m(-way.left)[rows] + 0.02).all()


@pytest.mark.parametrize("kind", ["bus", "truck"])
def test_of_a_long_vehicle_both_sides_must_be_seen(kind: VehicleClass) -> None:
    track = moves.driven(moves.straight(9.0, 10, 40), TIMES, kind=kind)
    way = way_of(track, SCENE)
    assert way is not None
    assert not cut_rows(track, way).any()
    assert any(one.box.x2 > kit.SIZE_PX[0] - 1 for one in track.observations)


def cut_rows(track: Track, way: Way) -> np.ndarray:
    """Which sightings of a way a side of the picture cuts."""
    cut = [one.frame for one in track.observations if one.box.x < 1 or one.box.x2 > kit.SIZE_PX[0] - 1]
    return np.isin(way.path.frame, cut)


def test_too_few_sightings_say_nothing() -> None:
    track = moves.driven(moves.straight(0, 20, 30), TIMES[:3])
    assert way_of(track, SCENE) is None
    assert way_of(dataclasses.replace(track, observations=()), SCENE) is None


def test_wholly_inside_counts_the_whole_width() -> None:
    lane = Area(np.array([[0.0, 5.0], [3.5, 5.0], [3.5, 90.0], [0.0, 90.0]]))
    shares = [
        laid(moves.straight(x_m, 16, 40), "car", noise_px=0.5)[0].inside(lane).mean()
        for x_m in (1.75, 0.6, -1.0)
    ]
    assert shares[0] > 0.9
    assert shares[1:] == [0.0, 0.0]


def test_asked_again_it_answers_the_same_and_never_for_another() -> None:
    one, two = (moves.driven(moves.straight(x_m, 16, 40), TIMES) for x_m in (1.0, 3.0))
    first: list[Track] = [one, one, two, one]
    places = []
    for track in first:
        way = way_of(track, SCENE)
        assert way is not None
        assert len(path_of(track, SCENE)) >= len(way)
        places.append(float(np.median(way.centre_m[:, 0])))
    assert places == pytest.approx([1.0, 1.0, 3.0, 1.0], abs=0.15)
