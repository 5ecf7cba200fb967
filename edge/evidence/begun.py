"""Evidence begun while its last pictures are still to come, so that little is left to do after them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from edge.evidence.case import Case
from edge.evidence.clip import AHEAD_THREADS, why_not_played
from edge.evidence.film import Film, Stills
from edge.evidence.pictures import moment_of, span_of, stills_of
from edge.evidence.ring import FrameRing
from edge.evidence.screening import Screening
from edge.report import Scene

_LEGAL_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")


class Begun:
    """One case's pictures, decoded, masked and encoded piece by piece as they come into the ring."""

    def __init__(self, case: Case, ring: FrameRing, scene: Scene, *, before_s: float, after_s: float) -> None:
        """Raises EvidenceMissing when a still or the wall clock of the event is not kept."""
        stills = stills_of(case, ring)
        self._span_s = span_of(case, stills[0], stills[2], before_s=before_s, after_s=after_s)
        self._ring = ring
        self.screening = Screening()
        self.film = Film(case, stills, _title(scene, moment_of(case.t_event_s, stills[1])))

    def step(self) -> bool:
        """Do one piece of the work, of some milliseconds; False when nothing can be done by now.

        Raises ClipError or ValueError where these pictures cannot be taken as they come: then the work must
        be done anew, when all are there.
        """
        if self.film.step():
            return True
        if self.film.is_full:
            return False
        shown = self.screening.step()
        if shown is None:
            self._take()
            shown = self.screening.step()
        for frame, picture in shown or ():
            self.film.see(frame, picture)
        return shown is not None

    def _take(self) -> None:
        first_s, last_s = self._span_s
        reached_s = self.screening.reached_s
        frames = self._ring.window(first_s if reached_s is None else reached_s, last_s)
        if reached_s is None and frames and (why := why_not_played(frames[0])):
            self.screening = Screening(again=why)
        self.screening.take([one for one in frames if reached_s is None or one.t_s > reached_s])


def film_of(case: Case, stills: Stills, scene: Scene, event_at: datetime) -> Film:
    """The film of a case whose pictures are all there."""
    return Film(case, stills, _title(scene, event_at), threads=AHEAD_THREADS)


def _title(scene: Scene, event_at: datetime) -> tuple[str, str]:
    """Where and when, for the head of the drawing; the time as it is in Vietnam."""
    return (
        f"{scene.name}, {scene.location}",
        f"{event_at.astimezone(_LEGAL_ZONE):%d/%m/%Y %H:%M:%S} (+07:00)  {scene.camera_id}",
    )
