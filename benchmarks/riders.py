"""Riders on pictures kept from training: helmets by crop and by head, people counted, heads found.

    python -m benchmarks.riders FIELD [--closely | --through-detect]

FIELD is the folder of the labelled pictures (see docs/models/heads.md). Three ways of looking: at the
motorbike's box once, as a camera worker does; at it as closely as at stills; or through everything that
`detect` does with the cut-out crop.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from edge.detector.errors import DetectorError
from edge.detector.evaluation.intervals import Figure, Floats, resampled, share
from edge.detector.evaluation.precision import Matched, match, pool
from edge.detector.evaluation.scores import precision_figures
from edge.detector.heads import HEAD_CLASSES, RiderLooker
from edge.detector.images import crop, read_image
from edge.detector.look import PictureLooker, open_looker, open_riders
from edge.detector.registry import default_models
from edge.detector.rider_look import RiderLook
from edge.detector.training.head_data import RiderCrop, rider_crops
from edge.detector.types import Box, Image

_EVEN: Final = 0.5
_ANY: Final = "head"
_MARGIN: Final = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one crop: the verdict's word, the people, and the chance that somebody is bare."""

    verdict: str
    people: int | None
    chance_bare: float | None

    def forced(self) -> str:
        """The likelier verdict; `unknown` only where no head was found."""
        if self.chance_bare is None:
            return "unknown"
        return "no_helmet" if self.chance_bare >= _EVEN else "helmet"


Seer = Callable[[Image, Box], Answer]


def held_out(field: Path) -> dict[str, list[RiderCrop]]:
    """The crops that were kept from training, by source."""
    sets: dict[str, list[RiderCrop]] = {}
    for one in rider_crops(field):
        if one.part == "test":
            sets.setdefault(one.source, []).append(one)
    return sets


def by_heads(looker: RiderLooker) -> Seer:
    """The head network on the motorbike's box."""

    def see(image: Image, motorbike: Box) -> Answer:
        look = looker.look(image, motorbike)
        return Answer(_word(look), look.people, look.chance_bare)

    return see


def by_detect(looker: PictureLooker) -> Seer:
    """Everything `detect` does, on the crop; the largest motorbike speaks."""

    def see(image: Image, motorbike: Box) -> Answer:
        piece, _ = crop(image, motorbike.expanded(_MARGIN))
        ridden = [one for one in looker.objects(piece) if one["class"] == "motorbike" and "helmet" in one]
        if not ridden:
            return Answer("unknown", None, None)
        best = max(ridden, key=_area)
        return Answer(best["helmet"], best["people"], best.get("chance_bare"))

    return see


def figures(crops: Sequence[RiderCrop], answers: Sequence[Answer]) -> list[tuple[str, Figure]]:
    """Every figure of one set: balanced accuracy forced and with silence, silence itself, people."""
    judged = [(one, answer) for one, answer in zip(crops, answers, strict=True) if one.verdict != "unknown"]
    said = [(one, answer) for one, answer in judged if answer.verdict != "unknown"]
    counted = [(one, answer) for one, answer in zip(crops, answers, strict=True) if one.people is not None]
    told = [(one, answer) for one, answer in counted if answer.people is not None]
    return [
        ("balanced accuracy, forced", _balanced(judged, lambda answer: answer.forced())),
        ("balanced accuracy, unknown is wrong", _balanced(judged, lambda answer: answer.verdict)),
        ("balanced accuracy of those said", _balanced(said, lambda answer: answer.verdict)),
        ("share said", _share([(one, answer.verdict != "unknown") for one, answer in judged])),
        (
            "people right, unknown is wrong",
            _share([(one, answer.people == one.people) for one, answer in counted]),
        ),
        ("people right of those said", _share([(one, answer.people == one.people) for one, answer in told])),
    ]


def heads_found(crops: Sequence[RiderCrop], looker: RiderLooker) -> list[tuple[str, Figure]]:
    """Average precision at half overlap of the heads in crops whose heads are boxed, by class and of both."""
    rows: dict[str, list[Matched]] = {name: [] for name in (*HEAD_CLASSES, _ANY)}
    for one in crops:
        if not one.heads:
            continue
        found = looker.find(read_image(one.picture), one.motorbike)
        for name, matched in rows.items():
            truth = [head.box for head in one.heads if name in (_ANY, HEAD_CLASSES[head.label])]
            guesses = [(head.box, head.score * _weight(name, head.chance_bare)) for head in found]
            matched.append(match(truth, guesses, one.doubtful))
    return [(f"AP50 {name}", precision_figures(pool(each))["ap50"]) for name, each in rows.items() if each]


def _weight(name: str, chance_bare: float) -> float:
    """How much of a head's score speaks for the class `name`."""
    return {"helmet": 1 - chance_bare, "bare": chance_bare}.get(name, 1.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one table a set; the exit status is 1 where there is nothing to measure with or on."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("field", type=Path)
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--closely", action="store_true")
    ways.add_argument("--through-detect", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="Also name the crops that were judged wrongly.")
    options = parser.parse_args(arguments)
    files = default_models()
    try:
        riders = open_riders(files, closely=options.closely)
        if riders is None:
            print("there is no heads.onnx among the models", file=sys.stderr)
            return 1
        see = by_detect(open_looker(files)) if options.through_detect else by_heads(riders)
        for source, crops in held_out(options.field).items():
            answers = [see(read_image(one.picture), one.motorbike) for one in crops]
            _print(source, crops, [*figures(crops, answers), *heads_found(crops, riders)])
            if options.wrong:
                _print_wrong(crops, answers)
    except DetectorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _balanced(pairs: Sequence[tuple[RiderCrop, Answer]], said: Callable[[Answer], str]) -> Figure:
    rows = list(_columns(pairs, said))

    def statistic(sums: Floats) -> Floats:
        return (sums[:, 0] / sums[:, 1] + sums[:, 2] / sums[:, 3]) / 2

    return resampled(rows, [one.group for one, _ in pairs], statistic, len(rows))


def _columns(
    pairs: Sequence[tuple[RiderCrop, Answer]], said: Callable[[Answer], str]
) -> Iterator[tuple[float, float, float, float]]:
    for one, answer in pairs:
        hit = float(said(answer) == one.verdict)
        yield (hit, 1.0, 0.0, 0.0) if one.verdict == "helmet" else (0.0, 0.0, hit, 1.0)


def _share(hits: Sequence[tuple[RiderCrop, bool]]) -> Figure:
    return share([hit for _, hit in hits], [one.group for one, _ in hits])


def _word(look: RiderLook) -> str:
    return {"all": "helmet", "some_bare": "no_helmet", "unknown": "unknown"}[look.helmet]


def _area(row: dict[str, Any]) -> float:
    return float(row["box"][2] * row["box"][3])


def _print(source: str, crops: Sequence[RiderCrop], rows: Sequence[tuple[str, Figure]]) -> None:
    verdicts = [one.verdict for one in crops]
    counts = ", ".join(f"{verdicts.count(one)} {one}" for one in ("helmet", "no_helmet", "unknown"))
    table = Table("figure", "value (95 % interval)", title=f"{source}: {len(crops)} crops, {counts}")
    for name, value in rows:
        table.add_row(name, str(value))
    Console(width=110).print(table)


def _print_wrong(crops: Sequence[RiderCrop], answers: Sequence[Answer]) -> None:
    for one, answer in zip(crops, answers, strict=True):
        if one.verdict not in ("unknown", answer.forced()):
            chance = "-" if answer.chance_bare is None else f"{answer.chance_bare:.2f}"
            print(f"  {one.picture.parent.name}/{one.picture.name} is {one.verdict}, bare {chance}")


if __name__ == "__main__":
    raise SystemExit(main())
