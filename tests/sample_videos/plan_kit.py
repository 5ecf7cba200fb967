"""Shapes and plate patterns that the tests of the scripted traffic share."""

import math
import re

PROVINCE = r"(1[124-9]|2[0-9]|3[0-9]|4[013789]|5[0-9]|6[0-9]|7[0-9]|8[0-689]|9[02-57-9])"
LETTER = "[ABCDEFGHKLMNPSTUVXYZ]"
NUMBER = r"(?!00000)\d{5}$"
CAR_PLATE = re.compile(f"^{PROVINCE}{LETTER}{NUMBER}")
BIKE_PLATE = re.compile(f"^{PROVINCE}({LETTER}{{2}}|{LETTER}[1-9]){NUMBER}")


def corners(vehicle, pose):
    s, c, half = math.sin(pose.yaw), math.cos(pose.yaw), vehicle.width_m / 2
    return [
        (x + side * c * half, y - side * s * half)
        for (x, y), sides in ((pose.front, (1, -1)), (pose.rear, (-1, 1)))
        for side in sides
    ]


def gap_m(a, b):
    """Separating axis distance of two convex quads; negative when they overlap."""
    best = -math.inf
    for poly in (a, b):
        for p, q in zip(poly, [*poly[1:], poly[0]], strict=True):
            length = math.dist(p, q)
            nx, ny = (p[1] - q[1]) / length, (q[0] - p[0]) / length
            pa, pb = ([nx * x + ny * y for x, y in quad] for quad in (a, b))
            best = max(best, min(pb) - max(pa), min(pa) - max(pb))
    return best
