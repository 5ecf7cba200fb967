"""A shipped detector comes back as a network that Ultralytics can train. Needs torch, as training does."""

# ruff: noqa: E402 - what needs torch is imported after asking for it

from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="reviving a network needs torch (extra `train`)")
pytest.importorskip("ultralytics", reason="reviving a network needs ultralytics (extra `train`)")

from edge.detector.errors import ModelError
from edge.detector.images import read_image
from edge.detector.letterbox import fit_long_side, to_blob
from edge.detector.registry import default_models
from edge.detector.runtime import OnnxNetwork
from edge.detector.training.revive import revive


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(3)
    for number in range(4):
        picture = cv2.resize(random.integers(0, 255, (9, 16, 3), dtype=np.uint8), (256, 144))
        cv2.imwrite(str(folder / f"{number}.png"), picture)
    return sorted(folder.glob("*.png"))


@pytest.mark.parametrize("name", ["vehicles", "plate_finder"])
def test_the_revived_network_computes_what_the_onnx_file_does(name, pictures, tmp_path):
    exported = getattr(default_models(), name).path
    revived = revive(exported, pictures, tmp_path / "revived.pt")
    assert revived.box_px < 0.02
    assert revived.score < 1e-3
    from ultralytics import YOLO

    image = cv2.resize(read_image(pictures[0]), (333, 222))  # a size that nothing was measured at
    blob = to_blob(image, fit_long_side(333, 222, 320))
    with torch.inference_mode():
        ours = YOLO(str(revived.path)).model.eval()(torch.from_numpy(blob))[0].numpy()
    theirs = OnnxNetwork(exported)(blob)[0]
    assert np.abs(ours[:, :4] - theirs[:, :4]).max() < 0.02
    assert np.abs(ours[:, 4:] - theirs[:, 4:]).max() < 1e-3


def test_training_starts_where_the_shipped_network_stopped(pictures, tmp_path):
    """With the statistics of the batch instead of the stored ones, the network's answer stays."""
    revived = revive(default_models().vehicles.path, pictures, tmp_path / "revived.pt")
    from ultralytics import YOLO

    model = YOLO(str(revived.path)).model
    images = [read_image(path) for path in pictures]
    blobs = [to_blob(image, fit_long_side(image.shape[1], image.shape[0], 640)) for image in images]
    batch = torch.from_numpy(np.concatenate(blobs))
    with torch.no_grad():
        evaluated = model.eval()(batch)[1]["scores"]
        trained = model.train()(batch)["scores"]
    assert torch.abs(evaluated - trained).max() < 0.05  # before the sigmoid


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b"not a network"), "no ONNX file"),
        (lambda path: path.write_bytes(default_models().plate_reader.path.read_bytes()), "trainable again"),
    ],
)
def test_another_file_is_refused_by_name(make, said, pictures, tmp_path):
    path = tmp_path / "other.onnx"
    make(path)
    with pytest.raises(ModelError, match=said) as refused:
        revive(path, pictures, tmp_path / "revived.pt")
    assert str(path) in str(refused.value)


def test_no_pictures_is_said(tmp_path):
    with pytest.raises(ModelError, match="no pictures"):
        revive(default_models().vehicles.path, [], tmp_path / "revived.pt")
