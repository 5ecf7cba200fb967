"""A rendered clip as a camera would send it: 25 pictures a second, grain, 4 Mb/s, a key picture every 2 s.

    python -m benchmarks.camera_like CLIP OUT

The clips in `sample_videos` have 12.5 pictures a second and no grain, which decode differently. Between two
pictures one is put in by optical flow. Everything stays where and when it was, so the clip's truth holds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np

from edge.capture import open_source
from edge.detector.types import Image

_BITRATE: Final = 4_000_000
_KEY_EVERY: Final = 50
_GRAIN: Final = 2.0
_TICKS_PER_S: Final = 90_000


def doubled(frames: Iterator[tuple[float, Image]]) -> Iterator[tuple[float, Image]]:
    """(seconds, BGR) pictures, with one more between each two."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    before_s, before = next(frames)
    yield before_s, before
    for t_s, image in frames:
        grey = [cv2.cvtColor(one, cv2.COLOR_BGR2GRAY) for one in (before, image)]
        forth, back = flow.calc(grey[0], grey[1], None), flow.calc(grey[1], grey[0], None)
        halves = [_moved(before, forth), _moved(image, back)]
        yield (before_s + t_s) / 2, np.asarray(cv2.addWeighted(halves[0], 0.5, halves[1], 0.5, 0), np.uint8)
        yield t_s, image
        before_s, before = t_s, image


def _moved(image: Image, flow: np.ndarray) -> Image:
    """A picture half way along the flow to its neighbour."""
    rows, columns = np.indices(flow.shape[:2], dtype=np.float32)
    at = (columns - 0.5 * flow[..., 0], rows - 0.5 * flow[..., 1])
    return np.asarray(cv2.remap(image, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def write(clip: Path, target: Path) -> None:
    """Write the clip as a camera would have sent it."""
    grain = np.random.default_rng(0).normal(0, _GRAIN, (16, *_size(clip))).astype(np.int8)
    pictures = doubled((frame.t_s, frame.image) for frame in open_source(str(clip)))
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "veryfast"})
        stream.height, stream.width, stream.pix_fmt = *_size(clip)[:2], "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        stream.bit_rate = _BITRATE
        stream.codec_context.gop_size, stream.codec_context.max_b_frames = _KEY_EVERY, 0
        for index, (t_s, image) in enumerate(pictures):
            seen = np.clip(image.astype(np.int16) + grain[index % len(grain)], 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(seen, format="bgr24")
            frame.pts, frame.time_base = round(t_s * _TICKS_PER_S), stream.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _size(clip: Path) -> tuple[int, int, int]:
    height, width, channels = next(iter(open_source(str(clip)))).image.shape
    return height, width, channels


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
