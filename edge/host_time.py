"""How far this machine's clock is from the time of its NTP servers, as the kernel knows it (adjtimex(2))."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import Final

_UNSYNCHRONISED: Final = 0x0040
_NANOSECONDS: Final = 0x2000
_NOT_IN_STEP: Final = 5
WORST_S: Final = 16.0
"""What the kernel says of a clock that nobody has ever set right."""


@dataclass(frozen=True, slots=True)
class HostTime:
    """`offset_s`: what the time service has yet to correct; `uncertainty_s`: the most the clock may be off.

    `synchronised`: a time service keeps this clock.
    """

    offset_s: float
    uncertainty_s: float
    synchronised: bool


class _Timex(ctypes.Structure):
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long),
        ("time_s", ctypes.c_long),
        ("time_us", ctypes.c_long),
        ("tick", ctypes.c_long),
        ("rest", ctypes.c_byte * 128),
    )


def host_time() -> HostTime | None:
    """What the kernel says now; None where it cannot be asked (only Linux can)."""
    if sys.platform != "linux":
        return None
    words = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(words))
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    return reading(state, words.status, words.offset, words.maxerror)


def reading(state: int, status: int, offset: int, largest_error_us: int) -> HostTime:
    """The kernel's numbers in seconds. `state`: what adjtimex returned; 5 is a clock that nobody keeps."""
    unit_s = 1e-9 if status & _NANOSECONDS else 1e-6
    kept = state != _NOT_IN_STEP and not status & _UNSYNCHRONISED
    offset_s = offset * unit_s
    return HostTime(offset_s, min(largest_error_us * 1e-6 + abs(offset_s), WORST_S), synchronised=kept)
