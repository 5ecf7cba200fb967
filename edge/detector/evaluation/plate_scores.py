"""Scoring plate texts: which read answers which plate, what is right in it, and who was accused wrongly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from edge.detector.evaluation.intervals import Figure, resampled
from edge.detector.evaluation.scores import SetReport, opened
from edge.detector.evaluation.sets import PlateScene, PlateSet, PlateTruth, in_px
from edge.detector.types import Box, Image

_SAME_PLACE: Final = 0.3


class PlateGuess(NamedTuple):
    """A plate as it was read: text of capitals and digits, box px, and whether the reader stands by it."""

    text: str
    box: Box
    accepted: bool


@dataclass(frozen=True, slots=True)
class PlateCounts:
    """What came of one plate; `exact` and `accepted` are 0 or 1.

    `reads_accepted` and `reads_wrong` count every accepted read put down to this plate, doubles too.
    """

    exact: int
    characters_right: int
    characters: int
    accepted: int
    reads_accepted: int
    reads_wrong: int


def score_plates(data: PlateSet, read: Callable[[Image], Sequence[PlateGuess]]) -> SetReport:
    """Exact, per character, accepted, and wrong among the accepted; plates of one text are drawn together."""
    complaints: list[str] = []
    rows: list[tuple[int, ...]] = []
    groups: list[str] = []
    pictures = 0
    for scene, image in opened(data.scenes(), complaints):
        pictures += 1
        height, width = image.shape[:2]
        plates = [_placed(plate, scene, width, height) for plate in scene.plates]
        for plate, count in zip(plates, count_plates(plates, read(image)), strict=True):
            rows.append((*_fields(count), 1))
            groups.append(plate.text)
    return SetReport(data.name, "plates", pictures, _figures(rows, groups), unreadable=tuple(complaints))


def count_plates(plates: Sequence[PlateTruth], reads: Sequence[PlateGuess]) -> list[PlateCounts]:
    """Give each plate the read that says it best, and the rest of the reads to the plate they belong to.

    Where plates have boxes, a read belongs to a plate that it lies on, and reads elsewhere are not judged:
    the picture may show plates that nobody labelled. Without boxes every read belongs to some plate of the
    picture, so an accepted text that is none of theirs is wrong.
    """
    pairs = sorted(
        (distance(plate.text, read.text), not read.accepted, number, place)
        for number, plate in enumerate(plates)
        for place, read in enumerate(reads)
        if _may_be(plate, read)
    )
    answer: dict[int, int] = {}
    for _, _, number, place in pairs:
        if number not in answer and place not in answer.values():
            answer[number] = place
    owner = {place: number for number, place in answer.items()}
    for _, _, number, place in pairs:
        owner.setdefault(place, number)
    return [
        _counts(plate, reads, answer.get(number), [place for place, own in owner.items() if own == number])
        for number, plate in enumerate(plates)
    ]


def distance(one: str, other: str) -> int:
    """The fewest characters to put in, leave out or change to make one text the other."""
    row = list(range(len(other) + 1))
    for number, mine in enumerate(one, start=1):
        before, row[0] = row[0], number
        for place, theirs in enumerate(other, start=1):
            before, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, before + (mine != theirs)),
            )
    return row[-1]


def plain_text(text: str) -> str:
    """Capitals and digits only, as `read-plates` writes them."""
    return "".join(one for one in text.upper() if one.isalnum())


def _counts(
    plate: PlateTruth, reads: Sequence[PlateGuess], answer: int | None, own: Sequence[int]
) -> PlateCounts:
    best = reads[answer] if answer is not None else None
    wrong = len(plate.text) if best is None else min(distance(plate.text, best.text), len(plate.text))
    accepted = [reads[place] for place in own if reads[place].accepted]
    return PlateCounts(
        exact=int(best is not None and best.text == plate.text),
        characters_right=len(plate.text) - wrong,
        characters=len(plate.text),
        accepted=int(best is not None and best.accepted),
        reads_accepted=len(accepted),
        reads_wrong=sum(read.text != plate.text for read in accepted),
    )


def _may_be(plate: PlateTruth, read: PlateGuess) -> bool:
    return plate.box is None or plate.box.iou(read.box) >= _SAME_PLACE


def _placed(plate: PlateTruth, scene: PlateScene, width_px: int, height_px: int) -> PlateTruth:
    box = None if plate.box is None else in_px(plate.box, scene.unit, width_px, height_px)
    return PlateTruth(plate.text, box)


def _fields(count: PlateCounts) -> tuple[int, ...]:
    return (
        count.exact,
        count.characters_right,
        count.characters,
        count.accepted,
        count.reads_accepted,
        count.reads_wrong,
    )


def _figures(rows: Sequence[tuple[int, ...]], groups: Sequence[str]) -> dict[str, Figure]:
    def ratio(above: int, below: int) -> Figure:
        count = sum(row[below] for row in rows)
        return resampled(rows, groups, lambda sums: sums[:, above] / sums[:, below], count)

    return {
        "exact": ratio(0, 6),
        "per_character": ratio(1, 2),
        "accepted": ratio(3, 6),
        "wrong_among_accepted": ratio(5, 4),
    }
