"""The last seconds of a camera: its own compressed packets, bounded in time and in bytes.

A frame that came with packets costs nothing to keep; its picture is decoded again for the few that become
evidence. One without (or whose packets have a hole) is kept as a full-resolution JPEG.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, Literal, Protocol

import cv2
import numpy as np

from edge.capture.coded import Coded
from edge.capture.picture import Decoded, Picture, Pixels
from edge.detector.types import Image
from edge.evidence.gop import Gop, Place, decode_at

ClockSource = Literal["camera", "host", "file"]

_LARGEST_GOP: Final = 0.5
"""Share of the ring's bytes: a camera that sends no key picture for longer is kept as JPEG until it does."""


class RawFrame(Protocol):
    """What the ring needs of a captured frame. `t_s` is the stream's own time, seconds."""

    @property
    def index(self) -> int: ...
    @property
    def t_s(self) -> float: ...
    @property
    def image(self) -> Image: ...
    @property
    def captured_at(self) -> datetime | None: ...
    @property
    def clock_source(self) -> ClockSource: ...
    @property
    def clock_uncertainty_s(self) -> float: ...
    @property
    def clock_offset_s(self) -> float: ...
    @property
    def coded(self) -> Coded | None: ...


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """One frame of the ring, as JPEG (`kept`) or by its `place` in the packets.

    `steady_s` is the monotonic clock when it arrived.
    """

    index: int
    t_s: float
    kept: bytes
    steady_s: float
    captured_at: datetime | None
    clock_source: ClockSource
    clock_uncertainty_s: float
    place: Place | None = None
    jpeg_quality: int = 95
    clock_offset_s: float = 0.0

    @property
    def jpeg(self) -> bytes:
        """The picture as JPEG; for several, `jpegs_of` decodes once."""
        return jpegs_of([self])[0]

    def image(self) -> Image:
        """The picture, BGR; for several, `images_of` decodes once."""
        return images_of([self])[0]


def images_of(frames: Sequence[KeptFrame]) -> list[Image]:
    """The pictures of kept frames, BGR, all in memory. Raises ValueError when one does not decode."""
    found = {frame.index: image for frame, image in each_image(frames)}
    return [found[frame.index] for frame in frames]


def each_image(frames: Iterable[KeptFrame]) -> Iterator[tuple[KeptFrame, Image]]:
    """As `each_picture`, the pictures as BGR."""
    return ((frame, picture.bgr()) for frame, picture in each_picture(frames))


def each_picture(
    frames: Iterable[KeptFrame], *, over_damage: bool = False
) -> Iterator[tuple[KeptFrame, Picture]]:
    """Kept frames with their pictures, one after the other: each run of packets is decoded once.

    Frames are in the order of time; with `over_damage` none is one that damage has spoiled. Raises ValueError
    when one does not decode.
    """
    for coded, group in groupby(frames, key=lambda frame: frame.place and id(frame.place.coding)):
        if coded is None:
            yield from ((frame, Pixels(decode_jpeg(frame.kept))) for frame in group)
            continue
        waiting = {frame.place.pts: frame for frame in group if frame.place is not None}
        places = [frame.place for frame in waiting.values() if frame.place is not None]
        for picture in decode_at(places, over_damage=over_damage):
            yield waiting[picture.pts], Decoded(picture)


def jpegs_of(frames: Sequence[KeptFrame]) -> list[bytes]:
    """The pictures of kept frames as JPEG. Raises ValueError when packets do not decode."""
    coded = iter(images_of([frame for frame in frames if frame.place is not None]))
    return [
        frame.kept if frame.place is None else encode_jpeg(next(coded), frame.jpeg_quality)
        for frame in frames
    ]


def weight_bytes(frames: Iterable[KeptFrame]) -> int:
    """What these frames hold in memory, each run of packets counted once."""
    held: dict[int, int] = {}
    for frame in frames:
        if frame.place is None:
            held[id(frame)] = len(frame.kept)
        else:
            held |= {id(gop): gop.size_bytes for gop in frame.place.gops}
    return sum(held.values())


def encode_jpeg(image: Image, quality: int) -> bytes:
    """JPEG bytes of a BGR picture."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"could not encode a picture of shape {image.shape} as JPEG")
    return data.tobytes()


def decode_jpeg(data: bytes) -> Image:
    """Inverse of `encode_jpeg`. Raises ValueError when it is no picture."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("not a readable JPEG")
    return np.asarray(image, np.uint8)


class FrameRing:
    """Recent frames by stream time. One thread adds; any thread may look.

    The oldest frames go when the ring spans more than `seconds` or holds more than `max_bytes`; the newest
    frame always stays. Packets stay as long as a frame needs them, so from the key picture before the oldest.
    """

    def __init__(self, *, seconds: float, max_bytes: int, jpeg_quality: int = 95) -> None:
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._jpeg_quality = jpeg_quality
        self._frames: deque[KeptFrame] = deque()
        self._gops: deque[Gop] = deque()
        self._next_packet = -1
        self._jpeg_bytes = 0
        self._newest: RawFrame | None = None
        self._ended = False
        self._lock = threading.Lock()

    def add(self, frame: RawFrame, steady_s: float) -> KeptFrame:
        """Keep a frame. Raises ValueError when its stream time does not go forward."""
        with self._lock:
            place = self._take_packets(frame.coded) if frame.coded else None
        jpeg = b"" if place else encode_jpeg(frame.image, self._jpeg_quality)
        kept = KeptFrame(
            index=frame.index,
            t_s=frame.t_s,
            kept=jpeg,
            steady_s=steady_s,
            captured_at=frame.captured_at,
            clock_source=frame.clock_source,
            clock_uncertainty_s=frame.clock_uncertainty_s,
            clock_offset_s=frame.clock_offset_s,
            place=place,
            jpeg_quality=self._jpeg_quality,
        )
        with self._lock:
            if self._frames and kept.t_s <= self._frames[-1].t_s:
                raise ValueError(
                    f"stream time went back: {kept.t_s:.3f} s after {self._frames[-1].t_s:.3f} s"
                )
            self._frames.append(kept)
            self._newest = frame
            self._jpeg_bytes += len(jpeg)
            self._trim()
        return kept

    def _take_packets(self, coded: Coded) -> Place | None:
        """Put the packets that came with a frame to their run; None when the frame cannot be decoded again.

        A hole (frames that were dropped on the way here) spoils its run from there to the next key picture.
        """
        for packet in coded.arrived:
            last = self._gops[-1] if self._gops else None
            whole = last is not None and last.coding is coded.coding and packet.number == self._next_packet
            self._next_packet = packet.number + 1
            if packet.is_key:
                self._gops.append(Gop(coded.coding))
            elif not whole or last is None or last.size_bytes > _LARGEST_GOP * self._max_bytes:
                self._next_packet = -1
                continue
            self._gops[-1].add(packet)
        return self._place_of(coded)

    def _place_of(self, coded: Coded) -> Place | None:
        """The runs to decode for a picture: two where it shows before the key picture it came after."""
        own = [gop for gop in self._gops if gop.coding is coded.coding]
        holder = next(
            (at for at, gop in reversed(list(enumerate(own))) if _holds(gop, coded.pts)),
            None,
        )
        if holder is None:
            return None
        if own[holder].pts <= coded.pts:
            return Place(coded.pts, (own[holder],))
        joined = holder > 0 and own[holder - 1].packets[-1].number + 1 == own[holder].packets[0].number
        return Place(coded.pts, (own[holder - 1], own[holder])) if joined else None

    def _trim(self) -> None:
        newest_s = self._frames[-1].t_s
        while len(self._frames) > 1 and (
            newest_s - self._frames[0].t_s > self._seconds or self._size() > self._max_bytes
        ):
            self._jpeg_bytes -= len(self._frames.popleft().kept)
            self._forget_packets()

    def _forget_packets(self) -> None:
        needed = next((frame.place.gops[0] for frame in self._frames if frame.place is not None), None)
        while len(self._gops) > 1 and self._gops[0] is not needed:
            self._gops.popleft()

    def _size(self) -> int:
        return self._jpeg_bytes + sum(gop.size_bytes for gop in self._gops)

    def end(self) -> None:
        """No more frames will come: nobody need wait for later ones."""
        with self._lock:
            self._ended = True

    def reaches(self, t_s: float) -> bool:
        """Whether this stream time has been seen, or will never be."""
        with self._lock:
            return self._ended or bool(self._frames and self._frames[-1].t_s >= t_s)

    def window(self, from_s: float, to_s: float) -> tuple[KeptFrame, ...]:
        """The kept frames with from_s <= t_s <= to_s, oldest first. Shares the pictures, copies none."""
        with self._lock:
            frames = list(self._frames)
        times = [frame.t_s for frame in frames]
        return tuple(frames[bisect_left(times, from_s) : bisect_right(times, to_s)])

    def by_index(self, indices: Iterable[int]) -> dict[int, KeptFrame]:
        """Those of the frames with these indices that are still kept."""
        wanted = set(indices)
        with self._lock:
            return {frame.index: frame for frame in self._frames if frame.index in wanted}

    def newest(self) -> KeptFrame | None:
        """The last frame, if there is one."""
        with self._lock:
            return self._frames[-1] if self._frames else None

    def newest_image(self) -> Image | None:
        """The last picture, BGR, without decoding it again."""
        with self._lock:
            newest = self._newest
        return newest.image if newest is not None else None

    @property
    def size_bytes(self) -> int:
        """What the kept pictures and packets weigh."""
        with self._lock:
            return self._size()

    def __len__(self) -> int:
        with self._lock:
            return len(self._frames)


def _holds(gop: Gop, pts: int) -> bool:
    return any(packet.pts == pts for packet in reversed(gop.packets))
