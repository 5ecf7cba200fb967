"""The second look at a head: what it is shown, and how it is weighed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.errors import ModelError
from edge.detector.registry import default_models
from edge.detector.seats import Candidate
from edge.detector.second_look import HELMET_SIZE_PX, SecondLook, head_window
from edge.detector.types import Box
from edge.detector.window import windows_blob

SIDE = HELMET_SIZE_PX
boxes = st.builds(Box, st.floats(-50, 350), st.floats(-50, 250), st.floats(1, 200), st.floats(1, 200))


def picture() -> np.ndarray:
    image = np.zeros((200, 300, 3), np.uint8)
    image[40:80, 100:140] = (10, 200, 250)
    return image


@settings(deadline=None)
@given(boxes)
def test_any_box_gives_a_window(box: Box) -> None:
    window = head_window(picture(), box)
    assert window.shape == (SIDE, SIDE, 3)
    assert window.dtype == np.uint8


@pytest.mark.parametrize("scale", [1, 4])
def test_the_head_fills_the_middle_of_the_window(scale: int) -> None:
    large = np.repeat(np.repeat(picture(), scale, axis=0), scale, axis=1)
    window = head_window(large, Box(100 * scale, 40 * scale, 40 * scale, 40 * scale))
    lit = window[..., 1] > 100
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    share = (rows[-1] - rows[0] + 1) / SIDE
    assert share == pytest.approx(1 / 1.7, abs=0.06)
    assert (rows[0] + rows[-1]) / 2 == pytest.approx(SIDE / 2, abs=2)
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(SIDE / 2, abs=2)


def test_what_lies_beyond_the_picture_repeats_its_edge() -> None:
    image = np.full((50, 50, 3), 80, np.uint8)
    assert set(np.unique(head_window(image, Box(-5, -5, 20, 20)))) == {80}


def test_the_blob_is_red_first() -> None:
    view = np.zeros((SIDE, SIDE, 3), np.uint8)
    view[..., 2] = 255
    blob = windows_blob([view, view])
    assert blob.shape == (2, 3, SIDE, SIDE)
    assert (blob[:, 0].min(), blob[:, 1:].max()) == (1.0, 0.0)


def test_both_looks_count_and_mirroring_changes_nothing() -> None:
    models = default_models()
    assert models.helmets is not None
    second = SecondLook(models.helmets.path, engine="onnxruntime")
    image = np.random.default_rng(3).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    box, mirrored = Box(40, 30, 30, 36), Box(160 - 40 - 30, 30, 30, 36)
    (chance,) = second.chances_bare(image, [box])
    (other,) = second.chances_bare(np.ascontiguousarray(image[:, ::-1]), [mirrored])
    assert chance == pytest.approx(other, abs=0.02)
    low, high = (second.judged(image, [Candidate(box, 0.9, first)])[0].chance_bare for first in (0.1, 0.9))
    assert low < high
    assert min(0.1, chance) - 1e-6 <= low <= max(0.1, chance) + 1e-6
    assert second.judged(image, [Candidate(box, 0.7, 0.4)])[0].score == 0.7


def test_no_heads_give_no_chances() -> None:
    models = default_models()
    assert models.helmets is not None
    second = SecondLook(models.helmets.path, engine="onnxruntime")
    assert second.chances_bare(picture(), []) == []
    assert second.judged(picture(), []) == []


def test_another_model_is_refused() -> None:
    with pytest.raises(ModelError, match="not 'helmets'"):
        SecondLook(default_models().vehicles.path)
