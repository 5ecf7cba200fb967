"""H.264 encoding of the rendered frames with PyAV."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np


def encode(frames: list[Path], target: Path, fps: float, crf: int = 19) -> None:
    """Encode PNG frames to H.264 yuv420p with a keyframe every 5 s: most of a still scene is key frames."""
    rate = Fraction(fps).limit_denominator(1000)
    first = cv2.imread(str(frames[0]))
    if first is None:
        raise FileNotFoundError(frames[0])
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as box:
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
        for k, path in enumerate(frames):
            picture = cv2.imread(str(path))
            if picture is None:
                raise FileNotFoundError(path)
            frame = av.VideoFrame.from_ndarray(np.asarray(picture, dtype=np.uint8), format="bgr24")
            frame.pts = k
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))
