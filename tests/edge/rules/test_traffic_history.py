"""Where everybody was: speeds, how long at one place, and what is forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from edge.rules.traffic_history import TrafficHistory


def history(seconds: float, fps: float, *, mps: float = 0.0, stops_s: float = 1e9) -> TrafficHistory:
    made = TrafficHistory()
    for index in range(round(seconds * fps)):
        t_s = index / fps
        made.add(t_s, [(1, "car", 0.0, mps * min(t_s, stops_s)), (2, "motorbike", 3.0, 5.0)])
    return made


@pytest.mark.parametrize("fps", [2, 6, 25])
def test_twice_a_second_however_fast_pictures_come(fps: float) -> None:
    found = history(10, fps).between(2, 8)
    assert np.diff(found.times_s).min() >= 0.5
    assert len(found.times_s) == pytest.approx(13, abs=2.5)
    assert (np.bincount(found.moment) == 2).all()


def test_speed_and_stay() -> None:
    found = history(30, 10, mps=8, stops_s=10).between(0, 30)
    car = found.of_kind(["car"])
    at = found.times_s[found.moment[car]]
    assert np.isnan(found.mps[car][0])
    assert found.mps[car][(at > 2) & (at < 9)] == pytest.approx(8, abs=0.1)
    assert found.mps[car][at > 12] == pytest.approx(0)
    assert found.stays_s[car][-1] == pytest.approx(19.5, abs=0.6)
    assert found.stays_s[~car][-1] == pytest.approx(29.5, abs=0.6)


def test_an_empty_road_is_known_to_be_empty() -> None:
    made = TrafficHistory()
    for index in range(20):
        made.add(index / 2, [])
    found = made.between(0, 100)
    assert len(found.times_s) == 20
    assert len(found.track) == 0
    assert len(TrafficHistory().between(0, 9).times_s) == 0


def test_who_was_away_for_long_begins_anew() -> None:
    made = TrafficHistory()
    for t_s in (*range(5), *range(30, 35)):
        made.add(float(t_s), [(1, "car", 0.0, 0.0)] if t_s != 30 else [])
    assert made.between(0, 40).stays_s[-1] == pytest.approx(3)
