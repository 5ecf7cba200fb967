"""Training the second look at a vehicle: which kind it is, on crops at full resolution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from edge.detector.images import crop
from edge.detector.kind_look import KIND_CLASSES, WINDOW_PX, kind_window
from edge.detector.metadata import ModelCard
from edge.detector.training import crop_loop
from edge.detector.training.augment import coarser, random_light, turned
from edge.detector.training.chance import happens
from edge.detector.training.manifest import Sample, load_picture
from edge.detector.training.recipe import load_recipe, recipe_sha256
from edge.detector.training.stamp import stamp
from edge.detector.training.teacher import LABELS
from edge.detector.types import Box, Image

_LAYERS: Final = 11
_FEATURES: Final = 256
_SMOOTHING: Final = 0.05
_SMALLEST_PX: Final = 12.0
_AROUND: Final = 0.6
_LARGEST_PX: Final = 320
_RARE: Final = 0.6
_RARE_IN_SOURCE: Final = 0.15


@dataclass(frozen=True, slots=True)
class KindRecipe:
    """What decides the outcome of a run besides the vehicles.

    `views`: how many are shown in an epoch; `learning_rate` is AdamW's at its top; `word`: how many times as
    likely the first network's kind is taken to be beforehand; `frozen_layers`: how many of the donor's first
    layers stay as they are; `weights`: how much rather a source is shown.
    """

    name: str
    version: str
    start: str
    epochs: int
    views: int
    batch: int
    learning_rate: float
    frozen_layers: int
    seed: int
    word: float
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class LabelledVehicle:
    """One vehicle in a piece of picture: box px, its place in `KIND_CLASSES`, and where it comes from."""

    piece: Image
    box: Box
    kind: int
    source: str


class KindNet(crop_loop.PooledNet):
    """The backbone of a YOLO26 nano, pooled: from N x 3 x 128 x 128, RGB, 0 to 1, to N x 5 logits."""

    def __init__(self, donor: Path) -> None:
        super().__init__(donor, layers=_LAYERS, features=_FEATURES, drop=0.2, outputs=len(KIND_CLASSES))

    def freeze(self, layers: int) -> None:
        """Keep the first `layers` as the donor has them: what it knows of the world's vehicles."""
        for layer in self.layers[:layers]:
            layer.requires_grad_(requires_grad=False).eval()


def vehicles_of(samples: Sequence[Sample]) -> list[LabelledVehicle]:
    """Every vehicle of the samples with what is around it, at most 320 px long."""
    found = []
    places = {LABELS.index(kind): place for place, kind in enumerate(KIND_CLASSES)}
    for sample in samples:
        picture = load_picture(sample)
        for one in sample.objects:
            if one.label in places and min(one.box.w, one.box.h) >= _SMALLEST_PX:
                piece, box = _cut(picture, one.box)
                found.append(LabelledVehicle(piece, box, places[one.label], sample.source))
    return found


def shares(vehicles: Sequence[LabelledVehicle], weights: dict[str, float]) -> npt.NDArray[np.float64]:
    """How often each vehicle is to be drawn, together 1: rare kinds rather, and rare ones of a source."""
    kinds = Counter(one.kind for one in vehicles)
    cells = Counter((one.source, one.kind) for one in vehicles)
    drawn = np.array(
        [
            weights.get(one.source, 1.0)
            * kinds[one.kind] ** -_RARE
            * cells[one.source, one.kind] ** -_RARE_IN_SOURCE
            for one in vehicles
        ]
    )
    return np.asarray(drawn / drawn.sum())


def random_vehicle(piece: Image, box: Box, random: np.random.Generator) -> Image:
    """A vehicle as another camera, a less exact finder and other light would give it: 128 x 128 px BGR."""
    grown = box.expanded(float(random.uniform(-0.06, 0.1)))
    shift = random.normal(0, 0.04, 2)
    view = kind_window(piece, Box(grown.x + shift[0] * box.w, grown.y + shift[1] * box.h, grown.w, grown.h))
    if happens(random, 0.5):
        view = np.asarray(view[:, ::-1], np.uint8)
    if happens(random, 0.4):
        view = coarser(view, int(random.integers(18, 70)))
    if happens(random, 0.12):
        grey = cv2.cvtColor(view, cv2.COLOR_BGR2GRAY)
        view = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    if happens(random, 0.25):
        view = turned(view, float(random.uniform(-8, 8)))
    if happens(random, 0.25):
        view = _half_hidden(view, random)
    return random_light(np.ascontiguousarray(view), random)


def train(recipe: KindRecipe, samples: Sequence[Sample], donor: Path, work: Path) -> Path:
    """Train, or go on after the last finished epoch; returns the file with the averaged network's state."""
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    vehicles = vehicles_of(samples)
    drawn = shares(vehicles, recipe.weights)
    net = KindNet(donor)

    def views(epoch: int) -> crop_loop.CropViews[LabelledVehicle]:
        chosen = np.random.default_rng([recipe.seed, epoch]).choice(len(vehicles), recipe.views, p=drawn)
        return crop_loop.CropViews([vehicles[place] for place in chosen], _shown, recipe.seed, epoch)

    def frozen() -> None:
        net.freeze(recipe.frozen_layers)

    return crop_loop.train(recipe, net, views, _loss, work, rise_steps=80, frozen=frozen)


def export_trained(recipe: Path, donors: Path, work: Path, out: Path) -> Path:
    """Export the run in `work` to `out`/kinds.onnx with its card; `donors` holds the recipe's start."""
    plan = load_recipe(recipe, KindRecipe)
    net = crop_loop.averaged(KindNet(donors / plan.start), work / "last.pt")
    crop_loop.export(net, work / "raw.onnx", WINDOW_PX, ("vehicles", "kinds"))
    said = {"word": plan.word}
    sha256 = recipe_sha256(recipe)
    card = ModelCard(plan.name, plan.version, KIND_CLASSES, sha256, WINDOW_PX, thresholds=said)
    stamp(work / "raw.onnx", out / f"{plan.name}.onnx", card)
    return out / f"{plan.name}.onnx"


def _shown(one: LabelledVehicle, random: np.random.Generator) -> tuple[Image, int]:
    return random_vehicle(one.piece, one.box, random), one.kind


def _loss(logits: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
    return functional.cross_entropy(logits, kinds, label_smoothing=_SMOOTHING)


def _cut(picture: Image, vehicle: Box) -> tuple[Image, Box]:
    """The vehicle with what is around it, and its box there (px)."""
    piece, place = crop(picture, vehicle.expanded(_AROUND))
    scale = min(1.0, _LARGEST_PX / max(piece.shape[:2]))
    if scale < 1:
        piece = np.asarray(
            cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
    sides = (vehicle.x - place.x, vehicle.y - place.y, vehicle.w, vehicle.h)
    return np.ascontiguousarray(piece), Box(*(side * scale for side in sides))


def _half_hidden(view: Image, random: np.random.Generator) -> Image:
    """Something flat before the lower two thirds."""
    side = view.shape[0]
    width, height = (int(random.integers(side // 6, side // 2)) for _ in range(2))
    x, y = int(random.integers(0, side - width)), int(random.integers(side // 3, side - height))
    hidden = np.array(view)
    hidden[y : y + height, x : x + width] = random.integers(0, 255, 3)
    return hidden
