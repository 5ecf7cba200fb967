"""Writing a model card into an exported file."""

from __future__ import annotations

from pathlib import Path

import onnx

from edge.detector.metadata import METADATA_KEY, ModelCard


def stamp(source: Path, target: Path, card: ModelCard) -> None:
    """Copy the ONNX file `source` to `target` with `card` in it and the exporter's chatter out of it."""
    model = onnx.load(source)
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {METADATA_KEY: card.to_json(), "license": "AGPL-3.0-or-later"})
    onnx.checker.check_model(model)
    partial = target.with_suffix(".partial")
    onnx.save(model, partial)
    partial.replace(target)
