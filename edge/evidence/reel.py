"""Compressed pictures on their way into a clip: decoded as they come, written once, and the file compared.

The very packets that are written are decoded, each one. The file is then read back: unit for unit (ISO/IEC
14496-10, annex B) it must hold them, at their times, index first. So it shows the pictures that were seen,
and nobody has to decode it a second time.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import av
import av.error

from edge.capture.coded import Coding, Packet
from edge.evidence.gop import Decoder, av_packet

BROWSER_FORMATS: Final = frozenset({"yuv420p", "yuvj420p"})
_TIME_TOLERANCE_S: Final = 0.001
_BOX_HEADER_BYTES: Final = 8
_LENGTH_BYTES: Final = 4
_START_CODE: Final = b"\0\0\1"
_HEAD_BYTES: Final = 1 << 16
_AS_IT_IS: Final = {"movflags": "+faststart", "avoid_negative_ts": "disabled"}
"""Times before zero stay: they become the edit list that hides what comes before the first frame."""


class ClipError(Exception):
    """The clip cannot be written or is not what it should be; the message says which."""


class Reel:
    """H.264 packets in the order of decoding, from a key picture on."""

    def __init__(self, coding: Coding, *, threads: int = 1) -> None:
        """`threads`: with more than one, pictures are decoded ahead while the last one is looked at."""
        self.coding = coding
        self.packets: list[Packet] = []
        self.shown: list[int] = []
        """Times of the pictures that came out, in the coding's time base, as they came."""
        self._decoder = Decoder(coding, threads=threads)

    def add(self, packet: Packet) -> list[Any]:
        """The next packet; the pictures (`av.VideoFrame`) that come out with it. Raises GopError."""
        self.packets.append(packet)
        return self._noted(self._decoder.feed(packet))

    def end(self) -> list[Any]:
        """No packet follows; the last pictures. Raises GopError."""
        return self._noted(self._decoder.end())

    def _noted(self, pictures: list[Any]) -> list[Any]:
        self.shown += [picture.pts for picture in pictures]
        return pictures

    def write(self, path: Path, times_s: Sequence[float], first_pts: int = 0) -> None:
        """Write the MP4, which shows from `first_pts` on, and compare it. `times_s`: of what it shows.

        Raises ClipError where the file, the pictures that were decoded and these times are not one.
        """
        self._mux(path, first_pts)
        shown = [pts for pts in self.shown if pts >= first_pts]
        if len(shown) != len(times_s):
            raise ClipError(f"{path.name}: holds {len(shown)} frames instead of {len(times_s)}")
        worst_s = max(
            abs(float((pts - first_pts) * self.coding.time_base) - (t_s - times_s[0]))
            for pts, t_s in zip(shown, times_s, strict=True)
        )
        if worst_s > _TIME_TOLERANCE_S:
            raise ClipError(f"{path.name}: a frame is {worst_s * 1000:.1f} ms off its own time")
        self._compare(path, first_pts)

    def _mux(self, path: Path, first_pts: int) -> None:
        coding = self.coding
        with (
            av.open(io.BytesIO(self.packets[0].data), format=coding.codec) as pattern,
            av.open(str(path), "w", format="mp4", options=_AS_IT_IS) as container,
        ):
            stream: Any = container.add_stream_from_template(pattern.streams.video[0])
            stream.time_base = coding.time_base
            for packet in self.packets:
                made = av_packet(packet, coding.time_base, -first_pts)
                made.stream = stream
                container.mux_one(made)

    def _compare(self, path: Path, first_pts: int) -> None:
        with path.open("rb") as file:
            check_index_first(file.read(_HEAD_BYTES))
        try:
            with av.open(str(path)) as container:
                stream = container.streams.video[0]
                kind = (stream.codec_context.name, stream.codec_context.pix_fmt)
                if kind[0] != "h264" or kind[1] not in BROWSER_FORMATS:
                    raise ClipError(f"{path.name}: is {kind[0]} {kind[1]}, browsers need h264 yuv420p")
                found = [packet for packet in container.demux(stream) if packet.size]
        except (av.error.FFmpegError, IndexError) as error:
            raise ClipError(f"{path.name}: cannot be read ({error})") from error
        if len(found) != len(self.packets):
            raise ClipError(f"{path.name}: holds {len(found)} packets instead of {len(self.packets)}")
        for packet, own in zip(found, self.packets, strict=True):
            own_s = (own.pts - first_pts) * self.coding.time_base
            off_s = float((packet.pts or 0) * packet.time_base - own_s)
            if abs(off_s) > _TIME_TOLERANCE_S:
                raise ClipError(f"{path.name}: a frame is {off_s * 1000:.1f} ms off its own time")
            if packet.is_discard != (own.pts < first_pts):
                raise ClipError(f"{path.name}: does not show what it should from its first frame on")
            if _units_by_length(bytes(packet)) != _units(own.data):
                raise ClipError(f"{path.name}: holds other pictures than were decoded")


def check_index_first(head: bytes) -> None:
    """The `moov` box must come before `mdat`, else a browser loads the whole file before it plays."""
    offset = 0
    while offset + _BOX_HEADER_BYTES <= len(head):
        size = int.from_bytes(head[offset : offset + 4], "big")
        name = head[offset + 4 : offset + 8]
        if name == b"moov":
            return
        if name == b"mdat":
            raise ClipError("the clip's index lies behind its pictures")
        if size == 1:
            size = int.from_bytes(head[offset + 8 : offset + 16], "big")
        if size < _BOX_HEADER_BYTES:
            break
        offset += size
    raise ClipError("the clip has no index")


def _units(data: bytes) -> list[bytes]:
    """The units between start codes; zeros after a unit belong to no unit."""
    return [unit for piece in data.split(_START_CODE) if (unit := piece.rstrip(b"\0"))]


def _units_by_length(data: bytes) -> list[bytes]:
    """The same, of a packet as MP4 holds it: each unit after its length."""
    units, offset = [], 0
    while offset + _LENGTH_BYTES <= len(data):
        size = int.from_bytes(data[offset : offset + _LENGTH_BYTES], "big")
        offset += _LENGTH_BYTES
        units.append(data[offset : offset + size].rstrip(b"\0"))
        offset += size
    return units
