"""Training the second look at a head: helmet or bare, on crops of single heads at full resolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from edge.detector.metadata import ModelCard
from edge.detector.second_look import HELMET_SIZE_PX, head_window
from edge.detector.training import crop_loop
from edge.detector.training.augment import coarser, random_light, turned
from edge.detector.training.chance import happens
from edge.detector.training.manifest import Sample, load_picture
from edge.detector.training.recipe import load_recipe, recipe_sha256
from edge.detector.training.stamp import stamp
from edge.detector.types import Box, Image

_LAYERS: Final = 7
_FEATURES: Final = 128
_SMOOTHING: Final = 0.04


@dataclass(frozen=True, slots=True)
class HelmetRecipe:
    """What decides the outcome of a run besides the heads; `learning_rate` is AdamW's at its top."""

    name: str
    version: str
    start: str
    epochs: int
    batch: int
    learning_rate: float
    seed: int
    weights: dict[str, float]
    """How many times a head of a source is shown in an epoch; 1 where not named."""


@dataclass(frozen=True, slots=True)
class LabelledHead:
    """One head in a picture: box px, and whether it is bare."""

    picture: Image
    box: Box
    bare: bool


class HelmetNet(crop_loop.PooledNet):
    """The first layers of a YOLO26 nano, pooled: one logit, over 0 for a bare head."""

    def __init__(self, donor: Path) -> None:
        super().__init__(donor, layers=_LAYERS, features=_FEATURES, drop=0.3, outputs=1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """N x 3 x 64 x 64, RGB, 0 to 1, to N logits."""
        return super().forward(images).squeeze(1)


class ExportedHelmetNet(nn.Module):
    """What the edge runs: the chance that a head is bare, N x 1."""

    def __init__(self, net: HelmetNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """N x 3 x 64 x 64, RGB, 0 to 1, to N x 1 chances."""
        return torch.sigmoid(self.net(images)).unsqueeze(1)


def heads_of(samples: Sequence[Sample], weights: dict[str, float]) -> list[LabelledHead]:
    """Every head of the samples, as often as its source is to be shown."""
    heads = []
    for sample in samples:
        picture = load_picture(sample)
        shown = round(weights.get(sample.source, 1))
        heads += [LabelledHead(picture, one.box, one.label == 1) for one in sample.objects] * shown
    return heads


def random_head(picture: Image, box: Box, random: np.random.Generator) -> Image:
    """A head as a camera further off, a finder less exact and other light would give it: 64 x 64 px BGR."""
    grown = box.expanded(float(random.uniform(-0.1, 0.14)))
    shift = random.normal(0, 0.07, 2)
    moved = Box(grown.x + shift[0] * box.w, grown.y + shift[1] * box.h, grown.w, grown.h)
    view = head_window(picture, moved)
    if happens(random, 0.5):
        view = np.asarray(view[:, ::-1], np.uint8)
    if happens(random, 0.45):
        view = coarser(view, int(random.integers(12, 40)))
    if happens(random, 0.12):
        grey = cv2.cvtColor(view, cv2.COLOR_BGR2GRAY)
        view = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    if happens(random, 0.3):
        view = turned(view, float(random.uniform(-15, 15)))
    return random_light(np.ascontiguousarray(view), random)


def train(recipe: HelmetRecipe, samples: Sequence[Sample], donor: Path, work: Path) -> Path:
    """Train, or go on after the last finished epoch; returns the file with the averaged network's state."""
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    heads = heads_of(samples, recipe.weights)

    def views(epoch: int) -> crop_loop.CropViews[LabelledHead]:
        order = np.random.default_rng([recipe.seed, epoch]).permutation(len(heads))
        return crop_loop.CropViews([heads[place] for place in order], _shown, recipe.seed, epoch)

    return crop_loop.train(recipe, HelmetNet(donor), views, _loss, work, rise_steps=100)


def export_trained(recipe: Path, donors: Path, work: Path, out: Path) -> Path:
    """Export the run in `work` to `out`/helmets.onnx with its card; `donors` holds the recipe's start."""
    plan = load_recipe(recipe, HelmetRecipe)
    net = crop_loop.averaged(HelmetNet(donors / plan.start), work / "last.pt")
    crop_loop.export(ExportedHelmetNet(net), work / "raw.onnx", HELMET_SIZE_PX, ("heads", "bare"))
    card = ModelCard(plan.name, plan.version, ("bare",), recipe_sha256(recipe), HELMET_SIZE_PX)
    stamp(work / "raw.onnx", out / f"{plan.name}.onnx", card)
    return out / f"{plan.name}.onnx"


def _shown(head: LabelledHead, random: np.random.Generator) -> tuple[Image, float]:
    return random_head(head.picture, head.box, random), float(head.bare)


def _loss(logits: torch.Tensor, bare: torch.Tensor) -> torch.Tensor:
    target = bare * (1 - 2 * _SMOOTHING) + _SMOOTHING
    return functional.binary_cross_entropy_with_logits(logits, target)
