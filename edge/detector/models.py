"""The two eyes of a camera worker: one finds vehicles, one finds and reads their plates."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.decode import RawBox, decode
from edge.detector.errors import ModelError
from edge.detector.images import check_image, crop
from edge.detector.letterbox import Letterbox, fit, fit_long_side, to_blob
from edge.detector.metadata import ModelCard, card_of
from edge.detector.reader_output import ReaderOutput, interpret
from edge.detector.riders import drop_riders, merge_riders
from edge.detector.runtime import Engine, Network, open_network
from edge.detector.types import VEHICLE_CLASSES, Box, Detection, Image, PlateRead, VehicleClass

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
_VEHICLE_MARGIN: Final = 0.05
_PLATE_MARGIN: Final = 0.06
_PLATE_SCORE: Final = 0.25
_CENTRE_PREFERENCE: Final = 0.5
_SMALLEST_PLATE_PX: Final = 8


class Detector(Protocol):
    """Anything that finds road users in a picture."""

    def detect(self, image: Image) -> list[Detection]:
        """The road users in an H x W x 3 BGR picture, boxes in its pixels, most certain first."""


class Sight(NamedTuple):
    """What one look at a frame found: road users, and signal heads as (box px, score 0 to 1)."""

    road_users: list[Detection]
    signals: list[tuple[Box, float]]


class VehicleDetector:
    """Finds vehicles, people and traffic-signal heads in a whole camera frame."""

    def __init__(
        self, path: Path, *, threads: int = 1, confidence: float = 0.35, engine: Engine = "auto"
    ) -> None:
        """Load the model at `path`; detections under `confidence` are dropped.

        Raises:
            ModelError: the file is missing, damaged or not a vehicle model.
        """
        self._network = open_network(path, threads=threads, engine=engine)
        self.card = card_of(self._network.metadata, kind="vehicles", path=path)
        self._confidence = confidence
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
        """Everything the network knows, in one pass over an H x W x 3 BGR picture.

        Raises:
            ImageError: `image` is not such an array.
        """
        check_image(image, "VehicleDetector.look(image)")
        height, width = image.shape[:2]
        raw = _run(self._network, self.card, image, self._confidence, self._groups)
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


class PlateReader:
    """Finds the plate of one vehicle and reads it."""

    def __init__(
        self, detector_path: Path, reader_path: Path, *, threads: int = 1, engine: Engine = "auto"
    ) -> None:
        """Load the plate finder and the character reader.

        Raises:
            ModelError: a file is missing, damaged or another model.
        """
        self._finder = open_network(detector_path, threads=threads, engine=engine)
        self.finder_card = card_of(self._finder.metadata, kind="plate_finder", path=detector_path)
        self._reader = open_network(reader_path, threads=threads, engine=engine)
        self.reader_card = card_of(self._reader.metadata, kind="plate_reader", path=reader_path)
        _, _, height, width = self._reader.input_shape
        if height is None or width is None:
            raise ModelError(
                "the reader's input size is not fixed",
                where=str(reader_path),
                remedy="Export it again with our own script.",
            )
        self._reader_size_px = (width, height)

    def find(self, image: Image, vehicle: Box) -> tuple[Box, float] | None:
        """Where the vehicle's plate is: box in frame px and score 0 to 1; None when none shows.

        Of several plates in the vehicle's box the one nearer its middle line wins: others are neighbours'.
        """
        check_image(image, "PlateReader.find(image)")
        piece, covered = crop(image, vehicle.expanded(_VEHICLE_MARGIN))
        if min(piece.shape[:2]) < _SMALLEST_PLATE_PX:
            return None
        minimum = self.finder_card.thresholds.get("score", _PLATE_SCORE)
        raw = _run(self._finder, self.finder_card, piece, minimum, None)
        if not raw:
            return None
        best = max(raw, key=lambda one: _belonging(one, covered.w))
        local = best.box.clipped(covered.w, covered.h)
        return Box(local.x + covered.x, local.y + covered.y, local.w, local.h), best.score

    def read(self, image: Image, vehicle: Box) -> PlateRead | None:
        """Find and read the plate of the vehicle at `vehicle` (px) in the full-resolution frame.

        Returns:
            None when no plate shows; a read with text '' when one shows but says nothing.

        Raises:
            ImageError: `image` is not an H x W x 3 array of bytes.
        """
        found = self.find(image, vehicle)
        return None if found is None else self.read_plate(image, found[0])

    def read_plate(self, image: Image, plate: Box) -> PlateRead:
        """Read the plate at `plate` (px of `image`), found by whatever means."""
        output = self._look(image, plate)
        reading = interpret(output, self.reader_card)
        return PlateRead(
            text=reading.text,
            display=reading.display,
            char_confidences=reading.char_confidences,
            confidence=min(reading.char_confidences, default=0.0),
            box=plate,
            layout=reading.layout,
            ground_colour=reading.ground_colour,
            lines=reading.lines,
        )

    def _look(self, image: Image, plate: Box) -> ReaderOutput:
        piece, _ = crop(image, plate.expanded(_PLATE_MARGIN))
        if piece.size == 0:
            return ReaderOutput.nothing(len(self.reader_card.classes))
        return ReaderOutput(*self._reader(reader_blob(piece, self._reader_size_px)))


def reader_blob(piece: Image, size_px: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Stretch a plate crop to the reader's input (width, height): 1 x 3 x height x width, RGB, 0 to 1."""
    shrinking = piece.shape[1] > size_px[0]
    scaled = cv2.resize(piece, size_px, interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)
    return np.asarray(cv2.dnn.blobFromImage(scaled, 1 / 255, swapRB=True), dtype=np.float32)


def _run(
    network: Network, card: ModelCard, image: Image, minimum_score: float, groups: list[int] | None
) -> list[RawBox]:
    letterbox = _letterbox(network, card, image)
    return decode(
        network(to_blob(image, letterbox))[0], letterbox, minimum_score=minimum_score, groups=groups
    )


def _letterbox(network: Network, card: ModelCard, image: Image) -> Letterbox:
    height, width = image.shape[:2]
    _, _, input_height, input_width = network.input_shape
    if input_height is None or input_width is None:
        return fit_long_side(width, height, card.long_side_px)
    return fit(width, height, input_width, input_height)


def _belonging(plate: RawBox, width_px: float) -> float:
    """Score of a plate in a vehicle crop `width_px` wide, lowered towards the sides."""
    off_centre = min(abs(plate.box.cx - width_px / 2) / (width_px / 2), 1.0)
    return plate.score * (1 - _CENTRE_PREFERENCE * off_centre)


def _kind(name: str) -> VehicleClass | None:
    return next((kind for kind in VEHICLE_CLASSES if kind == name), None)
