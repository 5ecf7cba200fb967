"""How the C library of a worker keeps memory that was given back.

glibc gives threads arenas of their own, up to eight a core, and keeps what is freed in each. A worker starts
threads with every clip, case and reconnection, and FFmpeg starts more; in the long run every arena has once
held the largest picture work there is. With two arenas, what one thread frees serves the next.
"""

from __future__ import annotations

import ctypes
from typing import Final

MOST_ARENAS: Final = 2
_M_ARENA_MAX: Final = -8
"""mallopt(3), from malloc.h."""


def bound_arenas(most: int = MOST_ARENAS) -> bool:
    """Let this process make no more arenas than that; False where the C library has no such setting."""
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, most))
    except (AttributeError, OSError, TypeError):  # not glibc
        return False
