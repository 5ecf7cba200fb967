"""Who may be breaking a rule just now: where, how fast, and which way."""

from __future__ import annotations

import pytest

from edge.analysis_stakes import Stakes, stakes_of
from edge.tracking import Track
from tests.edge import road_kit as kit

LAMPS = {"red": (100, 100, 20, 20), "green": (100, 160, 20, 20)}


def until(motion: kit.Motion, t_s: float) -> Track:
    """The track of a car as far as it was seen at `t_s`."""
    whole = kit.sighted(motion, kit.frames(20, 12.5), x_m=0.0, noise_px=0.2)
    seen = tuple(one for one in whole.observations if one.t_s <= t_s + 1e-6)
    return Track(1, "car", 0.9, seen)


SCENE = kit.road(signal=LAMPS)
LINE_AT_S = 8.0


@pytest.mark.parametrize(
    ("what", "kmh", "t_s", "expected"),
    [
        ("just come", 40, None, Stakes(new=True)),
        ("creeping far before the line", 5, LINE_AT_S - 6.5, Stakes()),
        ("about to go over it", 30, LINE_AT_S - 0.4, Stakes(near_line=True)),
        ("just over it", 30, LINE_AT_S + 0.4, Stakes(near_line=True)),
        ("long over it", 30, LINE_AT_S + 2.5, Stakes()),
        ("too fast, far from the line", 80, LINE_AT_S + 0.7, Stakes(fast=True)),
        ("too fast, over the line", 80, LINE_AT_S, Stakes(near_line=True, fast=True)),
    ],
)
def test_what_is_at_stake(what: str, kmh: float, t_s: float | None, expected: Stakes) -> None:
    motion = kit.cruise(kmh, LINE_AT_S)
    first_s = kit.sighted(motion, kit.frames(20, 12.5), x_m=0.0, noise_px=0.2).observations[0].t_s
    found = stakes_of(until(motion, first_s + 0.16 if t_s is None else t_s), SCENE)
    assert found == expected, what


def test_who_stands_at_the_line_is_not_about_to_go() -> None:
    standing = kit.through((0, 10), (4, 24), (20, 24))
    assert not stakes_of(until(standing, 10.0), SCENE).near_line
