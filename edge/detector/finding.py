"""One pass of a box-finding network over one picture."""

from __future__ import annotations

from edge.detector.decode import RawBox, decode
from edge.detector.letterbox import Letterbox, fit, fit_long_side, to_blob
from edge.detector.metadata import ModelCard
from edge.detector.runtime import Network
from edge.detector.types import Image


def find_boxes(
    network: Network, card: ModelCard, image: Image, minimum_score: float, groups: list[int] | None
) -> list[RawBox]:
    """What `network` finds in an H x W x 3 BGR picture, boxes in its px, best score first.

    Boxes under `minimum_score` (0 to 1) are dropped; `groups`: see `decode`.
    """
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
