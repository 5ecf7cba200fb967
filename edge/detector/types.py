"""Values the detector hands out: boxes, detections, plate reads. All lengths are pixels, origin top left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from edge.road_users import Box, VehicleClass

__all__ = [
    "PLATED",
    "TWO_WHEELED",
    "VEHICLE_CLASSES",
    "Box",
    "Detection",
    "GroundColour",
    "Image",
    "PlateConsensus",
    "PlateLayout",
    "PlateRead",
    "SignalState",
    "VehicleClass",
]

SignalState = Literal["red", "amber", "green", "dark", "unknown"]
PlateLayout = Literal["one_line", "two_line"]
GroundColour = Literal["white", "yellow", "blue", "red", "unknown"]

Image = npt.NDArray[np.uint8]
"""H x W x 3 bytes, channels in the order blue, green, red."""

VEHICLE_CLASSES: Final[tuple[VehicleClass, ...]] = get_args(VehicleClass)
TWO_WHEELED: Final[frozenset[VehicleClass]] = frozenset({"motorbike", "bicycle"})
PLATED: Final[frozenset[VehicleClass]] = frozenset({"motorbike", "car", "bus", "truck"})
"""What carries a plate, so that a camera can find its owner."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One road user found in a picture; `confidence` is 0 to 1."""

    box: Box
    kind: VehicleClass
    confidence: float


@dataclass(frozen=True, slots=True)
class PlateRead:
    """One look at one plate.

    `text` holds capital letters and digits only ('' when nothing could be read); `char_confidences` has one
    calibrated probability per character of `text`; `confidence` is the smallest of them; `box` is the plate
    in the pixels of the whole frame. `chances` gives, for each of the ten slots in reading order, the
    characters that were thought of ('' for none) with their probability, the likeliest first; empty when
    not told. `steadiness` is the share of small changes of the crop under which the text stayed the same.
    """

    text: str
    display: str
    char_confidences: tuple[float, ...]
    confidence: float
    box: Box
    layout: PlateLayout
    ground_colour: GroundColour
    lines: tuple[str, ...]
    chances: tuple[tuple[tuple[str, float], ...], ...] = ()
    steadiness: float = 1.0


@dataclass(frozen=True, slots=True)
class PlateConsensus:
    """What several looks at one plate say together.

    `text` is None when there is nothing to say at all; a text with `accepted` False is a guess that must not
    be acted on, and `reason` says why. `looks` counts the reads given, `agreeing` those that say `text`,
    `best_look` is the index of the clearest of them (-1 without any).
    """

    text: str | None
    display: str | None
    confidence: float
    accepted: bool
    reason: str
    looks: int
    agreeing: int
    best_look: int
