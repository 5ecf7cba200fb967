"""Opening and writing a model's ONNX file, and the weights in it, some of which are stored as float16."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from edge.detector.errors import ModelError

STORED: Final = "_float16"
"""The end of the name of a weight that is stored as float16; a Cast gives it out without."""

Floats = npt.NDArray[np.float32]


def opened(source: Path) -> Any:
    """The ONNX file `source`, to be changed.

    Raises:
        ModelError: it is missing or no ONNX file.
    """
    try:
        return onnx.load(source)
    except Exception as error:  # protobuf and onnx raise classes of their own without a public base
        raise ModelError(
            "cannot read this as ONNX",
            where=str(source),
            remedy="It is no ONNX file: give a model's .onnx file.",
        ) from error


def write(model: Any, target: Path) -> None:
    """Check `model` and put it at `target`, whole or not at all."""
    onnx.checker.check_model(model)
    partial = target.with_suffix(".partial")
    onnx.save(model, partial)
    partial.replace(target)


def weights_of(model: Any) -> dict[str, Floats]:
    """Copies of the float weights by name; those stored as float16 under the name their Cast gives out."""
    stored = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Cast" and node.input[0] in stored:
            stored[node.output[0]] = stored[node.input[0]]
    return {
        name: np.array(value, np.float32)
        for name, value in stored.items()
        if value.dtype in (np.float16, np.float32)
    }
