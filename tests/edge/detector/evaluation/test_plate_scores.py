"""Which read answers which plate, and what is counted wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.evaluation.plate_scores import (
    PlateCounts,
    PlateGuess,
    count_plates,
    distance,
    plain_text,
    score_plates,
)
from edge.detector.evaluation.sets import PlateScene, PlateSet, PlateTruth
from edge.detector.types import Box
from tests.edge.detector.evaluation.kit import blank

HERE, THERE, BETWEEN = Box(0, 0, 40, 20), Box(100, 0, 40, 20), Box(10, 0, 40, 20)
A, B, A_MISREAD = "59L12345", "61T99999", "59L12346"


def read(text: str, box: Box = HERE, *, sure: bool = True) -> PlateGuess:
    return PlateGuess(text, box, sure)


def counts(exact: int, right: int, accepted: int, reads: int, wrong: int) -> PlateCounts:
    return PlateCounts(exact, right, 8, accepted, reads, wrong)


@pytest.mark.parametrize(
    ("plates", "reads", "expected"),
    [
        pytest.param([A], [read(A)], [counts(1, 8, 1, 1, 0)], id="right and accepted"),
        pytest.param([A], [read(A, sure=False)], [counts(1, 8, 0, 0, 0)], id="right, not accepted"),
        pytest.param([A], [read(A_MISREAD, sure=False)], [counts(0, 7, 0, 0, 0)], id="wrong, not accepted"),
        pytest.param([A], [read(A_MISREAD)], [counts(0, 7, 1, 1, 1)], id="wrong and accepted"),
        pytest.param([A], [], [counts(0, 0, 0, 0, 0)], id="not found"),
        pytest.param([A], [read("")], [counts(0, 0, 1, 1, 1)], id="an accepted nothing is wrong"),
        pytest.param([A], [read("Z" * 20, sure=False)], [counts(0, 0, 0, 0, 0)], id="no less than nothing"),
        pytest.param(
            [A, B], [read(B), read(A)], [counts(1, 8, 1, 1, 0), counts(1, 8, 1, 1, 0)], id="in any order"
        ),
        pytest.param(
            [A, B], [read(A)], [counts(1, 8, 1, 1, 0), counts(0, 0, 0, 0, 0)], id="one read answers one plate"
        ),
        pytest.param(
            [A], [read(A), read(A_MISREAD, THERE)], [counts(1, 8, 1, 2, 1)], id="a second text nobody has"
        ),
        pytest.param([A], [read(A), read(A, BETWEEN)], [counts(1, 8, 1, 2, 0)], id="read twice alike"),
    ],
)
def test_without_boxes(plates: list[str], reads: list[PlateGuess], expected: list[PlateCounts]) -> None:
    assert count_plates([PlateTruth(text) for text in plates], reads) == expected


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        pytest.param([read(A)], counts(1, 8, 1, 1, 0), id="there"),
        pytest.param([read(A, THERE)], counts(0, 0, 0, 0, 0), id="the right text elsewhere is another plate"),
        pytest.param([read(A), read(B, THERE)], counts(1, 8, 1, 1, 0), id="a plate nobody labelled"),
        pytest.param([read(A), read(B, BETWEEN)], counts(1, 8, 1, 2, 1), id="two texts for one plate"),
    ],
)
def test_with_boxes(reads: list[PlateGuess], expected: PlateCounts) -> None:
    assert count_plates([PlateTruth(A, HERE)], reads) == [expected]


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [("", "", 0), ("ABC", "", 3), ("ABC", "ABC", 0), ("ABC", "ABD", 1), ("ABC", "AC", 1), ("AB", "BA", 2)],
)
def test_distance(one: str, other: str, steps: int) -> None:
    assert distance(one, other) == steps


@given(st.text("AB1", max_size=6), st.text("AB1", max_size=6), st.text("AB1", max_size=6))
def test_distance_is_one(one: str, other: str, third: str) -> None:
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, third) <= distance(one, other) + distance(other, third)


guesses = st.builds(
    PlateGuess, st.sampled_from([A, B, A_MISREAD, ""]), st.sampled_from([HERE, THERE]), st.booleans()
)
truths = st.builds(PlateTruth, st.sampled_from([A, B]), st.sampled_from([None, HERE, THERE]))


@given(st.lists(truths, max_size=3), st.lists(guesses, max_size=4))
def test_counts_hang_together(plates: list[PlateTruth], reads: list[PlateGuess]) -> None:
    found = count_plates(plates, reads)
    assert len(found) == len(plates)
    assert sum(one.reads_accepted for one in found) <= sum(one.accepted for one in reads)
    for one in found:
        assert one.exact == (one.characters_right == one.characters) or not one.exact
        assert one.reads_wrong <= one.reads_accepted
        assert one.accepted <= one.reads_accepted


def test_the_figures_of_a_set() -> None:
    said = {10: [read(A)], 20: [read(A_MISREAD)], 30: []}
    scenes = [
        PlateScene(blank(10), (PlateTruth(A),)),
        PlateScene(blank(20), (PlateTruth(A),)),
        PlateScene(blank(30), (PlateTruth(B),)),
    ]
    report = score_plates(PlateSet("three", lambda: iter(scenes)), lambda image: said[image.shape[0]])
    values = {name: (one.value, one.n) for name, one in report.figures.items()}
    assert values == {
        "exact": (pytest.approx(1 / 3), 3),
        "per_character": (pytest.approx(15 / 24), 24),
        "accepted": (pytest.approx(2 / 3), 3),
        "wrong_among_accepted": (0.5, 2),
    }
    assert report.pictures == 3


def test_plain_text() -> None:
    assert plain_text("29-lđ 123.45") == "29LĐ12345"
