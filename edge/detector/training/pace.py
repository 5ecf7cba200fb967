"""What every training loop does alike: the rate, the averaged network, going on after a stop."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from torch import nn


def set_rate(
    optimiser: torch.optim.Optimizer, top: float, step: int, steps: int, *, rise_steps: float, floor: float
) -> None:
    """Set the learning rate: a rise to `top` over `rise_steps`, then half a cosine down to `floor` of it."""
    rise = min(1.0, (step + 1) / rise_steps)
    fall = floor + (1 - floor) * (1 + math.cos(math.pi * step / steps)) / 2
    for group in optimiser.param_groups:
        group["lr"] = top * rise * fall


def follow(average: nn.Module, net: nn.Module, step: int, *, slowest: float) -> None:
    """Move the averaged network a little towards the trained one, less and less down to 1 - `slowest`."""
    decay = min(slowest, (1 + step) / (10 + step))
    source = net.state_dict()
    for key, value in average.state_dict().items():
        if value.dtype.is_floating_point:
            value.mul_(decay).add_(source[key].detach(), alpha=1 - decay)


def resume(
    path: Path,
    net: nn.Module,
    average: nn.Module,
    optimiser: torch.optim.Optimizer,
    *,
    net_key: str,
    count: str,
) -> int:
    """Load a checkpoint, if there is one; returns the epochs or rounds behind it (its key `count`)."""
    if not path.is_file():
        return 0
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    net.load_state_dict(state[net_key])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state[count])
