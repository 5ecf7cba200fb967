"""The first eye of a camera worker: it finds vehicles, people and signal heads."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple, Protocol, Self

from edge.detector.decode import RawBox
from edge.detector.finding import find_boxes, find_in_part, letterbox_of
from edge.detector.fusion import fused
from edge.detector.images import check_image
from edge.detector.metadata import card_of
from edge.detector.part import part_of
from edge.detector.riders import drop_riders, merge_riders
from edge.detector.runtime import Engine, open_network
from edge.detector.types import VEHICLE_CLASSES, Box, Detection, Image, VehicleClass
from edge.detector.view import View

SIGNAL: Final = "signal"
"""The network's name for a traffic-signal head; what it shows is told by `signal_heads`."""

_GROUPS: Final[dict[str, int]] = {
    "motorbike": 0,
    "bicycle": 0,
    "car": 1,
    "bus": 1,
    "truck": 1,
    "person": 2,
    SIGNAL: 3,
}


_TRACE: Final = 0.01
"""What one look of several hardly sees, another may see well: from this score, 0 to 1, on they are joined."""


class Detector(Protocol):
    """Anything that finds road users in a picture."""

    def detect(self, image: Image) -> list[Detection]:
        """The road users in an H x W x 3 BGR picture, boxes in its pixels, most certain first."""


class KindJudge(Protocol):
    """Anything that looks at each vehicle again to tell its kind."""

    def judged(self, image: Image, found: Sequence[Detection]) -> list[Detection]:
        """The same vehicles and people (box px of `image`), each with the kind that it is."""


class Sight(NamedTuple):
    """What one look at a frame found: road users, and signal heads as (box px, score 0 to 1)."""

    road_users: list[Detection]
    signals: list[tuple[Box, float]]


class VehicleDetector:
    """Finds vehicles, people and traffic-signal heads in a whole camera frame."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 1,
        confidence: float = 0.35,
        long_side_px: int | None = None,
        views: Sequence[View] = (),
        kinds: KindJudge | None = None,
        engine: Engine = "auto",
    ) -> None:
        """Load the model at `path`; detections under `confidence` are dropped.

        `long_side_px` is the size to look at pictures in, if not the one that the model was trained at. With
        `views`, `look` and `detect` look in each of these ways and join what they see (see `fused`). `kinds`
        has the last word on what kind each vehicle is, but not in `detect_small`, whose pictures are small.

        Raises:
            ModelError: the file is missing, damaged or not a vehicle model.
        """
        self._network = open_network(path, threads=threads, engine=engine)
        self.card = card_of(self._network.metadata, kind="vehicles", path=path)
        if long_side_px is not None:
            self.card = replace(self.card, long_side_px=long_side_px)
        self._confidence = confidence
        self.views = tuple(views)
        self.kinds = kinds
        self._kinds: list[VehicleClass | None] = [_kind(name) for name in self.card.classes]
        ignored = max(_GROUPS.values()) + 1
        self._groups = [_GROUPS.get(name, ignored) for name in self.card.classes]

    def detect(self, image: Image) -> list[Detection]:
        """The road users in an H x W x 3 BGR picture, boxes in its pixels, most certain first.

        Raises:
            ImageError: `image` is not such an array.
        """
        return self.look(image).road_users

    def look(self, image: Image) -> Sight:
        """Everything the network knows of an H x W x 3 BGR picture, in one pass or in those of its views.

        Raises:
            ImageError: `image` is not such an array.
        """
        check_image(image, "VehicleDetector.look(image)")
        height, width = image.shape[:2]
        if not self.views:
            raw = find_boxes(self._network, self.card, image, self._confidence, self._groups)
        else:
            longest = [view.longest_in(image) for view in self.views]
            joined = fused([self._seen(image, view) for view in self.views], self._groups, longest)
            raw = [one for one in joined if one.score >= self._confidence]
        sight = self._sight(raw, width, height)
        return sight._replace(road_users=self.kinds.judged(image, sight.road_users)) if self.kinds else sight

    def at_a_glance(self, long_side_px: int) -> Self:
        """The same network looking once, at this size, and by itself: for pieces of a picture."""
        other = copy(self)
        other.card, other.views, other.kinds = replace(self.card, long_side_px=long_side_px), (), None
        return other

    def small_size_px(self, size_px: tuple[int, int]) -> tuple[int, int]:
        """The size at which a picture of `size_px` (width, height) is looked at."""
        scale = letterbox_of(self._network, self.card, *size_px).scale
        return max(round(size_px[0] * scale), 1), max(round(size_px[1] * scale), 1)

    def detect_small(
        self, small: Image, size_px: tuple[int, int], area: Box | None = None
    ) -> list[Detection]:
        """The road users in a picture of `size_px` that is given at `small_size_px`, boxes in its full px.

        `area`: look there only (px of the full picture). What is partly outside is not told. Costs less in
        proportion, where the network takes inputs of any size.
        """
        check_image(small, "VehicleDetector.detect_small(small)")
        whole = letterbox_of(self._network, self.card, *size_px)
        part = part_of(area if None in self._network.input_shape[2:] else None, whole)
        raw = find_in_part(
            self._network, small, whole, part, minimum_score=self._confidence, groups=self._groups
        )
        return self._sight(raw, *size_px).road_users

    def _seen(self, image: Image, view: View) -> list[RawBox]:
        """What one view shows, doubtful boxes too, in the pixels of the picture as it is."""
        card = replace(self.card, long_side_px=view.long_side_px)
        found = find_boxes(self._network, card, view.of(image), _TRACE, self._groups)
        return [one._replace(box=view.back(one.box, image.shape[1])) for one in found]

    def _sight(self, raw: list[RawBox], width: int, height: int) -> Sight:
        found = [
            Detection(one.box.clipped(width, height), kind, one.score)
            for one in raw
            if (kind := self._kinds[one.label]) is not None
        ]
        signals = [
            (one.box.clipped(width, height), one.score)
            for one in raw
            if self.card.classes[one.label] == SIGNAL
        ]
        joined = merge_riders(found) if self.card.merge_riders else found
        return Sight(sorted(drop_riders(joined), key=lambda one: -one.confidence), signals)


def _kind(name: str) -> VehicleClass | None:
    return next((kind for kind in VEHICLE_CLASSES if kind == name), None)
