"""Heads on one motorbike: who wears a helmet, and how many people ride.

A small network finds heads in the crop of one motorbike with its riders, cut from the full-resolution frame.
What it half sees stays `unknown`: nobody is accused for a head that is too small, too dark or doubtful.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.errors import ModelError
from edge.detector.fusion import things
from edge.detector.images import check_image, crop
from edge.detector.letterbox import Letterbox, fit_long_side, to_blob
from edge.detector.metadata import card_of
from edge.detector.rider_look import Head, RiderLook
from edge.detector.runtime import Engine, open_network
from edge.detector.seats import Candidate, count_people, on_board, share_out
from edge.detector.second_look import SecondLook, chance, log_odds
from edge.detector.types import Box, Image
from edge.detector.view import View, both_ways

HEAD_CLASSES: Final = ("helmet", "bare")
_MARGIN: Final = 0.08
_SMALLEST_CROP_PX: Final = 12
_OVERLAP: Final = 0.5
_TRACE: Final = 0.02
_SAME: Final = 0.4
_SAME_HEAD: Final = 0.45
_CLOSE_VIEWS: Final = both_ways(160, 192, 224)
_DEFAULTS: Final = {"score": 0.15, "second": 0.3, "counted": 0.4, "verdict": 0.6, "smallest_px": 7.0}


@dataclass(frozen=True, slots=True)
class Limits:
    """When to keep silent: scores 0 to 1, and the smallest head (px, shorter side) that is judged.

    `score`: the least of a head that stands alone, for somebody rides there; `second`: the least of a further
    head; `counted`: under it a further head makes the number of people unknown; `verdict`: how sure a head
    must be of helmet or bare.
    """

    score: float
    second: float
    counted: float
    verdict: float
    smallest_px: float


class RiderLooker:
    """Finds the heads on one motorbike and says which wear helmets."""

    def __init__(
        self,
        path: Path,
        second: Path | None = None,
        *,
        threads: int = 1,
        closely: bool = False,
        engine: Engine = "auto",
    ) -> None:
        """Load the head network at `path` and, if given, the one that looks at each head again.

        `closely`: look at each motorbike six times, in three sizes and mirrored, and say what that says
        together: for stills, which have the time.

        Raises:
            ModelError: the file is missing, damaged or not a head model.
        """
        self._network = open_network(path, threads=threads, engine=engine)
        self.card = card_of(self._network.metadata, kind="heads", path=path)
        if self.card.classes != HEAD_CLASSES:
            raise ModelError(
                f"its classes are {self.card.classes}, not {HEAD_CLASSES}",
                where=str(path),
                remedy="Export it again with the recipe `heads`.",
            )
        self.limits = Limits(**{**_DEFAULTS, **self.card.thresholds})
        self._views = _CLOSE_VIEWS if closely else (View(self.card.long_side_px),)
        self._second = SecondLook(second, threads=threads, engine=engine) if second else None

    def look(self, image: Image, motorbike: Box) -> RiderLook:
        """Judge the riders of the motorbike at `motorbike` (px, riders included) in the full frame.

        Raises:
            ImageError: `image` is not an H x W x 3 array of bytes.
        """
        return self.look_at_all(image, [motorbike])[0]

    def look_at_all(self, image: Image, motorbikes: Sequence[Box]) -> list[RiderLook]:
        """Judge the riders of every motorbike of a frame: a head seen for two of them counts for one.

        Raises:
            ImageError: `image` is not an H x W x 3 array of bytes.
        """
        check_image(image, "RiderLooker.look(image)")
        seen = [self._find(image, motorbike, _TRACE) for motorbike in motorbikes]
        claims = [
            on_board([one for one in heads if one.score >= self.limits.score], motorbike)
            for heads, motorbike in zip(seen, motorbikes, strict=True)
        ]
        return [
            replace(look, further=_further(on_board(heads, motorbike), look.heads))
            for heads, motorbike, look in zip(
                seen,
                motorbikes,
                (judge(riders, self.limits) for riders in share_out(claims, motorbikes)),
                strict=True,
            )
        ]

    def find(self, image: Image, motorbike: Box) -> list[Candidate]:
        """Every head in the motorbike's crop, neighbours' too, most certain first; boxes in frame px."""
        return self._find(image, motorbike, self.limits.score)

    def _find(self, image: Image, motorbike: Box, least: float) -> list[Candidate]:
        piece, covered = crop(image, motorbike.expanded(_MARGIN))
        if min(piece.shape[:2]) < _SMALLEST_CROP_PX:
            return []
        looks = []
        for view in self._views:
            found = [
                replace(one, box=_moved(one.box.clipped(covered.w, covered.h), covered))
                for one in self._seen(piece, view, least)
            ]
            looks.append(self._second.judged(image, found) if self._second else found)
        return looks[0] if len(looks) == 1 else [one for one in joined(looks) if one.score >= least]

    def _seen(self, piece: Image, view: View, least: float) -> list[Candidate]:
        """The heads that one look at a crop shows, boxes in its px."""
        height, width = piece.shape[:2]
        letterbox = fit_long_side(width, height, view.long_side_px)
        output = self._network(to_blob(view.of(piece), letterbox))[0]
        return [replace(one, box=view.back(one.box, width)) for one in candidates(output, letterbox, least)]


def joined(looks: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """What several looks at the heads of one crop say together, surest first; chances meet as log odds."""
    found = things(looks, same=_SAME_HEAD)
    return sorted(
        (
            Candidate(
                one.box,
                one.total / len(looks),
                chance(sum(head.score * log_odds(head.chance_bare) for head in one.members) / one.total),
            )
            for one in found
        ),
        key=lambda one: -one.score,
    )


def candidates(output: npt.NDArray[np.float32], letterbox: Letterbox, minimum: float) -> list[Candidate]:
    """Decode 1 x 6 x N columns of cx, cy, w, h (input px), helmet and bare scores; surest heads first."""
    columns = output[0]
    best = np.minimum(columns[4:].sum(axis=0), 1.0)
    kept = np.flatnonzero(best >= minimum)
    if kept.size == 0:
        return []
    size = columns[2:4, kept].T
    boxes = np.hstack([columns[:2, kept].T - size / 2, size])
    chosen = cv2.dnn.NMSBoxes(boxes.tolist(), best[kept].tolist(), minimum, _OVERLAP)
    found = []
    for index in np.asarray(chosen, dtype=np.int64).reshape(-1):
        helmet, bare = (float(score) for score in columns[4:, kept[index]])
        box = letterbox.to_picture(Box(*(float(side) for side in boxes[index])))
        found.append(Candidate(box, float(best[kept[index]]), bare / (helmet + bare)))
    return found


def judge(riders: Sequence[Candidate], limits: Limits) -> RiderLook:
    """Say what the heads of one motorbike wear together, and how many they are; surest head first."""
    riders = [one for index, one in enumerate(riders) if index == 0 or one.score >= limits.second]
    heads = tuple(_head(one, limits) for one in riders)
    if not heads:
        return RiderLook(None, (), "unknown", "no head found")
    people = count_people(riders, limits.counted, limits.smallest_px)
    why_not_counted = "" if people is not None else "a head is doubtful"
    if any(head.helmet == "bare" for head in heads):
        return RiderLook(people, heads, "some_bare", why_not_counted)
    if all(head.helmet == "helmet" for head in heads):
        return RiderLook(people, heads, "all", why_not_counted)
    return RiderLook(people, heads, "unknown", _doubt(riders, limits))


def _head(one: Candidate, limits: Limits) -> Head:
    confidence = max(one.chance_bare, 1 - one.chance_bare)
    too_small = min(one.box.w, one.box.h) < limits.smallest_px
    if too_small or confidence < limits.verdict:
        return Head(one.box, "unknown", one.score, one.chance_bare)
    return Head(one.box, "bare" if one.chance_bare > 0.5 else "helmet", confidence, one.chance_bare)  # noqa: PLR2004


def _further(traces: Sequence[Candidate], heads: Sequence[Head]) -> float:
    """The score of the likeliest of `traces` that is none of the heads."""
    apart = (one.score for one in traces if all(one.box.iou(head.box) < _SAME for head in heads))
    return max(apart, default=0.0)


def _doubt(riders: Sequence[Candidate], limits: Limits) -> str:
    if any(min(one.box.w, one.box.h) < limits.smallest_px for one in riders):
        return f"a head is under {limits.smallest_px:g} px"
    return "a head may be bare or not"


def _moved(box: Box, covered: Box) -> Box:
    return Box(box.x + covered.x, box.y + covered.y, box.w, box.h)
