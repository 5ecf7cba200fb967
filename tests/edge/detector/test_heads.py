"""What a look at a motorbike's riders says, and what it keeps to itself."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.errors import ImageError, ModelError
from edge.detector.heads import Limits, RiderLooker, candidates, joined, judge
from edge.detector.letterbox import fit_long_side
from edge.detector.registry import default_models
from edge.detector.seats import Candidate
from edge.detector.types import Box

LIMITS = Limits(score=0.15, second=0.25, counted=0.4, verdict=0.7, smallest_px=8)
BOX = Box(10, 10, 20, 24)


def head(chance_bare: float, score: float = 0.8, box: Box = BOX) -> Candidate:
    return Candidate(box, score, chance_bare)


@pytest.mark.parametrize(
    ("riders", "people", "helmet"),
    [
        pytest.param([head(0.05)], 1, "all", id="one helmet"),
        pytest.param([head(0.95)], 1, "some_bare", id="one bare"),
        pytest.param([head(0.05), head(0.95)], 2, "some_bare", id="the passenger has none"),
        pytest.param([head(0.05), head(0.5)], 2, "unknown", id="doubt about one is doubt about all"),
        pytest.param([head(0.95), head(0.5)], 2, "some_bare", id="one surely bare is enough"),
        pytest.param([head(0.05), head(0.05, score=0.3)], None, "all", id="a second head that may be none"),
        pytest.param([head(0.05), head(0.95, score=0.2)], 1, "all", id="a second head that is none"),
        pytest.param([head(0.95, score=0.2)], 1, "some_bare", id="somebody rides, hardly seen as he is"),
        pytest.param([head(0.95, box=Box(0, 0, 6, 7))], None, "unknown", id="too small to judge"),
        pytest.param([], None, "unknown", id="nothing seen"),
    ],
)
def test_what_is_said_of_a_motorbike(riders: list[Candidate], people: int | None, helmet: str) -> None:
    look = judge(riders, LIMITS)
    assert (look.people, look.helmet) == (people, helmet)
    assert bool(look.reason) is (helmet == "unknown" or people is None)


riders = st.lists(st.builds(head, st.floats(0, 1), st.floats(0.25, 1)), max_size=4)
some = st.lists(st.builds(head, st.floats(0, 1), st.floats(0.25, 1)), min_size=1, max_size=4)


@settings(deadline=None)
@given(riders)
def test_a_verdict_always_rests_on_heads_that_are_sure(found: list[Candidate]) -> None:
    look = judge(found, LIMITS)
    sure = [one for one in look.heads if one.helmet != "unknown"]
    assert all(one.confidence >= LIMITS.verdict for one in sure)
    if look.helmet == "all":
        assert sure
        assert len(sure) == len(found)
        assert all(one.helmet == "helmet" for one in sure)
    assert (look.helmet == "some_bare") is any(one.helmet == "bare" for one in sure)
    assert look.people in {None, len(found)}


@settings(deadline=None)
@given(some, st.floats(0, 1))
def test_one_more_doubtful_head_never_makes_it_surer(found: list[Candidate], chance: float) -> None:
    before, after = judge(found, LIMITS), judge([*found, head(chance, score=0.3)], LIMITS)
    assert after.people is None
    assert before.helmet != "unknown" or after.helmet != "all"
    assert before.helmet != "some_bare" or after.helmet == "some_bare"


def test_decoding_keeps_the_balance_of_both_classes() -> None:
    letterbox = fit_long_side(100, 200, 256)
    output = np.zeros((1, 6, 3), np.float32)
    output[0, :, 0] = [64, 40, 20, 24, 0.6, 0.2]
    output[0, :, 1] = [65, 41, 20, 24, 0.1, 0.5]
    output[0, :, 2] = [64, 200, 20, 24, 0.1, 0.1]
    (found,) = candidates(output, letterbox, 0.25)
    assert found.score == pytest.approx(0.8)
    assert found.chance_bare == pytest.approx(0.25)
    assert found.box.cx == pytest.approx(50, abs=1)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        pytest.param([[head(0.9)], [head(0.1)]], [head(0.5)], id="two that disagree alike"),
        pytest.param([[head(0.9, 0.6)], [head(0.5, 0.6)]], [head(0.75, 0.6)], id="log odds are averaged"),
        pytest.param([[head(0.9, 0.6)], []], [head(0.9, 0.3)], id="seen once is half believed"),
        pytest.param(
            [[head(0.2), head(0.9, 0.5, Box(60, 10, 20, 24))]],
            [head(0.2), head(0.9, 0.5, Box(60, 10, 20, 24))],
            id="two heads",
        ),
    ],
)
def test_several_looks_at_heads(looks: list[list[Candidate]], expected: list[Candidate]) -> None:
    for one, other in zip(joined(looks), expected, strict=True):
        assert one.box.iou(other.box) == pytest.approx(1)
        assert one.score == pytest.approx(other.score)
        assert one.chance_bare == pytest.approx(other.chance_bare)


def test_the_wrong_model_and_the_wrong_picture_are_refused() -> None:
    models = default_models()
    with pytest.raises(ModelError, match="not 'heads'"):
        RiderLooker(models.vehicles.path)
    assert models.heads is not None
    looker = RiderLooker(models.heads.path, engine="onnxruntime")
    with pytest.raises(ImageError):
        looker.look(np.zeros((10, 10), np.uint8), BOX)


@pytest.mark.parametrize("closely", [False, True])
@pytest.mark.parametrize("box", [Box(500, 500, 40, 80), Box(5, 5, 4, 9), Box(0, 0, 90, 60)])
def test_an_empty_road_has_no_riders(box: Box, closely: bool) -> None:
    models = default_models()
    assert models.heads is not None
    looker = RiderLooker(models.heads.path, closely=closely, engine="onnxruntime")
    look = looker.look(np.full((60, 90, 3), 90, np.uint8), box)
    assert (look.people, look.heads, look.helmet) == (None, (), "unknown")


def test_a_model_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not found"):
        default_models(heads=tmp_path / "heads.onnx")
