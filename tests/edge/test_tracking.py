"""One vehicle, one id: through misses, noise, low frame rates and short occlusions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.types import Box, Detection, VehicleClass
from edge.tracking import Observation, Track, Tracker, TrackerSettings, thinned
from edge.tracking_match import assign, pairs_below
from tests.edge import road_kit as kit


def followed(
    vehicles: list[Track], *, seed: int = 0, loss: float = 0.0, settings_: TrackerSettings | None = None
) -> tuple[list[Track], dict[int, set[int]]]:
    """The tracks found, and for each the true vehicles whose boxes it holds."""
    rng = np.random.default_rng(seed)
    owner = {id(one.box): track.id for track in vehicles for one in track.observations}
    tracker = Tracker(kit.SIZE_PX, settings_)
    ended: list[Track] = []
    for t_s, frame, found in kit.seen_in_order(vehicles):
        kept = [one for one in found if rng.random() >= loss]
        ended += tracker.update(t_s, frame, kept).ended
    ended += tracker.finish()
    return ended, {track.id: {owner[id(one.box)] for one in track.observations} for track in ended}


def convoy(fps: float, seed: int = 1) -> list[Track]:
    rng = np.random.default_rng(seed)
    lanes = itertools.cycle([-2.5, 0.3, 2.8])
    return [
        kit.sighted(
            kit.cruise(40 + 4 * (index % 3), 3 + 1.1 * index),
            kit.frames(16, fps),
            x_m=next(lanes),
            kind="motorbike" if index % 3 else "car",
            noise_px=1.0,
            rng=rng,
            track=index + 1,
        )
        for index in range(8)
    ]


@pytest.mark.parametrize("fps", [6.0, 12.5, 30.0])
@pytest.mark.parametrize("loss", [0.0, 0.2])
def test_a_convoy_keeps_its_ids(fps: float, loss: float) -> None:
    vehicles = convoy(fps)
    tracks, holds = followed(vehicles, loss=loss, seed=7)
    assert len(tracks) == len(vehicles)
    assert all(len(owners) == 1 for owners in holds.values())
    assert sorted(track.id for track in tracks) == list(range(1, len(vehicles) + 1))
    assert {track.kind for track in tracks} == {"car", "motorbike"}


def test_an_occlusion_is_coasted_over_in_seconds() -> None:
    car = kit.sighted(kit.cruise(40, 3), kit.frames(10, 12.5), noise_px=1.0)
    for hidden_s, expected in ((1.0, 1), (1.9, 2)):
        begin_s = car.observations[8].t_s
        seen = [one for one in car.observations if not begin_s < one.t_s < begin_s + hidden_s]
        tracker = Tracker(kit.SIZE_PX)
        ended = [
            track
            for index in range(200)
            for track in tracker.update(
                index / 12.5,
                index,
                [Detection(one.box, "car", 0.9) for one in seen if abs(one.t_s - index / 12.5) < 1e-6],
            ).ended
        ]
        assert len(ended) + len(tracker.finish()) == expected


def test_coasting_vehicles_are_told_and_go_on_moving() -> None:
    car = kit.sighted(kit.cruise(40, 3), kit.frames(10, 12.5))
    tracker = Tracker(kit.SIZE_PX)
    for one in car.observations[:8]:
        tracker.update(one.t_s, one.frame, [Detection(one.box, "car", 0.9)])
    missed = car.observations[10]
    (seen,) = tracker.update(missed.t_s, missed.frame, []).seen
    assert seen.coasting
    assert seen.box.iou(missed.box) > 0.6


def test_between_detections_vehicles_are_where_they_should_be() -> None:
    car = kit.sighted(kit.cruise(40, 3), kit.frames(10, 12.5))
    tracker = Tracker(kit.SIZE_PX)
    for one in car.observations[:12]:
        tracker.update(one.t_s, one.frame, [Detection(one.box, "car", 0.9)])
    for later in car.observations[12:15]:
        (seen,) = tracker.at(later.t_s)
        assert seen.coasting
        assert seen.box.iou(later.box) > 0.7
    (now,) = tracker.at(car.observations[11].t_s)
    assert (now.coasting, now.box) == (False, car.observations[11].box)


def test_whoever_is_hidden_by_a_bus_is_waited_for() -> None:
    """A motorbike stands for four seconds behind a bus; without the bus it would have been given up."""
    bike, bus = kit.box_at(0.0, 30.0, "motorbike"), kit.box_at(0.0, 20.0, "bus")
    for hides, expected in ((True, {1}), (False, {1, 2})):
        tracker = Tracker(kit.SIZE_PX)
        ids = set()
        for index in range(100):
            t_s = index / 12.5
            hidden = 2.0 <= t_s < 6.0
            found = [] if hidden else [Detection(bike, "motorbike", 0.8)]
            found += [Detection(bus, "bus", 0.9)] if hidden and hides else []
            seen = tracker.update(t_s, index, found).seen
            ids |= {one.id for one in seen if one.kind == "motorbike"}
        assert len(ids) == len(expected)


def test_a_vehicle_half_hidden_from_below_keeps_its_course() -> None:
    """Boxes cut at the foot for a while pull the prediction neither up nor down."""
    car = kit.sighted(kit.cruise(30, 5), kit.frames(8, 6.0))
    tracker = Tracker(kit.SIZE_PX)
    ids = set()
    for index, one in enumerate(car.observations[:24]):
        cut = 0.45 if 10 <= index < 14 else 1.0
        box = Box(one.box.x, one.box.y, one.box.w, one.box.h * cut)
        ids |= {seen.id for seen in tracker.update(one.t_s, one.frame, [Detection(box, "car", 0.8)]).seen}
    assert ids == {1}


def test_one_sighting_is_no_vehicle() -> None:
    tracker = Tracker(kit.SIZE_PX)
    flash = [Detection(kit.box_at(0, 30), "car", 0.9)]
    assert tracker.update(0.0, 0, flash).seen == ()
    assert tracker.update(0.1, 1, []).seen == ()
    assert tracker.update(1.0, 2, []).ended == ()


def test_weak_detections_keep_a_vehicle_but_start_none() -> None:
    car = kit.sighted(kit.cruise(30, 3), kit.frames(6, 12.5)).observations
    tracker = Tracker(kit.SIZE_PX)
    for one in car[:10]:
        assert tracker.update(one.t_s, one.frame, [Detection(one.box, "car", 0.25)]).seen == ()
    for index, one in enumerate(car[10:30]):
        sure = 0.9 if index < 3 else 0.25
        seen = tracker.update(one.t_s, one.frame, [Detection(one.box, "car", sure)]).seen
    assert len(seen) == 1
    assert not seen[0].coasting


def test_the_kind_is_a_vote() -> None:
    car = kit.sighted(kit.cruise(30, 3), kit.frames(6, 12.5)).observations
    tracker = Tracker(kit.SIZE_PX)
    for index, one in enumerate(car[:20]):
        tracker.update(one.t_s, one.frame, [Detection(one.box, "truck" if index % 4 == 0 else "car", 0.8)])
    (track,) = tracker.finish()
    assert track.kind == "car"
    assert track.kind_confidence == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize(
    ("seen", "looks", "kind"),
    [
        (["car"], [], "car"),
        (["car"], [{"bus": 0.9, "car": 0.08, "truck": 0.02}], "car"),
        (["car"], [{"bus": 0.97, "car": 0.02, "truck": 0.01}], "bus"),
        (["car"], [{"bus": 0.9, "car": 0.1}, {"bus": 0.1, "car": 0.9}], "car"),
        (["car", "car", "truck"], [{"truck": 0.7, "car": 0.2, "bus": 0.1}], "truck"),
        (["motorbike"], [{"bicycle": 0.99, "motorbike": 0.01}], "bicycle"),
        (["car", "car", "motorbike"], [{"bicycle": 0.2, "motorbike": 0.8}], "car"),
        (["car", "car", "bicycle"], [{"bicycle": 0.9, "motorbike": 0.1}, {"bus": 0.98, "car": 0.02}], "bus"),
    ],
)
def test_closer_looks_may_overrule_what_sightings_say(
    seen: list[VehicleClass], looks: list[dict[VehicleClass, float]], kind: VehicleClass
) -> None:
    sightings = kit.sighted(kit.cruise(30, 3), kit.frames(6, 12.5)).observations
    tracker = Tracker(kit.SIZE_PX)
    for index, one in enumerate(sightings[:21]):
        tracker.update(one.t_s, one.frame, [Detection(one.box, seen[index % len(seen)], 0.8)])
    for odds in looks:
        tracker.told(1, odds, word=20.0)
        tracker.told(99, {"truck": 1.0}, word=20.0)
    (track,) = tracker.finish()
    assert track.kind == kind
    assert 0.3 < track.kind_confidence <= 1.0
    assert {one.kind for one in track.observations} == set(seen)


def test_a_second_box_on_one_vehicle_is_no_second_vehicle() -> None:
    car = kit.sighted(kit.cruise(30, 3), kit.frames(6, 12.5)).observations
    tracker = Tracker(kit.SIZE_PX)
    for one in car:
        twin = Box(one.box.x + 4, one.box.y - 3, one.box.w, one.box.h)
        tracker.update(one.t_s, one.frame, [Detection(one.box, "car", 0.9), Detection(twin, "truck", 0.6)])
    assert len(tracker.finish()) == 1


def test_a_hidden_foot_is_marked() -> None:
    ahead, behind = kit.box_at(0, 20.5), kit.box_at(0.2, 18)
    edge = Box(800, 900, 200, 180)
    tracker = Tracker(kit.SIZE_PX)
    for index in range(3):
        tracker.update(index * 0.1, index, [Detection(box, "car", 0.9) for box in (ahead, behind, edge)])
    clear = {track.last.box: track.last.contact_clear for track in tracker.finish()}
    assert clear == {ahead: False, behind: True, edge: False}


def test_time_goes_forward() -> None:
    tracker = Tracker(kit.SIZE_PX)
    tracker.update(1.0, 0, [])
    with pytest.raises(ValueError, match="not later"):
        tracker.update(1.0, 1, [])


def test_memory_is_bounded_for_a_parked_car_and_a_flood() -> None:
    tracker = Tracker(kit.SIZE_PX, TrackerSettings(max_tracks=20, max_observations=100))
    parked = Detection(kit.box_at(0, 30), "car", 0.9)
    rng = np.random.default_rng(0)
    for index in range(250):
        flood = [Detection(Box(*rng.uniform(0, 900, 2), 20, 20), "car", 0.9) for _ in range(25)]
        tracker.update(index * 0.1, index, [parked, *flood])
    assert tracker.dropped_total > 0
    tracks = tracker.finish()
    assert len(tracks) <= 20
    longest = max(tracks, key=lambda one: len(one.observations))
    assert len(longest.observations) <= 100
    assert longest.observations[0].t_s < 1.0


@settings(max_examples=60, deadline=None)
@given(rows=st.integers(1, 5), columns=st.integers(1, 5), seed=st.integers(0, 10_000))
def test_the_pairing_is_the_cheapest(rows: int, columns: int, seed: int) -> None:
    cost = np.random.default_rng(seed).random((rows, columns))
    pairs = assign(cost)
    wide = cost if rows <= columns else cost.T
    best = min(
        sum(wide[row, column] for row, column in enumerate(chosen))
        for chosen in itertools.permutations(range(wide.shape[1]), wide.shape[0])
    )
    assert sum(cost[row, column] for row, column in pairs) == pytest.approx(best)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == min(rows, columns)


@settings(max_examples=80, deadline=None)
@given(rows=st.integers(1, 5), columns=st.integers(1, 5), seed=st.integers(0, 10_000))
def test_pairs_below_a_limit_are_the_cheapest_with_leaving_out(rows: int, columns: int, seed: int) -> None:
    cost = np.random.default_rng(seed).random((rows, columns))
    cost[cost > 0.8] = np.inf
    limit = 0.6
    pairs = pairs_below(cost, limit)
    gain = sum(limit - cost[pair] for pair in pairs)
    padded = np.zeros((rows, columns + rows))
    padded[:, :columns] = np.maximum(limit - np.minimum(cost, limit), 0)
    best = max(
        sum(padded[row, column] for row, column in enumerate(chosen))
        for chosen in itertools.permutations(range(max(columns, rows)), rows)
    )
    assert gain >= best - 1e-9
    assert all(cost[pair] < limit for pair in pairs)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)


@pytest.mark.parametrize("fps", [6, 25])
def test_of_a_vehicle_that_stands_for_ten_minutes_five_are_known_without_gaps(fps: int) -> None:
    box = Box(500, 500, 200, 150)
    seen: list[Observation] = []
    for index in range(600 * fps):
        seen.append(Observation(index / fps, index, box, "car", 0.9, contact_clear=True))
        if len(seen) > 1200:
            seen = thinned(seen)
            assert len(seen) <= 1100
    times = np.array([one.t_s for one in seen])
    assert times[0] == 0
    assert np.diff(times[times > 290]).max() <= 1.0
