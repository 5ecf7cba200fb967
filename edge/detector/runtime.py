"""Opening a network with the engine that is right for this machine: told, or picked by a timed self-test."""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, get_args

from edge.detector.engines import (
    Network,
    OnnxNetwork,
    OpenVinoNetwork,
    Precision,
    has_openvino,
    openvino_precisions,
)
from edge.detector.errors import ModelError
from edge.detector.selftest import Trial, agree, run_trials
from edge.detector.ultralytics_network import ULTRALYTICS_FILES, UltralyticsNetwork

__all__ = ["ENGINE_VARIABLE", "Engine", "Network", "OnnxNetwork", "OpenVinoNetwork", "open_network"]

Engine = Literal["auto", "onnxruntime", "openvino", "ultralytics"]

ENGINE_VARIABLE: Final = "PHATNGUOI_ENGINE"
"""Environment variable that decides where the code says `auto`."""

_REFERENCE: Final = "onnxruntime"

_log = logging.getLogger(__name__)


def open_network(path: Path, *, threads: int = 1, engine: Engine = "auto") -> Network:
    """Load a network.

    `auto` takes what $PHATNGUOI_ENGINE says. Where that is unset or `auto` too, a .pt, .torchscript or
    .engine file goes to Ultralytics; an .onnx file to the fastest of the engines installed, by a timed trial,
    among those that see what ONNX Runtime sees.

    Raises:
        ModelError: the file is missing or damaged, or the engine asked for is unknown, not installed or
            not for this kind of file.
    """
    wanted = _wanted(engine)
    if path.suffix in ULTRALYTICS_FILES:
        _fitting(path, wanted, ("auto", "ultralytics"))
        return UltralyticsNetwork(path, threads=threads)
    _fitting(path, wanted, ("auto", "onnxruntime", "openvino"))
    if wanted == "openvino":
        return OpenVinoNetwork(path, threads=threads)
    onnx = OnnxNetwork(path, threads=threads)
    if wanted == "onnxruntime" or not has_openvino():
        return onnx
    precision = _fastest(path, path.stat().st_mtime_ns, threads)
    return onnx if precision is None else OpenVinoNetwork(path, threads=threads, precision=precision)


def _wanted(engine: Engine) -> str:
    """The engine asked for by the code, else by the environment.

    Raises:
        ModelError: there is no such engine.
    """
    asked = os.environ.get(ENGINE_VARIABLE, "").strip().lower() or "auto" if engine == "auto" else engine
    if asked not in get_args(Engine):
        raise ModelError(
            f"there is no engine {asked!r}",
            where=ENGINE_VARIABLE if engine == "auto" else "engine",
            remedy=f"Use one of {', '.join(get_args(Engine))}.",
        )
    return asked


def _fitting(path: Path, engine: str, fitting: tuple[str, ...]) -> None:
    if engine not in fitting:
        raise ModelError(
            f"the engine {engine} does not run {path.suffix or 'such'} files",
            where=str(path),
            remedy=f"Set {ENGINE_VARIABLE} to one of {', '.join(fitting)}.",
        )


@lru_cache
def _fastest(path: Path, _changed_ns: int, threads: int) -> Precision | None:
    """OpenVINO's precision where that is faster than ONNX Runtime and agrees with it, else None.

    Tried once in a process for each file, whose time of change tells it from an earlier one of the same name.
    """
    rivals: dict[str, Network] = {}
    for precision in openvino_precisions(path):
        try:
            rivals[precision] = OpenVinoNetwork(path, threads=threads, precision=precision)
        except ModelError as error:
            _log.warning("%s: openvino %s is left out: %s", path.name, precision, error)
    trials = run_trials({_REFERENCE: OnnxNetwork(path, threads=threads), **rivals})
    picked = min((trial for trial in trials if agree(trial.apart)), key=lambda trial: trial.time_s)
    _log.info(
        "%s: picked %s of %s", path.name, _engine_of(picked), "; ".join(_said(trial) for trial in trials)
    )
    return next((precision for precision in get_args(Precision) if precision == picked.name), None)


def _said(trial: Trial) -> str:
    refused = "" if agree(trial.apart) else ", refused"
    return f"{_engine_of(trial)} ({trial.time_s * 1000:.1f} ms, apart {trial.apart}{refused})"


def _engine_of(trial: Trial) -> str:
    return trial.name if trial.name == _REFERENCE else f"openvino {trial.name}"
