from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.evidence.streaming import ByteRange, RangeNotSatisfiableError, parse_range


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        (None, 100, None),
        ("", 100, None),
        ("bytes=-", 100, None),
        ("bytes=0-", 100, ByteRange(0, 99)),
        ("bytes=0-0", 100, ByteRange(0, 0)),
        ("bytes=10-19", 100, ByteRange(10, 19)),
        ("bytes=90-1000", 100, ByteRange(90, 99)),
        ("bytes=-10", 100, ByteRange(90, 99)),
        ("bytes=-1000", 100, ByteRange(0, 99)),
        ("bytes=20-10", 100, None),
        ("bytes=0-1,5-6", 100, None),
        ("items=0-1", 100, None),
    ],
)
def test_ranges(header, size, expected):
    assert parse_range(header, size) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_ranges_outside(header):
    with pytest.raises(RangeNotSatisfiableError):
        parse_range(header, 100)


@given(st.text(max_size=40), st.integers(0, 10**6))
def test_any_header_gives_a_range_inside_the_file(header, size):
    try:
        part = parse_range(header, size)
    except RangeNotSatisfiableError:
        return
    assert part is None or 0 <= part.first <= part.last < size
