"""Opening a file or a stream, and decoding it: the same for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any, Final, NamedTuple

import av
import av.error

from edge.capture.camera_clock import CameraClock
from edge.capture.coded import Coded, Coder
from edge.capture.frame import SourceError, SourceStatus, is_stream
from edge.capture.picture import Decoded, Picture

OPEN_TIMEOUT_S: Final = 6.0
"""Short, so that a camera that is back is taken up within ten seconds, whatever was tried when it came."""
_READ_TIMEOUT_S: Final = 4.0
DECODER_THREADS: Final = 2


class Shot(NamedTuple):
    """A decoded picture, seconds after the first one, with its place in the compressed stream."""

    t_s: float
    picture: Picture
    coded: Coded | None
    camera_s: float | None = None
    """When the camera says it took it, seconds since 1970 UTC."""


def open_container(address: str, options: Mapping[str, str]) -> Any:
    """The opened PyAV container; a stream with its timeouts. Raises SourceError in plain words."""
    timeout = (OPEN_TIMEOUT_S, _READ_TIMEOUT_S) if is_stream(address) else None
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


def picture_size_px(container: Any, address: str) -> tuple[int, int]:
    """Width and height of the first picture track. Raises SourceError when there is none."""
    if not container.streams.video:
        raise SourceError(address, "there is no video in it.", "Give a file with a picture track.")
    stream = container.streams.video[0]
    return int(stream.width), int(stream.height)


def shots(address: str, options: Mapping[str, str], status: SourceStatus, *, threads: int) -> Iterator[Shot]:
    """Each picture with a rising time of its own, and the packets it came in."""
    first_s: float | None = None
    newest_s = -1.0
    with closing(open_container(address, options)) as container:
        picture_size_px(container, address)
        stream = container.streams.video[0]
        stream.thread_type, stream.codec_context.thread_count = "AUTO", threads
        coder, clock = Coder(stream), CameraClock()

        def passes_over() -> bool:
            status.damaged_total += 1
            return is_stream(address)

        try:
            for picture in _decoded(container, stream, coder, clock, passes_over):
                own_s = None if picture.pts is None else float(picture.pts * picture.time_base)
                first_s = own_s if first_s is None else first_s
                if own_s is None or first_s is None or own_s - first_s <= newest_s:
                    status.untimed_total += 1
                    continue
                newest_s = own_s - first_s
                status.frames_total += 1
                camera_s = clock.at(picture.pts, picture.time_base)
                yield Shot(newest_s, Decoded(picture), coder.coded(picture.pts), camera_s)
        except av.error.InvalidDataError as error:
            raise SourceError(
                address, f"is damaged after {max(newest_s, 0):.2f} s.", "Copy or record it again."
            ) from error
        _check_whole(stream, address, newest_s)


def _decoded(
    container: Any, stream: Any, coder: Coder, clock: CameraClock, damaged: Callable[[], bool]
) -> Iterator[Any]:
    """Every picture. `damaged`: a packet that does not decode whole was met; whether to go on without it."""
    for packet in container.demux(stream):
        clock.note(packet)
        try:
            shown = packet.decode()
            if any(picture.is_corrupt for picture in shown):  # patched up: such a picture proves nothing
                damaged()
        except av.error.InvalidDataError:
            if not damaged():
                raise
            shown = []
        coder.keep(packet)
        yield from shown


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
