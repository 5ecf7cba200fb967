"""The measures of trackers against figures worked out by hand."""

from __future__ import annotations

import itertools
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.mot_metrics import Named, Scored, ious, score
from edge.detector.types import Box

A, B, FAR = Box(0, 0, 10, 10), Box(100, 0, 10, 10), Box(500, 500, 10, 10)


def one_vehicle(said: str) -> list[Scored]:
    """A vehicle standing still; each sign is the id it was given in a picture, '-' none."""
    return [Scored((Named(1, A),), () if sign == "-" else (Named(int(sign), A),)) for sign in said]


@pytest.mark.parametrize(
    ("said", "counts", "mota", "idf1"),
    [
        ("1111", (0, 0, 0, 0), 1.0, 1.0),
        ("--11", (0, 0, 2, 0), 0.5, 4 / 6),  # found late is neither a switch nor a fragment
        ("11--", (0, 0, 2, 0), 0.5, 4 / 6),
        ("1-11", (0, 1, 1, 0), 0.75, 6 / 7),
        ("1-22", (1, 1, 1, 0), 0.5, 4 / 7),  # the long memory of an id counts over a gap
        ("1122", (1, 0, 0, 0), 0.75, 0.5),
        ("1212", (3, 0, 0, 0), 0.25, 0.5),
        ("----", (0, 0, 4, 0), 0.0, 0.0),
    ],
)
def test_one_vehicle(said: str, counts: tuple[int, ...], mota: float, idf1: float) -> None:
    found = score(one_vehicle(said))
    assert (found.switches, found.fragments, found.misses, found.false_boxes) == counts
    assert found.mota == pytest.approx(mota)
    assert found.idf1 == pytest.approx(idf1)


@pytest.mark.parametrize(("said", "hota"), [("1111", 1.0), ("1122", sqrt(0.5)), ("11--", sqrt(0.5 * 0.5))])
def test_hota(said: str, hota: float) -> None:
    # 1122: all found, each match agrees with 2 of 4; 11--: half found, each match agrees with 2 of 4
    assert score(one_vehicle(said)).hota == pytest.approx(hota)


def test_hota_counts_overlap() -> None:
    half = Box(0, 0, 10, 5)  # IoU 0.5: a match at the ten thresholds 0.05 to 0.50 of nineteen
    assert score([Scored((Named(1, A),), (Named(1, half),))]).hota == pytest.approx(10 / 19)


def test_two_vehicles_that_swap_are_two_switches() -> None:
    straight = Scored((Named(1, A), Named(2, B)), (Named(7, A), Named(8, B)))
    swapped = Scored((Named(1, A), Named(2, B)), (Named(8, A), Named(7, B)))
    found = score([straight, swapped])
    assert (found.switches, found.vehicles, found.idf1) == (2, 2, 0.5)


def test_a_partner_is_kept_though_another_overlaps_better() -> None:
    near = Box(1, 0, 10, 10)
    first = Scored((Named(1, A),), (Named(7, A),))
    second = Scored((Named(1, A),), (Named(8, A), Named(7, near)))
    found = score([first, second])
    assert (found.switches, found.false_boxes) == (0, 1)


def test_unjudged_boxes_cost_nothing() -> None:
    said = (Named(1, A), Named(2, B), Named(3, FAR))
    found = score([Scored((Named(1, A),), said, unjudged=(B,))])
    assert (found.false_boxes, found.misses) == (1, 0)


@settings(deadline=None)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=12))
def test_switches_are_the_changes_of_id(ids: list[int]) -> None:
    changes = sum(a != b for a, b in itertools.pairwise(ids))
    found = score(one_vehicle("".join(map(str, ids))))
    assert found.switches == changes
    assert 0 <= found.hota <= 1
    assert found.idf1 == pytest.approx(max(ids.count(one) for one in set(ids)) / len(ids))


def test_overlaps() -> None:
    assert ious([A, B], [Box(0, 0, 10, 5)]).tolist() == [[0.5], [0.0]]
    assert ious([], [A]).shape == (0, 1)
