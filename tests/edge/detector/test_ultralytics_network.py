"""Files that Ultralytics runs, through the same interface as the exported ones. Needs torch."""

# ruff: noqa: E402 - what needs torch is imported after asking for it

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="a .pt file needs torch (extra `train`)")
ultralytics = pytest.importorskip("ultralytics", reason="a .pt file needs ultralytics (extra `train`)")

from edge.detector.engines import OnnxNetwork
from edge.detector.errors import ModelError
from edge.detector.images import read_image
from edge.detector.models import VehicleDetector
from edge.detector.registry import default_models
from edge.detector.runtime import open_network
from edge.detector.selftest import PICTURE, difference, picture_for
from edge.detector.training.revive import revive
from edge.detector.ultralytics_network import UltralyticsNetwork

VEHICLES = default_models().vehicles.path


@pytest.fixture(scope="module")
def pt(tmp_path_factory) -> Path:
    return revive(VEHICLES, [PICTURE], tmp_path_factory.mktemp("pt") / "vehicles.pt").path


@pytest.fixture(autouse=True)
def _auto(monkeypatch):
    monkeypatch.setenv("PHATNGUOI_ENGINE", "auto")


def test_a_pt_file_sees_what_the_onnx_file_sees(pt):
    network = open_network(pt)
    assert isinstance(network, UltralyticsNetwork)
    assert network.input_shape == (None, 3, None, None)
    batch = picture_for(network.input_shape)
    apart = difference(OnnxNetwork(VEHICLES)(batch), network(batch))
    assert apart.box_px < 0.05
    assert apart.value < 1e-3


def test_the_detector_runs_on_a_pt_file_with_the_card_that_training_wrote(pt):
    ours = VehicleDetector(VEHICLES, engine="onnxruntime")
    theirs = VehicleDetector(pt)
    assert theirs.card == ours.card
    image = read_image(PICTURE)
    found = [(one.kind, round(one.confidence, 2)) for one in theirs.detect(image)]
    assert found == [(one.kind, round(one.confidence, 2)) for one in ours.detect(image)]
    assert len(found) > 5


def test_an_exported_file_keeps_its_fixed_size(pt):
    exported = ultralytics.YOLO(str(pt)).export(format="torchscript", imgsz=(384, 640), verbose=False)
    network = open_network(Path(exported))
    assert network.input_shape[2:] == (384, 640)
    found = VehicleDetector(Path(exported)).detect(read_image(PICTURE))
    assert len(found) > 5


def test_a_file_that_is_no_network_is_said(tmp_path):
    path = tmp_path / "other.pt"
    path.write_bytes(b"not a network")
    with pytest.raises(ModelError, match=r"cannot load the network .*other\.pt"):
        open_network(path)
