"""The pictures of a network camera, reconnected for as long as it takes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import av.error

from edge.capture.decode import DECODER_THREADS, OPEN_TIMEOUT_S, shots
from edge.capture.frame import Frame, SourceError, SourceStatus, redacted

_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0
_WAITING_FRAMES: Final = 12
_CAMERA_DELAY_S: Final = 0.5


class CameraSource:
    """A network camera. Read in a thread of its own, so that a slow consumer never makes it look dead."""

    def __init__(
        self,
        address: str,
        *,
        options: Mapping[str, str] | None = None,
        first_pause_s: float = _FIRST_PAUSE_S,
        threads: int = DECODER_THREADS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Prepare to read `address`; nothing is opened before the first picture is asked for."""
        self.status = SourceStatus()
        self._address = address
        self._options = {"rtsp_transport": "tcp", **(options or {})}
        self._first_pause_s = first_pause_s
        self._threads = threads
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
        reader.join(OPEN_TIMEOUT_S)

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
        for t_s, picture, coded in shots(self._address, self._options, self.status, threads=self._threads):
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
            self._put(Frame(index, self._newest_s, picture, at, "host", _CAMERA_DELAY_S, epoch, coded))

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
