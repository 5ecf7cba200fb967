"""What is marked on the road, in metres: lanes, zones, continuous lines, and the gates of forbidden turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.scene_file import CameraFile, ForbiddenTurn, Lane, SceneError, SolidLine, Zone
from edge.scene_geometry import Points, RoadPlane

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_SAME_M: Final = 0.01
_NEAR_M: Final = 5.0


@dataclass(frozen=True, slots=True)
class Area:
    """A piece of road; corners n x 2, m."""

    corners_m: Points

    def holds(self, places_m: Points) -> Flags:
        """Which places (any shape that ends in 2) lie in it, by the even-odd rule."""
        x, y = places_m[..., 0], places_m[..., 1]
        found = np.zeros(x.shape, dtype=bool)
        for (x1, y1), (x2, y2) in zip(self.corners_m, np.roll(self.corners_m, -1, axis=0), strict=True):
            if y1 != y2:
                found ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
        return found

    def depth_m(self, places_m: Points) -> Numbers:
        """How far each place (n x 2) is from the edge: positive inside, negative outside."""
        start = self.corners_m
        side = np.roll(start, -1, axis=0) - start
        nearest = np.full(len(places_m), np.inf)
        for one, way in zip(start, side, strict=True):
            share = np.clip((places_m - one) @ way / max(float(way @ way), 1e-12), 0, 1)
            nearest = np.minimum(nearest, np.hypot(*(places_m - one - share[:, None] * way).T))
        return np.where(self.holds(places_m), nearest, -nearest)


@dataclass(frozen=True, slots=True)
class Chain:
    """A line on the road as straight pieces, n x 2, m. `handed`: as in `RoadMarks`."""

    points_m: Points
    handed: float

    @property
    def length_m(self) -> float:
        """Its length."""
        return float(np.hypot(*np.diff(self.points_m, axis=0).T).sum())

    def beside(self, places_m: Points) -> tuple[Numbers, Numbers, Points]:
        """Of each place (n x 2): metres left of the line, metres along it, and the unit way to the left.

        The nearest piece counts; before the first point and beyond the last the outer pieces go on for ever,
        so that `along` is below 0 or above `length_m` there.
        """
        start, way = self.points_m[:-1], np.diff(self.points_m, axis=0)
        long_m = np.hypot(*way.T)
        ahead = way / long_m[:, None]
        left = self.handed * np.column_stack([-ahead[:, 1], ahead[:, 0]])
        off = places_m[:, None] - start[None]
        along = np.einsum("npk,pk->np", off, ahead)
        low = np.where(np.arange(len(way)) == 0, -np.inf, 0.0)
        high = np.where(np.arange(len(way)) == len(way) - 1, np.inf, long_m)
        miss = off - np.clip(along, low, high)[..., None] * ahead
        best = np.argmin(np.hypot(miss[..., 0], miss[..., 1]), axis=1)
        rows = np.arange(len(places_m))
        before_m = np.concatenate([[0.0], np.cumsum(long_m)[:-1]])
        aside = np.einsum("nk,nk->n", off[rows, best], left[best])
        return aside, along[rows, best] + before_m[best], left[best]


@dataclass(frozen=True, slots=True)
class Gate:
    """A line across a way, its two ends in metres."""

    ends_m: Points

    def wider(self, by_m: float) -> Gate:
        """The same gate, longer by so much at each end."""
        start, end = self.ends_m
        way = by_m * (end - start) / float(np.hypot(*(end - start)))
        return Gate(np.array([start - way, end + way]))

    def near(self, path_m: Points) -> bool:
        """Whether a path (n x 2) comes anywhere near the gate; cheap."""
        start, end = self.ends_m
        far_m = np.hypot(*(path_m - (start + end) / 2).T)
        return bool((far_m < float(np.hypot(*(end - start))) + _NEAR_M).any())

    def crossing(self, path_m: Points) -> list[tuple[int, float]]:
        """Where a path (n x 2) goes through the gate: (i, share of the step from i to i + 1), in order."""
        start, end = self.ends_m
        way = end - start
        side = way[0] * (path_m[:, 1] - start[1]) - way[1] * (path_m[:, 0] - start[0])
        found = []
        for i in np.flatnonzero((side[:-1] <= 0) != (side[1:] <= 0)):
            share = float(side[i] / (side[i] - side[i + 1]))
            at = path_m[i] + share * (path_m[i + 1] - path_m[i])
            if 0 <= float((at - start) @ way) <= float(way @ way):
                found.append((int(i), share))
        return found


@dataclass(frozen=True, slots=True)
class MarkedTurn:
    """A forbidden turn with its gates in metres."""

    turn: ForbiddenTurn
    enter: Gate
    leave: Gate


@dataclass(frozen=True, slots=True)
class RoadMarks:
    """Everything marked in the camera file, in metres.

    `handed`: +1 where the road's +y is 90 degrees left of its +x, -1 where the metres are counted mirrored.
    """

    lanes: tuple[tuple[Lane, Area], ...]
    zones: tuple[tuple[Zone, Area], ...]
    lines: tuple[tuple[SolidLine, Chain], ...]
    turns: tuple[MarkedTurn, ...]
    handed: float


def marks_of(file: CameraFile, plane: RoadPlane) -> RoadMarks:
    """What the camera file marks, on the road. Raises SceneError naming what does not lie on the road."""
    seen_px = np.array([point.picture_px for point in file.calibration.points])
    middle_px = seen_px.mean(axis=0, keepdims=True)
    handed = -float(np.sign(np.linalg.det(plane.jacobian(middle_px)[0])))

    def road(points_px: Sequence[tuple[float, float]], field: str) -> Points:
        points = np.asarray(points_px, dtype=np.float64)
        if not plane.map.same_side(points, seen_px).all():
            raise SceneError(f"{field}: a point lies above the horizon of the marked road")
        placed = plane.road(points)
        if (np.hypot(*np.diff(placed, axis=0).T) < _SAME_M).any():
            raise SceneError(f"{field}: two points that follow each other are the same")
        return placed

    return RoadMarks(
        lanes=tuple(
            (one, Area(road(one.polygon_px, f"road.lanes[{i}].polygon_px")))
            for i, one in enumerate(file.road.lanes)
        ),
        zones=tuple(
            (one, Area(road(one.polygon_px, f"zones[{i}].polygon_px"))) for i, one in enumerate(file.zones)
        ),
        lines=tuple(
            (one, Chain(road(one.points_px, f"solid_lines[{i}].points_px"), handed))
            for i, one in enumerate(file.solid_lines)
        ),
        turns=tuple(
            MarkedTurn(
                one,
                Gate(road(one.enter_px, f"forbidden_turns[{i}].enter_px")),
                Gate(road(one.leave_px, f"forbidden_turns[{i}].leave_px")),
            )
            for i, one in enumerate(file.forbidden_turns)
        ),
        handed=handed,
    )
