"""The clip of an event: plays in every browser, keeps each frame's own time, is checked by decoding.

Where browsers can play what the camera sent, the clip is the camera's own packets, not one of them encoded
again: they begin at the key picture before, and an edit list (ISO/IEC 14496-12, 8.6.6) starts the show at the
first frame asked for.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import av
import av.error

from edge.capture.coded import Packet
from edge.capture.picture import Picture
from edge.evidence.damage import Damage, damage_of
from edge.evidence.encoding import CLIP_CRF, Encoding
from edge.evidence.gop import GopError, Place, gops_of
from edge.evidence.reel import BROWSER_FORMATS, ClipError, check_index_first
from edge.evidence.ring import KeptFrame, each_picture
from edge.evidence.screening import Screening

_LEAST_FRAMES: Final = 2
_BROWSER_PROFILES: Final = frozenset({"Baseline", "Constrained Baseline", "Main", "High"})
_LONGEST_HIDDEN_S: Final = 12.0

AHEAD_THREADS: Final = 2
"""A core that is free decodes and encodes ahead while a picture is masked; the work stays the same."""


@dataclass(frozen=True, slots=True)
class Clip:
    """The frames that show. `encoded_again` says why; '' when they are what the camera sent.

    `damage`: what of the camera's packets came damaged, so that the clip has a gap.
    """

    frames: tuple[KeptFrame, ...]
    encoded_again: str = ""
    damage: Damage | None = None


See = Callable[[KeptFrame, Picture], None]


class Audience(Protocol):
    """Whoever looks at every picture of a clip."""

    def begin(self) -> None:
        """The clip begins, perhaps anew: whatever was seen by now does not count."""

    def see(self, frame: KeptFrame, picture: Picture) -> None:
        """The next picture."""


class _Nobody:
    """No audience."""

    def begin(self) -> None:
        """Nothing to forget."""

    def see(self, frame: KeptFrame, picture: Picture) -> None:
        """Nobody looks."""


def record_clip(
    path: Path,
    frames: Sequence[KeptFrame],
    audience: Audience | None = None,
    begun: Screening | None = None,
    *,
    needed: Container[int] = (),
) -> Clip:
    """Write the clip of these frames, the camera's own packets where browsers play them, and check it.

    Where it can end only a few frames earlier (see `whole_end`), it does. The `audience` is shown its
    pictures as the camera sent them, less those that `begun` has shown it already; and again, from the first,
    should the clip have to be made another way. Frames that a damaged packet has spoiled are left out, unless
    their number is `needed`. Raises ClipError.
    """
    audience = audience or _Nobody()
    shown = whole_end(frames)
    why = _why_not_copied(shown)
    is_same = begun is not None and begun.again == why and (not why or len(shown) == len(frames))
    if begun is not None and is_same and not _screened(path, shown, audience, begun):
        return Clip(shown, why)
    audience.begin()
    if not why:
        why = _screened(path, shown, audience, Screening(threads=AHEAD_THREADS))
        if not why:
            return Clip(shown)
        audience.begin()
    try:
        write_clip(path, frames, audience.see)
    except GopError:
        audience.begin()
        return _around_damage(path, frames, audience, needed)
    return Clip(tuple(frames), why)


def _around_damage(
    path: Path, frames: Sequence[KeptFrame], audience: Audience, needed: Container[int]
) -> Clip:
    """The clip of those frames that came whole. Raises ClipError where one is missing that is needed."""
    damage = damage_of(frames)
    if lost := [frame.index for frame in damage.spoiled if frame.index in needed]:
        raise ClipError(f"the case rests on pictures number {lost}: {damage.words()[1]}")
    spoiled = {frame.index for frame in damage.spoiled}
    whole = tuple(frame for frame in frames if frame.index not in spoiled)
    write_clip(path, whole, audience.see, over_damage=True)
    return Clip(whole, "packets of the camera are damaged", damage)


def _screened(path: Path, frames: Sequence[KeptFrame], audience: Audience, screening: Screening) -> str:
    """Write what was screened, after the rest of it; '' when done, else why it makes no clip."""
    try:
        for frame, picture in screening.rest(frames):
            audience.see(frame, picture)
        screening.write(path)
    except (ClipError, av.error.FFmpegError, ValueError) as error:
        return f"the camera's own packets make no clip: {error}"
    return ""


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
    return why_not_played(frames[0])


def why_not_played(first: KeptFrame) -> str:
    """Why browsers cannot play the packets from this frame on; '' when they can."""
    if first.place is None:
        return "not every frame was kept as the camera sent it"
    coding, begin = first.place.coding, first.place.gops[0]
    hidden_s = float((first.place.pts - begin.pts) * coding.time_base)
    if hidden_s > _LONGEST_HIDDEN_S:
        return f"the key picture before lies {hidden_s:.0f} s back"
    plain = coding.profile in _BROWSER_PROFILES and coding.pixel_format in BROWSER_FORMATS
    if coding.codec == "h264" and plain:
        return ""
    return f"browsers may not play {coding.codec} {coding.profile} {coding.pixel_format}"


def write_clip(path: Path, frames: Sequence[KeptFrame], see: See, *, over_damage: bool = False) -> None:
    """Write the frames as H.264 yuv420p MP4, index first, each frame at its own stream time, and check it.

    Raises ClipError for fewer than two frames or frames of different sizes, GopError where they do not decode
    (`over_damage`: where these do not, whatever else does not).
    """
    encoding = Encoding(CLIP_CRF)
    for frame, picture in each_picture(frames, over_damage=over_damage):
        encoding.add(frame.t_s, picture.bgr())
        see(frame, picture)
    encoding.write(path)


def check_same_film(one: bytes, other: bytes) -> None:
    """Whether two MP4 files hold the same packets at the same times, index first. Raises ClipError."""
    check_index_first(other[: 1 << 16])
    try:
        if _packets_in(one) != _packets_in(other):
            raise ClipError("the clip's pictures were changed")
    except av.error.FFmpegError as error:
        raise ClipError(f"the clip cannot be read ({error})") from error


def _packets_in(content: bytes) -> list[tuple[int | None, bytes]]:
    with av.open(io.BytesIO(content), "r") as container:
        packets = container.demux(container.streams.video[0])
        return [(packet.pts, hashlib.sha256(bytes(packet)).digest()) for packet in packets]
