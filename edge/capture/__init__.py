"""Pictures from a file or a camera, each with the time the stream itself gives it.

No time is ever computed from a nominal frame rate: `t_s` is the picture's own timestamp (pts x time base),
counted from the first picture. A picture without a timestamp, or not later than the one before, is left out
and counted.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from edge.capture.camera import CameraSource
from edge.capture.file import FileSource
from edge.capture.frame import (
    ClockSource,
    Frame,
    FrameSource,
    SourceError,
    SourceState,
    SourceStatus,
    is_stream,
    redacted,
)

__all__ = [
    "CameraSource",
    "ClockSource",
    "FileSource",
    "Frame",
    "FrameSource",
    "SourceError",
    "SourceState",
    "SourceStatus",
    "is_stream",
    "open_source",
    "redacted",
]


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
