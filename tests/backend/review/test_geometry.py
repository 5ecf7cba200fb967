"""The drawings beside the pictures: to scale, inside their frame, the moment of the act where it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.review.geometry import PLAN_PX, plan, trail
from backend.review.rule_texts import RULE_TEXTS
from backend.review.words import RULE_NAMES
from edge.report import TrackPoint
from tests.backend.factories import make_report

METRES = st.floats(-60, 60, allow_nan=False)
BOX = (100.0, 200.0, 40.0, 60.0)


def report_of(way, t_event_s=1.0):
    report, _ = make_report()
    track = tuple(TrackPoint(t_s=t_s, x_m=x_m, y_m=y_m, box_px=BOX) for t_s, x_m, y_m in way)
    times = report.times.model_copy(update={"t_event_s": t_event_s})
    return report.model_copy(update={"track": track, "times": times})


def points(way):
    return [tuple(map(float, pair.split(","))) for pair in way.split()]


def test_a_straight_way_to_scale():
    drawn = plan(report_of([(0, 0, 0), (1, 0, 10), (2, 0, 20)]))
    assert (drawn.length_m, drawn.duration_s) == (20, 2)
    (_, low), (x, middle), (_, high) = points(drawn.way)
    px_per_m = drawn.bar_px / drawn.bar_m
    assert low - high == pytest.approx(20 * px_per_m, abs=0.2)
    assert drawn.event == pytest.approx((x, middle), abs=0.1)
    assert len(drawn.seconds) == 2


def test_the_moment_of_the_act_lies_between_two_looks():
    drawn = plan(report_of([(0, 0, 0), (1, 8, 0)], t_event_s=0.25))
    (left, _), (right, _) = points(drawn.way)
    assert drawn.event[0] == pytest.approx(left + (right - left) / 4, abs=0.1)


def test_one_look_is_no_way():
    assert plan(report_of([(0, 3, 4)])) is None


def test_the_trail_runs_where_the_wheels_are():
    drawn = trail(report_of([(0, 0, 0), (1, 0, 1)]))
    assert points(drawn.way) == [(120, 260), (120, 260)]


@given(st.lists(st.tuples(METRES, METRES), min_size=2, max_size=12), st.floats(-2, 15))
def test_nothing_leaves_its_frame(places, t_event_s):
    drawn = plan(report_of([(t_s, x, y) for t_s, (x, y) in enumerate(places)], t_event_s))
    shown = [*points(drawn.way), *drawn.seconds, drawn.event]
    assert all(-0.1 <= x <= PLAN_PX[0] + 0.1 and -0.1 <= y <= PLAN_PX[1] + 0.1 for x, y in shown)
    assert drawn.bar_px <= PLAN_PX[0]
    assert len(drawn.seconds) == len(places) - 1


def test_every_rule_has_its_words_and_its_sign():
    assert set(RULE_TEXTS) == set(RULE_NAMES)
    for text in RULE_TEXTS.values():
        assert all((text.law, *text.forbids, *text.look_for))
