"""How the shipped eyes are asked; what they see is measured elsewhere."""

import numpy as np
import pytest

from edge.detector.errors import ModelError
from edge.detector.evaluation.eyes import ModelEyes, distinct, open_eyes
from edge.detector.images import read_image
from edge.detector.registry import default_models
from edge.detector.seats import Candidate
from edge.detector.selftest import PICTURE
from edge.detector.types import Box

GREY = np.full((90, 160, 3), 100, np.uint8)


def test_a_head_seen_in_two_crops_is_one() -> None:
    first = Candidate(Box(10, 10, 20, 20), 0.9, 0.1)
    again, other = Candidate(Box(11, 10, 20, 20), 0.8, 0.9), Candidate(Box(40, 10, 20, 20), 0.7, 0.9)
    assert distinct([again, other, first]) == [first, other]


def test_only_what_was_used_is_named() -> None:
    eyes = open_eyes(None, engine="onnxruntime")
    assert eyes.models() == []
    eyes.finder(["car", "signal"])(GREY)
    assert [one.name for one in eyes.models()] == ["kinds", "vehicles"]
    eyes.plates(GREY)
    assert [one.name for one in eyes.models()] == ["kinds", "plate_finder", "plate_reader", "vehicles"]


def test_one_file_takes_the_place_of_its_fellow() -> None:
    shipped = default_models()
    eyes = open_eyes(shipped.plate_reader.path, engine="onnxruntime")
    assert eyes.files == shipped


def test_a_still_is_looked_at_more_closely_than_a_camera_s_frame() -> None:
    seen = []
    for live in (True, False):
        eyes = open_eyes(None, engine="onnxruntime", live=live)
        found = eyes.finder(["car"])(read_image(PICTURE))
        seen.append([one for one in found if one.score >= 0.35])
    once, closely = seen
    assert once != closely
    assert {one.kind for one in once} & {one.kind for one in closely}


def test_a_grey_picture_shows_no_signal_and_no_plate() -> None:
    eyes = open_eyes(None, engine="onnxruntime")
    assert eyes.signal(GREY, None) == "unknown"
    assert eyes.signal(GREY, Box(10, 10, 20, 50)) in {"unknown", "dark"}
    assert [one for one in eyes.plates(GREY) if one.accepted] == []


def test_without_a_model_for_heads_helmets_cannot_be_told() -> None:
    files = default_models()
    eyes = ModelEyes(type(files)(files.vehicles, files.plate_finder, files.plate_reader))
    with pytest.raises(ModelError, match="no model for heads"):
        eyes.rider(GREY)
