"""Writing a model card into an exported file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx

from edge.detector.metadata import METADATA_KEY, ModelCard
from edge.detector.training.onnx_file import write
from edge.detector.training.shrink import store_as_half


def stamp(source: Path, target: Path, card: ModelCard, *, half: bool = True) -> None:
    """Copy the ONNX file `source` to `target`, stamped as `write_stamped` does."""
    write_stamped(onnx.load(source), target, card, half=half)


def write_stamped(model: Any, target: Path, card: ModelCard, *, half: bool = True) -> None:
    """Write an ONNX model to `target` with `card` in it and the exporter's chatter out of it.

    With `half` the weights are stored as float16, which halves the file (see `shrink`).
    """
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {METADATA_KEY: card.to_json(), "license": "AGPL-3.0-or-later"})
    if half:
        store_as_half(model)
    write(model, target)
