"""Writing a model card into an exported file."""

from __future__ import annotations

from pathlib import Path

import onnx

from edge.detector.metadata import METADATA_KEY, ModelCard
from edge.detector.training.shrink import store_as_half


def stamp(source: Path, target: Path, card: ModelCard, *, half: bool = True) -> None:
    """Copy the ONNX file `source` to `target` with `card` in it and the exporter's chatter out of it.

    With `half` the weights are stored as float16, which halves the file (see `shrink`).
    """
    model = onnx.load(source)
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {METADATA_KEY: card.to_json(), "license": "AGPL-3.0-or-later"})
    if half:
        store_as_half(model)
    onnx.checker.check_model(model)
    partial = target.with_suffix(".partial")
    onnx.save(model, partial)
    partial.replace(target)
