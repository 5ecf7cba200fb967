"""Boxed signal heads on real pictures that are not part of the repository (see test_models)."""

import os
from pathlib import Path

import pytest

from benchmarks.signal_heads import Look, looks

FIELD = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2].parent / "shared" / "field")

pytestmark = pytest.mark.skipif(
    not FIELD.is_dir(),
    reason=f"no field pictures at {FIELD}: set PHATNGUOI_FIELD to the folder that holds them",
)


@pytest.fixture(scope="module")
def found() -> list[Look]:
    return list(looks(FIELD, "test"))


def test_no_clear_head_is_given_another_colour(found: list[Look]) -> None:
    assert [look for look in found if look.head.clear and look.wrong_colour] == []


@pytest.mark.parametrize(
    ("source", "floor"),
    [
        ("pickup", 1.0),
        ("sedan", 1.0),
        ("cspr_day", 1.0),
        ("cspr_night", 0.95),
        ("vn98", 0.96),
        ("coco", 0.8),
    ],
)
def test_clear_heads_are_read(found: list[Look], source: str, floor: float) -> None:
    clear = [look for look in found if look.head.source == source and look.head.clear]
    assert sum(look.right for look in clear) / len(clear) >= floor


def test_few_boxes_without_a_state_are_given_a_colour(found: list[Look]) -> None:
    nothing = [look for look in found if not look.head.clear and look.head.state == "unknown"]
    assert sum(look.wrong_colour for look in nothing) / len(nothing) < 0.07
