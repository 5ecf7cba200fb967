"""Where signs and posts stand in the picture, so that what is behind them passes behind them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render.camera import Pinhole
from sample_videos.render.spec import Boulevard, Sign

Floats = npt.NDArray[np.float32]
POST_M = 0.05
CORNERS = 40
SUBPIXEL_BITS = 4


@dataclass(frozen=True)
class Prop:
    """Something that stands at ``y_m`` and covers ``mask`` (h, w) 0..1 of the picture."""

    y_m: float
    mask: Floats


def of(street: object, camera: Pinhole) -> list[Prop]:
    """Return what stands between lens and road in a street."""
    signs = street.signs if isinstance(street, Boulevard) else ()
    return [Prop(sign.at[1], _covered(sign, camera)) for sign in signs]


def _covered(sign: Sign, camera: Pinhole) -> Floats:
    (x, y), r = sign.at, sign.radius_m
    turns = [2 * math.pi * k / CORNERS for k in range(CORNERS)]
    disc = [(x + r * math.cos(a), y - 0.05, sign.z + r * math.sin(a)) for a in turns]
    post = [(x - POST_M, y, 0.0), (x + POST_M, y, 0.0), (x + POST_M, y, sign.z), (x - POST_M, y, sign.z)]
    mask = np.zeros((camera.height, camera.width), np.uint8)
    for ring in (disc, post):
        px, _ = camera.project(np.array(ring))
        fixed = np.round(px * 2**SUBPIXEL_BITS).astype(np.int32)
        cv2.fillConvexPoly(mask, fixed, (255,), cv2.LINE_AA, SUBPIXEL_BITS)
    return mask.astype(np.float32) / 255.0
