"""The eye for plates: finds the plate of a vehicle in the full-resolution frame and reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from edge.detector.decode import RawBox
from edge.detector.errors import ModelError
from edge.detector.finding import find_boxes
from edge.detector.images import check_image, crop
from edge.detector.metadata import card_of
from edge.detector.plate_views import PLAIN, View, cut_view, reader_blob
from edge.detector.reader_output import ReaderOutput, average, interpret
from edge.detector.runtime import Engine, open_network
from edge.detector.types import Box, Image, PlateRead

_VEHICLE_MARGIN: Final = 0.05
_PLATE_SCORE: Final = 0.25
_CENTRE_PREFERENCE: Final = 0.5
_SMALLEST_PLATE_PX: Final = 8


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
        piece, covered, raw = self._raw(image, vehicle.expanded(_VEHICLE_MARGIN))
        if not raw:
            return None
        best = max(raw, key=lambda one: _belonging(one, covered.w))
        return _placed(best, piece, covered), best.score

    def find_all(
        self, image: Image, area: Box, minimum_score: float | None = None
    ) -> list[tuple[Box, float]]:
        """Every plate within `area` (px), best score first: box in frame px and score 0 to 1.

        `minimum_score` takes the place of the network's own threshold.
        """
        piece, covered, raw = self._raw(image, area, minimum_score)
        return [(_placed(one, piece, covered), one.score) for one in raw]

    def read(self, image: Image, vehicle: Box) -> PlateRead | None:
        """Find and read the plate of the vehicle at `vehicle` (px) in the full-resolution frame.

        Returns:
            None when no plate shows; a read with text '' when one shows but says nothing.

        Raises:
            ImageError: `image` is not an H x W x 3 array of bytes.
        """
        found = self.find(image, vehicle)
        return None if found is None else self.read_plate(image, found[0])

    def read_plate(self, image: Image, plate: Box, views: Sequence[View] = (PLAIN,)) -> PlateRead:
        """Read the plate at `plate` (px of `image`), found by whatever means.

        Several `views` are averaged; `steadiness` says in how many of them the text stays the same.
        """
        outputs = [self._look(cut_view(image, plate, view)) for view in views]
        reading = interpret(average(outputs), self.reader_card)
        same = [interpret(one, self.reader_card).text == reading.text for one in outputs]
        return PlateRead(
            text=reading.text,
            display=reading.display,
            char_confidences=reading.char_confidences,
            confidence=min(reading.char_confidences, default=0.0),
            box=plate,
            layout=reading.layout,
            ground_colour=reading.ground_colour,
            lines=reading.lines,
            chances=reading.chances,
            steadiness=float(np.mean(same)),
        )

    def _look(self, piece: Image) -> ReaderOutput:
        if piece.size == 0:
            return ReaderOutput.nothing(len(self.reader_card.classes))
        return ReaderOutput(*self._reader(reader_blob(piece, self._reader_size_px)))

    def _raw(
        self, image: Image, area: Box, minimum_score: float | None = None
    ) -> tuple[Image, Box, list[RawBox]]:
        check_image(image, "PlateReader.find(image)")
        piece, covered = crop(image, area)
        if min(piece.shape[:2]) < _SMALLEST_PLATE_PX:
            return piece, covered, []
        minimum = minimum_score or self.finder_card.thresholds.get("score", _PLATE_SCORE)
        return piece, covered, find_boxes(self._finder, self.finder_card, piece, minimum, None)


def _placed(found: RawBox, piece: Image, covered: Box) -> Box:
    local = found.box.clipped(piece.shape[1], piece.shape[0])
    return Box(local.x + covered.x, local.y + covered.y, local.w, local.h)


def _belonging(plate: RawBox, width_px: float) -> float:
    """Score of a plate in a vehicle crop `width_px` wide, lowered towards the sides."""
    off_centre = min(abs(plate.box.cx - width_px / 2) / (width_px / 2), 1.0)
    return plate.score * (1 - _CENTRE_PREFERENCE * off_centre)
