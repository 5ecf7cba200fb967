"""A trained detector leans back towards the network that it began from.

Fine-tuning on a few cameras makes a network forget what its donor knew of other streets. A mix of both,
weight by weight, does better on cameras that neither saw (Wortsman et al., "Robust fine-tuning of zero-shot
models", 2022). Here only the first layers are mixed, those that see; the later ones, which say what and
where, stay as they were trained. Exported files are mixed, in which every batch normalisation is part of its
convolution: mixed one by one, normalisations of two networks do not fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from onnx import numpy_helper

from edge.detector.errors import ModelError
from edge.detector.metadata import card_of
from edge.detector.training.onnx_file import STORED, opened, weights_of
from edge.detector.training.stamp import write_stamped

_LAYER: Final = re.compile(r"model\.(\d+)\.")


@dataclass(frozen=True, slots=True)
class LeanRecipe:
    """Of the first `layers` of the model `name`, `share` (0 to 1) is to be the donor's."""

    name: str
    version: str
    layers: int
    share: float


def lean(trained: Path, donor: Path, recipe: LeanRecipe, recipe_sha256: str, out: Path) -> int:
    """Write to `out` the ONNX file `trained`, its first layers mixed with `donor`'s; returns how many.

    What both networks call by one name and keep in one shape is mixed; the card is that of `trained`, with
    the recipe's version and hash.

    Raises:
        ModelError: a file is missing, no ONNX or another model, or the two have no first layers in common.
    """
    model, theirs = opened(trained), weights_of(opened(donor))
    card = card_of({one.key: one.value for one in model.metadata_props}, kind=recipe.name, path=trained)
    mixed = 0
    for tensor in model.graph.initializer:
        name = tensor.name.removesuffix(STORED)
        place = _LAYER.match(name)
        if place is None or int(place[1]) >= recipe.layers or name not in theirs:
            continue
        ours = numpy_helper.to_array(tensor)
        if ours.shape != theirs[name].shape:
            continue
        values = (1 - recipe.share) * ours.astype(np.float32) + recipe.share * theirs[name]
        tensor.CopyFrom(numpy_helper.from_array(values.astype(ours.dtype), tensor.name))
        mixed += 1
    if not mixed:
        raise ModelError(
            f"nothing in its first {recipe.layers} layers is like {donor}'s",
            where=str(trained),
            remedy="Give the exported network and its donor, exported by `teacher`.",
        )
    write_stamped(model, out, replace(card, version=recipe.version, recipe_sha256=recipe_sha256))
    return mixed
