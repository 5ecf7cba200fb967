"""The camera's own time of its pictures, from the sender reports that RTCP brings (RFC 3550, 6.4.1).

FFmpeg hands it on with each packet once the first report has come, as producer reference time.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

_KIND: Final = "prft"
_LAYOUT: Final = struct.Struct("=q")
_BELIEVED_S: Final = 1.0
_HALF_S: Final = 30.0
_DELAY_S: Final = 0.5
"""The longest that a picture takes from the lens to here, where the camera does not tell its time."""


class CameraClock:
    """The newest pair of stream time and camera time; one opening of a stream."""

    def __init__(self) -> None:
        self._pts: int | None = None
        self._utc_s = 0.0

    def note(self, packet: Any) -> None:
        """Look whether a packet (PyAV) tells the camera's time; before it is decoded."""
        if packet.pts is None or not packet.has_sidedata(_KIND):
            return
        content = bytes(packet.get_sidedata(_KIND))
        if len(content) >= _LAYOUT.size:
            self._pts, self._utc_s = int(packet.pts), _LAYOUT.unpack_from(content)[0] / 1e6

    def at(self, pts: int, time_base: Fraction) -> float | None:
        """The camera's time of a picture, seconds since 1970 UTC; None while it has not told any."""
        if self._pts is None:
            return None
        return self._utc_s + float((pts - self._pts) * time_base)


class LeastDelay:
    """The smallest of the last values, over half a minute to a minute.

    Not of all: the clocks of camera and host drift apart by seconds a day.
    """

    def __init__(self) -> None:
        self._begun_s = float("-inf")
        self._before = self._now = float("inf")

    def least_s(self, value_s: float, at_s: float) -> float:
        """Take in a value; the smallest there was lately. Times rise."""
        if at_s - self._begun_s > _HALF_S:
            self._begun_s, self._before, self._now = at_s, self._now, float("inf")
        self._now = min(self._now, value_s)
        return min(self._before, self._now)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a picture was taken. `offset_s`: the camera's clock less the host's, as far as is known."""

    utc_s: float
    by_camera: bool
    offset_s: float
    uncertainty_s: float


def stamp(*, host_s: float, camera_s: float | None, host_uncertainty_s: float) -> Stamp:
    """The time of a picture from both clocks, seconds since 1970 UTC.

    `host_s`: when the host's clock says it was taken, had it come without delay. A camera is believed while
    it agrees with the host to a second: what they differ by is then its offset, and part of the uncertainty.
    One that is further off is told apart by its offset, and the host's time stands.
    """
    if camera_s is None:
        return Stamp(host_s, False, 0.0, _DELAY_S + host_uncertainty_s)  # noqa: FBT003 - a field
    offset_s = camera_s - host_s
    if abs(offset_s) > _BELIEVED_S:
        return Stamp(host_s, False, offset_s, _DELAY_S + host_uncertainty_s)  # noqa: FBT003 - a field
    return Stamp(camera_s, True, offset_s, abs(offset_s) + host_uncertainty_s)  # noqa: FBT003 - a field
