from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.review.screens import frame_interval_s
from backend.review.words import REJECT_BY_CODE, REJECT_REASONS, measure_line
from edge.report import Measure, TrackPoint
from tests.backend.factories import make_report


def said(found, language):
    """As it reads, with the spaces that hold number and unit together as any others."""
    line = measure_line(found, language)
    assert f"\N{NO-BREAK SPACE}{line.value.rsplit(chr(160))[-1]}" in line.sentence
    return replace(
        line, **{name: getattr(line, name).replace(chr(160), " ") for name in ("value", "sentence")}
    )


def measure(**changes):
    values = {
        "name": "speed",
        "value": 67.4,
        "unit": "km/h",
        "lower_95": 64.94,
        "upper_95": 70.0,
        "limit": 50,
    }
    return Measure(**{**values, **changes})


def test_a_measured_speed_in_both_languages():
    vi, en = said(measure(), "vi"), said(measure(), "en")

    assert (vi.name, vi.value) == ("Tốc độ đo được", "67,4 km/h")
    assert vi.sentence == (
        "Chắc chắn 95 %: từ 64,9 đến 70 km/h. Tốc độ cho phép 50 km/h; chỉ tính mức thấp nhất 64,9 km/h."
    )
    assert en.sentence == (
        "95 % sure: between 64.9 and 70 km/h. The limit is 50 km/h; only the lowest value, 64.9 km/h, counts."
    )
    assert vi.over_limit


def test_seconds_and_values_without_a_limit():
    red = said(measure(name="red_before_entry", unit="s", limit=0.5, lower_95=0.4), "vi")
    assert red.value == "67,4 giây"
    assert "Ngưỡng 0,5 giây" in red.sentence
    assert not red.over_limit
    none = measure(name="red_before_entry", unit="s", limit=0, lower_95=2.3)
    assert said(none, "vi").sentence.endswith("Chỉ tính mức thấp nhất 2,3 giây.")
    assert said(none, "vi").over_limit
    assert said(measure(limit=None), "vi").sentence == "Chắc chắn 95 %: từ 64,9 đến 70 km/h."
    assert said(measure(name="something_new"), "vi").name == "something_new"


@given(st.floats(0, 300), st.floats(0, 300))
def test_only_the_lower_bound_is_held_against_anybody(lower, limit):
    assert said(measure(lower_95=lower, limit=limit), "en").over_limit == (lower > limit)


def test_reject_reasons_are_distinct_and_said_in_both_languages():
    assert len(REJECT_BY_CODE) == len(REJECT_REASONS)
    for field in ("vi", "en"):
        assert len({getattr(reason, field) for reason in REJECT_REASONS}) == len(REJECT_REASONS)


@pytest.mark.parametrize(
    ("times", "expected"), [((0, 0.08, 0.16, 0.24, 0.64), 0.08), ((1.0,), 0.04), ((), 0.04), ((2, 2), 0.04)]
)
def test_frame_interval_is_the_cameras_own(times, expected):
    report, _ = make_report()
    track = tuple(TrackPoint(t_s=t, x_m=0, y_m=0, box_px=(0, 0, 1, 1)) for t in times)
    assert frame_interval_s(report.model_copy(update={"track": track})) == expected
