"""The last seconds of a camera, kept as full-resolution JPEG and bounded in time and in bytes."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import cv2
import numpy as np

from edge.detector.types import Image

ClockSource = Literal["camera", "host", "file"]


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


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """One frame of the ring. `steady_s` is the monotonic clock when it arrived."""

    index: int
    t_s: float
    jpeg: bytes
    steady_s: float
    captured_at: datetime | None
    clock_source: ClockSource
    clock_uncertainty_s: float

    def image(self) -> Image:
        """The picture, BGR."""
        return decode_jpeg(self.jpeg)


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
    frame always stays.
    """

    def __init__(self, *, seconds: float, max_bytes: int, jpeg_quality: int = 95) -> None:
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._jpeg_quality = jpeg_quality
        self._frames: deque[KeptFrame] = deque()
        self._bytes = 0
        self._ended = False
        self._lock = threading.Lock()

    def add(self, frame: RawFrame, steady_s: float) -> KeptFrame:
        """Keep a frame. Raises ValueError when its stream time does not go forward."""
        jpeg = encode_jpeg(frame.image, self._jpeg_quality)
        kept = KeptFrame(
            index=frame.index,
            t_s=frame.t_s,
            jpeg=jpeg,
            steady_s=steady_s,
            captured_at=frame.captured_at,
            clock_source=frame.clock_source,
            clock_uncertainty_s=frame.clock_uncertainty_s,
        )
        with self._lock:
            if self._frames and kept.t_s <= self._frames[-1].t_s:
                raise ValueError(
                    f"stream time went back: {kept.t_s:.3f} s after {self._frames[-1].t_s:.3f} s"
                )
            self._frames.append(kept)
            self._bytes += len(jpeg)
            self._trim()
        return kept

    def _trim(self) -> None:
        newest_s = self._frames[-1].t_s
        while len(self._frames) > 1 and (
            newest_s - self._frames[0].t_s > self._seconds or self._bytes > self._max_bytes
        ):
            self._bytes -= len(self._frames.popleft().jpeg)

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

    @property
    def size_bytes(self) -> int:
        """What the kept pictures weigh."""
        with self._lock:
            return self._bytes

    def __len__(self) -> int:
        with self._lock:
            return len(self._frames)
