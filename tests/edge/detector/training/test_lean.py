"""Leaning back towards the donor: the first layers are mixed, the rest stays. Needs onnx, as exporting."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="mixing networks needs onnx (extra `train`)")
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge.detector.engines import OnnxNetwork
from edge.detector.errors import ModelError
from edge.detector.metadata import card_of
from edge.detector.training.lean import LeanRecipe, lean
from edge.detector.training.shrink import shrink

WIDE = 160
RECIPE = LeanRecipe("some", "2", layers=1, share=0.25)


def two_layers(path: Path, first: float, second: float, *, outputs: int = WIDE, named: str = "model") -> Path:
    """y = x * `first` * `second` on every diagonal, as a trained network of two layers stores it."""
    weights = {
        f"{named}.0.weight": np.eye(WIDE) * first,
        f"{named}.1.weight": np.eye(WIDE, outputs) * second,
    }
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["images", f"{named}.0.weight"], ["seen"]),
            helper.make_node("MatMul", ["seen", f"{named}.1.weight"], ["out"]),
        ],
        "two",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, WIDE])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, outputs])],
        [numpy_helper.from_array(values.astype(np.float32), name) for name, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    card = '{"name": "some", "version": "1", "classes": ["car"], "long_side_px": 320}'
    helper.set_model_props(model, {"phatnguoi": card})
    onnx.save(model, path)
    return path


def answer(path: Path) -> float:
    return float(OnnxNetwork(path)(np.ones((1, WIDE), np.float32))[0].reshape(-1)[0])


@pytest.mark.parametrize(
    ("layers", "expected"), [(1, (0.75 * 2 + 0.25 * 4) * 3), (2, 2.5 * 4.5), (9, 2.5 * 4.5)]
)
def test_only_the_first_layers_are_mixed(tmp_path, layers, expected):
    trained = two_layers(tmp_path / "trained.onnx", 2, 3)
    shrink(trained, trained)  # what ships is stored as float16
    donor = two_layers(tmp_path / "donor.onnx", 4, 9)
    recipe = LeanRecipe("some", "2", layers, 0.25)
    assert lean(trained, donor, recipe, "abc", tmp_path / "out.onnx") == min(layers, 2)
    assert answer(tmp_path / "out.onnx") == pytest.approx(expected, rel=1e-3)
    assert [one.name for one in tmp_path.iterdir() if one.suffix != ".onnx"] == []


def test_a_layer_of_another_shape_stays_as_it_was(tmp_path):
    trained = two_layers(tmp_path / "trained.onnx", 2, 3)
    donor = two_layers(tmp_path / "donor.onnx", 4, 9, outputs=WIDE // 2)
    assert lean(trained, donor, LeanRecipe("some", "2", 2, 0.5), "", tmp_path / "out.onnx") == 1
    assert answer(tmp_path / "out.onnx") == pytest.approx(3 * 3, rel=1e-3)


def test_the_card_says_which_recipe_and_keeps_the_rest(tmp_path):
    trained, donor = two_layers(tmp_path / "a.onnx", 2, 3), two_layers(tmp_path / "b.onnx", 4, 9)
    lean(trained, donor, RECIPE, "abc", trained)
    card = card_of(OnnxNetwork(trained).metadata, kind="some", path=trained)
    assert (card.version, card.recipe_sha256, card.classes, card.long_side_px) == ("2", "abc", ("car",), 320)


def test_what_cannot_be_mixed_is_said_and_nothing_is_written(tmp_path):
    trained, out = two_layers(tmp_path / "a.onnx", 2, 3), tmp_path / "out.onnx"
    stranger = two_layers(tmp_path / "b.onnx", 4, 9, named="other")
    with pytest.raises(ModelError, match="nothing in its first 1 layers"):
        lean(trained, stranger, RECIPE, "", out)
    with pytest.raises(ModelError, match="cannot read this as ONNX"):
        lean(trained, tmp_path / "missing.onnx", RECIPE, "", out)
    with pytest.raises(ModelError, match="this is the model 'some'"):
        lean(trained, trained, LeanRecipe("vehicles", "2", 1, 0.5), "", out)
    assert not out.exists()
