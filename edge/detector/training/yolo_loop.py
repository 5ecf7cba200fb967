"""Fine-tuning an Ultralytics detector: their network and loss, our pictures and loop.

Their trainer works in full precision and squares; bfloat16, channels-last memory and the wide window that
the camera sees later make the same epochs several times cheaper on a small machine. Where torch finds a GPU,
the network is trained there and every core makes pictures.
"""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, Sampler
from ultralytics import YOLO
from ultralytics.cfg import get_cfg
from ultralytics.nn.tasks import DetectionModel

from edge.detector.training.augment import Boxes, View, boxes_of, mosaic, random_light, random_view
from edge.detector.training.chance import happens
from edge.detector.training.manifest import Sample, load_picture
from edge.detector.training.pace import follow, resume, set_rate
from edge.detector.training.paste import Paster
from edge.detector.training.weather import random_weather
from edge.detector.types import Image

_log = logging.getLogger(__name__)

_GPU: Final = torch.cuda.is_available()
_DEVICE: Final = torch.device("cuda" if _GPU else "cpu")
_HALF: Final = _GPU or torch.ops.mkldnn._is_mkldnn_bf16_supported()  # noqa: SLF001 - torch has no public name
"""Whether what trains computes in bfloat16; a processor that only imitates it takes ten times as long."""
_MAKERS: Final = (os.cpu_count() or 1) if _GPU else 1
"""Processes that make pictures; without a GPU the other cores train."""

Batch = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class YoloRecipe:
    """What decides the outcome of a run besides the pictures; `learning_rate` is AdamW's at its top."""

    name: str
    classes: tuple[str, ...]
    start: str
    epochs: int
    batch: int
    learning_rate: float
    width_px: int
    height_px: int
    zoom_least: float
    zoom_most: float
    frozen_layers: int
    seed: int
    version: str
    weights: dict[str, float]
    """How many times a picture of a source is shown in an epoch; 1 where not named."""
    start_classes: tuple[int, ...] = ()
    """The donor's class numbers that ours begin from, -1 for one it lacks; empty: all from nothing."""
    mosaic_share: float = 0.0
    """The share of examples put together from four pictures."""
    weather_share: float = 0.0
    """The share of examples seen at dusk, at night, in rain or haze, drawn over the picture."""
    paste_share: float = 0.0
    """The share of examples with vehicles set in that were cut from other pictures."""
    pasted_classes: tuple[int, ...] = ()


class Place(NamedTuple):
    """The `number`th example of an epoch, and which of the shown pictures it is made of."""

    epoch: int
    number: int
    picture: int


class Order(Sampler[list[Place]]):
    """Batches of the epochs from `first` on, each epoch in an order of its own."""

    def __init__(self, recipe: YoloRecipe, pictures: int, first: int) -> None:
        self._recipe, self._pictures, self._first = recipe, pictures, first

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return -(-self._pictures // self._recipe.batch)

    def __len__(self) -> int:
        return self.steps * (self._recipe.epochs - self._first)

    def __iter__(self) -> Iterator[list[Place]]:
        """Yield batches; the same ones from an epoch on, whichever was the first."""
        size = self._recipe.batch
        for epoch in range(self._first, self._recipe.epochs):
            shuffled = np.random.default_rng([self._recipe.seed, epoch]).permutation(self._pictures)
            places = [Place(epoch, number, int(picture)) for number, picture in enumerate(shuffled)]
            for start in range(0, len(places), size):
                yield places[start : start + size]


class Pictures(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Random views of the training pictures; the view at one place of one epoch is always the same."""

    def __init__(self, samples: Sequence[Sample], recipe: YoloRecipe) -> None:
        self._samples, self._recipe = samples, recipe
        self._paster = Paster(samples, recipe.pasted_classes)
        self._view = View(recipe.width_px, recipe.height_px, recipe.zoom_least, recipe.zoom_most)

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, place: Place) -> tuple[torch.Tensor, torch.Tensor]:
        """RGB bytes 3 x H x W, and N x 5 of class, cx, cy, w, h as fractions."""
        random = np.random.default_rng([self._recipe.seed, place.epoch, place.number])
        if happens(random, self._recipe.mosaic_share):
            image, boxes = self._mosaic(place.picture, random)
        else:
            image, boxes = self._seen(place.picture, self._view, random)
        if happens(random, self._recipe.paste_share):
            image, boxes = self._paster.paste(image, boxes, random)
        if happens(random, self._recipe.weather_share):
            image = random_weather(image, random)
        image = random_light(image, random)
        size = np.array([self._view.width_px, self._view.height_px], dtype=np.float32)
        first, second = boxes[:, 1:3] / size, boxes[:, 3:5] / size
        rows = np.hstack([boxes[:, :1], (first + second) / 2, second - first])
        return torch.from_numpy(image[..., ::-1].transpose(2, 0, 1).copy()), torch.from_numpy(rows)

    def _seen(self, index: int, view: View, random: np.random.Generator) -> tuple[Image, Boxes]:
        sample = self._samples[index]
        boxes = boxes_of([(one.label, one.box) for one in sample.objects])
        return random_view(load_picture(sample), boxes, view, random)

    def _mosaic(self, index: int, random: np.random.Generator) -> tuple[Image, Boxes]:
        """Four pictures around a random point; vehicles stay about as large as in a whole view."""
        others = random.integers(len(self._samples), size=3)
        places = (index, *(int(other) for other in others))
        return mosaic(self._view, lambda number, view: self._seen(places[number], view, random), random)


def collate(items: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> Batch:
    """Put pictures (still bytes) and boxes into the form the Ultralytics loss takes."""
    rows = torch.cat([rows for _, rows in items])
    index = torch.cat([torch.full((len(rows),), number) for number, (_, rows) in enumerate(items)])
    return {
        "img": torch.stack([image for image, _ in items]),
        "cls": rows[:, :1],
        "bboxes": rows[:, 1:],
        "batch_idx": index,
    }


def train(recipe: YoloRecipe, samples: Sequence[Sample], start: Path, work: Path) -> Path:
    """Train, or go on where the last finished epoch left off; returns the averaged network's .pt file."""
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    model = _network(start, recipe).to(_DEVICE)
    average = deepcopy(model).eval()
    optimiser = _optimiser(model, recipe)
    first = resume(work / "last.pt", model, average, optimiser, net_key="model", count="epoch")
    shown = [sample for sample in samples for _ in range(round(recipe.weights.get(sample.source, 1)))]
    order = Order(recipe, len(shown), first)
    loader = DataLoader(
        Pictures(shown, recipe), batch_sampler=order, collate_fn=collate, num_workers=_MAKERS, pin_memory=_GPU
    )
    steps, losses, began_s = order.steps, [], time.monotonic()
    for step, batch in enumerate(loader, start=first * order.steps):
        set_rate(
            optimiser,
            recipe.learning_rate,
            step,
            recipe.epochs * steps,
            rise_steps=0.05 * recipe.epochs * steps,
            floor=0.05,
        )
        losses.append(_step(model, optimiser, batch, recipe.frozen_layers))
        follow(average, model, step, slowest=0.998)
        if (step + 1) % steps == 0:
            state = {"model": model.state_dict(), "average": average.state_dict()}
            _checkpoint(work, {"epoch": (step + 1) // steps, **state, "optimiser": optimiser.state_dict()})
            loss = float(torch.stack(losses).mean())
            _log.info("epoch %d: loss %.3f, %.0f s", (step + 1) // steps, loss, time.monotonic() - began_s)
            losses, began_s = [], time.monotonic()
    return _save(average, recipe, work / "best.pt")


def _checkpoint(work: Path, state: dict[str, Any]) -> None:
    torch.save(state, work / "partial.pt")
    (work / "partial.pt").replace(work / "last.pt")


def blend(first: Path, second: Path, share: float, path: Path) -> Path:
    """Mix two networks of one run: `share` of the second's weights, the rest of the first's.

    Two stages of one training lie in one basin, and a mix often does better on cameras neither saw
    (Wortsman et al., "Model soups", 2022).
    """
    packs = [torch.load(one, weights_only=False) for one in (first, second)]  # written by `train`
    ours, theirs = (pack["model"].state_dict() for pack in packs)
    mixed = {
        key: value * (1 - share) + theirs[key] * share if value.dtype.is_floating_point else theirs[key]
        for key, value in ours.items()
    }
    model = packs[1]["model"]
    model.load_state_dict(mixed)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({**packs[1], "model": model}, path)
    return path


def export(weights: Path, height_px: int, width_px: int) -> Path:
    """Export to ONNX (opset 17) with free input size; returns the file."""
    made = YOLO(str(weights)).export(
        format="onnx", imgsz=(height_px, width_px), opset=17, simplify=True, dynamic=True
    )
    return Path(str(made))


def _network(start: Path, recipe: YoloRecipe) -> DetectionModel:
    """The donor network with its class outputs cut down to ours, and one head (suppression is outside)."""
    model = YOLO(str(start)).model.float()
    head = model.model[-1]
    head.one2one_cv2 = head.one2one_cv3 = None
    for branch, stride in zip(head.cv3, head.stride.tolist(), strict=True):
        branch[-1] = _class_layer(branch[-1], recipe, stride)
    head.nc = len(recipe.classes)
    head.no = head.nc + 4 * head.reg_max
    model.nc, model.yaml["nc"] = head.nc, head.nc
    model.names = dict(enumerate(recipe.classes))
    model.args = get_cfg()
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(
            not any(name.startswith(f"model.{layer}.") for layer in range(recipe.frozen_layers))
        )
    return model.to(memory_format=torch.channels_last)


def _class_layer(donor: torch.nn.Conv2d, recipe: YoloRecipe, stride: float) -> torch.nn.Conv2d:
    """The last class layer: the donor's rows of `start_classes`, or a fresh one that expects few objects."""
    count = len(recipe.classes)
    fresh = torch.nn.Conv2d(donor.in_channels, count, 1)
    with torch.no_grad():
        fresh.bias.fill_(math.log(5 / count / (640 / stride) ** 2))
        for ours, theirs in enumerate(recipe.start_classes):
            if theirs >= 0:
                fresh.weight[ours] = donor.weight[theirs]
                fresh.bias[ours] = donor.bias[theirs]
    return fresh


def _optimiser(model: DetectionModel, recipe: YoloRecipe) -> torch.optim.AdamW:
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    decayed = [parameter for parameter in trained if parameter.ndim > 1]
    plain = [parameter for parameter in trained if parameter.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 5e-4}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate)


def _step(
    model: DetectionModel, optimiser: torch.optim.Optimizer, batch: Batch, frozen_layers: int
) -> torch.Tensor:
    model.train()
    for layer in model.model[:frozen_layers]:
        layer.eval()
    there = {name: part.to(_DEVICE, non_blocking=True) for name, part in batch.items()}
    there["img"] = (there["img"].float() / 255).to(memory_format=torch.channels_last)
    with torch.autocast(_DEVICE.type, torch.bfloat16, enabled=_HALF):
        loss, _ = model(there)
    total = loss.sum() / len(there["img"])
    total.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
    optimiser.step()
    optimiser.zero_grad()
    return total.detach()


def _save(model: DetectionModel, recipe: YoloRecipe, path: Path) -> Path:
    for parameter in model.parameters():
        parameter.requires_grad_(requires_grad=False)
    kept = {"model": model.float().cpu(), "train_args": {"task": "detect"}, "recipe": asdict(recipe)}
    torch.save(kept, path)
    return path
