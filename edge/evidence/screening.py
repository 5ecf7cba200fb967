"""The pictures of a clip, decoded from the camera's own packets as these arrive."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from edge.capture.coded import Packet
from edge.capture.picture import Decoded, Picture
from edge.evidence.encoding import CLIP_CRF, Encoding
from edge.evidence.gop import Place, gops_of
from edge.evidence.reel import ClipError, Reel
from edge.evidence.ring import KeptFrame

Shown = tuple[KeptFrame, Picture]
"""A frame of the clip, and the picture it is."""


class Screening:
    """Decodes each packet of a clip once, in their order, as far as its frames have come.

    Nothing is decoded that the clip may not need: its packets always begin with those decoded by now.
    """

    def __init__(self, *, threads: int = 1, again: str = "") -> None:
        """`again`: why the pictures must be encoded again for the clip, which then is done as they show."""
        self._threads, self.again = threads, again
        self._encoding = Encoding(CLIP_CRF) if again else None
        self._frames: list[KeptFrame] = []
        self._by_pts: dict[int, KeptFrame] = {}
        self._todo: deque[Packet] = deque()
        self._reel: Reel | None = None

    @property
    def reached_s(self) -> float | None:
        """The stream time of the last frame taken; None before the first."""
        return self._frames[-1].t_s if self._frames else None

    def take(self, frames: Sequence[KeptFrame]) -> None:
        """The next frames of the clip, in order. Raises ClipError when they cannot be one run of packets."""
        places = [frame.place for frame in frames if frame.place is not None]
        if not places:
            return
        coding = (self._frames[0].place or places[0]).coding if self._frames else places[0].coding
        if len(places) < len(frames) or any(place.coding is not coding for place in places):
            raise ClipError("the frames are not of one run of packets")
        self._reel = self._reel or Reel(coding, threads=self._threads)
        self._frames += frames
        self._by_pts |= {frame.place.pts: frame for frame in frames if frame.place is not None}
        self._todo += self._following(places)

    def _following(self, places: Sequence[Place]) -> Iterator[Packet]:
        """The packets not taken yet, as long as they show no later than the last of these pictures."""
        assert self._reel is not None
        taken = self._todo or self._reel.packets
        number = taken[-1].number if taken else places[0].gops[0].packets[0].number - 1
        for packet in (one for gop in gops_of(places) for one in tuple(gop.packets) if one.number > number):
            number += 1
            if packet.number != number:
                raise ClipError("packets are missing between the frames")
            if packet.pts > places[-1].pts:
                return
            yield packet

    def step(self) -> list[Shown] | None:
        """Decode one packet: what shows with it; None when there is none by now. Raises GopError."""
        if self._reel is None or not self._todo:
            return None
        return self._shown(self._reel.add(self._todo.popleft()))

    def _shown(self, pictures: list[Any]) -> list[Shown]:
        shown: list[Shown] = [
            (frame, Decoded(picture))
            for picture in pictures
            if (frame := self._by_pts.get(picture.pts)) is not None
        ]
        if self._encoding is not None:
            for frame, picture in shown:
                self._encoding.add(frame.t_s, picture.bgr())
        return shown

    def rest(self, frames: Sequence[KeptFrame]) -> Iterator[Shown]:
        """What has not been shown yet of these frames, the whole clip. Raises ClipError, GopError."""
        self._cut(frames)
        self.take(frames[len(self._frames) :])
        while (shown := self.step()) is not None:
            yield from shown
        if self._reel is not None:
            yield from self._shown(self._reel.end())

    def _cut(self, frames: Sequence[KeptFrame]) -> None:
        """Forget frames taken beyond the clip's last one: none was decoded yet, as it needs later packets."""
        both = min(len(frames), len(self._frames))
        last = frames[-1].place
        same = [one.index for one in frames[:both]] == [one.index for one in self._frames[:both]]
        if not same or last is None:
            raise ClipError("the clip is of other frames than were decoded ahead")
        if self._reel and any(packet.pts > last.pts for packet in self._reel.packets):
            raise ClipError("more was decoded ahead than the clip holds")
        self._frames = self._frames[: len(frames)]
        self._todo = deque(takewhile(lambda packet: packet.pts <= last.pts, self._todo))

    def write(self, path: Path) -> None:
        """Write a clip that shows these frames, the packets or what was encoded again, and compare it.

        Raises ClipError.
        """
        first = self._frames[0].place if self._frames else None
        if self._reel is None or first is None:
            raise ClipError("a clip of no frames")
        times_s = [frame.t_s for frame in self._frames]
        if self._encoding is None:
            self._reel.write(path, times_s, first.pts)
        elif self._encoding.times_s == times_s:
            self._encoding.write(path)
        else:
            raise ClipError(f"{len(self._encoding.times_s)} frames came instead of {len(times_s)}")
