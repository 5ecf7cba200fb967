"""Which kept pictures are what the camera took, where some of its packets came damaged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from edge.capture.coded import Coding, Packet
from edge.evidence.gop import Decoder, GopError, gops_of
from edge.evidence.ring import KeptFrame

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Damage:
    """What does not come whole out of the packets of some frames.

    `at_s`: stream times of the damaged packets; `spoiled`: the frames that they show, or that are built on
    them: up to the next key picture nobody knows how much of these the camera saw.
    """

    at_s: tuple[float, ...]
    spoiled: tuple[KeptFrame, ...]

    def words(self) -> tuple[str, str]:
        """What came damaged and what it costs, Vietnamese and English."""
        times = ", ".join(f"{t_s:.3f}" for t_s in self.at_s[:_MOST_NAMED])
        times += ", …" if len(self.at_s) > _MOST_NAMED else ""
        numbers = ", ".join(_runs(frame.index for frame in self.spoiled)) or "–"
        count, lost = len(self.at_s), len(self.spoiled)
        vi = (
            f"{count} gói dữ liệu của camera bị hỏng (ở giây {times} của luồng hình); {lost} ảnh phụ thuộc"
            f" vào các gói đó không được đưa vào video (ảnh số {numbers})"
        )
        en = (
            f"{count} packets of the camera came damaged (at {times} s of the stream); {lost} pictures that"
            f" depend on them are left out of the clip (numbers {numbers})"
        )
        return vi, en


def damage_of(frames: Sequence[KeptFrame]) -> Damage:
    """Decode all that these frames need, packet by packet, and see what is damaged."""
    at_s: list[float] = []
    spoiled: list[KeptFrame] = []
    for coding, group in groupby(frames, key=lambda frame: frame.place and frame.place.coding):
        if coding is None:
            continue
        own = list(group)
        damaged = _damaged(coding, _needed(own))
        spoiled += [frame for frame in own if _is_spoiled(frame, damaged)]
        at_s += [_time_s(own[0], packet) for packet in damaged]
    return Damage(tuple(at_s), tuple(spoiled))


def _needed(frames: Sequence[KeptFrame]) -> list[list[Packet]]:
    """The packets these frames need, of each run those up to the last one needed."""
    places = [frame.place for frame in frames if frame.place is not None]
    wanted = {place.pts for place in places}
    runs = [list(gop.packets) for gop in gops_of(places)]
    last = max(packet.number for run in runs for packet in run if packet.pts in wanted)
    return [[packet for packet in run if packet.number <= last] for run in runs]


def _time_s(known: KeptFrame, packet: Packet) -> float:
    assert known.place is not None
    return known.t_s + float((packet.pts - known.place.pts) * known.place.coding.time_base)


def _damaged(coding: Coding, runs: Sequence[Sequence[Packet]]) -> list[Packet]:
    """The packets that do not decode whole, or whose picture does not come out and none before is to blame.

    Pictures shown before the first key picture need packets that are not here, and are nobody's damage.
    """
    refused, patched, shown = _tried(coding, runs)
    found = []
    for run in runs:
        is_whole = True
        for packet in run:
            is_lost = packet.pts not in shown and packet.pts >= runs[0][0].pts
            if packet.number in refused or packet.pts in patched or (is_lost and is_whole):
                found.append(packet)
                is_whole = False
    return found


def _tried(coding: Coding, runs: Sequence[Sequence[Packet]]) -> tuple[set[int], set[int], set[int]]:
    """Numbers of packets that were refused; times of pictures that were patched up, and of all that came."""
    refused: set[int] = set()
    pictures: list[tuple[int, bool]] = []
    decoder = Decoder(coding, patched=True)
    for packet in (one for run in runs for one in run):
        try:
            pictures += [(one.pts, one.is_corrupt) for one in decoder.feed(packet)]
        except GopError:
            refused.add(packet.number)
    pictures += [(one.pts, one.is_corrupt) for one in decoder.end()]
    return refused, {pts for pts, is_corrupt in pictures if is_corrupt}, {pts for pts, _ in pictures}


def _is_spoiled(frame: KeptFrame, damaged: Sequence[Packet]) -> bool:
    """Whether one of the packets it is decoded from, from the key picture up to its own, came damaged."""
    place = frame.place
    if place is None or not damaged:
        return False
    packets = [packet for gop in place.gops for packet in tuple(gop.packets)]
    last = next(packet.number for packet in packets if packet.pts == place.pts)
    return any(packets[0].number <= packet.number <= last for packet in damaged)


def _runs(numbers: Iterable[int]) -> Iterator[str]:
    """7, 8, 9, 12 as "7–9" and "12"."""
    for _, run in groupby(enumerate(numbers), key=lambda one: one[1] - one[0]):
        found = [number for _, number in run]
        yield f"{found[0]}–{found[-1]}" if len(found) > 1 else str(found[0])
