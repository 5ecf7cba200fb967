"""The compressed packets a picture came in, so that evidence can be what the camera sent, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import av.bitstream

_FILTERS: Final = {
    "h264": "h264_mp4toannexb,dump_extra=freq=k",
    "hevc": "hevc_mp4toannexb,dump_extra=freq=k",
}
"""Start codes for lengths, and the settings before every key picture, so that decoding can begin at each."""


@dataclass(frozen=True, slots=True, eq=False)
class Coding:
    """How one opening of a source is compressed. Two openings are two codings, whatever they say."""

    codec: str
    profile: str
    pixel_format: str
    size_px: tuple[int, int]
    time_base: Fraction
    extradata: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Packet:
    """One compressed picture. `number` counts without gaps; times are in the coding's time base."""

    number: int
    data: bytes
    pts: int
    dts: int
    duration: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Coded:
    """Where a picture stands in the compressed stream.

    `pts` is its own; `arrived` the packets that came since the picture before, in the order of decoding.
    """

    coding: Coding
    pts: int
    arrived: tuple[Packet, ...]


class Coder:
    """Keeps the packets of one opened stream. Silent (None) where they carry no times to go by."""

    def __init__(self, stream: Any) -> None:
        """`stream`: the picture track of an opened PyAV container."""
        context = stream.codec_context
        codec = str(context.name)
        self._filter = (
            av.bitstream.BitStreamFilterContext(_FILTERS[codec], stream) if codec in _FILTERS else None
        )
        self._coding = Coding(
            codec=codec,
            profile=str(context.profile or ""),
            pixel_format=str(context.pix_fmt or ""),
            size_px=(int(stream.width), int(stream.height)),
            time_base=Fraction(stream.time_base),
            extradata=b"" if self._filter else bytes(context.extradata or b""),
        )
        self._arrived: list[Packet] = []
        self._count = 0
        self._timed = True

    def keep(self, packet: Any) -> None:
        """Take a packet that has been decoded; it is empty afterwards."""
        if packet.size == 0 or not self._timed:
            return
        pieces: Sequence[Any] = self._filter.filter(packet) if self._filter else (packet,)
        for piece in pieces:
            if piece.pts is None and self._count == 0:
                continue  # real cameras begin so: the first picture's time is known with the second one's
            if piece.pts is None:
                self._timed = False
                self._arrived.clear()
                return
            dts = piece.pts if piece.dts is None else piece.dts
            self._arrived.append(
                Packet(
                    self._count,
                    bytes(piece),
                    int(piece.pts),
                    int(dts),
                    int(piece.duration or 0),
                    bool(piece.is_keyframe),
                )
            )
            self._count += 1

    def coded(self, pts: int) -> Coded | None:
        """The picture of this time, with all packets since the one before it."""
        if not self._timed:
            return None
        arrived, self._arrived = tuple(self._arrived), []
        return Coded(self._coding, pts, arrived)
