"""An H.264 clip made of pictures in memory, one after the other, each at its own time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import av.video.frame

from edge.capture.coded import Coding, Packet
from edge.detector.types import Image
from edge.evidence.reel import ClipError, Reel

_TICKS_PER_S: Final = 90_000
_TIME_BASE: Final = Fraction(1, _TICKS_PER_S)
_NOMINAL_RATE: Final = Fraction(24)
_KEYFRAME_EVERY: Final = 12
"""An officer steps frame by frame."""
_LEAST_FRAMES: Final = 2
CLIP_CRF: Final = "23"
"""Of the clip that officers see."""
_SAME: Final = "cpu-independent=1"
"""The same pictures give the same bytes, on whatever processor, each time."""
_COARSE: Final = "subme=0:partitions=none"
"""A quarter less to do, a tenth more bytes, on a masked copy."""


class Encoding:
    """H.264 yuv420p; what is encoded is decoded again at once, which is its check.

    Odd widths and heights lose their last column or row, as 4:2:0 needs.
    """

    def __init__(self, crf: str, *, coarse: bool = False, threads: int = 1) -> None:
        """`crf`: x264's constant quality, less is better; `threads`: with more than one it works ahead.

        `coarse`: pictures of large even cells, for which x264 need not look closely.
        """
        self.times_s: list[float] = []
        how = f"{_SAME}:{_COARSE}" if coarse else _SAME
        self._options = {"crf": crf, "preset": "veryfast", "x264-params": how}
        self._threads = threads
        self._encoder: Any = None
        self._reel: Reel | None = None

    def add(self, t_s: float, image: Image) -> None:
        """The next picture (BGR) and its stream time. Raises ClipError for one of another size."""
        height, width = (side // 2 * 2 for side in image.shape[:2])
        if self._encoder is None:
            self._encoder = _encoder(width, height, self._options, self._threads)
        elif (self._encoder.width, self._encoder.height) != (width, height):
            raise ClipError(f"the picture at {t_s:.3f} s has another size than the first one of the clip")
        self.times_s.append(t_s)
        picture = av.video.frame.VideoFrame.from_ndarray(image[:height, :width], format="bgr24")
        picture.pts = round((t_s - self.times_s[0]) * _TICKS_PER_S)
        picture.time_base = _TIME_BASE
        self._keep(self._encoder.encode(picture))

    def write(self, path: Path) -> None:
        """Write the MP4, index first, and check it; nothing can be added after. Raises ClipError."""
        if len(self.times_s) < _LEAST_FRAMES:
            raise ClipError(f"a clip needs at least {_LEAST_FRAMES} frames, got {len(self.times_s)}")
        self._keep(self._encoder.encode(None))
        assert self._reel is not None
        self._reel.end()
        self._reel.write(path, self.times_s)

    def _keep(self, packets: list[Any]) -> None:
        for packet in self._packets(packets):
            if self._reel is None:
                self._reel = Reel(_coding(self._encoder), threads=self._threads)
            self._reel.add(packet)

    def _packets(self, packets: list[Any]) -> Iterator[Packet]:
        for number, packet in enumerate(packets, start=len(self._reel.packets) if self._reel else 0):
            yield Packet(
                number=number,
                data=bytes(packet),
                pts=int(packet.pts),
                dts=int(packet.dts),
                duration=int(packet.duration or 0),
                is_key=bool(packet.is_keyframe),
            )


def _encoder(width: int, height: int, options: dict[str, str], threads: int) -> Any:
    context: Any = av.CodecContext.create("libx264", "w")
    context.options = options
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate = _TIME_BASE, _NOMINAL_RATE
    context.gop_size, context.max_b_frames, context.thread_count = _KEYFRAME_EVERY, 0, threads
    return context


def _coding(encoder: Any) -> Coding:
    return Coding(
        codec="h264",
        profile="High",
        pixel_format="yuv420p",
        size_px=(encoder.width, encoder.height),
        time_base=_TIME_BASE,
        extradata=b"",
    )
