"""What a shipped model file says about itself, kept as one JSON text in the file's metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from edge.detector.errors import ModelError

METADATA_KEY: Final = "phatnguoi"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Name, version and reading instructions of a model file.

    `classes` is in the order of the network's outputs ('' for outputs to ignore); `long_side_px` is the
    input size it was trained at; `temperature` divides the reader's logits so that its confidences mean
    what they say.
    """

    name: str
    version: str
    classes: tuple[str, ...]
    recipe_sha256: str = ""
    long_side_px: int = 640
    merge_riders: bool = False
    temperature: float = 1.0
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """The text to store in the model file."""
        return json.dumps(asdict(self), sort_keys=True)


def card_of(metadata: Mapping[str, str], *, kind: str | None, path: Path) -> ModelCard:
    """Read the card of a model and check that it is of the `kind` (name) asked for; None takes any.

    Raises:
        ModelError: the file carries no card, a broken one, or another model's.
    """
    remedy = "Use a file exported by `python -m edge.detector.training export`."
    try:
        stored = json.loads(metadata[METADATA_KEY])
        card = ModelCard(**{**stored, "classes": tuple(stored["classes"])})
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError("the model file does not say what it is", where=str(path), remedy=remedy) from error
    if kind is not None and card.name != kind:
        raise ModelError(f"this is the model '{card.name}', not '{kind}'", where=str(path), remedy=remedy)
    return card
