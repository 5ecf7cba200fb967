"""Street geometry shared by the traffic plan, the scene and the truth (pure Python).

Road metres: the origin lies on the ground below the camera, x to the right, y along the
direction of travel, z up. A point of the street is also given by ``(s, x)``: arc length
along the street and offset to the right of its centre line. Before the bend ``s`` equals y.
"""

from __future__ import annotations

import math

LANE_WIDTH_M = 3.5
LANE_CENTRES_M = (-1.75, 1.75)
CARRIAGEWAY_HALF_M = 4.5
HOUSE_FRONT_M = 8.6
STOP_LINE_S_M = 26.0
ZEBRA_S_M = (28.0, 31.4)
CROSS_STREET_S_M = (33.5, 45.5)
BEND_START_S_M = 80.0
BEND_RADIUS_M = 110.0
EXIT_S_M = 168.0
HEAD_POSITION_M = (5.6, 32.5, 4.15)
HEAD_SIZE_M = (0.42, 1.24)
LAMP_RADIUS_M = 0.15
LAMP_STEP_M = 0.38
SUN_TRAVEL = (0.46, 0.50, -0.73)


def street_point(s: float, x: float) -> tuple[float, float]:
    """Return the road point (x, y) in metres at arc length ``s`` and right offset ``x``."""
    if s <= BEND_START_S_M:
        return x, s
    phi = (s - BEND_START_S_M) / BEND_RADIUS_M
    radius = BEND_RADIUS_M - x
    return BEND_RADIUS_M - radius * math.cos(phi), BEND_START_S_M + radius * math.sin(phi)


def street_heading(s: float) -> float:
    """Return the heading in radians, clockwise from +y, of the street at ``s``."""
    return max(0.0, (s - BEND_START_S_M) / BEND_RADIUS_M)
