"""The plate reader: a small convolutional network with one attention map for each of ten character slots."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from edge.detector.reader_output import COLOURS, LAYOUTS, SLOTS

INPUT_HEIGHT_PX = 64
INPUT_WIDTH_PX = 128
GRID_ROWS = 8
GRID_COLUMNS = 32
CHARACTERS = ("", *"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "Đ")


class ReaderLogits(NamedTuple):
    """`characters`: N x slots x classes; `attention`: N x slots x cells, log chances; the rest: N x kinds."""

    characters: Tensor
    attention: Tensor
    layout: Tensor
    colour: Tensor


class Block(nn.Module):
    """Two convolutions with a way around them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*_conv(channels, channels), *_conv(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        """N x C x H x W in and out."""
        return x + self.body(x)


class Context(nn.Module):
    """One self-attention layer over the cells: which slot a character fills depends on those before it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """N x cells x width in and out."""
        n, cells, width = x.shape
        parts = (
            self.qkv(self.first(x))
            .reshape(n, cells, 3, self.heads, width // self.heads)
            .permute(2, 0, 3, 1, 4)
        )
        query, key, value = parts[0], parts[1], parts[2]
        weights = torch.softmax(query @ key.transpose(-1, -2) * (width // self.heads) ** -0.5, dim=-1)
        x = x + self.out((weights @ value).transpose(1, 2).reshape(n, cells, width))
        return x + self.mlp(self.second(x))


class ReaderNet(nn.Module):
    """A plate crop, N x 3 x 64 x 128 RGB 0 to 1, to its characters in reading order."""

    def __init__(self, width: int = 128) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_conv(3, 24, (2, 2)), *_conv(24, 48, (2, 1)), Block(48))
        self.trunk = nn.Sequential(*_conv(48, 96, (2, 2)), Block(96), *_conv(96, width))
        self.place = nn.Parameter(torch.randn(1, GRID_ROWS * GRID_COLUMNS, width) * 0.02)
        self.context = Context(width, heads=4)
        self.look = nn.Linear(width, SLOTS)
        self.slot = nn.Parameter(torch.randn(1, SLOTS, width) * 0.02)
        self.name = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, len(CHARACTERS))
        )
        self.layout = nn.Linear(width, len(LAYOUTS))
        self.colour = nn.Sequential(nn.Linear(48, 32), nn.SiLU(), nn.Linear(32, len(COLOURS)))

    def forward(self, images: Tensor) -> ReaderLogits:
        """Logits of everything the network says."""
        stem = self.stem(images * 2 - 1)
        cells = self.trunk(stem).flatten(2).transpose(1, 2)
        seen = self.context(cells + self.place)
        attention = torch.log_softmax(self.look(seen).transpose(1, 2), dim=-1)
        features = attention.exp() @ (cells + seen) + self.slot
        return ReaderLogits(
            self.name(features), attention, self.layout(seen.mean(dim=1)), self.colour(stem.mean(dim=(2, 3)))
        )


class ExportedReader(nn.Module):
    """What ships: characters, rows looked at, layout and colour."""

    def __init__(self, net: ReaderNet) -> None:
        super().__init__()
        self.net = net
        rows = (torch.arange(GRID_ROWS).repeat_interleave(GRID_COLUMNS) + 0.5) / GRID_ROWS
        self.register_buffer("rows", rows)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """See `edge.detector.reader_output.ReaderOutput`."""
        out = self.net(images)
        return out.characters, out.attention.exp() @ self.rows, out.layout, out.colour


def _conv(before: int, after: int, stride: tuple[int, int] = (1, 1)) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.SiLU()]
