"""Scoring a set: what the eyes say of each picture held against its truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import numpy as np

from edge.detector.errors import ImageError
from edge.detector.evaluation.intervals import Figure, Floats, draw_groups, figure, resampled
from edge.detector.evaluation.names import NO_HELMET
from edge.detector.evaluation.precision import Pooled, average_precisions, match, pool
from edge.detector.evaluation.sets import BoxSet, Picture, RiderSet, SignalSet, in_px
from edge.detector.types import Box, Image

_DRAWS_OF_PRECISION: Final = 400
UNDECIDED: Final = "undecided"
UNKNOWN: Final = "unknown"

Confusion = dict[str, dict[str, int]]
"""What is true, what was said, how often."""


class Found(NamedTuple):
    """Something found in a picture: our class name, box px, score 0 to 1."""

    kind: str
    box: Box
    score: float


class RiderAnswer(NamedTuple):
    """What a rider crop shows.

    `kind`: helmet or no_helmet, whichever is likelier, `undecided` where no head is found; `verdict`: what
    the product says, which may be `unknown`.
    """

    kind: str
    verdict: str


@dataclass(frozen=True, slots=True)
class SetReport:
    """The figures of one set. `unreadable`: what was wrong with the pictures that had to be left out."""

    name: str
    kind: str
    pictures: int
    figures: dict[str, Figure]
    classes: dict[str, dict[str, Figure]] = field(default_factory=dict)
    confusion: Confusion | None = None
    unreadable: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For a program to read; every figure with value, low, high and n."""
        out: dict[str, Any] = {"name": self.name, "kind": self.kind, "pictures": self.pictures}
        if self.classes:
            out["classes"] = {kind: _jsons(figures) for kind, figures in self.classes.items()}
        out |= _jsons(self.figures)
        if self.confusion is not None:
            out["confusion"] = self.confusion
        return out | {"unreadable": len(self.unreadable)}


class HasPicture(Protocol):
    """Anything labelled: it has a picture."""

    @property
    def picture(self) -> Picture:
        """The picture."""


Labelled = TypeVar("Labelled", bound=HasPicture)


def opened(scenes: Iterator[Labelled], complaints: list[str]) -> Iterator[tuple[Labelled, Image]]:
    """Each scene with its picture; those that cannot be read are put down in `complaints`."""
    for scene in scenes:
        try:
            image = scene.picture.load()
        except ImageError as error:
            complaints.append(str(error))
            continue
        yield scene, image


def score_boxes(data: BoxSet, find: Callable[[Image], Sequence[Found]]) -> SetReport:
    """Average precision of each class that the set names, at half overlap and over all overlaps."""
    complaints: list[str] = []
    matched: dict[str, list[Any]] = {kind: [] for kind in data.kinds}
    pictures = 0
    for scene, image in opened(data.scenes(), complaints):
        pictures += 1
        height, width = image.shape[:2]
        found = find(image)
        skipped = [in_px(box, scene.unit, width, height) for box in scene.not_judged]
        for kind, rows in matched.items():
            truth = [in_px(one.box, scene.unit, width, height) for one in scene.things if one.kind == kind]
            guesses = [(one.box, one.score) for one in found if one.kind == kind]
            rows.append(match(truth, guesses, skipped))
    classes = {kind: precision_figures(pool(rows)) for kind, rows in matched.items()}
    return SetReport(data.name, "boxes", pictures, {}, classes, None, tuple(complaints))


def precision_figures(pooled: Pooled) -> dict[str, Figure]:
    """`ap50` and `ap50_95`, with intervals over the pictures; n counts the objects."""
    objects = int(pooled.objects.sum())
    values = average_precisions(pooled)
    if values is None:
        return {"ap50": Figure(None, None, None, 0), "ap50_95": Figure(None, None, None, 0)}
    draws = [
        average_precisions(pooled, weights)
        for weights in draw_groups(len(pooled.objects), _DRAWS_OF_PRECISION)
    ]
    table = np.array([one for one in draws if one is not None])
    return {
        "ap50": figure(float(values[0]), table[:, 0], objects),
        "ap50_95": figure(float(values.mean()), table.mean(axis=1), objects),
    }


def score_signals(data: SignalSet, say: Callable[[Image, Box | None], str]) -> SetReport:
    """States said right, left unsaid (`unknown`) and said wrong, of the heads whose state is known."""
    complaints: list[str] = []
    confusion: Confusion = {}
    rows: list[tuple[float, ...]] = []
    pictures = 0
    for scene, image in opened(data.scenes(), complaints):
        pictures += 1
        height, width = image.shape[:2]
        said = say(image, None if scene.head is None else in_px(scene.head, scene.unit, width, height))
        _count(confusion, scene.state, said)
        if scene.state != UNKNOWN:
            rows.append((said == scene.state, said == UNKNOWN, said not in (scene.state, UNKNOWN), 1.0))
    names = ("right", "left_unknown", "wrong")
    figures = {name: _ratio(rows, range(len(rows)), place, 3) for place, name in enumerate(names)}
    return SetReport(data.name, "signals", pictures, figures, {}, confusion, tuple(complaints))


def score_riders(data: RiderSet, say: Callable[[Image], RiderAnswer]) -> SetReport:
    """Balanced accuracy, the mean of the shares said right of both kinds; `undecided` is not right.

    That is of the likelier kind, always said. `said` is the share on which the product gives a verdict, and
    `balanced_accuracy_of_said` how right those are.
    """
    complaints: list[str] = []
    confusion: Confusion = {}
    rows: list[tuple[float, ...]] = []
    for scene, image in opened(data.scenes(), complaints):
        answer = say(image)
        _count(confusion, scene.kind, answer.kind)
        said, bare = answer.verdict != UNKNOWN, scene.kind == NO_HELMET
        right, verdict_right = answer.kind == scene.kind, answer.verdict == scene.kind
        counts = (1, right, said, said and verdict_right)
        rows.append((*(one * (not bare) for one in counts), *(one * bare for one in counts)))
    groups = range(len(rows))
    figures = {
        "balanced_accuracy": resampled(rows, groups, lambda sums: _balanced(sums, 1, 0), len(rows)),
        "helmet_right": _ratio(rows, groups, 1, 0),
        "no_helmet_right": _ratio(rows, groups, 5, 4),
        "said": resampled(
            rows, groups, lambda sums: (sums[:, 2] + sums[:, 6]) / (sums[:, 0] + sums[:, 4]), len(rows)
        ),
        "balanced_accuracy_of_said": resampled(
            rows, groups, lambda sums: _balanced(sums, 3, 2), int(sum(row[2] + row[6] for row in rows))
        ),
    }
    return SetReport(data.name, "helmets", len(rows), figures, {}, confusion, tuple(complaints))


def _balanced(sums: Floats, above: int, below: int) -> Floats:
    """Mean of two shares, the columns of the second kind standing four further on."""
    first, second = sums[:, above] / sums[:, below], sums[:, above + 4] / sums[:, below + 4]
    return np.asarray((first + second) / 2)


def _ratio(rows: Sequence[Sequence[float]], groups: Sequence[int], above: int, below: int) -> Figure:
    count = int(sum(row[below] for row in rows))
    return resampled(rows, groups, lambda sums: sums[:, above] / sums[:, below], count)


def _count(confusion: Confusion, true: str, said: str) -> None:
    row = confusion.setdefault(true, {})
    row[said] = row.get(said, 0) + 1


def _jsons(figures: dict[str, Figure]) -> dict[str, Any]:
    return {name: one.to_json() for name, one in figures.items()}
