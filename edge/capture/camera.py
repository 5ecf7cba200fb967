"""The pictures of a network camera, reconnected for as long as it takes."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import av.error

from edge.capture.camera_clock import LeastDelay, Stamp, stamp
from edge.capture.decode import DECODER_THREADS, OPEN_TIMEOUT_S, shots
from edge.capture.frame import Frame, SourceError, SourceStatus, redacted
from edge.host_time import HostTime, host_time

_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 3.0
_WAITING_FRAMES: Final = 12
_ASK_HOST_EVERY_S: Final = 5.0


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
        steady: Callable[[], float] = time.monotonic,
        host_time: Callable[[], HostTime | None] = host_time,
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
        self._begun_s: float | None = None
        self._newest_s = -1.0
        self._steady, self._host_time = steady, host_time
        self._asked_s, self._host_s = float("-inf"), 0.0

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
        delay, base_s, begun = LeastDelay(), 0.0, False
        for t_s, picture, coded, camera_s in shots(
            self._address, self._options, self.status, threads=self._threads
        ):
            if self._closed.is_set():
                return
            steady_s = self._steady()
            if not begun:  # stream times go on over a break by the clock that never steps
                begun = True
                self._begun_s = steady_s if self._begun_s is None else self._begun_s
                base_s = max(steady_s - t_s - self._begun_s, self._newest_s + 1e-3)
            self._newest_s = base_s + t_s
            self.status.state = "alive"
            # The least delayed pictures fix the stream's clock against the host's. Stream times keep to pts.
            age_s = steady_s - t_s - delay.least_s(steady_s - t_s, steady_s)
            when = self._stamp(self._now().timestamp() - age_s, camera_s)
            frame = Frame(
                self.status.frames_total - 1,
                self._newest_s,
                picture,
                datetime.fromtimestamp(when.utc_s, UTC),
                "camera" if when.by_camera else "host",
                when.uncertainty_s,
                epoch,
                coded,
                when.offset_s,
            )
            self._put(frame)

    def _stamp(self, host_utc_s: float, camera_s: float | None) -> Stamp:
        """When a picture was taken; the host's own uncertainty is asked for every few seconds."""
        now_s = self._steady()
        if now_s - self._asked_s > _ASK_HOST_EVERY_S:
            known = self._host_time()
            self._asked_s, self._host_s = now_s, known.uncertainty_s if known is not None else 0.0
        return stamp(host_s=host_utc_s, camera_s=camera_s, host_uncertainty_s=self._host_s)

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
