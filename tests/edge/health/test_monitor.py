"""Each fault of a camera is told within three seconds, and a healthy camera is never called faulty."""

from __future__ import annotations

from copy import deepcopy

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.health.look import look_at
from edge.health.monitor import Monitor
from edge.health.types import FAULTS, WORDS, Finding, Spell
from tests.edge.health.street_kit import (
    CLIP,
    CLIPS,
    LOOKS_A_S,
    Camera,
    blurred,
    bus,
    lit,
    noisy,
    pictures_of,
    same,
    shifted,
    street,
)

LEARNT_S = 24.0
WITHIN_S = 3.0


def turned_away(_image):
    return street(seed=77)


def bagged(image):
    return np.full_like(image, 96)


def sprayed(image):
    height, width = image.shape[:2]
    paint = cv2.GaussianBlur(cv2.resize(image, None, fx=1 / 8, fy=1 / 8), (0, 0), 60 / 8)
    paint = cv2.resize(paint, (width, height))
    return cv2.addWeighted(paint, 0.4, np.full_like(image, 140), 0.6, 0)


FAULTY = {
    "moved 8 px right": ("moved", shifted(8, 0)),
    "moved 4 px up": ("moved", shifted(0, -4)),
    "moved 5 px askew": ("moved", shifted(-3, 4)),
    "moved 30 px": ("moved", shifted(25, 16)),
    "moved 120 px": ("moved", shifted(110, 50)),
    "turned by 6 degrees": ("moved", shifted(0, 0, 6)),
    "turned away": ("moved", turned_away),
    "a bag over it": ("covered", bagged),
    "paint on the glass": ("covered", sprayed),
    "out of focus": ("covered", blurred(4)),
    "lamps off at night": ("dark", lit(0.04)),
    "iris shut": ("dark", lit(0.0)),
}


@pytest.fixture(scope="module")
def learnt():
    """A camera that has learnt what its view looks like."""
    camera = Camera()
    camera.run(LEARNT_S)
    assert camera.told == []
    return camera


@pytest.fixture
def camera(learnt):
    """The same for one test, which may do to it what it likes."""
    return deepcopy(learnt)


@pytest.mark.parametrize(("fault", "change"), FAULTY.values(), ids=FAULTY)
def test_a_fault_is_told_within_three_seconds_and_ends_when_it_ends(camera, fault, change):
    begun_s = camera.t_s
    camera.run(6.0, change)
    assert camera.faults() == {fault}
    assert camera.first(fault) - begun_s <= WITHIN_S
    (finding,) = camera.monitor.findings()
    assert 100 + begun_s - 0.5 <= finding.since_s <= 100 + begun_s
    ended_s = camera.t_s
    camera.run(3.0)
    assert camera.monitor.findings() == ()
    assert camera.monitor.spoiling(begun_s + 0.1, begun_s + 0.2) == fault
    assert camera.monitor.spoiling(ended_s - 1.0, ended_s + 99.0) == fault
    assert camera.monitor.spoiling(begun_s - 5.0, begun_s - 0.5) is None
    assert camera.monitor.spoiling(ended_s + 0.5, ended_s + 99.0) is None


def test_a_move_is_told_in_pixels_of_the_full_picture(camera):
    camera.run(4.0, shifted(20, -12))
    assert camera.monitor.shift_px() == pytest.approx(np.hypot(20, 12), abs=1.0)
    (finding,) = camera.monitor.findings()
    assert finding.words() == (
        "Camera đã bị xê dịch (hình lệch 23 điểm ảnh: ngang +20, dọc -12)",
        "The camera has moved (the picture lies 23 px off: +20 across, -12 down)",
    )


def test_a_camera_that_was_moved_while_the_box_was_off_is_told_by_the_kept_reference(camera):
    after = Camera(Monitor(references=camera.monitor.references.known))
    after.run(3.0, shifted(9, 0))
    assert after.first("moved") <= WITHIN_S


def test_the_writing_a_camera_puts_into_its_picture_does_not_vouch_for_it():
    def written(change):
        def draw(image):
            out = change(image)
            for place in ((20, 40), (500, 40), (20, 520)):
                cv2.putText(out, "2026-11-27 CAM 61-03", place, cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255,) * 3, 3)
            return out

        return draw

    camera = Camera()
    camera.run(LEARNT_S, written(same))
    assert camera.told == []
    camera.run(3.0, written(shifted(7, 7)))
    assert camera.faults() == {"moved"}


def test_a_frozen_picture_is_told(camera):
    image, begun_s = noisy(camera.picture(), 0), camera.t_s
    for number in range(5 * LOOKS_A_S):
        # The encoder sends the picture whole once a second: every pixel changes a little, and stays so.
        camera.show(np.clip(image.astype(int) + number // 4 % 2, 0, 255).astype(np.uint8))
    assert camera.faults() == {"frozen"}
    assert camera.first("frozen") - begun_s <= WITHIN_S


def test_clean_pictures_of_an_empty_street_are_given_time():
    camera = Camera(vehicles=0)
    for number in range(30 * LOOKS_A_S):
        drive = number % (12 * LOOKS_A_S) < 2 * LOOKS_A_S  # one vehicle every twelve seconds
        camera.show(bus(camera.base, number * 40 % 700, width_px=80, top_px=300) if drive else camera.base)
    assert camera.told == []
    for _ in range(25 * LOOKS_A_S):
        camera.show(camera.base)
    assert camera.faults() == {"frozen"}


def test_pictures_of_another_size_are_another_view_and_no_fault(camera):
    for _ in range(3 * LOOKS_A_S):
        camera.show(cv2.resize(noisy(camera.picture(), camera.index), (960, 720)))
    assert camera.told == []
    assert len(camera.monitor.references.known) == 1


@pytest.mark.parametrize("size", [(8, 8), (64, 48), (2000, 30), (30, 2000)])
def test_odd_pictures_are_no_end(size):
    monitor = Monitor()
    for number in range(12):
        image = np.random.default_rng(number).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
        monitor.seen(number, number)
        monitor.look(look_at(image), number, number)
    assert monitor.findings() == ()


def test_no_pictures_at_all():
    monitor = Monitor(now_s=50.0)
    for number in range(30):
        monitor.tick(50.0 + number / 10)
    (finding,) = monitor.findings()
    assert (finding.fault, finding.since_s) == ("dead", 50.0)
    monitor.seen(0.0, 60.0)
    assert monitor.findings() == ()


@pytest.mark.parametrize(("silence_s", "told"), [(1.0, False), (2.4, False), (2.6, True), (60.0, True)])
def test_pictures_stop_coming(silence_s, told):
    monitor = Monitor()
    for number in range(50):
        monitor.seen(number / 25, number / 25)
    last_s = 49 / 25
    for tick in range(int(silence_s * 10) + 1):
        monitor.tick(last_s + tick / 10)
    assert [one.fault for one in monitor.findings()] == (["dead"] if told else [])
    monitor.seen(last_s + silence_s, last_s + silence_s)
    assert monitor.findings() == ()
    assert monitor.spoiling(last_s + 0.5, last_s + 0.6) == ("dead" if told else None)
    assert monitor.spoiling(0.0, last_s - 0.1) is None


def test_a_clip_has_no_pace_that_could_fail():
    monitor = Monitor(live=False)
    monitor.seen(0.0, 0.0)
    monitor.tick(60.0)
    monitor.seen(0.04, 60.0)
    assert monitor.findings() == ()
    assert monitor.spoiling(0.0, 1.0) is None


HEALTHY = {
    "a swarm": lambda image, index: image,
    "a cloud": lambda image, index: lit(0.75 + 0.25 * np.cos(index / 6))(image),
    "sun comes out at once": lambda image, index: lit(1.0 if index < 200 else 0.6)(image),
    "dusk": lambda image, index: lit(max(0.12, 1 - index / 220))(image),
    "a gust on the mast": lambda image, index: shifted(1.2 * np.sin(index * 2.4), 0)(image),
    "rain": lambda image, index: noisy(lit(0.8)(image), index, 9.0),
    "night noise": lambda image, index: noisy(lit(0.2)(image), index, 5.0),
}


@pytest.mark.parametrize("change", HEALTHY.values(), ids=HEALTHY)
def test_a_healthy_camera_is_never_called_faulty(change):
    camera = Camera(vehicles=25)
    for _ in range(45 * LOOKS_A_S):  # twice as long as it learns
        camera.show(noisy(change(camera.picture(), camera.index), camera.index))
    assert camera.told == []


def test_a_red_bus_that_fills_the_view_passes_and_one_that_stops_is_no_fault(camera):
    for number in range(3 * LOOKS_A_S):  # passes: all of the picture for more than a second
        camera.show(noisy(bus(camera.picture(), -1500 + number * 320, width_px=1500), camera.index))
    for _ in range(40 * LOOKS_A_S):  # stops in a jam; the top of the picture stays free
        camera.show(noisy(bus(camera.picture(), -100, width_px=1300, top_px=150), camera.index))
    assert camera.told == []


@pytest.mark.slow
def test_on_the_rendered_street_no_light_and_no_bus_makes_a_fault():
    """Twice through the clip: as it is and darker, with a bus that fills the view every ten seconds."""
    monitor = Monitor()
    told, offset_s = [], 0.0
    for change in (same, lit(0.7), lit(1.0, 1.3)):
        t_s = 0.0
        for t_s, image in pictures_of(CLIP):
            place = int((t_s % 10.0 - 1.0) * 2600) - 2400
            shown = change(bus(image, place, width_px=2600))
            at_s = offset_s + t_s
            monitor.seen(at_s, at_s)
            monitor.look(look_at(shown), at_s, at_s)
            told += monitor.findings()
        offset_s += t_s + 0.3
    assert len(monitor.references.known) >= 1
    assert told == []


@pytest.mark.slow
@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.stem)
def test_no_rendered_camera_is_called_faulty(clip):
    monitor, told, at_s = Monitor(), [], 0.0
    for _ in range(2):
        begun_s = at_s
        for t_s, image in pictures_of(clip):
            at_s = begun_s + t_s
            monitor.seen(at_s, at_s)
            monitor.look(look_at(image), at_s, at_s)
            told += monitor.findings()
        at_s += 0.3
    assert monitor.references.known
    assert told == []


def test_words_are_there_in_both_languages():
    assert set(WORDS) == set(FAULTS)
    assert all(vi and en and vi != en for vi, en in WORDS.values())
    assert Finding("dark", 0.0).words() == WORDS["dark"]


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_spells_overlap_as_stretches_do(a, b, c, d):
    (a, b), (c, d) = sorted((a, b)), sorted((c, d))
    assert Spell("dark", a, b).overlaps(c, d) == (max(a, c) <= min(b, d))
