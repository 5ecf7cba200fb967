"""Colours of real vehicles labelled by eye, held at what docs/models/body_colour.md says of the test part."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.vehicle_colours import Told, real

FIELD = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2].parent / "shared" / "field")

pytestmark = pytest.mark.skipif(
    not FIELD.is_dir(),
    reason=f"no field pictures at {FIELD}: set PHATNGUOI_FIELD to the folder that holds them",
)


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return list(real(FIELD, "test"))


def test_no_vehicle_is_given_a_colour_that_would_be_called_another(told: list[Told]) -> None:
    assert [one for one in told if one.verdict == "wrong"] == []


def test_colours_are_told_as_often_as_before(told: list[Told]) -> None:
    verdicts = Counter(one.verdict for one in told)
    assert verdicts["right"] >= 24
    assert verdicts["near"] <= 4


def test_riders_and_loads_hide_the_paint(told: list[Told]) -> None:
    hidden = [one for one in told if one.kind in {"motorbike", "truck"}]
    assert len(hidden) == 35
    assert {one.said.why for one in hidden} == {"hidden"}
