"""The pictures of a video file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import av.error

from edge.capture.decode import DECODER_THREADS, open_container, picture_size_px, shots
from edge.capture.frame import Frame, SourceError, SourceStatus


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
        threads: int = DECODER_THREADS,
    ) -> None:
        """Open `path` and check that it holds a video; see `open_source`."""
        self.status = SourceStatus()
        self._path = path
        self._threads = threads
        self._realtime = realtime
        self._start_at = start_at
        self._steady = steady
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        if not path.is_file():
            raise SourceError(str(path), "there is no such file.", "Check the path.")
        with closing(open_container(str(path), {})) as container:
            self.picture_size_px = picture_size_px(container, str(path))

    def __iter__(self) -> Iterator[Frame]:
        begun_s = self._steady()
        self.status.state = "alive"
        try:
            for index, shot in enumerate(shots(str(self._path), {}, self.status, threads=self._threads)):
                if self._realtime and (ahead_s := shot.t_s - (self._steady() - begun_s)) > 0:
                    self._wait(ahead_s)
                if self._closed.is_set():
                    break
                at = self._start_at + timedelta(seconds=shot.t_s) if self._start_at else None
                yield Frame(index, shot.t_s, shot.picture, at, coded=shot.coded)
        except (av.error.FFmpegError, SourceError) as error:
            self.status.state, self.status.detail = "failed", str(error)
            raise
        self.status.state = "ended"

    def close(self) -> None:
        """Stop before the next picture."""
        self._closed.set()
