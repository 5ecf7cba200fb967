"""The H.264 clip of an event: plays in every browser, keeps each frame's own time, is checked by decoding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.video.frame

from edge.evidence.ring import KeptFrame

_TICKS_PER_S = 90_000
_CRF = "23"
_KEYFRAME_EVERY = 12
_TIME_TOLERANCE_S = 0.001
_LEAST_FRAMES = 2
_BOX_HEADER_BYTES = 8


class ClipError(Exception):
    """The clip cannot be written or is not what it should be; the message says which."""


def write_clip(path: Path, frames: Sequence[KeptFrame], *, threads: int = 1) -> None:
    """Write the frames as H.264 yuv420p MP4, index first, each frame at its own stream time.

    Odd widths and heights lose their last column or row, as 4:2:0 needs. Raises ClipError for fewer than two
    frames or frames of different sizes.
    """
    if len(frames) < _LEAST_FRAMES:
        raise ClipError(f"a clip needs at least {_LEAST_FRAMES} frames, got {len(frames)}")
    height, width = frames[0].image().shape[:2]
    width, height = width // 2 * 2, height // 2 * 2
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", options={"crf": _CRF, "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        stream.codec_context.gop_size = _KEYFRAME_EVERY  # an officer steps frame by frame
        stream.codec_context.max_b_frames = 0
        stream.codec_context.thread_count = threads
        for frame in frames:
            image = frame.image()
            if image.shape[0] // 2 * 2 != height or image.shape[1] // 2 * 2 != width:
                raise ClipError(f"frame {frame.index} has another size than the first one of the clip")
            picture = av.video.frame.VideoFrame.from_ndarray(image[:height, :width], format="bgr24")
            picture.pts = round((frame.t_s - frames[0].t_s) * _TICKS_PER_S)
            picture.time_base = stream.time_base
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def verify_clip(path: Path, times_s: Sequence[float]) -> None:
    """Decode the whole clip and compare it with the stream times it was made from. Raises ClipError."""
    with path.open("rb") as file:
        _check_index_first(file.read(1 << 16))
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            kind = (stream.codec_context.name, stream.codec_context.pix_fmt)
            found_s = [float(frame.time or 0.0) for frame in container.decode(stream)]
    except (av.error.FFmpegError, IndexError) as error:
        raise ClipError(f"{path.name}: does not decode ({error})") from error
    if kind != ("h264", "yuv420p"):
        raise ClipError(f"{path.name}: is {kind[0]} {kind[1]}, browsers need h264 yuv420p")
    if len(found_s) != len(times_s):
        raise ClipError(f"{path.name}: holds {len(found_s)} frames instead of {len(times_s)}")
    worst_s = max(
        abs((found - found_s[0]) - (t_s - times_s[0])) for found, t_s in zip(found_s, times_s, strict=True)
    )
    if worst_s > _TIME_TOLERANCE_S:
        raise ClipError(f"{path.name}: a frame is {worst_s * 1000:.1f} ms off its own time")


def _check_index_first(head: bytes) -> None:
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
