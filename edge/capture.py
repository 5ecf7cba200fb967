"""Pictures from a file or a camera, each with the time the stream itself gives it.

No time is ever computed from a nominal frame rate: `t_s` is the picture's own timestamp (pts x time base),
counted from the first picture. A picture without a timestamp, or not later than the one before, is left out
and counted.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlsplit, urlunsplit

import av
import av.error

from edge.detector.types import Image

ClockSource = Literal["camera", "host", "file"]
SourceState = Literal["starting", "alive", "stalled", "ended", "failed"]

_OPEN_TIMEOUT_S: Final = 10.0
_READ_TIMEOUT_S: Final = 5.0
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0
_WAITING_FRAMES: Final = 12
_CAMERA_DELAY_S: Final = 0.5
_DECODER_THREADS: Final = 2


class SourceError(Exception):
    """A source of pictures cannot be read: which, what is wrong, what to do. Never shows a password."""

    def __init__(self, address: str, problem: str, remedy: str) -> None:
        super().__init__(f"{redacted(address)}: {problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    `t_s`: stream seconds since the first picture; strictly rising. `captured_at`: wall clock, None where
    nobody knows it. `epoch` rises with each reconnection: tracks do not reach across it.
    """

    index: int
    t_s: float
    image: Image
    captured_at: datetime | None = None
    clock_source: ClockSource = "file"
    clock_uncertainty_s: float = 0.0
    epoch: int = 0


@dataclass(slots=True)
class SourceStatus:
    """How a source does. `dropped_total`: pictures the reader threw away because nobody took them in time."""

    state: SourceState = "starting"
    detail: str = ""
    frames_total: int = 0
    untimed_total: int = 0
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


def open_source(address: str, *, realtime: bool = False, start_at: datetime | None = None) -> FrameSource:
    """A file path, or an rtsp:// address that is reconnected for as long as it takes.

    Args:
        address: file path or rtsp(s):// address.
        realtime: play a file at its own pace, as a camera would deliver it. Nothing is dropped.
        start_at: wall clock of a file's first picture (aware).

    Raises:
        SourceError: the file is missing or is no video.
    """
    if is_stream(address):
        return CameraSource(address)
    return FileSource(Path(address), realtime=realtime, start_at=start_at)


class FileSource:
    """The pictures of a video file, in order, once."""

    def __init__(
        self,
        path: Path,
        *,
        realtime: bool = False,
        start_at: datetime | None = None,
        steady: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        """Open `path` and check that it holds a video; see `open_source`."""
        self.status = SourceStatus()
        self._path = path
        self._realtime = realtime
        self._start_at = start_at
        self._steady = steady
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        if not path.is_file():
            raise SourceError(str(path), "there is no such file.", "Check the path.")
        with closing(_open(str(path), {})) as container:
            self.picture_size_px = _size(container, str(path))

    def __iter__(self) -> Iterator[Frame]:
        begun_s = self._steady()
        self.status.state = "alive"
        try:
            for index, (t_s, image) in enumerate(_pictures(str(self._path), {}, self.status)):
                if self._realtime and (ahead_s := t_s - (self._steady() - begun_s)) > 0:
                    self._wait(ahead_s)
                if self._closed.is_set():
                    break
                at = self._start_at + timedelta(seconds=t_s) if self._start_at else None
                yield Frame(index, t_s, image, at)
        except (av.error.FFmpegError, SourceError) as error:
            self.status.state, self.status.detail = "failed", str(error)
            raise
        self.status.state = "ended"

    def close(self) -> None:
        """Stop before the next picture."""
        self._closed.set()


class CameraSource:
    """A network camera. Read in a thread of its own, so that a slow consumer never makes it look dead."""

    def __init__(
        self,
        address: str,
        *,
        options: Mapping[str, str] | None = None,
        first_pause_s: float = _FIRST_PAUSE_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Prepare to read `address`; nothing is opened before the first picture is asked for."""
        self.status = SourceStatus()
        self._address = address
        self._options = {"rtsp_transport": "tcp", **(options or {})}
        self._first_pause_s = first_pause_s
        self._now = now
        self._closed = threading.Event()
        self._waiting: queue.Queue[Frame | None] = queue.Queue(_WAITING_FRAMES)
        self._begun: datetime | None = None
        self._newest_s = -1.0

    def __iter__(self) -> Iterator[Frame]:
        reader = threading.Thread(target=self._read, name="camera-reader", daemon=True)
        reader.start()
        while (frame := self._waiting.get()) is not None:
            yield frame
        reader.join(_OPEN_TIMEOUT_S)

    def close(self) -> None:
        """Stop reading and end the iteration."""
        self._closed.set()
        self._put(None)

    def _read(self) -> None:
        pause_s, epoch = self._first_pause_s, 0
        while not self._closed.is_set():
            before = self.status.frames_total
            try:
                self._read_once(epoch)
                self.status.detail = "the camera ended the stream"
            except (av.error.FFmpegError, SourceError, OSError) as error:
                self.status.detail = str(error).replace(self._address, redacted(self._address))
            if self._closed.is_set():
                break
            self.status.state = "stalled"
            if self.status.frames_total > before:
                pause_s, epoch = self._first_pause_s, epoch + 1
                self.status.reconnects_total += 1
            self._closed.wait(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        self.status.state = "ended"
        self._put(None)

    def _read_once(self, epoch: int) -> None:
        offset: datetime | None = None
        base_s = 0.0
        for t_s, image in _pictures(self._address, self._options, self.status):
            if self._closed.is_set():
                return
            latest = self._now() - timedelta(seconds=t_s)  # when the stream began, were there no delay
            if offset is None:
                self._begun = self._begun or latest
                base_s = max((latest - self._begun).total_seconds(), self._newest_s + 1e-3)
            # The least delayed picture fixes the stream's clock against the host's. Stream times keep to pts.
            offset = latest if offset is None else min(offset, latest)
            self._newest_s = base_s + t_s
            self.status.state = "alive"
            index = self.status.frames_total - 1
            at = offset + timedelta(seconds=t_s)
            self._put(Frame(index, self._newest_s, image, at, "host", _CAMERA_DELAY_S, epoch))

    def _put(self, frame: Frame | None) -> None:
        while True:
            try:
                self._waiting.put_nowait(frame)
            except queue.Full:
                try:
                    self._waiting.get_nowait()
                    self.status.dropped_total += 1
                except queue.Empty:
                    continue
            else:
                return


def _open(address: str, options: Mapping[str, str]) -> Any:
    timeout = (_OPEN_TIMEOUT_S, _READ_TIMEOUT_S) if is_stream(address) else None
    try:
        return av.open(address, options=dict(options), timeout=timeout)
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise SourceError(
            address, "this is not a video, or it was cut short while it was written.", "Copy it again."
        ) from error
    except av.error.FFmpegError as error:
        raise SourceError(
            address, f"cannot be opened ({error.strerror}).", "Check the address and the network."
        ) from error


def _size(container: Any, address: str) -> tuple[int, int]:
    if not container.streams.video:
        raise SourceError(address, "there is no video in it.", "Give a file with a picture track.")
    stream = container.streams.video[0]
    return int(stream.width), int(stream.height)


def _pictures(
    address: str, options: Mapping[str, str], status: SourceStatus
) -> Iterator[tuple[float, Image]]:
    """(seconds since the first picture, BGR picture) of each picture with a rising time of its own."""
    first_s: float | None = None
    newest_s = -1.0
    with closing(_open(address, options)) as container:
        _size(container, address)
        stream = container.streams.video[0]
        stream.thread_type, stream.codec_context.thread_count = "AUTO", _DECODER_THREADS
        try:
            for picture in container.decode(stream):
                own_s = None if picture.pts is None else float(picture.pts * picture.time_base)
                first_s = own_s if first_s is None else first_s
                if own_s is None or first_s is None or own_s - first_s <= newest_s:
                    status.untimed_total += 1
                    continue
                newest_s = own_s - first_s
                status.frames_total += 1
                yield newest_s, picture.to_ndarray(format="bgr24")
        except av.error.InvalidDataError as error:
            raise SourceError(
                address, f"is damaged after {max(newest_s, 0):.2f} s.", "Copy or record it again."
            ) from error
        _check_whole(stream, address, newest_s)


def _check_whole(stream: Any, address: str, newest_s: float) -> None:
    """A file that promises more than it holds was cut short: say so instead of ending as if all were well."""
    if is_stream(address):
        return
    if newest_s < 0:
        raise SourceError(address, "not one picture could be read from it.", "Copy or record it again.")
    promised_s = float(stream.duration * stream.time_base) if stream.duration else 0.0
    rate = float(stream.average_rate or 10)
    if promised_s - newest_s > max(1.0, 5 / rate):
        raise SourceError(
            address,
            f"is cut short: {newest_s:.2f} s of {promised_s:.2f} s could be read.",
            "Copy it again.",
        )
