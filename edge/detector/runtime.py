"""Running an exported network: ONNX Runtime always, OpenVINO where it is installed. No torch."""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from edge.detector.errors import ModelError

Engine = Literal["auto", "onnxruntime", "openvino"]
Floats = npt.NDArray[np.float32]

_TRIAL_RUNS: Final = 3
_FREE_SIDE_PX: Final = 320


class Network(Protocol):
    """A loaded network: one float32 batch in, its outputs out."""

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Batch, channels, height, width; None where the size is free."""

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the model file says about itself."""

    def __call__(self, batch: Floats) -> list[Floats]:
        """Run once: N x C x H x W in, one array per output."""


class OnnxNetwork:
    """A network on ONNX Runtime's CPU provider."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load `path`, to be run by `threads` threads."""
        _require_file(path)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own classes, which share no public base
            raise ModelError(
                f"cannot load the network ({_first_line(error)})",
                where=str(path),
                remedy="Restore or re-export it.",
            ) from error
        self._input = self._session.get_inputs()[0]

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Batch, channels, height, width; None where the size is free."""
        return tuple(side if isinstance(side, int) else None for side in self._input.shape)

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the model file says about itself."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def __call__(self, batch: Floats) -> list[Floats]:
        """Run once: N x C x H x W in, one array per output."""
        return [
            np.asarray(out, dtype=np.float32) for out in self._session.run(None, {self._input.name: batch})
        ]


class OpenVinoNetwork:
    """A network on OpenVINO's CPU device (the optional extra `openvino`)."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load and compile `path`, to be run by `threads` threads."""
        described = OnnxNetwork(path)
        self._shape, self._metadata = described.input_shape, described.metadata
        try:
            openvino: Any = importlib.import_module("openvino")
        except ImportError as error:
            raise ModelError(
                "OpenVINO is not installed",
                where=str(path),
                remedy="Install it or choose the engine onnxruntime.",
            ) from error
        settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
        self._compiled = openvino.Core().compile_model(str(path), "CPU", settings)

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Batch, channels, height, width; None where the size is free."""
        return self._shape

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the model file says about itself."""
        return self._metadata

    def __call__(self, batch: Floats) -> list[Floats]:
        """Run once: N x C x H x W in, one array per output."""
        results = self._compiled([batch])
        return [np.asarray(results[output], dtype=np.float32) for output in self._compiled.outputs]


def open_network(path: Path, *, threads: int = 1, engine: Engine = "auto") -> Network:
    """Load a network; `auto` times both engines on this machine and keeps the faster.

    Raises:
        ModelError: the file is missing or damaged, or the engine asked for is not installed.
    """
    if engine == "openvino":
        return OpenVinoNetwork(path, threads=threads)
    onnx = OnnxNetwork(path, threads=threads)
    if engine == "onnxruntime" or importlib.util.find_spec("openvino") is None:
        return onnx
    rival = OpenVinoNetwork(path, threads=threads)
    engines: list[Network] = [onnx, rival]
    return min(engines, key=_best_time_s)


def _best_time_s(network: Network) -> float:
    """Seconds of the fastest of a few runs on an empty picture."""
    shape = [
        side or default
        for side, default in zip(network.input_shape, (1, 3, _FREE_SIDE_PX, _FREE_SIDE_PX), strict=True)
    ]
    batch = np.zeros(shape, dtype=np.float32)
    network(batch)
    return min(_timed(lambda: network(batch)) for _ in range(_TRIAL_RUNS))


def _timed(action: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    action()
    return time.perf_counter() - started_s


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise ModelError(
            "model file not found",
            where=str(path),
            remedy="Set PHATNGUOI_MODELS to the folder with the .onnx files, or restore the shipped ones.",
        )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
