"""Training, calibrating and exporting the plate reader."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader

from edge.detector.plate_views import reader_blob
from edge.detector.training.pace import follow, resume, set_rate
from edge.detector.training.reader_data import SIZE_PX, UNKNOWN, Example, PlateExamples
from edge.detector.training.reader_net import (
    CHARACTERS,
    INPUT_HEIGHT_PX,
    INPUT_WIDTH_PX,
    ExportedReader,
    ReaderNet,
)
from edge.detector.training.reader_start import start_from
from edge.detector.training.real_plates import RealPlate, cut_plate

_log = logging.getLogger(__name__)
_MARGIN = 0.06
_WARM = 256


@dataclass(frozen=True, slots=True)
class ReaderRecipe:
    """What decides the outcome of a run besides the pictures; `learning_rate` is AdamW's at its top."""

    name: str
    version: str
    rounds: int
    examples_a_round: int
    batch: int
    learning_rate: float
    real_share: float
    seed: int
    start: str = ""
    """Name of an earlier export to go on from; '' starts from nothing."""
    stem_rests_after: int = 10_000
    """After so many rounds the first layers stay as they are, which saves a third of the time."""


def train(
    recipe: ReaderRecipe,
    real: Sequence[RealPlate],
    fonts: Sequence[str],
    work: Path,
    start: Path | None = None,
) -> Path:
    """Train, or go on after the last finished round; returns the averaged network's state file.

    `start` is the exported reader that a recipe with `start` goes on from.
    """
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    torch.set_flush_denormal(True)
    net = ReaderNet()
    if start is not None and not (work / "last.pt").is_file():
        warm = PlateExamples(real, fonts, recipe.seed, _WARM, recipe.real_share)
        start_from(net, start, _stack([warm[index] for index in range(_WARM)]).image)
    run = _Run.of(recipe, net)
    first = resume(work / "last.pt", run.net, run.average, run.optimiser, net_key="net", count="round")
    for number in range(first, recipe.rounds):
        examples = PlateExamples(
            real, fonts, recipe.seed * 1000 + number, recipe.examples_a_round, recipe.real_share
        )
        run.round(number, examples)
        run.keep(number + 1, work)
    return work / "last.pt"


@dataclass(frozen=True, slots=True)
class _Run:
    """What is trained, what follows it, and by what."""

    recipe: ReaderRecipe
    net: ReaderNet
    average: ReaderNet
    optimiser: torch.optim.Optimizer

    @classmethod
    def of(cls, recipe: ReaderRecipe, net: ReaderNet) -> _Run:
        net = net.to(memory_format=torch.channels_last)
        optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.learning_rate, weight_decay=0.02)
        return cls(recipe, net, deepcopy(net).eval(), optimiser)

    def round(self, number: int, examples: PlateExamples) -> None:
        """Go through the examples once, saying now and then and at the end how it goes."""
        recipe, began_s = self.recipe, time.monotonic()
        losses: list[float] = []
        right: list[float] = []
        self.net.stem.requires_grad_(number < recipe.stem_rests_after)
        steps = recipe.examples_a_round // recipe.batch
        loader = DataLoader(examples, recipe.batch, num_workers=1, drop_last=True, collate_fn=_stack)
        for step, batch in enumerate(loader):
            done, of = number * steps + step, recipe.rounds * steps
            set_rate(self.optimiser, recipe.learning_rate, done, of, rise_steps=300, floor=0.02)
            loss, share = _step(self.net, self.optimiser, batch)
            losses.append(loss)
            right.append(share)
            follow(self.average, self.net, done, slowest=0.995)
            if step % 50 == 0:
                recent = float(np.mean(losses[-50:]))
                _log.info("round %d, step %d of %d: loss %.3f", number + 1, step, steps, recent)
        _log.info(
            "round %d: loss %.3f, whole plates %.3f, %.0f s",
            number + 1,
            np.mean(losses),
            np.mean(right[len(right) // 2 :]),
            time.monotonic() - began_s,
        )

    def keep(self, rounds: int, work: Path) -> None:
        """Write the checkpoint, in one move, that `resume` goes on from."""
        state = {"round": rounds, "net": self.net.state_dict(), "average": self.average.state_dict()}
        torch.save({**state, "optimiser": self.optimiser.state_dict()}, work / "partial.pt")
        (work / "partial.pt").replace(work / "last.pt")


def load(path: Path) -> ReaderNet:
    """The averaged network of a training run."""
    net = ReaderNet()
    net.load_state_dict(torch.load(path, weights_only=True)["average"])
    net.eval()
    return net


def calibrate(net: ReaderNet, plates: Sequence[RealPlate], fonts: Sequence[str], seed: int) -> float:
    """The temperature at which confidences of held-out characters, real and drawn, fit their hits best."""
    drawn = _stack([PlateExamples([], fonts, seed, 600, 0.0)[index] for index in range(600)])
    images, labels = _real_batch(plates)
    with torch.no_grad():
        logits = torch.cat([net(drawn.image).characters, net(images).characters])
    target = torch.cat([drawn.characters, labels])
    temperatures = [float(value) for value in np.geomspace(0.5, 4.0, 61)]
    losses = [
        float(functional.cross_entropy(logits.flatten(0, 1) / value, target.flatten()))
        for value in temperatures
    ]
    return round(temperatures[int(np.argmin(losses))], 3)


def export(net: ReaderNet, path: Path) -> None:
    """Write the network to ONNX (opset 17), batch of one."""
    example = torch.zeros(1, 3, INPUT_HEIGHT_PX, INPUT_WIDTH_PX)
    names = ["characters", "rows", "layout", "colour"]
    torch.onnx.export(
        ExportedReader(net).eval(),
        (example,),
        str(path),
        input_names=["images"],
        output_names=names,
        opset_version=17,
        dynamo=False,
    )


def _real_batch(plates: Sequence[RealPlate]) -> tuple[torch.Tensor, torch.Tensor]:
    images = np.concatenate([reader_blob(cut_plate(plate, _MARGIN), SIZE_PX) for plate in plates])
    slots = [
        [CHARACTERS.index(character) for character in plate.text.ljust(10)[:10].replace(" ", "")]
        for plate in plates
    ]
    padded = [labels + [0] * (10 - len(labels)) for labels in slots]
    return torch.from_numpy(images), torch.tensor(padded)


def _stack(items: Sequence[Example]) -> Example:
    return Example(*(torch.stack(parts) for parts in zip(*items, strict=True)))


def _step(net: ReaderNet, optimiser: torch.optim.Optimizer, batch: Example) -> tuple[float, float]:
    net.train()
    net.stem.train(next(net.stem.parameters()).requires_grad)
    out = net(batch.image.to(memory_format=torch.channels_last))
    characters = out.characters.float()
    loss = functional.cross_entropy(characters.flatten(0, 1), batch.characters.flatten())
    known = batch.glance.sum().clamp(min=1)
    loss = loss - 0.3 * (batch.glance * out.attention.float()).sum() / known
    loss = loss + 0.1 * functional.cross_entropy(out.layout.float(), batch.layout, ignore_index=UNKNOWN)
    loss = loss + 0.1 * functional.cross_entropy(out.colour.float(), batch.colour, ignore_index=UNKNOWN)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimiser.step()
    optimiser.zero_grad()
    right = (characters.argmax(dim=-1) == batch.characters).all(dim=1).float().mean()
    return float(loss.detach()), float(right)
