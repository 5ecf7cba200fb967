"""How long the shipped networks take to look once, beside others, engine by engine.

    python -m benchmarks.detector_speed [--beside FILE.onnx ...] [--threads 2]

Networks take turns on the same picture sizes in one run, so that a busy machine slows all alike; the least
time of each is the one that was disturbed least.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from edge.detector.errors import DetectorError
from edge.detector.registry import default_models
from edge.detector.runtime import Engine, Network, open_network

SIZES_PX: Final = ((192, 320), (320, 320), (384, 640))
ENGINES: Final[tuple[Engine, ...]] = ("onnxruntime", "openvino")
ROUNDS: Final = 40


class Timing(NamedTuple):
    """Milliseconds of one look: the least and the median."""

    least_ms: float
    median_ms: float


def timed_in_turns(
    networks: Sequence[Network], size_px: tuple[int, int], rounds: int = ROUNDS
) -> list[Timing]:
    """Let each network look at a random picture (height, width) in turn, `rounds` times."""
    batch = np.random.default_rng(1).random((1, 3, *size_px), dtype=np.float32)
    times_ms: list[list[float]] = [[] for _ in networks]
    for network in networks:
        network(batch)
    for _ in range(rounds):
        for network, mine in zip(networks, times_ms, strict=True):
            began_s = time.perf_counter()
            network(batch)
            mine.append((time.perf_counter() - began_s) * 1000)
    return [Timing(min(mine), statistics.median(mine)) for mine in times_ms]


def main() -> None:
    """Print one row a network, engine and size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="other .onnx files")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    paths = [default_models().vehicles.path, *options.beside]
    table = Table(
        "network", "engine", "size, px", "least, ms", "median, ms", title=f"{options.threads} threads"
    )
    for engine in ENGINES:
        try:
            networks = [open_network(path, threads=options.threads, engine=engine) for path in paths]
        except DetectorError as error:
            print(error)
            continue
        for size in SIZES_PX:
            for path, timing in zip(paths, timed_in_turns(networks, size), strict=True):
                least, median = (f"{value:.1f}" for value in timing)
                table.add_row(path.name, engine, f"{size[0]} × {size[1]}", least, median)
    Console().print(table)


if __name__ == "__main__":
    main()
