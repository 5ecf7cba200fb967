"""The programs that run an exported network without torch, ONNX Runtime and OpenVINO, called alike."""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from edge.detector.errors import ModelError

Floats = npt.NDArray[np.float32]
Precision = Literal["f32", "bf16"]


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
        require_file(path)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # a thread that waits must not burn the core that another camera could use
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own classes, which share no public base
            raise unloadable(path, error, "Restore or re-export it.") from error
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
    """A network on OpenVINO's CPU device (the optional extra `edge-openvino`)."""

    def __init__(self, path: Path, *, threads: int = 1, precision: Precision = "f32") -> None:
        """Load and compile `path`, to be run by `threads` threads as one stream.

        The precision is always said: left alone, OpenVINO computes in bfloat16 wherever the processor can.
        """
        described = OnnxNetwork(path)
        self._of_thread = threading.local()
        self._shape, self._metadata = described.input_shape, described.metadata
        core = _openvino_core(path)
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": precision,
        }
        try:
            self._compiled = core.compile_model(str(path), "CPU", settings)
        except Exception as error:  # openvino raises RuntimeErrors of its own making
            raise unloadable(path, error, "Choose the engine onnxruntime.") from error

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Batch, channels, height, width; None where the size is free."""
        return self._shape

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the model file says about itself."""
        return self._metadata

    def _request(self) -> Any:
        """One a thread: a request that is running must not be asked again, and cameras share a network."""
        if not hasattr(self._of_thread, "request"):
            self._of_thread.request = self._compiled.create_infer_request()
        return self._of_thread.request

    def __call__(self, batch: Floats) -> list[Floats]:
        """Run once: N x C x H x W in, one array per output. May be called from several threads."""
        results = self._request().infer([batch])
        return [np.asarray(results[output], dtype=np.float32) for output in self._compiled.outputs]


def has_openvino() -> bool:
    """Whether OpenVINO is installed."""
    return importlib.util.find_spec("openvino") is not None


def openvino_precisions(path: Path) -> Sequence[Precision]:
    """What OpenVINO can compute in on this processor; `path` is named when it is not installed."""
    capable = _openvino_core(path).get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ("f32", "bf16") if "BF16" in capable else ("f32",)


def require_file(path: Path) -> None:
    """Raise ModelError when there is no file at `path`."""
    if not path.is_file():
        raise ModelError(
            "model file not found",
            where=str(path),
            remedy="Set PHATNGUOI_MODELS to the folder with the .onnx files, or restore the shipped ones.",
        )


def unloadable(path: Path, error: Exception, remedy: str) -> ModelError:
    """The error for a file that an engine cannot load, with the first line of what the engine said."""
    said = (str(error).splitlines() or [type(error).__name__])[0]
    return ModelError(f"cannot load the network ({said})", where=str(path), remedy=remedy)


def _openvino_core(path: Path) -> Any:
    try:
        openvino: Any = importlib.import_module("openvino")
    except ImportError as error:
        raise ModelError(
            "OpenVINO is not installed",
            where=str(path),
            remedy="Install phatnguoi[edge-openvino] or choose the engine onnxruntime.",
        ) from error
    return openvino.Core()
