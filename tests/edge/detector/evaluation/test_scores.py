"""Figures of sets, worked out by hand."""

import pytest

from edge.detector.errors import ImageError
from edge.detector.evaluation.intervals import Figure
from edge.detector.evaluation.scores import (
    Found,
    RiderAnswer,
    score_boxes,
    score_riders,
    score_signals,
)
from edge.detector.evaluation.sets import (
    BoxSet,
    Picture,
    RiderScene,
    RiderSet,
    Scene,
    SignalScene,
    SignalSet,
    Thing,
)
from edge.detector.types import Box, Image
from tests.edge.detector.evaluation.kit import blank

LEFT, RIGHT = Box(0, 0, 50, 50), Box(100, 0, 50, 50)
LEFT_IN_SHARES = Box(0, 0, 0.25, 0.5)  # of a picture 200 x 100


def broken() -> Image:
    raise ImageError("cut off", where="x.jpg", remedy="Copy it again.")


def value(figure: Figure) -> float | None:
    return None if figure.value is None else round(figure.value, 4)


def test_precision_by_class_and_what_could_not_be_read() -> None:
    data = BoxSet(
        "two",
        ("car", "bus", "truck"),
        lambda: iter(
            [
                Scene(
                    blank(),
                    (Thing("car", LEFT_IN_SHARES), Thing("bus", Box(0.5, 0, 0.25, 0.5))),
                    unit="share",
                ),
                Scene(Picture("x.jpg", broken), (Thing("car", LEFT),)),
                Scene(blank(), (Thing("car", LEFT),), not_judged=(RIGHT,)),
            ]
        ),
    )
    report = score_boxes(data, lambda _: [Found("car", LEFT, 0.9), Found("bus", RIGHT, 0.8)])
    assert report.pictures == 2
    assert value(report.classes["car"]["ap50"]) == 1.0
    assert report.classes["car"]["ap50"].n == 2
    assert value(report.classes["bus"]["ap50_95"]) == 1.0  # in the second picture it lies where nobody judges
    assert report.classes["truck"]["ap50"] == Figure(None, None, None, 0)
    assert len(report.unreadable) == 1
    assert "x.jpg" in report.unreadable[0]
    assert report.to_json()["classes"]["bus"]["ap50"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 1}


def test_the_interval_is_over_pictures() -> None:
    """Half of the pictures are seen: between few and many of them in a draw."""
    scenes = [Scene(blank(100 + number), (Thing("car", LEFT),)) for number in range(40)]
    report = score_boxes(
        BoxSet("forty", ("car",), lambda: iter(scenes)),
        lambda image: [Found("car", LEFT, 0.9)] if image.shape[0] % 2 else [],
    )
    figure = report.classes["car"]["ap50"]
    assert value(figure) == pytest.approx(51 / 101, abs=1e-4)
    assert figure.low is not None
    assert figure.high is not None
    assert 0.3 < figure.low < 0.4
    assert 0.6 < figure.high < 0.7


def test_signals() -> None:
    said = {100: "red", 101: "unknown", 102: "green", 103: "green"}
    scenes = [
        SignalScene(blank(100), "red"),
        SignalScene(blank(101), "red"),
        SignalScene(blank(102), "amber"),
        SignalScene(blank(103), "unknown"),
    ]
    report = score_signals(SignalSet("four", lambda: iter(scenes)), lambda image, _: said[image.shape[0]])
    assert {name: (value(one), one.n) for name, one in report.figures.items()} == {
        "right": (0.3333, 3),
        "left_unknown": (0.3333, 3),
        "wrong": (0.3333, 3),
    }
    assert report.confusion == {
        "red": {"red": 1, "unknown": 1},
        "amber": {"green": 1},
        "unknown": {"green": 1},
    }


def test_the_head_is_given_in_pixels() -> None:
    asked: list[Box | None] = []

    def say(_: Image, head: Box | None) -> str:
        asked.append(head)
        return "red"

    scenes = [
        SignalScene(blank(), "red", LEFT_IN_SHARES, "share"),
        SignalScene(blank(), "red", LEFT),
        SignalScene(blank(), "red"),
    ]
    score_signals(SignalSet("three", lambda: iter(scenes)), say)
    assert asked == [LEFT, LEFT, None]


def test_balanced_accuracy() -> None:
    """Three of four with a helmet, one of two without: the mean of 0.75 and 0.5, whatever their numbers."""
    helmet, bare = RiderAnswer("helmet", "helmet"), RiderAnswer("no_helmet", "no_helmet")
    said = {
        100: helmet,
        101: helmet,
        102: helmet,
        103: bare,
        104: bare,
        105: RiderAnswer("undecided", "unknown"),
    }
    scenes = [RiderScene(blank(height), "helmet" if height < 104 else "no_helmet") for height in said]
    report = score_riders(RiderSet("six", lambda: iter(scenes)), lambda image: said[image.shape[0]])
    assert {name: (value(one), one.n) for name, one in report.figures.items()} == {
        "balanced_accuracy": (0.625, 6),
        "helmet_right": (0.75, 4),
        "no_helmet_right": (0.5, 2),
        "said": (0.8333, 6),
        "balanced_accuracy_of_said": (0.875, 5),
    }
    assert report.confusion == {
        "helmet": {"helmet": 3, "no_helmet": 1},
        "no_helmet": {"no_helmet": 1, "undecided": 1},
    }


def test_one_kind_alone_cannot_be_balanced() -> None:
    report = score_riders(
        RiderSet("one", lambda: iter([RiderScene(blank(), "helmet")])),
        lambda _: RiderAnswer("helmet", "helmet"),
    )
    assert report.figures["balanced_accuracy"].value is None
    assert report.figures["helmet_right"].value == 1.0
