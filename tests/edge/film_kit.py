"""Small films in any coding, and the ring a camera of that coding would fill."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge.capture import FileSource
from edge.detector.types import Image
from edge.evidence import FrameRing

SIZE_PX = (192, 108)
FPS = 10
EPOCH = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def drawn(index: int, size_px: tuple[int, int] = SIZE_PX) -> Image:
    """A coloured ground with a square that moves on by four pixels a picture."""
    width, height = size_px
    image = np.empty((height, width, 3), np.uint8)
    image[:] = (90, 120, 60)
    x = 8 + index * 4 % (width - 40)
    cv2.rectangle(image, (x, 30), (x + 24, 54), (40, 60, 220), -1)
    return image


def film(
    path: Path,
    count: int,
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    colours: tuple[int, int] | None = None,
    size_px: tuple[int, int] = SIZE_PX,
) -> Path:
    """Write `count` pictures, ten a second. `colours`: colour matrix and range, as ffmpeg numbers them."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            codec, rate=FPS, options={"g": "10", "bf": "2"} if options is None else options
        )
        stream.width, stream.height, stream.pix_fmt = *size_px, pix_fmt
        if colours:
            stream.codec_context.colorspace, stream.codec_context.color_range = colours
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(drawn(index, size_px), format="bgr24")
            if colours:
                frame = frame.reformat(format=pix_fmt, dst_colorspace=colours[0], dst_color_range=colours[1])
                frame.colorspace, frame.color_range = colours
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def verify_clip(path: Path, times_s: Sequence[float]) -> None:
    """As any player does: decode the whole clip; what shows is that many pictures, each at its own time."""
    with av.open(str(path)) as container:
        found_s = [float(picture.time) for picture in container.decode(video=0)]
    assert len(found_s) == len(times_s)
    assert [found - found_s[0] for found in found_s] == pytest.approx(
        [t_s - times_s[0] for t_s in times_s], abs=0.001
    )


def ring_of(path: Path, *, drop: tuple[int, ...] = (), **bounds: float) -> FrameRing:
    """A ring filled from a film; frames numbered in `drop` are lost on the way to it."""
    ring = FrameRing(**({"seconds": 60.0, "max_bytes": 10**9} | bounds))  # type: ignore[arg-type]
    for frame in FileSource(path, start_at=EPOCH):
        if frame.index not in drop:
            ring.add(frame, 1000 + frame.t_s)
    return ring
