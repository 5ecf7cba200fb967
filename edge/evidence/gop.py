"""Runs of compressed packets from one key picture to the next, and the pictures decoded from them again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import av.error

from edge.capture.coded import Coding, Packet


class GopError(ValueError):
    """Kept packets do not decode to the picture asked for."""


@dataclass(slots=True, eq=False)
class Gop:
    """A key picture and what follows it, in the order of decoding. Grows while the stream runs."""

    coding: Coding
    packets: list[Packet] = field(default_factory=list)
    size_bytes: int = 0

    @property
    def pts(self) -> int:
        """When the key picture shows."""
        return self.packets[0].pts

    def add(self, packet: Packet) -> None:
        """The next packet of the stream."""
        self.packets.append(packet)
        self.size_bytes += len(packet.data)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a picture is found again: decode `gops` from the beginning until `pts` comes out."""

    pts: int
    gops: tuple[Gop, ...]

    @property
    def coding(self) -> Coding:
        """How the packets are compressed."""
        return self.gops[0].coding


def gops_of(places: Sequence[Place]) -> tuple[Gop, ...]:
    """The runs that these pictures need, oldest first, each once."""
    found = {id(gop): gop for place in places for gop in place.gops}
    return tuple(sorted(found.values(), key=lambda gop: gop.packets[0].number))


def av_packet(packet: Packet, time_base: Fraction, shift: int = 0) -> Any:
    """The packet as PyAV takes it, `shift` ticks later.

    The bytes are copied into memory of FFmpeg's own. Lent from Python, a decoder's thread would need the
    interpreter to give them back, and wait for ever where that is busy closing this very decoder.
    """
    made = av.Packet(len(packet.data))
    made.update(packet.data)
    made.pts, made.dts, made.duration = packet.pts + shift, packet.dts + shift, packet.duration
    made.time_base, made.is_keyframe = time_base, packet.is_key
    return made


class Decoder:
    """Decodes packets one after the other; the first one is a key picture."""

    def __init__(self, coding: Coding, *, threads: int = 1, patched: bool = False) -> None:
        """`threads`: with more than one, pictures are decoded ahead.

        `patched`: hand out pictures that the decoder had to patch up, too; else they are errors.
        """
        self._patched = patched
        self._context: Any = av.CodecContext.create(coding.codec, "r")
        self._context.thread_type, self._context.thread_count = "FRAME", threads
        if coding.extradata:
            self._context.extradata = coding.extradata
        self._time_base = coding.time_base

    def feed(self, packet: Packet) -> list[Any]:
        """The pictures (`av.VideoFrame`) that come out with the next packet. Raises GopError."""
        return self._decoded(av_packet(packet, self._time_base))

    def end(self) -> list[Any]:
        """The pictures that come out once no packet follows. Raises GopError."""
        return self._decoded(None)

    def _decoded(self, packet: Any) -> list[Any]:
        try:
            pictures = list(self._context.decode(packet))
        except av.error.FFmpegError as error:
            raise GopError(f"the kept packets do not decode ({error})") from error
        if not self._patched and any(picture.is_corrupt for picture in pictures):
            raise GopError("a picture came damaged, and the decoder patched it up")
        return pictures


def decode(coding: Coding, packets: Sequence[Packet], *, over_damage: bool = False) -> Iterator[Any]:
    """Every picture (`av.VideoFrame`) of a run of packets that begins with a key picture.

    `over_damage`: go on after packets that do not decode whole, with whatever comes out.

    Raises:
        GopError: they do not decode.
    """
    decoder = Decoder(coding, patched=over_damage)
    for packet in packets:
        try:
            yield from decoder.feed(packet)
        except GopError:
            if not over_damage:
                raise
    yield from decoder.end()


def decode_at(places: Sequence[Place], *, over_damage: bool = False) -> Iterator[Any]:
    """The pictures (`av.VideoFrame`) of these places, all of one coding, in order; each run decoded once.

    Raises:
        GopError: one of them does not come out.
    """
    for run in _joined(places):
        wanted = {place.pts for place in run}
        for picture in decode(run[0].coding, _until(run), over_damage=over_damage):
            if picture.pts in wanted:
                wanted.discard(picture.pts)
                yield picture
        if wanted:
            raise GopError(f"{len(wanted)} of {len(run)} pictures do not come out of the kept packets")


def _joined(places: Sequence[Place]) -> list[list[Place]]:
    """Places that share a run, together."""
    runs: list[list[Place]] = []
    for place in sorted(places, key=lambda one: (one.gops[0].packets[0].number, one.pts)):
        if runs and any(gop is own for gop in runs[-1][-1].gops for own in place.gops):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _until(run: Sequence[Place]) -> list[Packet]:
    """The packets of a run up to the last one that is needed."""
    packets = [packet for gop in gops_of(run) for packet in tuple(gop.packets)]
    wanted = {place.pts for place in run}
    last = max((at for at, packet in enumerate(packets) if packet.pts in wanted), default=-1)
    return packets[: last + 1]
