"""Who drives against the traffic, and who only looks so."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules import Context, SignalHistory, Verdict, Violation, Withheld
from edge.rules.wrong_way import LEAST_M, SLOWEST_KMH, judge
from edge.scene import Scene
from edge.tracking import Track
from tests.edge import moves_kit as moves
from tests.edge import road_kit as kit

Lane = dict[str, object]


def lane(name: str, low_m: float, high_m: float, **more: object) -> Lane:
    corners = [(low_m, 10), (high_m, 10), (high_m, 80), (low_m, 80)]
    return {"name": name, "polygon_px": [kit.ground(*one) for one in corners], **more}


ONE_WAY = kit.road(road={"direction_m": (0, 1), "one_way": True})
"""Traffic goes away from the camera, all over."""
TWO_LANES = kit.road(
    road={
        "direction_m": (0, 1),
        "lanes": [lane("right", 0, 3.5, direction_m=(0, 1)), lane("left", -3.5, 0, direction_m=(0, -1))],
    }
)
UNTOLD = kit.road(road={"direction_m": (0, 1), "lanes": [lane("right", 0, 3.5), lane("left", -3.5, 0)]})
TIMES = kit.frames(9, 12.5)


def said(track: Track, scene: Scene = ONE_WAY, *, finished: bool = True) -> Verdict:
    return judge(track, Context(scene, SignalHistory(), None), finished=finished)


def came(x_m: float = 1.75, from_m: float = 70, kmh: float = -35, **more: object) -> Track:
    return moves.driven(moves.straight(x_m, from_m, kmh), TIMES, noise_px=0.7, **more)  # type: ignore[arg-type]


FOUND = [
    ("a car comes against a one-way road", came(), ONE_WAY),
    ("a motorbike", came(kind="motorbike"), ONE_WAY),
    ("a bus", came(kind="bus", from_m=75), ONE_WAY),
    ("a motorbike at a bicycle's speed", came(kind="motorbike", from_m=40, kmh=-14), ONE_WAY),
    ("in the lane of the others", came(1.75), TWO_LANES),
    ("away from the camera in the lane that comes", came(-1.75, 12, 35), TWO_LANES),
    ("at the side of the picture", came(-5.5, 60), ONE_WAY),
    (
        "after a U-turn on the one-way road",
        moves.driven(moves.turning((2.5, 14), 90, [(20, 0), (16, 180), (20, 0)], 25), TIMES),
        ONE_WAY,
    ),
]


@pytest.mark.parametrize(("what", "track", "scene"), FOUND, ids=[one[0] for one in FOUND])
def test_found(what: str, track: Track, scene: Scene) -> None:
    verdict = said(track, scene)
    assert isinstance(verdict, Violation), (what, verdict)
    assert verdict.act == "wrong_way"
    assert verdict.t_start_s <= verdict.t_event_s <= verdict.t_end_s
    assert {verdict.frame_before, verdict.frame_at, verdict.frame_after} <= {
        one.frame for one in track.observations
    }
    far, fast = verdict.measures
    assert far.lower_95 >= LEAST_M
    assert fast.lower_95 >= SLOWEST_KMH
    assert all(reason.vi and reason.en for reason in verdict.reasons)


def test_said_as_soon_as_it_is_certain() -> None:
    track = came()
    early = [
        said(dataclasses.replace(track, observations=track.observations[:count], ended=False), finished=False)
        for count in range(4, len(track.observations))
    ]
    first = next(i for i, one in enumerate(early) if isinstance(one, Violation))
    assert not any(early[:first])
    assert first < len(early) / 2


INNOCENT = [
    ("with the traffic", came(1.75, 12, 35), ONE_WAY),
    ("in its own lane, either way", came(-1.75), TWO_LANES),
    ("no direction is told", came(), UNTOLD),
    ("a bicycle", came(kind="bicycle", kmh=-15), ONE_WAY),
    (
        "crosses the road",
        moves.driven(moves.along((0, -8, 30), (6, 8, 27)), TIMES),
        ONE_WAY,
    ),
    ("stands and the box trembles", moves.driven(lambda t: (1.0, 40.0), TIMES, noise_px=3), ONE_WAY),
    (
        "backs five metres into a gap",
        moves.driven(moves.along((0, 1, 15), (3, 1, 35), (4, 1, 35), (7, 1, 30)), TIMES, heading=np.pi / 2),
        ONE_WAY,
    ),
    ("half in the lane that is its own", came(0.2, 60), TWO_LANES),
    (
        "a U-turn from its own lane into its own lane",
        moves.driven(moves.turning((1.75, 14), 90, [(22, 0), (11, 180), (30, 0)], 25), TIMES),
        TWO_LANES,
    ),
]


@pytest.mark.parametrize(("what", "track", "scene"), INNOCENT, ids=[one[0] for one in INNOCENT])
def test_innocent(what: str, track: Track, scene: Scene) -> None:
    assert said(track, scene) is None, what


def _eaten(track: Track) -> Track:
    """The lower edge alone slides down, as when half a bus is hidden and comes out: the top stays."""
    top_px = track.observations[0].box.y
    boxes = [dataclasses.replace(one.box, y=top_px, h=one.box.y2 - top_px) for one in track.observations]
    return dataclasses.replace(
        track,
        observations=tuple(
            dataclasses.replace(one, box=box) for one, box in zip(track.observations, boxes, strict=True)
        ),
    )


KEPT = [
    ("too short a way", came(from_m=21, kmh=-35, kind="motorbike"), {"short_way"}),
    ("pushed", came(from_m=34, kmh=-5.5, kind="motorbike"), {"slow", "short_way"}),
    (
        "reverses twenty metres, then drives on",
        moves.driven(moves.along((0, 1, 15), (3, 1, 45), (3.5, 1, 45), (9, 1, 22)), TIMES, heading=np.pi / 2),
        {"reversing"},
    ),
    ("hidden in the middle", moves.without(came(from_m=45, kmh=-35), 1.1, 2.9), {"gap", "short_way"}),
    (
        "two vehicles in one track",
        moves.joined(came(2.5, 62), came(-2.5, 50), 2.0),
        {"jump", "size_jump", "short_way"},
    ),
    ("a box that only grows", _eaten(came(from_m=60, kmh=-35)), {"size_jump", "jump"}),
    (
        "a bicycle more often than not",
        came(kind="motorbike", kinds=lambda i: "motorbike" if i % 5 < 3 else "bicycle"),
        {"kind_unclear"},
    ),
    (
        "stops and goes",
        moves.driven(
            moves.along((0, 1, 50), (1.5, 1, 40), (2.2, 1, 43), (3.5, 1, 30)), TIMES, heading=-np.pi / 2
        ),
        {"unsteady", "reversing", "short_way", "jump"},
    ),
]


@pytest.mark.parametrize(("what", "track", "codes"), KEPT, ids=[one[0] for one in KEPT])
def test_withheld(what: str, track: Track, codes: set[str]) -> None:
    verdict = said(track)
    assert isinstance(verdict, Withheld), (what, verdict)
    assert verdict.code in codes
    assert all(reason.vi and reason.en for reason in verdict.reasons)


@settings(max_examples=60, deadline=None)
@given(
    x_m=st.floats(-6, 6),
    from_m=st.floats(8, 30),
    kmh=st.floats(0, 90),
    kind=st.sampled_from(["motorbike", "car", "bus", "truck"]),
    noise_px=st.floats(0, 3),
    seed=st.integers(0, 999),
    swerve_m=st.floats(0, 1),
)
def test_nobody_who_went_with_the_traffic_is_accused(  # noqa: PLR0917 - what a drive consists of
    x_m: float, from_m: float, kmh: float, kind: str, noise_px: float, seed: int, swerve_m: float
) -> None:
    def place(t_s: float) -> tuple[float, float]:
        return x_m + swerve_m * np.sin(t_s), from_m + kmh / 3.6 * t_s

    track = moves.driven(place, TIMES, kind=kind, noise_px=noise_px, seed=seed)  # type: ignore[arg-type]
    if track.observations:
        assert not isinstance(said(track), Violation)


@settings(max_examples=60, deadline=None)
@given(
    x_m=st.floats(-4, 4),
    start_m=st.floats(25, 60),
    back_m=st.floats(0, 10),
    kmh=st.floats(1, 12),
    noise_px=st.floats(0, 2),
    seed=st.integers(0, 999),
)
def test_nobody_who_backs_a_few_metres_is_accused(  # noqa: PLR0917 - what a drive consists of
    x_m: float, start_m: float, back_m: float, kmh: float, noise_px: float, seed: int
) -> None:
    def place(t_s: float) -> tuple[float, float]:
        return x_m, start_m - min(back_m, kmh / 3.6 * max(t_s - 1, 0))

    track = moves.driven(place, TIMES, noise_px=noise_px, seed=seed, heading=np.pi / 2)
    assert not isinstance(said(track), Violation)
