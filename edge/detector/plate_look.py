"""Every plate in one picture: a road scene, a close-up of a vehicle, or the crop of a bare plate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from edge.detector.models import Detector
from edge.detector.plate_grammar import is_legal
from edge.detector.plate_reader import PlateReader
from edge.detector.plate_views import STRAIGHTENED, VIEWS
from edge.detector.types import PLATED, Box, Image, PlateRead

ONE_LOOK_FLOOR: Final = 0.97
"""The confidence that every character of a single look must have: more than where looks can agree."""

_SAME_PLATE: Final = 0.35
_WITHIN: Final = 0.7
_STEADY: Final = 0.75
_AT_EDGE_PX: Final = 1.0
_WHOLE: Final = 0.45
_LONGEST_BARE: Final = 6.5
_SHORTEST_BARE: Final = 0.75
_LARGE_PX: Final = 900
_TILE_PX: Final = 640
_TILE_STEP: Final = 0.75
_CROP_PX: Final = 280
_CONTRAST: Final = 10.0
_SAYS_SOMETHING: Final = 0.5
_OWNERLESS_SCORE: Final = 0.4
_FAINT_SCORE: Final = 0.08
_TURN_GAIN: Final = 1.3
_TURN_LEAST: Final = 0.5


@dataclass(frozen=True, slots=True)
class PlateLook:
    """A plate in one picture, `accepted` when the read may be relied on as far as one look can be.

    `reason` says why not; '' when accepted.
    """

    read: PlateRead
    accepted: bool
    reason: str

    def as_json(self) -> dict[str, Any]:
        """The row that `read-plates --json` prints."""
        read = self.read
        return {
            "text": read.text,
            "display": read.display,
            "lines": list(read.lines),
            "box": [round(side, 1) for side in (read.box.x, read.box.y, read.box.w, read.box.h)],
            "confidence": round(read.confidence, 3),
            "accepted": self.accepted,
            "reason": self.reason,
        }


def plates_in_picture(image: Image, detector: Detector, reader: PlateReader) -> list[PlateLook]:
    """Every plate that shows in an H x W x 3 BGR picture, the surest first.

    Plates are sought on the vehicles found and in the whole picture (in pieces of it where no vehicle
    carries one and the picture is large). A picture that is itself the crop of a plate is read whole.
    """
    height, width = image.shape[:2]
    boxes = list(_found(image, detector, reader))
    whole = Box(0, 0, width, height)
    reads = [_read(image, box, reader) for box in boxes]
    if _may_be_bare(whole, boxes):
        bare = _read(image, whole, reader)
        reads = [max([*reads, bare], key=_worth)] if reads or _is_plate(image, bare) else []
    return [_judged(read, whole) for read in _distinct(reads)]


def _is_plate(image: Image, read: PlateRead) -> bool:
    """Whether a picture in which no plate was found is a plate itself: by what it says, or how it looks.

    A small picture with light and dark in it is taken for a plate that cannot be read.
    """
    if is_legal(read.text) and read.confidence >= _SAYS_SOMETHING:
        return True
    return max(image.shape[:2]) <= _CROP_PX and float(image.std()) >= _CONTRAST


def _read(image: Image, box: Box, reader: PlateReader) -> PlateRead:
    """Read in several views; where that stays unsure, also turned, should the plate hang aslant."""
    read = reader.read_plate(image, box, VIEWS)
    if is_legal(read.text) and read.confidence >= ONE_LOOK_FLOOR:
        return read
    turned = [reader.read_plate(image, box, (view,)) for view in STRAIGHTENED]
    best = max(turned, key=_worth)
    if not is_legal(best.text) or best.confidence < max(_TURN_GAIN * read.confidence, _TURN_LEAST):
        return read
    # one view is no evidence of steadiness: the text is told, and never accepted
    return replace(best, steadiness=0.0)


def _found(image: Image, detector: Detector, reader: PlateReader) -> Iterator[Box]:
    height, width = image.shape[:2]
    vehicles = [one.box for one in detector.detect(image) if one.kind in PLATED]
    carried = [found[0] for box in vehicles if (found := reader.find(image, box)) is not None]
    yield from carried
    anywhere = reader.find_all(image, Box(0, 0, width, height))
    if not carried and not anywhere:
        anywhere = _closer(image, reader)
    least = _OWNERLESS_SCORE if carried else 0.0
    yield from (box for box, score in anywhere if score >= least or _covered(box, carried))


def _closer(image: Image, reader: PlateReader) -> list[tuple[Box, float]]:
    """A second search where the first found nothing: in pieces of a large picture, else less strictly."""
    height, width = image.shape[:2]
    if max(height, width) > _LARGE_PX:
        return [found for tile in _tiles(width, height) for found in reader.find_all(image, tile)]
    return reader.find_all(image, Box(0, 0, width, height), _FAINT_SCORE)[:1]


def _tiles(width: int, height: int) -> Iterator[Box]:
    for y in _starts(height):
        for x in _starts(width):
            yield Box(x, y, min(_TILE_PX, width), min(_TILE_PX, height))


def _starts(side_px: int) -> list[int]:
    last = max(side_px - _TILE_PX, 0)
    return sorted({*range(0, last, int(_TILE_PX * _TILE_STEP)), last})


def _may_be_bare(whole: Box, boxes: list[Box]) -> bool:
    """Whether the picture may be the crop of a plate: small, filled by the plate found, or none found."""
    if not _SHORTEST_BARE <= whole.w / whole.h <= _LONGEST_BARE:
        return False
    small = max(whole.w, whole.h) <= _CROP_PX
    return small or not boxes or (len(boxes) == 1 and boxes[0].area >= _WHOLE * whole.area)


def _worth(read: PlateRead) -> tuple[bool, float]:
    return is_legal(read.text), read.steadiness * read.confidence


def _judged(read: PlateRead, whole: Box) -> PlateLook:
    reason = _objection(read, whole)
    return PlateLook(read, not reason, reason)


def _objection(read: PlateRead, whole: Box) -> str:
    if not read.text:
        return "unreadable"
    if read.confidence < ONE_LOOK_FLOOR:
        return f"a character is unsure ({read.confidence:.2f})"
    if not is_legal(read.text):
        return "not a legal plate"
    if read.steadiness < _STEADY:
        return "the text changes with small changes of the crop"
    return "cut by the edge of the picture" if _cut_off(read.box, whole) else ""


def _cut_off(plate: Box, whole: Box) -> bool:
    """Whether the picture's edge may cut the plate; the picture of nothing but a plate has it all."""
    if plate.area >= _WHOLE * whole.area:
        return False
    return (
        min(plate.x - whole.x, plate.y - whole.y) < _AT_EDGE_PX
        or min(whole.x2 - plate.x2, whole.y2 - plate.y2) < _AT_EDGE_PX
    )


def _covered(box: Box, others: Iterable[Box]) -> bool:
    return any(_same(box, other) for other in others)


def _same(one: Box, other: Box) -> bool:
    smaller = min(one.area, other.area)
    return one.iou(other) >= _SAME_PLATE or (smaller > 0 and one.intersection(other) >= _WITHIN * smaller)


def _distinct(reads: Iterable[PlateRead]) -> list[PlateRead]:
    """One read a plate: overlapping vehicles show the same plate twice."""
    kept: list[PlateRead] = []
    for read in sorted(reads, key=lambda one: (not is_legal(one.text), -one.confidence)):
        if not _covered(read.box, [other.box for other in kept]):
            kept.append(read)
    return kept
