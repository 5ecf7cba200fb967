"""Running a .pt, .torchscript or .engine file through Ultralytics, where torch and perhaps a GPU are."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from edge.detector.engines import Floats, require_file, unloadable
from edge.detector.errors import ModelError
from edge.detector.metadata import METADATA_KEY, ModelCard

ULTRALYTICS_FILES: Final = frozenset({".pt", ".engine", ".torchscript"})
"""Suffixes of the files that only Ultralytics runs; .engine is TensorRT's, made for one kind of GPU."""

_SYNONYMS: Final = {"motorcycle": "motorbike", "traffic light": "signal"}
_STREET: Final = frozenset({"motorbike", "car", "bus", "truck", "bicycle", "person", "signal"})


class UltralyticsNetwork:
    """A network on the GPU where there is one, else on torch's CPU."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load `path`; on the CPU it is run by `threads` threads (torch has one number for the process).

        A .pt file is a pickle: loading it runs code that is in it. Load only files you trust.
        """
        require_file(path)
        try:
            self._torch: Any = importlib.import_module("torch")
            backend: Any = importlib.import_module("ultralytics.nn.autobackend")
        except ImportError as error:
            raise ModelError(
                f"{path.suffix} files need torch and ultralytics",
                where=str(path),
                remedy="Install phatnguoi[train], or use the .onnx file.",
            ) from error
        self._device = self._torch.device("cuda:0" if self._torch.cuda.is_available() else "cpu")
        if self._device.type == "cpu":
            self._torch.set_num_threads(threads)
        try:
            self._model = backend.AutoBackend(str(path), device=self._device, verbose=False).eval()
            card = _stored_card(self._torch, path) or _card_of_names(self._model.names)
            self._size_px = _fixed_size(self._model)
        except Exception as error:  # torch, pickle and TensorRT each raise classes of their own
            raise unloadable(path, error, "Give a detector that Ultralytics trained or exported.") from error
        self._metadata = {METADATA_KEY: card.to_json()}

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Batch, channels, height, width; None where the size is free."""
        return (None, 3, *self._size_px)

    @property
    def metadata(self) -> Mapping[str, str]:
        """The card our training wrote into a .pt file, else one made from the names of its classes."""
        return self._metadata

    def __call__(self, batch: Floats) -> list[Floats]:
        """Run once: N x 3 x H x W in; the raw columns, or the rows of a head that needs no suppression."""
        with self._torch.inference_mode():
            out = self._model(self._torch.from_numpy(batch).to(self._device))
        first = out[0] if isinstance(out, list | tuple) else out
        return [np.asarray(first.float().cpu().numpy(), dtype=np.float32)]


def _fixed_size(model: Any) -> tuple[int | None, int | None]:
    """Height and width (px) that an exported file was made for; None for a .pt and a dynamic export."""
    if model.format == "pt" or getattr(model, "dynamic", False):
        return None, None
    height, width = model.imgsz
    return int(height), int(width)


def _stored_card(torch: Any, path: Path) -> ModelCard | None:
    if path.suffix != ".pt":
        return None
    checkpoint = torch.load(path, map_location="cpu", weights_only=False)
    if text := checkpoint.get("revived_from"):
        stored = json.loads(text)
        return ModelCard(**{**stored, "classes": tuple(stored["classes"])})
    if recipe := checkpoint.get("recipe"):
        long_side_px = max(recipe["width_px"], recipe["height_px"])
        return ModelCard(
            recipe["name"], recipe["version"], tuple(recipe["classes"]), long_side_px=long_side_px
        )
    return None


def _card_of_names(names: Mapping[int, str]) -> ModelCard:
    ours = [_SYNONYMS.get(name, name) for _, name in sorted(names.items())]
    if ours == ["plate"]:
        return ModelCard("plate_finder", "ultralytics", ("plate",))
    known = tuple(name if name in _STREET else "" for name in ours)
    # Public networks box a machine and its rider apart, and call the machine a motorcycle.
    return ModelCard("vehicles", "ultralytics", known, merge_riders="motorcycle" in names.values())
