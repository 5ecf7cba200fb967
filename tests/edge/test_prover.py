"""When a case is ready to be written: with its pictures, and once somebody has looked at the last of them."""

from __future__ import annotations

import dataclasses

import pytest

from edge.evidence import pictures_of
from edge.evidence.sights import Sights
from edge.prover import _Pending
from tests.edge.box_kit import SCENE, case_at
from tests.edge.test_evidence import filled

LAST_S = 7.0


def pending(sights: Sights | None) -> _Pending:
    case = dataclasses.replace(case_at(4.0), sights=sights)
    pictures = pictures_of(case, filled(), before_s=3, after_s=3)
    assert pictures.clip[-1].t_s == LAST_S
    return _Pending(case, SCENE, since_s=0.0, pictures=pictures, pinned_s=100.0)


def looked(until_s: float) -> Sights:
    sights = Sights()
    sights.note(0, until_s, [], [])
    return sights


@pytest.mark.parametrize(
    ("sights", "now_s", "ready"),
    [
        (None, 100.0, True),
        (looked(LAST_S), 100.0, True),
        (looked(LAST_S + 1), 100.0, True),
        (looked(LAST_S - 0.1), 100.5, False),
        (Sights(), 100.5, False),
        (looked(LAST_S - 0.1), 101.1, True),  # a stream that ended, or an analyser far behind
        (Sights(), 101.1, True),
    ],
)
def test_a_case_waits_a_moment_for_the_last_looks(sights, now_s, ready):
    assert pending(sights).is_ready(now_s) is ready


def test_without_pictures_nothing_is_ready():
    assert not _Pending(case_at(4.0), SCENE, since_s=0.0).is_ready(1e9)
