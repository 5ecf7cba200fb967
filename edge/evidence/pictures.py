"""The frames that prove a case, taken out of the ring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from edge.evidence.case import Case
from edge.evidence.clip import whole_end
from edge.evidence.ring import FrameRing, KeptFrame
from edge.report import FileRole

STILL_ROLES: tuple[FileRole, FileRole, FileRole] = ("still_before", "still_at", "still_after")
_LONGEST_SIDE_S = 10.0


class EvidenceMissing(Exception):  # noqa: N818 - it is a finding about the ring, not a fault of the program
    """The ring no longer (or not yet) holds the pictures that would prove this; nothing is reported."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The frames that prove a case: the three stills, and every frame of the clip."""

    before: KeptFrame
    at: KeptFrame
    after: KeptFrame
    clip: tuple[KeptFrame, ...]

    @property
    def stills(self) -> tuple[KeptFrame, KeptFrame, KeptFrame]:
        """Before, at and after the event."""
        return self.before, self.at, self.after

    @property
    def event_steady_s(self) -> tuple[float, float]:
        """When the first and last still arrived, on the clock that never steps."""
        return self.before.steady_s, self.after.steady_s

    def event_at(self, t_event_s: float) -> datetime:
        """The event on the wall clock, UTC, to the millisecond; EvidenceMissing when nobody knows it."""
        return moment_of(t_event_s, self.at)


def moment_of(t_event_s: float, at: KeptFrame) -> datetime:
    """The wall clock at a stream time near a frame, UTC, to the millisecond; EvidenceMissing when unknown."""
    if at.captured_at is None:
        raise EvidenceMissing("nobody knows the wall clock of the event's frame")
    moment = at.captured_at.astimezone(UTC) + timedelta(seconds=t_event_s - at.t_s)
    return datetime.fromtimestamp(round(moment.timestamp() * 1000) / 1000, UTC)


def pictures_of(case: Case, ring: FrameRing, *, before_s: float, after_s: float) -> Pictures:
    """Take a case's frames out of the ring: `before_s` to `after_s` around the event, and its stills.

    Raises EvidenceMissing when a still is no longer kept.
    """
    before, at, after = stills_of(case, ring)
    first_s, last_s = span_of(case, before, after, before_s=before_s, after_s=after_s)
    return Pictures(before, at, after, whole_end(ring.window(first_s, last_s), least=after))


def stills_of(case: Case, ring: FrameRing) -> tuple[KeptFrame, KeptFrame, KeptFrame]:
    """The frames before, at and after the event. Raises EvidenceMissing when one is no longer kept."""
    kept = ring.by_index(case.still_frames)
    gone = [
        f"{role} (frame {i})" for role, i in zip(STILL_ROLES, case.still_frames, strict=True) if i not in kept
    ]
    if gone:
        raise EvidenceMissing(f"no longer kept: {', '.join(gone)}")
    if len(kept) != len(STILL_ROLES):
        raise EvidenceMissing("before, at and after are not three different frames")
    before, at, after = (kept[index] for index in case.still_frames)
    return before, at, after


def span_of(
    case: Case, before: KeptFrame, after: KeptFrame, *, before_s: float, after_s: float
) -> tuple[float, float]:
    """From when to when the clip runs, stream time."""
    first_s = max(min(case.t_event_s - before_s, before.t_s), case.t_event_s - _LONGEST_SIDE_S)
    last_s = min(max(case.t_event_s + after_s, after.t_s), case.t_event_s + _LONGEST_SIDE_S)
    return first_s, last_s
