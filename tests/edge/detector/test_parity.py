"""The shipped detectors, run and decoded by us, see what Ultralytics sees with the same weights.

What Ultralytics sees was written down where torch is: see `edge.detector.training.parity`.
"""

import hashlib
import json
from pathlib import Path

import pytest

from edge.detector.decode import decode
from edge.detector.engines import OnnxNetwork, OpenVinoNetwork, has_openvino
from edge.detector.images import read_image
from edge.detector.letterbox import fit_long_side, to_blob
from edge.detector.registry import default_models
from edge.detector.selftest import PICTURE
from edge.detector.types import Box

FOLDER = Path(__file__).parent / "parity"
WEIGHTS = default_models().vehicles.path.parent
BORDER = 0.02  # scores this near the threshold may fall on either side of it

PICTURES = {"vehicles": PICTURE, "plate_finder": FOLDER / "plate_finder.jpg"}

NETWORKS = [
    OnnxNetwork,
    pytest.param(
        OpenVinoNetwork,
        marks=pytest.mark.skipif(not has_openvino(), reason="openvino is not installed here"),
    ),
]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", ["vehicles", "plate_finder"])
def test_the_same_boxes_as_ultralytics(name, network):
    note = json.loads((FOLDER / f"{name}.json").read_text())
    path = WEIGHTS / f"{name}.onnx"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == note["sha256"], (
        f"{name}.onnx is another one: python -m edge.detector.training.parity {name} BEST.pt"
    )
    image = read_image(PICTURES[name])
    letterbox = fit_long_side(image.shape[1], image.shape[0], note["long_side_px"])
    ours = decode(
        network(path)(to_blob(image, letterbox))[0], letterbox, minimum_score=note["minimum_score"] - BORDER
    )
    theirs = note["boxes"]
    assert theirs
    for their in theirs:
        box = Box(*their["box"])
        ours_too = max(ours, key=lambda one: (one.label == their["class"]) * one.box.iou(box))
        assert ours_too.label == their["class"]
        assert ours_too.score == pytest.approx(their["score"], abs=5e-3)
        assert _corners(ours_too.box.clipped(image.shape[1], image.shape[0])) == pytest.approx(
            _corners(box), abs=0.5
        )
    sure = [one for one in ours if one.score > note["minimum_score"] + BORDER]
    assert len(sure) <= len(theirs)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x2, box.y2
