"""The measure of the helmet rule: who counts as covered, and who as accused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.helmet_verdicts import row_of
from edge.detector.rider_look import Head, RiderLook
from edge.detector.training.head_data import RiderCrop
from edge.detector.training.manifest import Labelled
from edge.detector.types import Box


def crop(verdict: str, *labels: int) -> RiderCrop:
    heads = tuple(Labelled(label, Box(0, 0, 30, 30)) for label in labels)
    return RiderCrop("some", Path("a.jpg"), "g", Box(0, 0, 90, 180), heads, (), len(labels) or None, verdict)


def look(*chances: float, side_px: float = 30, further: float = 0.0) -> RiderLook:
    heads = tuple(
        Head(Box(40 * index, 0, side_px, side_px), "bare" if chance > 0.5 else "helmet", 0.9, chance)
        for index, chance in enumerate(chances)
    )
    return RiderLook(len(chances), heads, "some_bare", "", further)


@pytest.mark.parametrize(
    ("what", "seen", "accused"),
    [
        ("alone and bare", look(0.95), True),
        ("alone, hardly sure", look(0.8), False),
        ("a trace of another", look(0.95, further=0.2), False),
        ("both bare", look(0.95, 0.92), True),
        ("one of two", look(0.95, 0.3), False),
        ("too far", look(0.95, side_px=12), False),
        ("no head", look(), False),
    ],
)
def test_who_would_be_accused(what: str, seen: RiderLook, accused: bool) -> None:
    assert row_of(crop("no_helmet"), seen).accused is accused, what


@pytest.mark.parametrize(
    ("shown", "covered"),
    [
        (crop("helmet"), True),
        (crop("no_helmet"), False),
        (crop("no_helmet", 1, 1), False),
        (crop("no_helmet", 0, 1), True),
    ],
)
def test_whom_an_accusation_would_wrong(shown: RiderCrop, covered: bool) -> None:
    assert row_of(shown, look(0.95)).rider_may_be_covered is covered
