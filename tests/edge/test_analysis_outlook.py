"""Where the eyes look: everywhere now and then, else only where somebody is expected or something moved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.analysis_outlook import VAIN_S, WHOLE_EVERY_S, Outlook, joined
from edge.capture import Frame
from edge.detector.types import Box, Detection, Image

SIZE_PX = (1920, 1080)


class PartLooker:
    """Finds what stands in a list, where it is asked to look."""

    def __init__(self, *there: Box) -> None:
        self.there = list(there)
        self.areas: list[Box | None] = []

    def detect(self, image: Image) -> list[Detection]:
        self.areas.append(None)
        return [Detection(box, "car", 0.9) for box in self.there]

    def small_size_px(self, size_px: tuple[int, int]) -> tuple[int, int]:
        return size_px[0] // 3, size_px[1] // 3

    def detect_small(
        self, small: Image, size_px: tuple[int, int], area: Box | None = None
    ) -> list[Detection]:
        assert small.shape[:2] == (size_px[1] // 3, size_px[0] // 3)
        self.areas.append(area)
        within = area or Box(0, 0, *size_px)
        return [
            Detection(box, "car", 0.9) for box in self.there if within.intersection(box) >= 0.99 * box.area
        ]


def frame(t_s: float, *cars: Box) -> Frame:
    picture = np.full((1080, 1920, 3), 90, np.uint8)
    for box in cars:
        picture[int(box.y) : int(box.y2), int(box.x) : int(box.x2)] = 200
    return Frame(round(t_s * 25), t_s, picture)


def test_the_first_look_is_everywhere_and_so_is_one_every_few_seconds() -> None:
    eyes = PartLooker()
    outlook = Outlook(eyes)
    for t_s in (0.0, 0.4, 0.8, WHOLE_EVERY_S - 0.1, WHOLE_EVERY_S + 0.1):
        outlook.watch(frame(t_s), [Box(100, 500, 200, 150)], [])
        outlook.look(frame(t_s), [Box(100, 500, 200, 150)])
    assert [area is None for area in eyes.areas] == [True, False, False, False, True]


def test_what_moves_is_found_though_nobody_expected_it() -> None:
    car = Box(900, 600, 200, 150)
    eyes = PartLooker(car)
    outlook = Outlook(eyes)
    outlook.watch(frame(0.0), [], [])
    outlook.look(frame(0.0), [])
    outlook.watch(frame(0.1, car), [], [])
    assert outlook.any_news
    assert [one.box for one in outlook.look_at(frame(0.1, car), [], [])] == [car]
    assert eyes.areas[-1] is not None
    assert eyes.areas[-1].area < 0.2 * SIZE_PX[0] * SIZE_PX[1]


def test_where_nothing_is_expected_and_nothing_moves_nobody_looks() -> None:
    eyes = PartLooker()
    outlook = Outlook(eyes)
    outlook.watch(frame(0.0), [], [])
    outlook.look(frame(0.0), [])
    outlook.watch(frame(0.4), [], [])
    assert outlook.look(frame(0.4), []) == []
    assert not outlook.any_motion
    assert len(eyes.areas) == 1


def test_a_vehicle_that_is_expected_is_no_news() -> None:
    outlook = Outlook(PartLooker())
    outlook.watch(frame(0.0), [], [])
    outlook.look(frame(0.0), [])
    outlook.watch(frame(0.1, Box(900, 600, 200, 150)), [Box(890, 590, 200, 150)], [])
    assert not outlook.any_news
    assert outlook.any_motion


def test_a_swaying_branch_is_not_looked_at_in_every_picture() -> None:
    branch = Box(300, 200, 120, 120)
    eyes = PartLooker()
    outlook = Outlook(eyes)
    outlook.watch(frame(0.0), [], [])
    outlook.look(frame(0.0), [])
    looks = []
    for index in range(1, 21):
        t_s = index * 0.04
        outlook.watch(frame(t_s, branch), [], [])
        if outlook.any_news:
            outlook.look_at(frame(t_s, branch), [], [])
            looks.append(t_s)
    assert looks == pytest.approx([0.04, 0.04 + VAIN_S])


def test_who_may_hide_a_suspect_is_looked_at_whole() -> None:
    """Else it would be cut at the edge and left out, and the suspect's foot would seem clear."""
    suspect, before_him = Box(800, 400, 150, 150), Box(860, 500, 400, 400)
    eyes = PartLooker(suspect, before_him)
    outlook = Outlook(eyes)
    outlook.watch(frame(0.0), [suspect, before_him], [])
    outlook.look(frame(0.0), [])
    found = outlook.look_at(frame(0.0), [suspect], [])
    assert {one.box for one in found} == {suspect, before_him}


def test_eyes_that_only_see_whole_pictures_do_too() -> None:
    class Whole:
        def detect(self, image: Image) -> list[Detection]:
            return [Detection(Box(1, 2, 30, 40), "car", 0.9)]

    outlook = Outlook(Whole())
    outlook.watch(frame(0.0), [], [])
    assert len(outlook.look(frame(0.0), [])) == 1


sides = st.tuples(st.integers(0, 1700), st.integers(0, 900), st.integers(10, 220), st.integers(10, 180))


@given(st.lists(sides, min_size=1, max_size=12))
def test_areas_hold_every_box_whole_and_cost_no_more_than_one_around_all(
    boxes: list[tuple[int, int, int, int]],
) -> None:
    given_boxes = [Box(*map(float, side)) for side in boxes]
    areas = joined(given_boxes, SIZE_PX)
    for box in given_boxes:
        assert any(area.intersection(box) >= box.area * 0.999 for area in areas)
    assert 1 <= len(areas) <= len(given_boxes)
    assert sum(area.area for area in joined([*given_boxes, *given_boxes], SIZE_PX)) == pytest.approx(
        sum(area.area for area in areas)
    )
