"""The error analysis: what it calls a failure, how it counts, and what it writes."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import failures
from benchmarks.failure_cases import Case, Claim, Subject, Verdict, judge, judge_plates
from benchmarks.failure_sheet import MOST_TILES, as_jpeg, caption, chosen, sheet, tile
from benchmarks.failure_table import BEGIN, END, as_markdown, asked, counts, right, with_table
from edge.detector.evaluation.plate_scores import PlateGuess
from edge.detector.evaluation.sets import PlateTruth, Thing
from edge.detector.types import Box

CAR = Thing("car", Box(100, 100, 100, 60))
BUS = Thing("bus", Box(400, 100, 100, 60))
FAR = Box(700, 300, 50, 50)


def case(verdict: Verdict, condition: str = "night") -> Case:
    return Case("vehicles", "here/s1_00007.jpg", condition, verdict)


@pytest.mark.parametrize(
    ("claims", "not_judged", "hows"),
    [
        pytest.param([], [], ["missed", "missed"], id="nothing found"),
        pytest.param([Claim("car", CAR.box, 0.9)], [], ["right", "missed"], id="one right"),
        pytest.param([Claim("truck", BUS.box, 0.9)], [], ["missed", "wrong"], id="another class"),
        pytest.param([Claim("unknown", BUS.box, 0.9)], [], ["missed", "unknown"], id="left unknown"),
        pytest.param(
            [Claim("truck", CAR.box, 0.9), Claim("car", CAR.box.expanded(0.05), 0.4)],
            [],
            ["right", "missed", "double"],
            id="its own class goes before a better box",
        ),
        pytest.param(
            [Claim("car", Box(100, 100, 40, 60), 0.9)], [], ["loose box", "missed"], id="two fifths of it"
        ),
        pytest.param([Claim("car", FAR, 0.9)], [], ["missed", "missed", "nothing there"], id="elsewhere"),
        pytest.param([Claim("car", FAR, 0.9)], [FAR.expanded(1)], ["missed", "missed"], id="not judged"),
    ],
)
def test_what_came_of_two_vehicles(claims: list[Claim], not_judged: list[Box], hows: list[str]) -> None:
    assert [one.how for one in judge([CAR, BUS], claims, not_judged, 0.5)] == hows


_BOXES = st.builds(Box, *(st.floats(0, 300) for _ in range(2)), *(st.floats(1, 200) for _ in range(2)))
_KINDS = st.sampled_from(["car", "bus", "unknown"])


@given(
    st.lists(st.builds(Thing, _KINDS, _BOXES), max_size=6),
    st.lists(st.builds(Claim, _KINDS, _BOXES, st.floats(0, 1)), max_size=6),
)
def test_each_thing_has_one_verdict_and_no_claim_serves_twice(
    things: list[Thing], claims: list[Claim]
) -> None:
    verdicts = judge(things, claims, [], 0.5)
    assert [one.truth for one in verdicts[: len(things)]] == things
    used = [one.claim for one in verdicts if one.claim is not None]
    assert sorted(used, key=repr) == sorted(claims, key=repr)
    assert asked([case(one) for one in verdicts]) == len(things)


@pytest.mark.parametrize(
    ("reads", "how"),
    [
        pytest.param([], "missed", id="none"),
        pytest.param([PlateGuess("61A12345", FAR, True)], "missed", id="elsewhere"),
        pytest.param([PlateGuess("61A12345", CAR.box, False)], "right", id="right"),
        pytest.param([PlateGuess("61A12346", CAR.box, False)], "wrong", id="wrong, and not relied on"),
        pytest.param([PlateGuess("61A12346", CAR.box, True)], "wrong and accepted", id="relied on"),
        pytest.param([PlateGuess("", CAR.box, False)], "unknown", id="unreadable"),
    ],
)
def test_what_came_of_a_plate(reads: list[PlateGuess], how: str) -> None:
    (verdict,) = judge_plates([PlateTruth("61A12345", CAR.box)], reads)
    assert verdict.how == how


def test_worst_first_large_misses_and_sure_mistakes_before_small_and_doubtful() -> None:
    small = case(Verdict("missed", Thing("car", Box(0, 0, 30, 30)), None))
    large = case(Verdict("missed", Thing("car", Box(0, 0, 290, 200)), None))
    sure = case(Verdict("wrong", CAR, Claim("bus", CAR.box, 0.8)))
    fine = case(Verdict("right", CAR, Claim("car", CAR.box, 0.9)))
    assert failures.worst_first([small, fine, sure, large]) == [large, sure, small]


def test_a_sheet_shows_every_sort_before_more_of_one() -> None:
    missed = [case(Verdict("missed", Thing("car", Box(n, 0, 99, 99)), None)) for n in range(60)]
    wrong = case(Verdict("wrong", CAR, Claim("bus", CAR.box, 0.1)))
    shown = chosen([*missed, wrong])
    assert len(shown) == MOST_TILES
    assert shown[-1] is wrong
    assert shown[:-1] == missed[: MOST_TILES - 1]


def test_the_title_counts_things_apart_from_boxes_about_nothing() -> None:
    cases = [
        case(Verdict("right", CAR, Claim("car", CAR.box, 0.9))),
        case(Verdict("missed", BUS, None)),
        case(Verdict("nothing there", None, Claim("car", FAR, 0.9))),
    ]
    assert failures.title("vehicles", cases, 2).startswith(
        "1 of 2 road users not right, and 1 boxes more than there should be; all shown"
    )
    assert (asked(cases), right(cases)) == (2, 1)


def test_counts_by_class_and_condition() -> None:
    cases = [
        case(Verdict("right", CAR, Claim("car", CAR.box, 0.9)), "day"),
        case(Verdict("missed", CAR, None), "day"),
        case(Verdict("wrong", CAR, Claim("bus", CAR.box, 0.8)), "rain"),
    ]
    assert [(row["condition"], row["n"], row["right"], row["failed"]) for row in counts(cases)] == [
        ("day", 2, 1, {"missed": 1}),
        ("rain", 1, 0, {"wrong": 1}),
    ]
    assert "| vehicles | car | 1/2 | - | - | 0/1 | - | 1/3 | 1 missed, 1 wrong |" in as_markdown(
        cases, ["m 1"]
    )


def test_the_table_replaces_what_stands_between_the_markers() -> None:
    page = f"# Title\n{BEGIN}\nold\n{END}\nrest\n"
    assert with_table(page, "new") == f"# Title\n{BEGIN}\n\nnew\n\n{END}\nrest\n"
    assert with_table(with_table(page, "new"), "new") == with_table(page, "new")


@pytest.mark.parametrize("page", ["", BEGIN, END, f"{BEGIN}{END}{END}"])
def test_a_page_without_both_markers_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="it must have the line"):
        with_table(page, "new")


def test_a_sheet_has_the_boxes_and_fits_its_size() -> None:
    noise = np.random.default_rng(1).integers(0, 60, (540, 960, 3), np.uint8)
    cases = [case(Verdict("wrong", CAR, Claim("bus", BUS.box, 0.8)))] * MOST_TILES
    shown = tile(cases[0], noise)
    greens = (shown[..., 1] > 150) & (shown[..., 2] < 120)
    reds = (shown[..., 2] > 200) & (shown[..., 1] < 120)
    assert greens.any()
    assert reds.any()
    picture = sheet("title", cases, {cases[0].picture: noise})
    data = as_jpeg(picture, 400_000)
    assert len(data) <= 400_000
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape == picture.shape


@given(_BOXES)
def test_any_box_in_the_picture_has_a_tile(box: Box) -> None:
    image = np.zeros((540, 960, 3), np.uint8)
    for one in (
        Verdict("missed", Thing("car", box), None),
        Verdict("nothing there", None, Claim("x", box, 1)),
    ):
        assert tile(case(one), image).shape == (162, 216, 3)


def test_a_caption_says_what_failed_where() -> None:
    assert caption(case(Verdict("wrong", CAR, Claim("bus", CAR.box, 0.8)))) == (
        "car: said bus 0.80",
        "night, 100x60, 00007",
    )


def test_told_again_the_truth_leaves_nothing_failed() -> None:
    for told in failures.still_pictures(failures.STILLS):
        objects = [
            {"class": one.kind, "box": [one.box.x, one.box.y, one.box.w, one.box.h], "confidence": 1.0}
            for one in told.street.things
            if one.kind in told.kinds
        ]
        plates = [PlateGuess(one.text, one.box, True) for one in told.plates if one.box]
        cases = failures.cases_of(told, failures.Seen(objects, plates))
        assert not [one for one in cases if one.failed and one.subject in {"vehicles", "plates"}]
        assert all(one.failed for one in cases if one.subject in {"riders", "signals"})


def test_a_page_that_is_missing_is_one_line_before_anything_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "none.md"
    assert failures.main(["--page", str(page), "--out", str(tmp_path)]) == 1
    assert "none.md" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_counts_are_json() -> None:
    assert json.loads(json.dumps(counts([case(Verdict("missed", CAR, None))])))[0]["class"] == "car"


@pytest.mark.parametrize(
    ("subject", "detail", "first"),
    [
        ("vehicles", "family", "missed car (family)"),
        ("vehicles", "car", "missed car"),
        ("riders", "cap", "missed cap"),
    ],
)
def test_a_caption_names_the_model_or_the_headgear(subject: Subject, detail: str, first: str) -> None:
    told = Case(subject, "s1_00007.jpg", "day", Verdict("missed", CAR, None), detail, "no motorbike")
    assert caption(told) == (first, "day, 100x60, no motorbike, 00007")
