"""What a camera file and a detector both speak of: kinds of road users, and boxes in a picture. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VehicleClass = Literal["motorbike", "car", "bus", "truck", "bicycle", "person"]
"""`motorbike` is the machine together with whoever rides it; `person` is someone on foot."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle: `x`, `y` of the top left corner, width and height, all in pixels."""

    x: float
    y: float
    w: float
    h: float

    @property
    def x2(self) -> float:
        """Right edge, px."""
        return self.x + self.w

    @property
    def y2(self) -> float:
        """Lower edge, px."""
        return self.y + self.h

    @property
    def cx(self) -> float:
        """Centre across, px."""
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        """Centre down, px."""
        return self.y + self.h / 2

    @property
    def area(self) -> float:
        """Area in square pixels; zero for an empty box."""
        return max(self.w, 0.0) * max(self.h, 0.0)

    @property
    def bottom_centre(self) -> tuple[float, float]:
        """Where the vehicle meets the road: (x, y) px of the middle of the lower edge."""
        return self.cx, self.y2

    def intersection(self, other: Box) -> float:
        """Area shared with `other`, square pixels."""
        width_px = min(self.x2, other.x2) - max(self.x, other.x)
        height_px = min(self.y2, other.y2) - max(self.y, other.y)
        return max(width_px, 0.0) * max(height_px, 0.0)

    def iou(self, other: Box) -> float:
        """Intersection over union with `other`, 0 to 1; 0 when both are empty."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def clipped(self, width: float, height: float) -> Box:
        """The part of the box inside a picture of `width` x `height` px; empty (w or h 0) when outside."""
        x, y = min(max(self.x, 0.0), width), min(max(self.y, 0.0), height)
        x2, y2 = min(max(self.x2, 0.0), width), min(max(self.y2, 0.0), height)
        return Box(x, y, max(x2 - x, 0.0), max(y2 - y, 0.0))

    def expanded(self, fraction: float) -> Box:
        """The box grown on every side by `fraction` of its width and height (negative: shrunk)."""
        dx, dy = self.w * fraction, self.h * fraction
        return Box(self.x - dx, self.y - dy, self.w + 2 * dx, self.h + 2 * dy)
