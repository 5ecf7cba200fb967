"""The clip of an event: plays in every browser, keeps each frame's own time, is checked by decoding.

Where browsers can play what the camera sent, the clip is the camera's own packets, not one of them encoded
again: they begin at the key picture before, and an edit list (ISO/IEC 14496-12, 8.6.6) starts the show at the
first frame asked for.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import av.error
import av.video.frame

from edge.capture.coded import Packet
from edge.capture.picture import Decoded, Picture
from edge.evidence.gop import Place, av_packet, gops_of
from edge.evidence.ring import KeptFrame, each_image, each_picture

_TICKS_PER_S = 90_000
_CRF = "23"
_KEYFRAME_EVERY = 12
_TIME_TOLERANCE_S = 0.001
_LEAST_FRAMES = 2
_BOX_HEADER_BYTES = 8
_BROWSER_PROFILES: Final = frozenset({"Baseline", "Constrained Baseline", "Main", "High"})
_BROWSER_FORMATS: Final = frozenset({"yuv420p", "yuvj420p"})
_LONGEST_HIDDEN_S: Final = 12.0

AHEAD_THREADS: Final = 2
"""A core that is free decodes and encodes ahead while a picture is masked; the work stays the same."""


class ClipError(Exception):
    """The clip cannot be written or is not what it should be; the message says which."""


@dataclass(frozen=True, slots=True)
class Clip:
    """The frames that show. `encoded_again` says why; '' when they are what the camera sent."""

    frames: tuple[KeptFrame, ...]
    encoded_again: str = ""


Watch = Callable[[Iterator[tuple[KeptFrame, Picture]]], None]
"""Whoever looks at every picture of a clip."""


def _nobody(pictures: Iterator[Any]) -> None:
    for _ in pictures:
        pass


def record_clip(path: Path, frames: Sequence[KeptFrame], see: Watch = _nobody) -> Clip:
    """Write the clip of these frames, the camera's own packets where browsers play them, and check it.

    Where it can end only a few frames earlier (see `whole_end`), it does. `see` is shown its pictures as the
    camera sent them while they are checked, and shown them again, from the first, should the clip have to be
    made another way. Raises ClipError.
    """
    shown = whole_end(frames)
    why = _why_not_copied(shown)
    if not why:
        try:
            _copy(path, shown)
            checked = _checked(path, [frame.t_s for frame in shown])
            see((frame, Decoded(picture)) for frame, picture in zip(shown, checked, strict=True))
        except (ClipError, av.error.FFmpegError, ValueError) as error:
            why = f"the camera's own packets make no clip: {error}"
        else:
            return Clip(tuple(shown))
    write_clip(path, frames)
    verify_clip(path, [frame.t_s for frame in frames])
    see(each_picture(frames))
    return Clip(tuple(frames), why)


def whole_end(frames: Sequence[KeptFrame], *, least: KeptFrame | None = None) -> tuple[KeptFrame, ...]:
    """The frames without the last few that cannot be decoded unless later ones are sent before them.

    Frames of more than one coding, or kept as JPEG, stay as they are; so do all when `least` would be lost.
    """
    places = [frame.place for frame in frames if frame.place is not None]
    if not places or len(places) < len(frames) or any(one.coding is not places[0].coding for one in places):
        return tuple(frames)
    end = _whole_end_pts(places)
    if end is None:
        return tuple(frames)
    kept = tuple(frame for frame in frames if frame.place is not None and frame.place.pts <= end)
    enough = len(kept) >= _LEAST_FRAMES and (least is None or kept[-1].t_s >= least.t_s)
    return kept if enough else tuple(frames)


def _whole_end_pts(places: Sequence[Place]) -> int | None:
    """The latest time, not after the last place, up to which all shows before anything sent later."""
    packets = _packets(places)
    later = [packet.pts for packet in packets]
    for at in range(len(later) - 2, -1, -1):
        later[at] = min(later[at], later[at + 1])
    newest, end = packets[0].pts, None
    for at, packet in enumerate(packets):
        newest = max(newest, packet.pts)
        if places[0].pts <= newest <= places[-1].pts and (at + 1 == len(packets) or later[at + 1] > newest):
            end = newest
    return end


def _packets(places: Sequence[Place]) -> list[Packet]:
    return [packet for gop in gops_of(places) for packet in tuple(gop.packets)]


def _why_not_copied(frames: Sequence[KeptFrame]) -> str:
    """Why the packets cannot be the clip; '' when they can."""
    places = [frame.place for frame in frames if frame.place is not None]
    if len(places) < max(len(frames), _LEAST_FRAMES):
        return "not every frame was kept as the camera sent it"
    coding = places[0].coding
    if any(place.coding is not coding for place in places):
        return "the camera was reconnected meanwhile"
    if _whole_end_pts(places) != places[-1].pts:
        return "its frames need later ones"
    hidden_s = float((places[0].pts - places[0].gops[0].pts) * coding.time_base)
    if hidden_s > _LONGEST_HIDDEN_S:
        return f"the key picture before lies {hidden_s:.0f} s back"
    plain = coding.profile in _BROWSER_PROFILES and coding.pixel_format in _BROWSER_FORMATS
    if coding.codec == "h264" and plain:
        return ""
    return f"browsers may not play {coding.codec} {coding.profile} {coding.pixel_format}"


def _copy(path: Path, frames: Sequence[KeptFrame]) -> None:
    """Write the packets from the key picture before the first frame to the last one."""
    places = [frame.place for frame in frames if frame.place is not None]
    coding, first, last = places[0].coding, places[0].pts, places[-1].pts
    packets = [packet for packet in _packets(places) if packet.pts <= last]
    with (
        av.open(io.BytesIO(packets[0].data), format=coding.codec) as pattern,
        av.open(str(path), "w", format="mp4", options=_AS_IT_IS) as container,
    ):
        stream: Any = container.add_stream_from_template(pattern.streams.video[0])
        stream.time_base = coding.time_base
        for packet in packets:
            made = av_packet(packet, coding.time_base, -first)
            made.stream = stream
            container.mux_one(made)


_AS_IT_IS: Final = {"movflags": "+faststart", "avoid_negative_ts": "disabled"}
"""Times before zero stay: they become the edit list that hides what comes before the first frame."""


def write_clip(path: Path, frames: Sequence[KeptFrame], *, threads: int = 1) -> None:
    """Write the frames as H.264 yuv420p MP4, index first, each frame at its own stream time.

    Odd widths and heights lose their last column or row, as 4:2:0 needs. Raises ClipError for fewer than two
    frames or frames of different sizes.
    """
    if len(frames) < _LEAST_FRAMES:
        raise ClipError(f"a clip needs at least {_LEAST_FRAMES} frames, got {len(frames)}")
    size: tuple[int, int] | None = None
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", options={"crf": _CRF, "preset": "veryfast"})
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        stream.codec_context.gop_size = _KEYFRAME_EVERY  # an officer steps frame by frame
        stream.codec_context.max_b_frames = 0
        stream.codec_context.thread_count = threads
        for frame, image in each_image(frames):
            height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
            if size is None:
                size = stream.width, stream.height = width, height
            elif size != (width, height):
                raise ClipError(f"frame {frame.index} has another size than the first one of the clip")
            picture = av.video.frame.VideoFrame.from_ndarray(image[:height, :width], format="bgr24")
            picture.pts = round((frame.t_s - frames[0].t_s) * _TICKS_PER_S)
            picture.time_base = stream.time_base
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def verify_clip(path: Path, times_s: Sequence[float]) -> None:
    """Decode the whole clip and compare it with the stream times it was made from. Raises ClipError."""
    _nobody(_checked(path, times_s))


def _checked(path: Path, times_s: Sequence[float]) -> Iterator[Any]:
    """Every picture (`av.VideoFrame`) of a clip; ClipError after the last when their times are not these."""
    with path.open("rb") as file:
        _check_index_first(file.read(1 << 16))
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            kind = (stream.codec_context.name, stream.codec_context.pix_fmt)
            if kind[0] != "h264" or kind[1] not in _BROWSER_FORMATS:
                raise ClipError(f"{path.name}: is {kind[0]} {kind[1]}, browsers need h264 yuv420p")
            stream.thread_type, stream.codec_context.thread_count = "FRAME", AHEAD_THREADS
            found_s: list[float] = []
            for picture in container.decode(stream):
                found_s.append(float(picture.time or 0.0))
                yield picture
    except (av.error.FFmpegError, IndexError) as error:
        raise ClipError(f"{path.name}: does not decode ({error})") from error
    if len(found_s) != len(times_s):
        raise ClipError(f"{path.name}: holds {len(found_s)} frames instead of {len(times_s)}")
    worst_s = max(
        abs((found - found_s[0]) - (t_s - times_s[0])) for found, t_s in zip(found_s, times_s, strict=True)
    )
    if worst_s > _TIME_TOLERANCE_S:
        raise ClipError(f"{path.name}: a frame is {worst_s * 1000:.1f} ms off its own time")


def check_same_film(one: bytes, other: bytes) -> None:
    """Whether two MP4 files hold the same packets at the same times, index first. Raises ClipError."""
    _check_index_first(other[: 1 << 16])
    try:
        if _packets_in(one) != _packets_in(other):
            raise ClipError("the clip's pictures were changed")
    except av.error.FFmpegError as error:
        raise ClipError(f"the clip cannot be read ({error})") from error


def _packets_in(content: bytes) -> list[tuple[int | None, bytes]]:
    with av.open(io.BytesIO(content), "r") as container:
        packets = container.demux(container.streams.video[0])
        return [(packet.pts, hashlib.sha256(bytes(packet)).digest()) for packet in packets]


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
