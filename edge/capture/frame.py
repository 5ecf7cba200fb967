"""One picture, what gives pictures, and what goes wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import urlsplit, urlunsplit

import numpy as np

from edge.capture.coded import Coded
from edge.capture.picture import Picture, Pixels
from edge.detector.types import Image

ClockSource = Literal["camera", "host", "file"]
SourceState = Literal["starting", "alive", "stalled", "ended", "failed"]


class SourceError(Exception):
    """A source of pictures cannot be read: which, what is wrong, what to do. Never shows a password."""

    def __init__(self, address: str, problem: str, remedy: str) -> None:
        super().__init__(f"{redacted(address)}: {problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    `t_s`: stream seconds since the first picture; strictly rising. `picture` may be given as a BGR array.
    `captured_at`: wall clock, None where nobody knows it. `epoch` rises with each reconnection: tracks do not
    reach across it. `coded`: the compressed packets, where the source has them. `clock_offset_s`: the
    camera's clock less the host's, where the camera tells its time.
    """

    index: int
    t_s: float
    picture: Picture
    captured_at: datetime | None = None
    clock_source: ClockSource = "file"
    clock_uncertainty_s: float = 0.0
    epoch: int = 0
    coded: Coded | None = None
    clock_offset_s: float = 0.0

    def __post_init__(self) -> None:
        """Wrap a bare array."""
        if isinstance(self.picture, np.ndarray):
            object.__setattr__(self, "picture", Pixels(self.picture))

    @property
    def image(self) -> Image:
        """The whole picture, H x W x 3 BGR; converted when first asked for."""
        return self.picture.bgr()


@dataclass(slots=True)
class SourceStatus:
    """How a source does.

    `damaged_total`: packets that did not decode whole. `dropped_total`: pictures the reader threw away as
    nobody took them in time.
    """

    state: SourceState = "starting"
    detail: str = ""
    frames_total: int = 0
    untimed_total: int = 0
    damaged_total: int = 0
    dropped_total: int = 0
    reconnects_total: int = 0


class FrameSource(Protocol):
    """Pictures one after the other; `close()` ends the iteration from any thread."""

    status: SourceStatus

    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """Stop, and let go of the file or camera."""


def redacted(address: str) -> str:
    """The address without user name and password, fit for a log."""
    parts = urlsplit(address)
    if "@" not in parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]))


def is_stream(address: str) -> bool:
    """Whether the address is a network camera rather than a file."""
    return address.startswith(("rtsp://", "rtsps://"))
