"""`python -m edge.detector.training.parity MODEL BEST.pt`: write down what Ultralytics sees with a network.

The test without torch then compares the shipped ONNX file, run and decoded by us, with these boxes. To be
renewed whenever the weights are, from the .pt file that they were exported from.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Final

import ultralytics

from edge.detector.engines import OnnxNetwork
from edge.detector.metadata import card_of
from edge.detector.registry import default_models
from edge.detector.selftest import PICTURE

_REPOSITORY: Final = Path(__file__).parents[3]
FOLDER: Final = _REPOSITORY / "tests" / "edge" / "detector" / "parity"
PICTURES: Final = {"vehicles": PICTURE, "plate_finder": FOLDER / "plate_finder.jpg"}
"""A rendered crossing, and a rendered car cut out of one."""
MINIMUM_SCORE: Final = 0.2
OVERLAP: Final = 0.6


def seen_by_ultralytics(weights: Path, picture: Path, long_side_px: int) -> list[dict[str, Any]]:
    """Class number, box (x, y, w, h, px) and score of what their own prediction finds in `picture`."""
    result = ultralytics.YOLO(str(weights)).predict(
        str(picture), imgsz=long_side_px, conf=MINIMUM_SCORE, iou=OVERLAP, verbose=False
    )[0]
    return [
        {
            "class": int(label),
            "box": [round(side, 3) for side in (x1, y1, x2 - x1, y2 - y1)],
            "score": round(score, 5),
        }
        for (x1, y1, x2, y2), score, label in zip(
            result.boxes.xyxy.tolist(), result.boxes.conf.tolist(), result.boxes.cls.tolist(), strict=True
        )
    ]


def write(model: str, weights: Path, folder: Path = FOLDER) -> Path:
    """Write `folder/MODEL.json` for the shipped `model` (vehicles, plate_finder), exported from `weights`."""
    shipped = default_models().vehicles.path.parent / f"{model}.onnx"
    card = card_of(OnnxNetwork(shipped).metadata, kind=model, path=shipped)
    note = {
        "made_by": f"Ultralytics {ultralytics.__version__}",
        "sha256": hashlib.sha256(shipped.read_bytes()).hexdigest(),
        "long_side_px": card.long_side_px,
        "minimum_score": MINIMUM_SCORE,
        "overlap": OVERLAP,
        "boxes": seen_by_ultralytics(weights, PICTURES[model], card.long_side_px),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{model}.json"
    path.write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    print(write(sys.argv[1], Path(sys.argv[2])))  # noqa: T201 - a command
