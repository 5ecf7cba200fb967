"""Half the size of a model file: its weights as float16, turned back into float32 when it is loaded.

The network still computes in float32. ONNX Runtime and OpenVINO fold the conversion at load, so it costs
no time afterwards; what remains is the rounding of each weight to eleven bits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from edge.detector.training.onnx_file import STORED, opened, write

_FEWEST_VALUES: Final = 20_000
"""Smaller tensors stay float32: a seventh more bytes, and boxes move a fifth as far (0.09 px, not 0.5)."""


def shrink(source: Path, target: Path) -> int:
    """Copy the ONNX file `source` to `target` with its weights as float16; returns the bytes written.

    Everything else, the model card too, stays; a file already shrunk comes out as it is. `target` may be
    `source`.

    Raises:
        ModelError: `source` is missing or no ONNX file.
    """
    model = opened(source)
    store_as_half(model)
    write(model, target)
    return target.stat().st_size


def store_as_half(model: Any) -> None:
    """Replace each float32 weight that float16 can hold by a float16 one and a Cast, in place."""
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _FEWEST_VALUES or not _fits(values):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + STORED))
        casts.append(
            helper.make_node("Cast", [name + STORED], [name], name=f"{name}_cast", to=TensorProto.FLOAT)
        )
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _fits(values: np.ndarray[Any, np.dtype[np.float32]]) -> bool:
    return bool(np.abs(values).max() <= np.finfo(np.float16).max)
