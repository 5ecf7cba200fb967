"""Weights as float16: half the file, the same boxes. Needs onnx, as exporting does."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="shrinking a model needs onnx (extra `train`)")
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge.detector.engines import OnnxNetwork, OpenVinoNetwork, has_openvino
from edge.detector.errors import ModelError
from edge.detector.metadata import card_of
from edge.detector.registry import default_models
from edge.detector.selftest import difference, picture_for
from edge.detector.training.shrink import shrink

WIDE = 256


def one_layer(path: Path, weights: np.ndarray) -> Path:
    """A file with one matrix product by `weights`, as an exporter that knows nothing of this writes it."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["images", "weights"], ["out"])],
        "one",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, WIDE])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, WIDE])],
        [numpy_helper.from_array(weights.astype(np.float32), "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"phatnguoi": '{"name": "some", "version": "1", "classes": []}'})
    onnx.save(model, path)
    return path


def test_the_file_halves_and_the_answer_stays(tmp_path):
    weights = np.random.default_rng(1).normal(size=(WIDE, WIDE))
    whole = one_layer(tmp_path / "whole.onnx", weights)
    half = tmp_path / "half.onnx"
    assert shrink(whole, half) == half.stat().st_size < 0.52 * whole.stat().st_size
    batch = np.random.default_rng(2).normal(size=(1, WIDE)).astype(np.float32)
    ours, theirs = OnnxNetwork(whole)(batch)[0], OnnxNetwork(half)(batch)[0]
    assert 0 < np.abs(ours - theirs).max() < 1e-3 * np.abs(ours).max()
    assert card_of(OnnxNetwork(half).metadata, kind="some", path=half).version == "1"


def test_shrinking_twice_changes_nothing(tmp_path):
    path = one_layer(tmp_path / "one.onnx", np.random.default_rng(1).normal(size=(WIDE, WIDE)))
    shrink(path, path)
    first = path.read_bytes()
    shrink(path, path)
    assert path.read_bytes() == first


def test_what_float16_cannot_hold_stays_as_it_is(tmp_path):
    weights = np.full((WIDE, WIDE), 1.0)
    weights[3, 3] = 1e6
    path = one_layer(tmp_path / "one.onnx", weights)
    shrink(path, path)
    batch = np.zeros((1, WIDE), np.float32)
    batch[0, 3] = 1
    assert OnnxNetwork(path)(batch)[0][0, 3] == np.float32(1e6)


@pytest.mark.parametrize("name", ["vehicles", "plate_finder", "plate_reader"])
def test_the_shipped_networks_see_the_same_with_half_the_weights(name, tmp_path):
    shipped, half = getattr(default_models(), name).path, tmp_path / "half.onnx"
    shrink(shipped, half)
    batch = picture_for(OnnxNetwork(shipped).input_shape)
    expected = OnnxNetwork(shipped)(batch)
    networks = [OnnxNetwork(half), *([OpenVinoNetwork(half)] if has_openvino() else [])]
    for network in networks:
        apart = difference(expected, network(batch))
        assert apart.box_px < 0.1
        assert apart.value < 2e-3  # scores run to 1


def test_no_onnx_file_is_said(tmp_path):
    path = tmp_path / "picture.onnx"
    path.write_bytes(b"\x89PNG")
    with pytest.raises(ModelError, match=r"cannot read this as ONNX: .*picture\.onnx"):
        shrink(path, tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()
