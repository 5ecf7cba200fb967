"""What training a small network on crops of single things takes, whatever it tells of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from ultralytics import YOLO

from edge.detector.training.pace import follow, resume, set_rate
from edge.detector.types import Image

_log = logging.getLogger(__name__)

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""From N rows of logits and N answers to one number."""

NetT = TypeVar("NetT", bound=nn.Module)
ThingT = TypeVar("ThingT")


class PooledNet(nn.Module):
    """The first layers of a YOLO network, pooled, and one linear layer."""

    def __init__(self, donor: Path, *, layers: int, features: int, drop: float, outputs: int) -> None:
        """`donor`: a .pt file, of which the first `layers` are taken; the last of them gives `features`."""
        super().__init__()
        self.layers = YOLO(str(donor)).model.float().model[:layers]
        self.layers.requires_grad_(requires_grad=True)
        self.drop = nn.Dropout(drop)
        self.last = nn.Linear(2 * features, outputs)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """N x 3 x side x side, RGB, 0 to 1, to N x outputs logits."""
        found = self.layers(images)
        pooled = torch.cat([found.mean(dim=(2, 3)), found.amax(dim=(2, 3))], dim=1)
        return self.last(self.drop(pooled))


class CropViews(Dataset[tuple[torch.Tensor, torch.Tensor]], Generic[ThingT]):
    """Random views of single things; the view of (epoch, index) is always the same."""

    def __init__(
        self,
        things: Sequence[ThingT],
        show: Callable[[ThingT, np.random.Generator], tuple[Image, float]],
        seed: int,
        epoch: int,
    ) -> None:
        """`show`: a random view of a thing, side x side BGR, and what it shows."""
        self._things, self._show, self._seed, self._epoch = things, show, seed, epoch

    def __len__(self) -> int:
        return len(self._things)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The view, 3 x side x side, RGB, 0 to 1, and what it shows."""
        view, answer = self._show(
            self._things[index], np.random.default_rng([self._seed, self._epoch, index])
        )
        image = torch.from_numpy(view[..., ::-1].transpose(2, 0, 1).copy()).float() / 255
        return image, torch.tensor(answer)


class SizedViews(Protocol):
    """Pictures, 3 x side x side, RGB, 0 to 1, each with what it shows; as many in every epoch."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, index: int, /) -> tuple[torch.Tensor, ...]:
        """One of them."""


class CropRecipe(Protocol):
    """What of a recipe the loop needs; `learning_rate` is AdamW's at its top."""

    @property
    def epochs(self) -> int:
        """Rounds over the views."""

    @property
    def batch(self) -> int:
        """Views a step."""

    @property
    def learning_rate(self) -> float:
        """The rate at its top."""

    @property
    def seed(self) -> int:
        """Of everything that chance decides."""


def train(
    recipe: CropRecipe,
    net: nn.Module,
    views: Callable[[int], SizedViews],
    loss: Loss,
    work: Path,
    *,
    rise_steps: int,
    frozen: Callable[[], None] = lambda: None,
) -> Path:
    """Train, or go on after the last finished epoch; returns the file with the averaged network's state.

    `views`: those of an epoch, counted from 0; `frozen` is called before every step, to put to rest what is
    not to learn.
    """
    net = net.to(memory_format=torch.channels_last)
    average = deepcopy(net).eval()
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.learning_rate, weight_decay=0.02)
    first = resume(work / "last.pt", net, average, optimiser, net_key="net", count="epoch")
    for epoch in range(first, recipe.epochs):
        began_s, losses = time.monotonic(), []
        shown = views(epoch)
        steps = len(shown) // recipe.batch
        for step, (images, answers) in enumerate(DataLoader(shown, recipe.batch, drop_last=True)):
            done, all_steps = epoch * steps + step, recipe.epochs * steps
            set_rate(optimiser, recipe.learning_rate, done, all_steps, rise_steps=rise_steps, floor=0.03)
            net.train()
            frozen()
            found = loss(net(images.to(memory_format=torch.channels_last)), answers)
            found.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            optimiser.zero_grad()
            losses.append(float(found.detach()))
            follow(average, net, done, slowest=0.99)
        state = {"epoch": epoch + 1, "net": net.state_dict(), "average": average.state_dict()}
        torch.save({**state, "optimiser": optimiser.state_dict()}, work / "partial.pt")
        (work / "partial.pt").replace(work / "last.pt")
        took_s = time.monotonic() - began_s
        _log.info("epoch %d: loss %.3f, %.0f s", epoch + 1, float(np.mean(losses)), took_s)
    return work / "last.pt"


def averaged(net: NetT, state: Path) -> NetT:
    """`net` with the averaged weights of a training run, ready to be used."""
    net.load_state_dict(torch.load(state, weights_only=True)["average"])
    net.eval()
    return net


def export(net: nn.Module, path: Path, side_px: int, names: tuple[str, str]) -> None:
    """Write a network to ONNX (opset 17), any number of crops at once; `names` of its input and output."""
    torch.onnx.export(
        net.eval(),
        (torch.zeros(1, 3, side_px, side_px),),
        str(path),
        input_names=[names[0]],
        output_names=[names[1]],
        dynamic_axes={name: {0: "count"} for name in names},
        opset_version=17,
        dynamo=False,
    )
