from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.owners.body_colour import (
    DOUBTS,
    NAMES,
    WHY_UNKNOWN,
    Comparison,
    Doubt,
    Paint,
    are_near,
    colour_shown,
    colours_of,
    compare,
    words_for,
)
from edge.report import BodyColourName, NoColour


def seen(name: str, confidence: float = 0.9) -> Paint:
    return Paint(name, confidence, why="dark" if name == "unknown" else None)


def report(**colour) -> dict:
    said = {"name": "red", "confidence": 1.0, "looks": 0, "agreeing": 0, "seen_rgb": "#aa1122"}
    return {"vehicle": {"colour": {**said, **colour} if colour.get("name", "red") else None}}


@pytest.mark.parametrize(
    ("words", "colours"),
    [
        ("Trắng", {"white"}),
        ("TRẮNG", {"white"}),
        ("bạc", {"grey"}),
        ("Ghi xám", {"grey"}),
        ("đen-đỏ", {"black", "red"}),
        ("Trắng / đen", {"white", "black"}),
        ("xanh", {"green", "blue"}),
        ("Xanh tím than", {"green", "blue"}),
        ("xanh đen", {"green", "blue"}),
        ("xanh - đen", {"green", "blue", "black"}),
        ("vàng cát", {"yellow", "brown", "grey"}),
        ("không rõ", set()),
        ("", set()),
        ("n/a", set()),
    ],
)
def test_registered_words(words, colours):
    assert colours_of(words) == colours


@pytest.mark.parametrize(
    ("registered", "colour", "outcome", "doubt"),
    [
        ("đỏ", seen("red"), "same", None),
        ("đen-đỏ", seen("black"), "same", None),
        ("trắng", seen("red"), "differs", None),
        ("đen", seen("white"), "differs", None),
        ("xanh", seen("yellow"), "unknown", "near"),
        ("xanh", seen("red"), "differs", None),
        ("bạc", seen("white"), "unknown", "near"),
        ("xanh", seen("black"), "unknown", "near"),
        ("trắng", seen("red", 0.59), "unknown", "unsure"),
        ("đỏ", seen("red", 0.1), "same", None),
        ("hồng", seen("black"), "same", None),
        ("trắng", seen("unknown", 0), "unknown", "not_told"),
        ("trắng", None, "unknown", "not_measured"),
        ("trắng", Paint("red", 0.1, by_officer=True), "differs", None),
        ("trắng", Paint("unknown", by_officer=True), "unknown", "not_told"),
        (None, seen("red"), "unknown", "not_registered"),
        ("sặc sỡ", seen("red"), "unknown", "not_understood"),
    ],
)
def test_comparing(registered, colour, outcome, doubt):
    assert compare(registered, colour) == Comparison(outcome, doubt)


@given(st.text(max_size=30), st.sampled_from(get_args(BodyColourName)), st.floats(0, 1))
def test_a_difference_is_never_told_of_the_same_or_a_near_colour(words, name, confidence):
    colour = seen(name, 0 if name == "unknown" else confidence)
    if compare(words, colour).outcome == "differs":
        assert colours_of(words)
        assert not any(one == name or are_near(one, name) for one in colours_of(words))


def test_every_colour_and_reason_has_its_words():
    assert set(NAMES) == set(get_args(BodyColourName))
    assert set(WHY_UNKNOWN) == set(get_args(NoColour))
    assert set(DOUBTS) == set(get_args(Doubt))
    assert words_for(seen("unknown", 0)) == ("không rõ: trời quá tối", "not clear: it was too dark")


def test_only_an_officers_word_is_called_an_officers():
    """It was told once from a confidence of 1 without a look, which a box may say as well."""
    measured, seen_by_officer = colour_shown(report(), None), colour_shown(report(), "blue")
    assert measured == Paint("red", 1.0, "#aa1122")
    assert words_for(measured) == ("đỏ", "red")
    assert seen_by_officer == Paint("blue", by_officer=True)
    assert words_for(seen_by_officer) == ("xanh dương (cán bộ nhìn ảnh)", "blue (as an officer saw it)")
    assert words_for(colour_shown(report(), "unknown"))[1] == "not clear (as an officer saw it)"
    assert colour_shown(report(name=None), None) is None
    assert colour_shown(report(name=None), "blue") == seen_by_officer
