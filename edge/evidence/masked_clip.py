"""A small H.264 clip from pictures in memory, each at its own time."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import av.video.frame

from edge.detector.types import Image
from edge.evidence.clip import ClipError

_TICKS_PER_S: Final = 90_000
_CRF: Final = "26"
_KEYFRAME_EVERY: Final = 12


def write_pictures(path: Path, pictures: Iterable[tuple[float, Image]], *, threads: int = 1) -> None:
    """Write (stream time s, BGR picture) pairs as H.264 yuv420p MP4, index first. Raises ClipError for none.

    Odd widths and heights lose their last column or row.
    """
    first_s: float | None = None
    stream: Any = None
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        for t_s, image in pictures:
            height, width = (side // 2 * 2 for side in image.shape[:2])
            if stream is None or first_s is None:
                stream, first_s = _stream(container, width, height, threads), t_s
            picture = av.video.frame.VideoFrame.from_ndarray(image[:height, :width], format="bgr24")
            picture.pts = round((t_s - first_s) * _TICKS_PER_S)
            picture.time_base = stream.time_base
            container.mux(stream.encode(picture))
        if stream is None:
            raise ClipError("a clip of no pictures")
        container.mux(stream.encode(None))


def _stream(container: Any, width: int, height: int, threads: int) -> Any:
    stream = container.add_stream("libx264", options={"crf": _CRF, "preset": "veryfast"})
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
    stream.codec_context.gop_size = _KEYFRAME_EVERY
    stream.codec_context.max_b_frames = 0
    stream.codec_context.thread_count = threads
    return stream
