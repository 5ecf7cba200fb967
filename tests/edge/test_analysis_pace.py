"""How often is looked, by what is at stake; what is given up first, and what never."""

from __future__ import annotations

import pytest

from edge.analysis_pace import Need, Pace, Plan

PLAN = Plan(armed_s=0.08, watch_s=0.4, quiet_s=0.5, empty_s=4.0)


def looks(pace: Pace, need: Need, fps: float, seconds: float = 20.0) -> list[str | None]:
    return [pace.look(index / fps, need) for index in range(round(seconds * fps))]


@pytest.mark.parametrize(
    ("need", "fps", "everybody", "suspects"),
    [
        ("armed", 25, 50, 200),
        ("armed", 12.5, 50, 200),
        ("armed", 10, 50, 150),
        ("armed", 6, 40, 80),
        ("watch", 25, 50, 0),
        ("watch", 12.5, 50, 0),
        ("quiet", 25, 39, 0),
        ("empty", 25, 5, 0),
        ("empty", 12.5, 5, 0),
    ],
)
def test_looks_in_twenty_seconds(need: Need, fps: float, everybody: int, suspects: int) -> None:
    found = looks(Pace(adaptive=False, plan=PLAN), need, fps)
    assert found.count("all") == pytest.approx(everybody, abs=3)
    assert found.count("suspects") == pytest.approx(suspects, abs=6)


def behind(plan: Plan) -> Pace:
    """A pace whose work has taken twice the time there was for so long that it is at its last level."""
    now = [0.0]
    pace = Pace(lambda: now[0], plan=plan)
    for index in range(300):
        with pace.timing(index * 0.04):
            now[0] += 0.08
    return pace


def test_behind_it_looks_less_often_and_says_so_but_never_at_suspects() -> None:
    pace = behind(PLAN)
    assert pace.level == 3
    assert pace.load > 1
    assert pace.looks == 1
    calm = [pace.look(12 + index * 0.04, "watch") for index in range(500)]
    assert calm.count("all") == pytest.approx(500 * 0.04 / (3 * PLAN.watch_s), abs=2)
    assert pace.shed > 0
    armed = [pace.look(40 + index * 0.04, "armed") for index in range(500)]
    assert armed.count("all") + armed.count("suspects") == pytest.approx(250, abs=3)


def test_with_time_again_it_looks_at_everything_again() -> None:
    pace = behind(PLAN)
    for index in range(600):
        with pace.timing(12 + index * 0.04):
            pass
    assert pace.level == 0


def test_a_sudden_danger_is_looked_at_in_the_very_next_picture() -> None:
    pace = Pace(adaptive=False, plan=PLAN)
    assert pace.look(0.0, "empty") == "all"
    assert pace.look(1.0, "empty") is None
    assert pace.look(1.04, "armed") == "all"
    assert pace.look(1.12, "armed") == "suspects"


def test_without_a_plan_every_picture_is_looked_at_whole() -> None:
    pace = Pace.none()
    assert not pace.sparing
    assert set(looks(pace, "armed", 25) + looks(Pace.none(), "watch", 25)) == {"all"}
    every = Pace.none(every=3)
    assert looks(every, "watch", 25).count("all") == pytest.approx(500 / 3, abs=1)
    assert pace.looks >= 2


def test_with_every_third_picture_a_suspect_is_still_seen_in_each() -> None:
    assert set(looks(Pace.none(every=3), "armed", 25)) == {"all"}
