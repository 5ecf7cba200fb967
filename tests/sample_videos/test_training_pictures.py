"""The parts of the training pictures that need no Blender: plates, heads, traffic, weather."""

import itertools
import math
import random
import re
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_videos.render import air, effects, heads, plate_texts, plates, traffic
from sample_videos.render.camera import Pinhole

SEEDS = st.integers(0, 10**6)
KINDS = ("motorbike", "car", "bus", "truck")
PROVINCE, LETTER = r"\d{2}", "[ABCDEFGHKLMNPSTUVXYZ]"
FOREIGN, ARMY = r"\d{5}(NG|QT|CV|NN)", r"[A-Z]{2}\d{4}"
FORMS = {
    "car": rf"{PROVINCE}{LETTER}\d{{4,5}}|{FOREIGN}\d{{2}}|{ARMY}",
    "motorbike": rf"{PROVINCE}{LETTER}({LETTER}|[1-9])\d{{4,5}}|{FOREIGN}\d{{3}}|{ARMY}",
}
CAMERA = Pinhole((0.0, 0.0, 5.0), 12.0, 0.0, 900.0, 96, 54)


@dataclass
class Body:
    kind: str
    length_m: float
    width_m: float


@given(SEEDS, st.sampled_from(KINDS))
def test_random_plates_have_a_form_and_its_ground(seed, kind):
    text, ground = plate_texts.random_plate(random.Random(seed), kind)
    assert re.fullmatch(FORMS["motorbike" if kind == "motorbike" else "car"], text), text
    assert (ground == "red") == bool(re.fullmatch(r"[A-Z]{2}\d{4}", text))
    if ground == "blue":
        assert text[2] in "ABCDEFGHKLM"
    assert kind != "motorbike" or ground != "yellow"


@given(SEEDS, st.sampled_from(KINDS), st.sampled_from(("one_line", "two_line")))
def test_what_is_painted_is_the_text(seed, kind, layout):
    text, _ = plate_texts.random_plate(random.Random(seed), kind)
    rows = plates.lines(text, kind, layout)
    assert len(rows) == (1 if layout == "one_line" else 2)
    assert re.sub(r"[^A-Z0-9]", "", "".join(rows)) == text
    assert re.sub(r"[^A-Z0-9]", "", plates.display(text, kind)) == text


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("61A72814", "car", "61A-728.14"),
        ("61B138295", "motorbike", "61-B1 382.95"),
        ("29A1234", "car", "29A-1234"),
        ("59X11234", "motorbike", "59-X1 1234"),
        ("80011NG01", "car", "80-011-NG-01"),
        ("80011NN123", "motorbike", "80-011-NN-123"),
        ("TM2233", "truck", "TM-22-33"),
    ],
)
def test_display(text, kind, shown):
    assert plates.display(text, kind) == shown


def test_diplomatic_letters_are_red_and_army_ground_is_red():
    def inks(text, ground):
        art = np.array(plates.draw(text, "car", "one_line", ground, 800)).reshape(-1, 3).astype(int)
        return (art[:, 0] - art[:, 2] > 100).mean()

    assert inks("80011NN01", "white") == 0.0
    assert 0.005 < inks("80011NG01", "white") < 0.2
    assert inks("TM2233", "red") > 0.5


def test_a_head_holds_its_surface_and_nothing_far_away():
    head = heads.Head((((0.0, 0.0, 1.6), (0.08, 0.1, 0.12)), ((0.0, 0.0, 1.65), (0.13, 0.15, 0.12))), "cap")
    points = head.surface()
    assert all(head.holds(p) for p in points)
    assert points[:, 2].max() == pytest.approx(1.77)
    assert np.abs(points[:, 0]).max() == pytest.approx(0.13, abs=0.004)
    assert not head.holds(np.array([0.0, 0.3, 1.6]))
    assert not head.helmet
    assert heads.record(head, [1, 2, 3, 4], 0.51249)["visible_fraction"] == 0.512


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_traffic_stands_apart_and_in_the_picture(seed):
    rng = random.Random(seed)
    pool = [Body("motorbike", 1.86, 0.74) for _ in range(20)]
    pool += [Body("car", 4.5, 1.8), Body("truck", 11.0, 2.5), Body("person", 0.6, 0.6)]
    view = traffic.random_view(rng)
    placed = traffic.scatter(rng, pool, view)
    spots = [
        ((p.front[0] + p.rear[0]) / 2, (p.front[1] + p.rear[1]) / 2, b.length_m, b.width_m, p.yaw)
        for b, p in placed
    ]
    assert all(view.shows(x, y) for x, y, *_ in spots)
    for a, b in itertools.combinations(spots, 2):
        room = [(abs(math.sin(s[4])) * s[2] + abs(math.cos(s[4])) * s[3]) / 2 for s in (a, b)]
        deep = [(abs(math.cos(s[4])) * s[2] + abs(math.sin(s[4])) * s[3]) / 2 for s in (a, b)]
        assert abs(a[0] - b[0]) >= sum(room) or abs(a[1] - b[1]) >= sum(deep)


@settings(max_examples=50, deadline=None)
@given(SEEDS, st.floats(6, 20))
def test_the_camera_sees_what_it_aims_at(seed, head_px):
    view = traffic.random_view(random.Random(seed), (head_px, head_px))
    assert view.shows(*view.aim)
    distance = math.dist(view.aim, view.camera.position_m[:2])
    tall = traffic.HEAD_M * view.camera.focal_px / distance
    assert 620 <= view.camera.focal_px <= 2600
    if 620 < view.camera.focal_px < 2600:
        assert tall == pytest.approx(head_px, rel=0.15)


def test_signal_heads_stand_apart_in_the_picture():
    view = traffic.random_view(random.Random(3))
    spots = traffic.head_spots(random.Random(4), view, [0.0, 2.0, -1.5], [3.0, 4.0, 4.5])
    found = [(s, z) for s, z in zip(spots, (3.0, 4.0, 4.5), strict=True) if s]
    assert found
    assert all(view.shows(s[0], s[1], z) for s, z in found)
    assert all(math.dist(a[0][:2], b[0][:2]) > 1.2 for a, b in itertools.combinations(found, 2))


def _picture(seed=0):
    return np.random.default_rng(seed).integers(0, 255, (54, 96, 3), dtype=np.uint8)


def test_still_air_changes_nothing():
    picture = _picture()
    done = effects.develop(picture, effects.Air(), (), CAMERA, np.random.default_rng(1))
    assert np.array_equal(done, picture)


@pytest.mark.parametrize("condition", ["day", "dusk", "night", "rain"])
def test_weather_is_the_same_again_for_a_seed_and_another_for_another(condition):
    phase = "dusk" if condition == "rain" else condition
    faults = air.random_air(random.Random(5), condition, phase)
    assert (faults.rain > 0) == (condition == "rain")
    glares = [effects.Glare(40.0, 20.0, 2.0, (1.0, 1.0, 1.0))]
    a, b, c = (
        effects.develop(_picture(), faults, glares, CAMERA, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
    assert a.dtype == np.uint8
    assert a.shape == (54, 96, 3)


def test_haze_takes_the_far_before_the_near():
    black = np.zeros((54, 96, 3), np.uint8)
    hazy = effects.Air(haze_per_m=0.01, haze_bgr=(200.0, 200.0, 200.0))
    done = effects.develop(black, hazy, (), CAMERA, np.random.default_rng(1))[:, 48, 0].astype(int)
    assert done[0] > done[27] > done[53] > 0
    distance = effects.ground_distance_m(CAMERA)
    assert distance[27, 48] == pytest.approx(5.0 / math.sin(math.radians(12.0)), rel=0.01)


def test_glare_is_brightest_at_the_lamp_and_wider_when_it_faces_the_lens():
    layer = effects.glow((54, 96), [effects.Glare(40.0, 20.0, 3.0, (0.2, 0.6, 1.0))])
    assert np.unravel_index(layer[..., 2].argmax(), layer.shape[:2]) == (20, 40)
    assert layer[20, 40, 2] > layer[20, 40, 1] > layer[20, 40, 0] > 0
    assert layer[53, 95].max() < 1
    assert effects.radius_px(0.1, 20.0, 900.0, 1.0) > effects.radius_px(0.1, 20.0, 900.0, 0.3)


def test_rain_only_adds_light_and_drops_only_touch_a_part():
    dark = np.full((200, 300, 3), 40.0, np.float32)
    wet = effects.streaks(dark, 1.0, np.random.default_rng(2))
    assert (wet >= dark - 1e-3).all()
    assert 0.01 < (wet > dark + 2).mean() < 0.8
    ramp = np.tile(np.linspace(0, 255, 300, dtype=np.float32)[None, :, None], (200, 1, 3))
    touched = np.abs(effects.lens_drops(ramp, 0.3, np.random.default_rng(3)) - ramp).max(axis=2) > 2
    assert 0.005 < touched.mean() < 0.5
