"""The exported detector, decoded by us, sees what Ultralytics sees with the same weights."""

# ruff: noqa: E402 - what needs torch is imported after asking for it

import os
from pathlib import Path

import pytest

ultralytics = pytest.importorskip("ultralytics", reason="exporting needs ultralytics (extra `train`)")
pytest.importorskip("onnx", reason="exporting needs onnx (extra `train`)")

from edge.detector.engines import has_openvino
from edge.detector.images import read_image
from edge.detector.metadata import ModelCard
from edge.detector.models import VehicleDetector
from edge.detector.runtime import Engine
from edge.detector.training.stamp import stamp
from edge.detector.training.yolo_loop import export
from edge.detector.types import Box

FIELD = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2].parent / "shared" / "field")
CAR = 2

pytestmark = pytest.mark.skipif(
    not FIELD.is_dir(),
    reason=f"no field pictures at {FIELD}: set PHATNGUOI_FIELD to the folder that holds them",
)


@pytest.mark.parametrize("half", [False, True], ids=["float32", "float16"])
@pytest.mark.parametrize(
    "engine",
    [
        "onnxruntime",
        pytest.param(
            "openvino", marks=pytest.mark.skipif(not has_openvino(), reason="openvino is not installed here")
        ),
    ],
)
def test_the_same_cars_at_the_same_places(engine: Engine, half: bool, tmp_path: Path) -> None:
    weights = tmp_path / "start.pt"
    weights.write_bytes((FIELD / "weights" / "yolo26n_coco_deq.pt").read_bytes())
    names = tuple("car" if label == CAR else "" for label in range(80))
    target = tmp_path / "vehicles.onnx"
    stamp(export(weights, 384, 640), target, ModelCard("vehicles", "0", names), half=half)
    path = min((FIELD / "vehicles").glob("*.jpg"))
    ours = VehicleDetector(target, confidence=0.4, engine=engine).detect(read_image(path))
    result = ultralytics.YOLO(str(weights)).predict(
        str(path), imgsz=640, conf=0.4, iou=0.6, classes=[CAR], verbose=False
    )[0]
    theirs = [Box(x1, y1, x2 - x1, y2 - y1) for x1, y1, x2, y2 in result.boxes.xyxy.tolist()]
    assert len(ours) == len(theirs) > 0
    for one in ours:
        assert max(one.box.iou(other) for other in theirs) > 0.95
