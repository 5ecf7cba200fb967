"""Where the shipped models are, and which ones they are."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge.detector.metadata import card_of
from edge.detector.runtime import OnnxNetwork

MODELS_VARIABLE: Final = "PHATNGUOI_MODELS"
_SHIPPED: Final = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model file: where it is, what it calls itself, and the hash of its bytes."""

    name: str
    version: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelSet:
    """The models a camera worker needs; without `heads` it does not judge helmets.

    `helmets` looks at each head again, `kinds` at each vehicle; without them the first look stands.
    """

    vehicles: ModelFile
    plate_finder: ModelFile
    plate_reader: ModelFile
    heads: ModelFile | None = None
    helmets: ModelFile | None = None
    kinds: ModelFile | None = None


def default_models(
    root: Path | None = None,
    *,
    vehicles: Path | None = None,
    plate_finder: Path | None = None,
    plate_reader: Path | None = None,
    heads: Path | None = None,
    helmets: Path | None = None,
    kinds: Path | None = None,
) -> ModelSet:
    """The models to use: single files given here, else those in `root`, $PHATNGUOI_MODELS or this package.

    Raises:
        ModelError: a file is missing, damaged or another model than its place says.
    """
    folder = root or Path(os.environ.get(MODELS_VARIABLE) or _SHIPPED)
    return ModelSet(
        vehicles=describe(vehicles or folder / "vehicles.onnx", "vehicles"),
        plate_finder=describe(plate_finder or folder / "plate_finder.onnx", "plate_finder"),
        plate_reader=describe(plate_reader or folder / "plate_reader.onnx", "plate_reader"),
        heads=_optional(heads, folder / "heads.onnx", "heads"),
        helmets=_optional(helmets, folder / "helmets.onnx", "helmets"),
        kinds=_optional(kinds, folder / "kinds.onnx", "kinds"),
    )


def _optional(given: Path | None, shipped: Path, kind: str) -> ModelFile | None:
    """The file asked for, which must be there, or else the shipped one if there is one."""
    if given is None and not shipped.is_file():
        return None
    return describe(given or shipped, kind)


def describe(path: Path, kind: str) -> ModelFile:
    """Name, version and hash of one model file, checked to be of `kind`.

    Raises:
        ModelError: the file is missing, damaged or another model.
    """
    card = card_of(OnnxNetwork(path).metadata, kind=kind, path=path)
    return ModelFile(card.name, card.version, path, hashlib.sha256(path.read_bytes()).hexdigest())
