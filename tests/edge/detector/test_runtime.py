import logging
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from edge.detector import runtime
from edge.detector.errors import ModelError
from edge.detector.registry import default_models
from edge.detector.runtime import OnnxNetwork, OpenVinoNetwork, open_network
from edge.detector.selftest import difference, picture_for

MODELS = default_models()
READER = MODELS.plate_reader.path
ALL = [MODELS.vehicles.path, MODELS.plate_finder.path, READER]
NEEDS_OPENVINO = pytest.mark.skipif(not runtime.has_openvino(), reason="openvino is not installed here")


@pytest.mark.parametrize(
    ("engine", "variable", "made"),
    [
        ("auto", "onnxruntime", OnnxNetwork),
        ("onnxruntime", "openvino", OnnxNetwork),
        pytest.param("auto", "OpenVINO ", OpenVinoNetwork, marks=NEEDS_OPENVINO),
        pytest.param("openvino", "onnxruntime", OpenVinoNetwork, marks=NEEDS_OPENVINO),
    ],
)
def test_the_code_decides_and_where_it_leaves_it_open_the_environment(engine, variable, made, monkeypatch):
    monkeypatch.setenv("PHATNGUOI_ENGINE", variable)
    assert isinstance(open_network(READER, engine=engine), made)


@pytest.mark.parametrize(
    ("path", "variable", "said"),
    [
        (READER, "tensorflow", r"no engine 'tensorflow': PHATNGUOI_ENGINE. Use one of auto, onnxruntime"),
        (
            READER,
            "ultralytics",
            r"ultralytics does not run \.onnx files.*Set PHATNGUOI_ENGINE to one of auto",
        ),
        (Path("some.pt"), "openvino", r"openvino does not run \.pt files"),
        (Path("none.pt"), "auto", "model file not found"),
        (Path("none.onnx"), "auto", "model file not found"),
    ],
)
def test_an_engine_that_cannot_be_is_said(path, variable, said, monkeypatch):
    monkeypatch.setenv("PHATNGUOI_ENGINE", variable)
    with pytest.raises(ModelError, match=said):
        open_network(path)


def test_without_torch_a_pt_file_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PHATNGUOI_ENGINE", "auto")
    monkeypatch.setitem(sys.modules, "torch", None)
    path = tmp_path / "some.pt"
    path.write_bytes(b"-")
    with pytest.raises(ModelError, match=r"need torch and ultralytics.*phatnguoi\[train\]"):
        open_network(path)


@NEEDS_OPENVINO
@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_openvino_sees_what_onnx_runtime_sees(path):
    batch = picture_for(OnnxNetwork(path).input_shape)
    apart = difference(OnnxNetwork(path)(batch), OpenVinoNetwork(path)(batch))
    assert apart.box_px < 0.05
    assert apart.value < 1e-3


@NEEDS_OPENVINO
def test_the_self_test_picks_an_engine_once_and_says_why(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("PHATNGUOI_ENGINE", "auto")
    path = tmp_path / "reader.onnx"
    path.write_bytes(READER.read_bytes())
    with caplog.at_level(logging.INFO, logger=runtime.__name__):
        networks = [open_network(path), open_network(path)]
    assert type(networks[0]) is type(networks[1])
    assert len(caplog.messages) == 1
    assert "picked" in caplog.text
    assert " ms" in caplog.text


@dataclass
class Wrong:
    """An OpenVINO that is quick and wrong."""

    path: Path
    threads: int = 1
    precision: str = "f32"

    input_shape = (1, 3, 48, 128)

    def __call__(self, batch):
        return [out + 1 for out in OnnxNetwork(self.path)(batch[:, :, :, :])] if batch.any() else []


def test_an_engine_that_sees_something_else_is_refused(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("PHATNGUOI_ENGINE", "auto")
    monkeypatch.setattr(runtime, "has_openvino", lambda: True)
    monkeypatch.setattr(runtime, "openvino_precisions", lambda _path: ("bf16",))
    monkeypatch.setattr(runtime, "OpenVinoNetwork", Wrong)
    monkeypatch.setattr(runtime, "run_trials", _as_if_the_last_were_fastest(runtime.run_trials))
    path = tmp_path / "reader.onnx"
    path.write_bytes(READER.read_bytes())
    with caplog.at_level(logging.INFO, logger=runtime.__name__):
        assert isinstance(open_network(path), OnnxNetwork)
    assert "openvino bf16" in caplog.text
    assert "refused" in caplog.text


def _as_if_the_last_were_fastest(run):
    def trials(networks):
        *others, last = run(networks)
        return [*others, replace(last, time_s=0.0)]

    return trials


def test_the_shipped_weights_are_small_enough_to_ship():
    assert sum(path.stat().st_size for path in MODELS.vehicles.path.parent.glob("*.onnx")) < 25_000_000


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_network_runs_more_than_one_thread_alike(path):
    batch = picture_for(OnnxNetwork(path).input_shape)
    apart = difference(OnnxNetwork(path)(batch), OnnxNetwork(path, threads=2)(batch))
    assert apart.value < 1e-4
    assert np.isfinite(apart.box_px)
