"""Whether the confidence of a plate read means what it says, and whether accepted reads are right.

    python -m benchmarks.plate_trust FIELD [--drawn 600] [--fonts FOLDER] [--part test] [--json]

Photographs of FIELD (the crops, the car-park scenes of PART, and the road camera's crops) go through what
`phatnguoi-edge read-plates` runs. Drawn plates are single crops. `error` is the expected calibration error
over ten bins: how far the confidence of a read lies from the share of reads that are right. Where no accepted
read is wrong, the true rate may still be up to `bound` (95 %, the rule of three).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from edge.detector.images import read_image
from edge.detector.models import VehicleDetector
from edge.detector.plate_grammar import canonical
from edge.detector.plate_look import plates_in_picture
from edge.detector.plate_reader import PlateReader
from edge.detector.registry import default_models
from edge.detector.training.drawn_tracks import drawn_tracks
from edge.detector.training.real_plates import part_of, real_plates, roadcam_plates
from edge.detector.training.synthetic_plates import font_files
from edge.detector.types import Image

SEED: Final = 4052
_BINS: Final = 10
_RULE: Final = 3.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One picture of one plate, and what came of it; confidence 0 to 1, of the whole text."""

    source: str
    true: str
    said: str
    confidence: float
    accepted: bool

    @property
    def right(self) -> bool:
        """Whether every character is right; a Đ counts as a D."""
        return canonical(self.said) == canonical(self.true)


@dataclass(frozen=True, slots=True)
class Trust:
    """Counts and calibration of one source."""

    source: str
    pictures: int
    right: int
    accepted: int
    wrong_accepted: int
    error: float
    bound: float


def trust(source: str, answers: Sequence[Answer]) -> Trust:
    """Sum up the answers of one source."""
    accepted = [one for one in answers if one.accepted]
    wrong = sum(not one.right for one in accepted)
    return Trust(
        source=source,
        pictures=len(answers),
        right=sum(one.right for one in answers),
        accepted=len(accepted),
        wrong_accepted=wrong,
        error=round(calibration_error(answers), 4),
        bound=round(_RULE / len(accepted), 4) if accepted and not wrong else 1.0,
    )


def calibration_error(answers: Sequence[Answer]) -> float:
    """Mean distance between confidence and share of right answers over ten bins, weighted by their size."""
    if not answers:
        return 0.0
    sure = np.array([one.confidence for one in answers])
    right = np.array([one.right for one in answers], float)
    places = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [
        (places == place).sum() * abs(sure[places == place].mean() - right[places == place].mean())
        for place in np.unique(places)
    ]
    return float(sum(gaps) / len(answers))


def photographed(field: Path, part: str) -> Iterator[tuple[str, str, Image]]:
    """Source, true text and picture of every photograph of `part`, and of the road camera's crops."""
    for plate in real_plates(field):
        if part_of(plate.text) == part:
            yield plate.source, plate.text, read_image(plate.image)
    for plate in roadcam_plates(field):
        yield plate.source, plate.text, read_image(plate.image)


def drawn(fonts: Sequence[str], count: int) -> Iterator[tuple[str, str, Image]]:
    """Drawn plates as single crops: the last look of as many tracks."""
    for track in drawn_tracks(fonts, SEED, count):
        yield "drawn", track.plate.text, track.crops[-1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("field", type=Path)
    parser.add_argument("--drawn", type=int, default=600)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--part", default="test", choices=["test", "calibrate", "train"])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    models = default_models()
    detector = VehicleDetector(models.vehicles.path)
    reader = PlateReader(models.plate_finder.path, models.plate_reader.path)
    fonts = font_files(chosen.fonts)[len(font_files()) if chosen.fonts else 0 :]
    pictures = [*photographed(chosen.field, chosen.part), *drawn(fonts, chosen.drawn)]
    answers = [_answer(one, detector, reader) for one in pictures]
    sources = sorted({one.source for one in answers})
    rows = [trust(source, [one for one in answers if one.source == source]) for source in sources]
    rows.append(trust("all", answers))
    if chosen.json:
        print(json.dumps([asdict(row) for row in rows]))
    else:
        _print(rows)


def _answer(picture: tuple[str, str, Image], detector: VehicleDetector, reader: PlateReader) -> Answer:
    source, true, image = picture
    looks = plates_in_picture(image, detector, reader)
    if not looks:
        return Answer(source, true, "", 0.0, accepted=False)
    best = looks[0]
    chance = float(np.prod(best.read.char_confidences)) if best.read.text else 0.0
    return Answer(source, true, best.read.text, chance, best.accepted)


def _print(rows: Sequence[Trust]) -> None:
    heads = ("source", "pictures", "right", "accepted", "accepted and wrong", "calibration error", "bound")
    table = Table(*heads)
    for row in rows:
        shares = (f"{count / max(row.pictures, 1):.1%}" for count in (row.right, row.accepted))
        table.add_row(
            row.source,
            str(row.pictures),
            *shares,
            str(row.wrong_accepted),
            f"{row.error:.3f}",
            f"{row.bound:.3f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
