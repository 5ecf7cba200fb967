from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.quiet import VIETNAM, parse

NIGHT = parse("21:00-07:00")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("text", "moment", "quiet"),
    [
        ("21:00-07:00", at(20, 59), False),
        ("21:00-07:00", at(21), True),
        ("21:00-07:00", at(0), True),
        ("21:00-07:00", at(6, 59), True),
        ("21:00-07:00", at(7), False),
        ("12:00-13:30", at(13), True),
        ("12:00-13:30", at(13, 30), False),
        ("00:00-00:00", at(0), False),
        ("00:00-00:00", at(12), False),
    ],
)
def test_the_hours_are_local(text, moment, quiet):
    assert parse(text).quiet(moment.astimezone(UTC)) is quiet


@given(st.integers(0, 365 * 24 * 60), st.floats(0, 1, exclude_max=True))
def test_what_is_put_off_comes_within_half_an_hour_of_the_morning(minute, chance):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    allowed = NIGHT.next_allowed(now, chance=chance)
    assert not NIGHT.quiet(allowed)
    assert now <= allowed <= now + timedelta(hours=10, minutes=30)
    assert (allowed == now) == (not NIGHT.quiet(now))


@pytest.mark.parametrize("wrong", ["", "21:00", "21-25:00", "21:00-", "noon-night"])
def test_what_is_no_pair_of_times(wrong):
    with pytest.raises(ValueError, match="21:00-07:00"):
        parse(wrong)
