"""From picture to road: a plane homography fitted to marked points, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.scene_lens import Lens

Points = npt.NDArray[np.float64]
"""n x 2: pixels of the picture, or metres on the road."""

_TRIALS: Final = 120
_SEED: Final = 7
_FEWEST_POINTS: Final = 4
_HORIZON: Final = 1e-9


class GeometryError(ValueError):
    """The marked points do not fix a road plane."""


@dataclass(frozen=True, slots=True)
class RoadMap:
    """A map between the picture as shown (px) and the road (m), through the lens where one is given."""

    to_road: npt.NDArray[np.float64]
    to_picture: npt.NDArray[np.float64]
    lens: Lens | None = None

    def road(self, picture_px: Points) -> Points:
        """Road metres of picture points, n x 2."""
        return _apply(self.to_road, self.straight(picture_px))

    def picture(self, road_m: Points) -> Points:
        """Picture px of road points, n x 2."""
        straight_px = _apply(self.to_picture, np.asarray(road_m, dtype=np.float64))
        return straight_px if self.lens is None else self.lens.shown(straight_px)

    def jacobian(self, picture_px: Points) -> npt.NDArray[np.float64]:
        """d(road m) / d(picture px) at each point: n x 2 x 2, rows in metres, columns in px."""
        h = self.to_road
        homogeneous = np.column_stack([self.straight(picture_px), np.ones(len(picture_px))]) @ h.T
        w = homogeneous[:, 2]
        road = homogeneous[:, :2] / w[:, None]
        plane = (h[None, :2, :2] - road[:, :, None] * h[None, 2:3, :2]) / w[:, None, None]
        bent = plane if self.lens is None else plane @ self.lens.jacobian(picture_px)
        return np.asarray(bent, dtype=np.float64)

    def same_side(self, picture_px: Points, as_px: Points) -> npt.NDArray[np.bool_]:
        """Which picture points lie on the same side of the road's horizon as the middle of `as_px`."""
        row = self.to_road[2]
        side = float(row @ np.array([*self.straight(as_px).mean(axis=0), 1.0]))
        ahead = np.column_stack([self.straight(picture_px), np.ones(len(picture_px))]) @ row
        return np.asarray(ahead * np.sign(side) > _HORIZON * abs(side), dtype=np.bool_)

    def straight(self, picture_px: Points) -> Points:
        """Where a faultless lens would show picture points, px, n x 2."""
        points = np.asarray(picture_px, dtype=np.float64)
        return points if self.lens is None else self.lens.straight(points)


@dataclass(frozen=True, slots=True)
class RoadPlane:
    """The map between the picture (px) and the road (m), fitted.

    `residual_px` and `residual_m` are root mean squares over the marked points; `point_error_px` is what one
    marked point is taken to be wrong by. `trials` are maps as they might as well have come out.
    """

    map: RoadMap
    residual_px: float
    residual_m: float
    point_error_px: float
    trials: tuple[RoadMap, ...]

    def road(self, picture_px: Points) -> Points:
        """Road metres of picture points, n x 2."""
        return self.map.road(picture_px)

    def picture(self, road_m: Points) -> Points:
        """Picture px of road points, n x 2."""
        return self.map.picture(road_m)

    def jacobian(self, picture_px: Points) -> npt.NDArray[np.float64]:
        """d(road m) / d(picture px) at each point: n x 2 x 2, rows in metres, columns in px."""
        return self.map.jacobian(picture_px)

    def trial_roads(self, picture_px: Points) -> npt.NDArray[np.float64]:
        """Road metres of n picture points by each of the trials: trials x n x 2."""
        if any(trial.lens is not self.map.lens for trial in self.trials):
            return np.stack([trial.road(picture_px) for trial in self.trials])
        return _apply(np.stack([trial.to_road for trial in self.trials]), self.map.straight(picture_px))

    def length_error(self, start_m: Sequence[float], end_m: Sequence[float]) -> float:
        """Relative standard error of the distance between two road points, from the calibration alone."""
        ends_px = self.picture(np.array([start_m, end_m], dtype=np.float64))
        true_m = float(np.hypot(*(np.asarray(end_m) - np.asarray(start_m))))
        lengths = [float(np.hypot(*np.diff(trial.road(ends_px), axis=0)[0])) for trial in self.trials]
        return float(np.sqrt(np.mean((np.array(lengths) / true_m - 1) ** 2)))

    def place_error_m(self, place_m: Sequence[float]) -> float:
        """Standard error of a road point's place, metres, from the calibration alone."""
        at_px = self.picture(np.array([place_m], dtype=np.float64))
        places = np.array([trial.road(at_px)[0] for trial in self.trials])
        return float(np.sqrt(np.mean(np.sum((places - np.asarray(place_m)) ** 2, axis=1))))


def fit_plane(
    picture_px: Points,
    road_m: Points,
    *,
    point_error_px: float = 1.0,
    road_error_m: float = 0.02,
    lens: Lens | None = None,
    lens_error: float = 0.0,
) -> RoadPlane:
    """The least-squares plane through at least four marked points, no three of them on a line.

    Args:
        picture_px: n x 2, as the camera shows them.
        road_m: n x 2, the same points on the road.
        point_error_px: how exactly points were marked; raised to what the residuals show.
        road_error_m: how exactly they were measured on the road.
        lens: the distortion to take out first.
        lens_error: standard error of its k1.

    Raises:
        GeometryError: too few points, they lie on a line, or the lens cannot have shown them.
    """
    if len(picture_px) < _FEWEST_POINTS or len(picture_px) != len(road_m):
        raise GeometryError(f"{len(picture_px)} marked points; at least {_FEWEST_POINTS} are needed")
    found = _fitted(picture_px, road_m, lens)
    miss_px = picture_px - found.picture(road_m)
    miss_m = road_m - found.road(picture_px)
    freedom = 2 * len(picture_px) - 8
    shown_px = float(np.sqrt((miss_px**2).sum() / freedom)) if freedom >= 2 else 0.0  # noqa: PLR2004
    error_px = max(point_error_px, shown_px)
    return RoadPlane(
        map=found,
        residual_px=float(np.sqrt((miss_px**2).sum(axis=1).mean())),
        residual_m=float(np.sqrt((miss_m**2).sum(axis=1).mean())),
        point_error_px=error_px,
        trials=_trials(picture_px, road_m, (error_px, road_error_m), (lens, lens_error)),
    )


def _trials(
    picture_px: Points, road_m: Points, errors: tuple[float, float], lens_as_given: tuple[Lens | None, float]
) -> tuple[RoadMap, ...]:
    """Maps of points (errors: px, m) and a lens shaken by their errors. Seeded: same file, same answer."""
    rng = np.random.default_rng(_SEED)
    lens, lens_error = lens_as_given
    found: list[RoadMap] = []
    for _ in range(_TRIALS):
        shaken_px = picture_px + rng.normal(0, errors[0], picture_px.shape)
        shaken_m = road_m + rng.normal(0, errors[1], road_m.shape)
        bent = replace(lens, k1=lens.k1 + rng.normal(0, lens_error)) if lens and lens_error else lens
        try:
            found.append(_fitted(shaken_px, shaken_m, bent))
        except (GeometryError, np.linalg.LinAlgError):
            continue
    if len(found) < _TRIALS // 2:
        raise GeometryError("the marked points nearly lie on a line; spread them over the road")
    return tuple(found)


def _fitted(picture_px: Points, road_m: Points, lens: Lens | None) -> RoadMap:
    straight_px = picture_px if lens is None else lens.straight(picture_px)
    if not np.isfinite(straight_px).all():
        raise GeometryError("the lens numbers cannot have shown the marked points; check k1 and k2")
    to_picture = _homography(road_m, straight_px)
    to_road = np.asarray(np.linalg.inv(to_picture), dtype=np.float64)
    return RoadMap(to_road / to_road[2, 2], to_picture, lens)


def _homography(source: Points, target: Points) -> npt.NDArray[np.float64]:
    matrix, _ = cv2.findHomography(source, target, 0)
    if matrix is None or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-12:  # noqa: PLR2004
        raise GeometryError("the marked points lie on a line; spread them over the road")
    return np.asarray(matrix, dtype=np.float64)


def _apply(matrix: npt.NDArray[np.float64], points: Points) -> npt.NDArray[np.float64]:
    """Points by a 3 x 3 matrix (n x 2), or by each of several (matrices x n x 2)."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.swapaxes(-1, -2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(homogeneous[..., :2] / homogeneous[..., 2:3], dtype=np.float64)
