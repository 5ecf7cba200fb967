from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.types import Box, Detection
from edge.evidence.masking import masked
from edge.evidence.sights import Scenery, Sights
from edge.evidence.view import Band, plain_view, view_of
from edge.scene import load_scene
from edge.tracking import Seen
from tests.conftest import REPOSITORY

WIDE, HIGH = 640, 360
VIEW = dataclasses.replace(
    plain_view(WIDE, HIGH), bands=(Band(0, 120, 8), Band(120, HIGH, 12)), heads=(Box(600, 10, 10, 30),)
)
NOISE = np.random.default_rng(1).integers(0, 256, (HIGH, WIDE, 3), dtype=np.uint8)
OWN = Box(200, 150, 100, 120)


def known(box: Box) -> np.ndarray:
    """Where a box lies, as a mask."""
    mask = np.zeros((HIGH, WIDE), bool)
    inside = box.clipped(WIDE, HIGH)
    mask[int(inside.y) : int(np.ceil(inside.y2)), int(inside.x) : int(np.ceil(inside.x2))] = True
    return mask


def kept(copy: np.ndarray, image: np.ndarray = NOISE) -> np.ndarray:
    """Which pixels are those of the original."""
    return (copy == image).all(axis=2)


def detail(image: np.ndarray) -> float:
    """How much one pixel says that its neighbours do not: near 0 for cells."""
    return float(np.abs(np.diff(image.astype(int), axis=1)).mean())


@given(
    st.tuples(st.integers(-50, 600), st.integers(-50, 330), st.integers(5, 300), st.integers(5, 300)),
    st.lists(
        st.tuples(st.integers(-50, 600), st.integers(-50, 330), st.integers(5, 200), st.integers(5, 200)),
        max_size=4,
    ),
)
@settings(max_examples=60, deadline=None)
def test_no_pixel_outside_the_own_box_and_the_lamps_is_the_originals(own, others):
    copy = masked(NOISE, VIEW, Scenery(Box(*own), tuple(Box(*other) for other in others)))
    allowed = known(Box(*own).expanded(0.05)) | known(VIEW.heads[0].expanded(0.15))
    assert not (kept(copy) & ~allowed).sum() > 0.002 * WIDE * HIGH  # rounding may hit a colour by chance


@given(st.integers(150, 290), st.integers(271, 330))
@settings(max_examples=30, deadline=None)
def test_whoever_stands_before_the_accused_is_hidden_whole(x, foot):
    other = Box(x, foot - 90, 40, 90)
    copy = masked(NOISE, VIEW, Scenery(OWN, (other,)))
    assert kept(copy)[known(other)].mean() < 0.01


def test_the_accused_and_the_lamps_stay_as_they_are():
    copy = masked(NOISE, VIEW, Scenery(OWN, ()))
    assert kept(copy)[known(OWN)].all()
    assert kept(copy)[known(VIEW.heads[0])].all()


def test_one_behind_hides_no_more_than_the_sides_of_the_accused():
    behind = Box(180, 120, 140, 100)
    copy = masked(NOISE, VIEW, Scenery(OWN, (behind,)))
    core = Box(OWN.x + 0.2 * OWN.w + 1, OWN.y, 0.6 * OWN.w - 2, OWN.h)
    assert kept(copy)[known(core)].all()
    assert not kept(copy)[150:200, 192:200].any()


@pytest.mark.parametrize("scenery", [None, Scenery(None, ()), Scenery(None, (Box(10, 10, 50, 50),))])
def test_without_knowing_where_the_accused_is_nobody_is_shown(scenery):
    copy = masked(NOISE, dataclasses.replace(VIEW, heads=()), scenery)
    assert kept(copy).mean() < 0.001
    assert masked(NOISE, None, scenery).shape == NOISE.shape


def test_what_is_hidden_is_gone_not_scrambled():
    """Two pictures that differ only within cells give the same copy: nothing finer is left to recover."""
    flat = np.full((HIGH, WIDE, 3), 132, np.uint8)
    checks = flat.copy()
    checks[::2, ::2] += 2
    checks[1::2, ::2] -= 2
    view = dataclasses.replace(VIEW, heads=())
    assert np.array_equal(masked(flat, view, None), masked(checks, view, None))


def test_cells_of_a_known_road_user_move_with_it():
    """The same thing at another place looks the same, so that a film of it tells no more than one picture."""
    thing = NOISE[:96, :96]
    copies = []
    for x in (40, 43, 47):
        picture = np.full((HIGH, WIDE, 3), 90, np.uint8)
        picture[200:296, x : x + 96] = thing
        copies.append(masked(picture, VIEW, Scenery(None, (Box(x, 200, 96, 96),)))[210:286, x + 10 : x + 86])
    assert len({copy.tobytes() for copy in copies}) == 1


def test_a_smaller_copy_is_masked_alike():
    half = cv2.resize(NOISE, (WIDE // 2, HIGH // 2), interpolation=cv2.INTER_AREA)
    copy = masked(half, VIEW, Scenery(OWN, ()))
    assert (copy[80:130, 105:145] == half[80:130, 105:145]).all()
    assert detail(copy[140:]) < 0.3 * detail(half[140:])


def test_the_sample_cameras_cells_leave_no_character_and_no_face():
    """A character of a plate is 8 cm high, a face 16 cm wide (one or two cells); nearer means more px."""
    scene = load_scene(REPOSITORY / "sample_videos/pham_ngoc_thach/camera.toml")
    view = view_of(scene)
    below = [band for band in view.bands if band.top >= 300]
    for band in below:
        places = np.array([[960.0, band.bottom - 1], [961.0, band.bottom - 1]])
        px_a_metre = 1 / np.hypot(*np.diff(scene.plane.road(places), axis=0)[0])
        assert band.cell_px >= 0.1 * px_a_metre
        assert band.cell_px <= 0.2 * px_a_metre + 6
    assert [band.cell_px for band in below] == sorted(band.cell_px for band in below)
    assert view.bands[0].cell_px == max(band.cell_px for band in view.bands)


# -- who was where -------------------------------------------------------------------------------------------

CAR, BIKE = Seen(1, "car", OWN, coasting=False), Seen(2, "motorbike", Box(400, 150, 50, 100), coasting=False)


def person(x: float, y: float, confidence: float = 0.3) -> Detection:
    return Detection(Box(x, y, 20, 60), "person", confidence)


def test_strangers_count_and_the_followed_are_not_seen_twice():
    sights = Sights()
    own, walker = Detection(Box(201, 151, 99, 118), "car", 0.9), person(210, 230)
    sights.note(10, 0.4, [CAR, BIKE], [own, walker, Detection(BIKE.box, "motorbike", 0.8)])
    scenery = sights.around(1, 0, 1).at(0.4)
    assert scenery == Scenery(OWN, (BIKE.box, walker.box))
    assert sights.around(2, 0, 1).at(0.4) == Scenery(BIKE.box, (OWN, walker.box))


def test_the_rider_of_a_motorbike_is_no_stranger_to_it():
    sights = Sights()
    sights.note(10, 0.4, [BIKE], [person(415, 185), person(470, 190)])
    assert sights.around(2, 0, 1).at(0.4).others == (Box(470, 190, 20, 60),)


def test_between_two_looks_everybody_is_in_both_places_and_on_the_way():
    sights = Sights()
    moved = Seen(2, "motorbike", Box(440, 150, 50, 100), coasting=False)
    sights.note(10, 0.4, [CAR, BIKE], [])
    sights.note(14, 0.6, [dataclasses.replace(CAR, box=Box(210, 160, 100, 120)), moved], [])
    scenery = sights.around(1, 0, 1).at(0.5)
    assert scenery.own == Box(205, 155, 100, 120)
    assert set(scenery.others) == {BIKE.box, moved.box, Box(400, 150, 90, 100)}


@pytest.mark.parametrize("t_s", [0.1, 0.39, 1.21, 2.0, 0.8])
def test_where_nobody_looked_nothing_is_known(t_s):
    sights = Sights()
    for at_s in (0.4, 1.2):
        sights.note(round(at_s * 25), at_s, [CAR], [])
    assert sights.around(1, 0, 3).at(t_s) is None


def test_a_hidden_vehicle_is_not_shown_and_a_vehicle_that_went_neither():
    sights = Sights()
    sights.note(10, 0.4, [dataclasses.replace(CAR, coasting=True), BIKE], [])
    sights.note(11, 0.44, [BIKE], [])
    assert sights.around(1, 0, 1).at(0.4).own is None
    assert sights.around(1, 0, 1).at(0.44).own is None


def test_a_look_at_others_only_does_not_make_a_vehicle_vanish():
    """A sparing camera looks at suspects in every picture and at everybody in few."""
    sights, unseen = Sights(), dataclasses.replace(CAR, coasting=True)
    sights.note(10, 0.40, [CAR], [])
    sights.note(11, 0.44, [unseen, BIKE], [])
    sights.note(12, 0.48, [unseen], [person(30, 40)])
    sights.note(14, 0.56, [dataclasses.replace(CAR, box=Box(240, 150, 100, 120))], [])
    scenery = sights.around(1, 0, 1).at(0.44)
    assert scenery.own == Box(210, 150, 100, 120)
    assert set(scenery.others) == {BIKE.box, person(30, 40).box}


def test_a_vehicle_unseen_for_long_is_not_shown():
    sights = Sights()
    for frame in range(10, 40):
        seen = CAR if frame in {10, 39} else dataclasses.replace(CAR, coasting=True)
        sights.note(frame, frame / 25, [seen], [])
    witness = sights.around(1, 0, 2)
    assert witness.at(20 / 25).own is None
    assert witness.at(10 / 25).own == CAR.box


def test_it_is_known_how_far_was_looked():
    sights = Sights()
    assert not sights.reach(0.0)
    sights.note(10, 0.4, [CAR], [])
    assert sights.reach(0.4)
    assert not sights.reach(0.41)


def test_sights_are_bounded_in_time():
    sights = Sights(seconds=2.0)
    for frame in range(200):
        sights.note(frame, frame / 25, [CAR], [])
    assert len(sights.around(1, 0, 100).sights) == 51
