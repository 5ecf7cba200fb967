"""What is made of a case's pictures for others than officers, piece by piece, as the pictures come."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from edge.capture.picture import Picture
from edge.detector.types import Box, Image
from edge.evidence.case import Case
from edge.evidence.drawing import Sheet, draw
from edge.evidence.encoding import Encoding
from edge.evidence.masking import masked
from edge.evidence.ring import KeptFrame, each_image, encode_jpeg

_CRF: Final = "26"
_COPY_QUALITY: Final = 88
_COPY_WIDE_PX: Final = 1280
_COPY_STEP_S: Final = 1 / 16
"""The copy moves smoothly enough for its readers at 15 pictures a second, and costs half at 25 and 30."""
_MOST_WAITING: Final = 16
_HALVES: Final = 2
"""Made so much smaller, `Picture.scaled` gives the mean of each two by two pixels, in the least time."""

Stills = tuple[KeptFrame, KeptFrame, KeptFrame]


class Film:
    """Sees every picture of a clip once, in order; makes the masked clip, the stills and the drawing.

    A picture is masked once all is known of who was where in it; until then it waits. One thread at a time.
    """

    def __init__(self, case: Case, stills: Stills, title: tuple[str, str], *, threads: int = 1) -> None:
        """`title`: two lines for the head of the drawing."""
        self._case, self._frames, self._title, self._threads = case, stills, title, threads
        self._late = False
        self.begin()

    def begin(self) -> None:
        """The clip begins, perhaps anew: whatever was seen by now does not count."""
        self._copy = Encoding(_CRF, coarse=True, threads=self._threads)
        self._last_s: float | None = None
        self._waiting: deque[tuple[float, Image]] = deque()
        self._unmasked: dict[int, Image] = {}
        self._images: dict[int, tuple[Image, Image]] = {}
        self._jpegs: dict[int, tuple[bytes, bytes]] = {}
        self._drawing = b""

    def see(self, frame: KeptFrame, picture: Picture) -> None:
        """The next picture of the clip."""
        if frame.index in (still.index for still in self._frames):
            self._unmasked[frame.index] = picture.bgr()
        if self._last_s is None or frame.t_s - self._last_s > _COPY_STEP_S:
            self._last_s = frame.t_s
            self._waiting.append((frame.t_s, _smaller(picture)))
        while self._late and self.is_full and self.step(late=True):
            pass

    def settle(self) -> None:
        """Nobody looks at these pictures any more: none needs to wait for more than a few others."""
        self._late = True

    def step(self, *, late: bool = False) -> bool:
        """Make one thing more; False when nothing can be made by now.

        `late`: nobody will look any more, so that what is known now of who was where is all.
        """
        if self._waiting and (late or self._is_known(self._waiting[0][0])):
            t_s, image = self._waiting.popleft()
            self._copy.add(t_s, self._mask(image, t_s))
            return True
        for frame in self._frames:
            if frame.index in self._unmasked and (late or self._is_known(frame.t_s)):
                self._make_still(frame, self._unmasked.pop(frame.index))
                return True
        if len(self._images) == len(self._frames):
            self._drawing = self._drawn()
            self._images.clear()
            return True
        return False

    @property
    def is_full(self) -> bool:
        """Whether so many pictures wait for a look that no more should be seen by now."""
        return len(self._waiting) >= _MOST_WAITING

    def finish(self) -> None:
        """Make whatever is left; the clip has been seen to its end."""
        seen = self._unmasked.keys() | self._jpegs.keys()
        for frame, image in each_image([one for one in self._frames if one.index not in seen]):
            self._unmasked[frame.index] = image
        while self.step(late=True):
            pass

    @property
    def originals(self) -> tuple[bytes, ...]:
        """The stills before, at and after as JPEG, once finished."""
        return tuple(self._jpegs[frame.index][0] for frame in self._frames)

    @property
    def copies(self) -> tuple[bytes, ...]:
        """The same for others than officers."""
        return tuple(self._jpegs[frame.index][1] for frame in self._frames)

    @property
    def drawing(self) -> bytes:
        """The sheet with what was measured, as JPEG."""
        return self._drawing

    def write_copy(self, path: Path) -> None:
        """Write the masked clip and check it. Raises ClipError."""
        self._copy.write(path)

    def _is_known(self, t_s: float) -> bool:
        sights = self._case.sights
        return sights is None or sights.is_settled(self._case.vehicle.track, t_s)

    def _mask(self, image: Image, t_s: float) -> Image:
        case = self._case
        witness = case.sights.around(case.vehicle.track, t_s, t_s) if case.sights else None
        return masked(image, case.view, witness.at(t_s) if witness else None)

    def _make_still(self, frame: KeptFrame, image: Image) -> None:
        copy = self._mask(image, frame.t_s)
        original = encode_jpeg(image, frame.jpeg_quality) if frame.place else frame.kept
        self._jpegs[frame.index] = original, encode_jpeg(copy, _COPY_QUALITY)
        self._images[frame.index] = image, copy

    def _drawn(self) -> bytes:
        case = self._case
        stills = [self._images[frame.index] for frame in self._frames]
        marks = [(frame.index, frame.t_s) for frame in self._frames]
        sheet = Sheet(
            title=self._title[0],
            subtitle=self._title[1],
            view=case.view,
            shown=stills[1][1],
            stills=(stills[0][0], stills[1][0], stills[2][0]),
            marks=(marks[0], marks[1], marks[2]),
            box=Box(*case.vehicle.box_px),
            track=case.track,
            t_event_s=case.t_event_s,
            measures=case.measures,
            reasons=case.reasons,
        )
        return encode_jpeg(draw(sheet), _COPY_QUALITY)


def _smaller(picture: Picture) -> Image:
    """The picture at most 1280 px wide, shrunk by a whole number, which is the quickest."""
    width, height = picture.size_px
    times = -(-width // _COPY_WIDE_PX)
    if times == 1:
        return picture.bgr()
    size = (width // times, height // times)
    if times == _HALVES:
        return picture.scaled(*size)
    return np.asarray(cv2.resize(picture.bgr(), size, interpolation=cv2.INTER_AREA), np.uint8)
