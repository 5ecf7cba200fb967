"""H.264 encoding of the frames with PyAV."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt


def encode(pictures: Iterable[npt.NDArray[np.uint8]], target: Path, fps: float, crf: int = 19) -> None:
    """Encode pictures (h, w, 3), blue first, to H.264 yuv420p.

    A key frame comes every 5 s only: most of a still scene's bytes are key frames.
    """
    rate = Fraction(fps).limit_denominator(1000)
    rest = iter(pictures)
    first = next(rest)
    part = target.with_suffix(".part.mp4")
    with av.open(str(part), "w", options={"movflags": "+faststart"}) as box:
        stream = box.add_stream("libx264", rate=rate)
        stream.width, stream.height = first.shape[1], first.shape[0]
        stream.pix_fmt = "yuv420p"
        stream.options = {
            "crf": str(crf),
            "preset": "slow",
            "g": "62",
            "bf": "2",
            "colorprim": "bt709",
            "transfer": "bt709",
            "colormatrix": "bt709",
        }
        for k, picture in enumerate(chain([first], rest)):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = k
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))
    part.rename(target)
