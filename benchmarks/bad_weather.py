"""Road users of a camera never trained on, as filmed and with dusk, rain and haze drawn over the pictures.

    python -m benchmarks.bad_weather FIELD [--model FILE_OR_FOLDER] [--live] [--draws N]

FIELD is the folder of the labelled pictures. No labelled picture of a dusk in rain is at hand; this is what
can be told without one. The weather is that of our own training (`edge/detector/training/weather.py`), so it
flatters networks that were trained with it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from edge.detector.errors import DetectorError
from edge.detector.evaluation.command import measure
from edge.detector.evaluation.eyes import open_eyes
from edge.detector.evaluation.field import field_sets
from edge.detector.evaluation.sets import BoxSet, Picture, Scene
from edge.detector.training.weather import random_weather
from edge.detector.types import Image

_SETS: Final = ("riders_hanoi", "hanoi_four_wheels")
_SEED: Final = 2609
_THREADS: Final = 2


def in_weather(data: BoxSet, draws: int) -> BoxSet:
    """The same scenes, each in `draws` weathers; the same ones in every run."""
    return BoxSet(f"{data.name}, bad weather", data.kinds, partial(_clouded, data, draws))


def _clouded(data: BoxSet, draws: int) -> Iterator[Scene]:
    for number, scene in enumerate(data.scenes()):
        for draw in range(draws):
            load = partial(_seen, scene.picture, (_SEED, number, draw))
            yield replace(scene, picture=Picture(f"{scene.picture.name}, weather {draw}", load))


def _seen(picture: Picture, seed: tuple[int, ...]) -> Image:
    return random_weather(picture.load(), np.random.default_rng(seed))


def main(argv: Sequence[str]) -> int:
    """Print average precision at half overlap; 1 where the sets are not there or a model cannot be used."""
    options = argparse.ArgumentParser(prog="benchmarks.bad_weather")
    options.add_argument("field", type=Path)
    options.add_argument("--model", type=Path)
    options.add_argument("--live", action="store_true")
    options.add_argument("--draws", type=int, default=3)
    given = options.parse_args(argv)
    table = Table("set", "class", "objects", "AP50", "95 %")
    try:
        eyes = open_eyes(given.model, threads=_THREADS, live=given.live)
        chosen = [one for one in field_sets(given.field) if isinstance(one, BoxSet) and one.name in _SETS]
        for one in (made for data in chosen for made in (data, in_weather(data, given.draws))):
            for kind, figures in measure(one, eyes).classes.items():
                ap = figures["ap50"]
                table.add_row(one.name, kind, str(ap.n), f"{ap.value:.3f}", f"{ap.low:.3f} to {ap.high:.3f}")
    except DetectorError as error:
        print(error, file=sys.stderr)
        return 1
    if not chosen:
        print(f"{given.field}: none of {', '.join(_SETS)} lies here", file=sys.stderr)
        return 1
    Console().print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
