"""One pass of a box-finding network over one picture."""

from __future__ import annotations

import cv2
import numpy as np

from edge.detector.decode import RawBox, decode
from edge.detector.letterbox import Letterbox, fit, fit_long_side, to_blob
from edge.detector.metadata import ModelCard
from edge.detector.part import Part, padded
from edge.detector.runtime import Network
from edge.detector.types import Image


def find_boxes(
    network: Network, card: ModelCard, image: Image, minimum_score: float, groups: list[int] | None
) -> list[RawBox]:
    """What `network` finds in an H x W x 3 BGR picture, boxes in its px, best score first.

    Boxes under `minimum_score` (0 to 1) are dropped; `groups`: see `decode`.
    """
    letterbox = letterbox_of(network, card, image.shape[1], image.shape[0])
    return decode(
        network(to_blob(image, letterbox))[0], letterbox, minimum_score=minimum_score, groups=groups
    )


def find_in_part(
    network: Network,
    small: Image,
    whole: Letterbox,
    part: Part,
    *,
    minimum_score: float,
    groups: list[int] | None,
) -> list[RawBox]:
    """What `network` finds in `part` of a picture that has been scaled to `small`, boxes in picture px.

    What reaches an inner edge of the part is left out: it would be cut there.
    """
    canvas = padded(small, whole)[part.top : part.bottom, part.left : part.right]
    batch = np.asarray(cv2.dnn.blobFromImage(canvas, 1 / 255, swapRB=True), dtype=np.float32)
    found = decode(network(batch)[0], part.letterbox(whole), minimum_score=minimum_score, groups=groups)
    return [one for one in found if not part.cuts(one, whole)]


def letterbox_of(network: Network, card: ModelCard, width: int, height: int) -> Letterbox:
    """How a picture of this size, px, fits into the network's input."""
    _, _, input_height, input_width = network.input_shape
    if input_height is None or input_width is None:
        return fit_long_side(width, height, card.long_side_px)
    return fit(width, height, input_width, input_height)
