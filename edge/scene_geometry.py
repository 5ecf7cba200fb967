"""From picture to road: a plane homography fitted to marked points, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""n x 2: pixels of the picture, or metres on the road."""

_TRIALS: Final = 120
_SEED: Final = 7
_FEWEST_POINTS: Final = 4


class GeometryError(ValueError):
    """The marked points do not fix a road plane."""


@dataclass(frozen=True, slots=True)
class RoadPlane:
    """The map between the picture (px) and the road (m).

    `residual_px` and `residual_m` are root mean squares over the marked points; `point_error_px` is what one
    marked point is taken to be wrong by. `trials` are homographies as they might as well have come out.
    """

    to_road: npt.NDArray[np.float64]
    to_picture: npt.NDArray[np.float64]
    residual_px: float
    residual_m: float
    point_error_px: float
    trials: tuple[npt.NDArray[np.float64], ...]

    def road(self, picture_px: Points) -> Points:
        """Road metres of picture points, n x 2."""
        return _apply(self.to_road, picture_px)

    def picture(self, road_m: Points) -> Points:
        """Picture px of road points, n x 2."""
        return _apply(self.to_picture, road_m)

    def jacobian(self, picture_px: Points) -> npt.NDArray[np.float64]:
        """d(road m) / d(picture px) at each point: n x 2 x 2, rows in metres, columns in px."""
        h = self.to_road
        homogeneous = np.column_stack([picture_px, np.ones(len(picture_px))]) @ h.T
        w = homogeneous[:, 2]
        road = homogeneous[:, :2] / w[:, None]
        return np.asarray(
            (h[None, :2, :2] - road[:, :, None] * h[None, 2:3, :2]) / w[:, None, None], dtype=np.float64
        )

    def length_error(self, start_m: Sequence[float], end_m: Sequence[float]) -> float:
        """Relative standard error of the distance between two road points, from the marked points alone."""
        ends_px = self.picture(np.array([start_m, end_m], dtype=np.float64))
        true_m = float(np.hypot(*(np.asarray(end_m) - np.asarray(start_m))))
        lengths = [float(np.hypot(*np.diff(_apply(trial, ends_px), axis=0)[0])) for trial in self.trials]
        return float(np.sqrt(np.mean((np.array(lengths) / true_m - 1) ** 2)))

    def place_error_m(self, place_m: Sequence[float]) -> float:
        """Standard error of a road point's place, metres, from the marked points alone."""
        at_px = self.picture(np.array([place_m], dtype=np.float64))
        places = np.array([_apply(trial, at_px)[0] for trial in self.trials])
        return float(np.sqrt(np.mean(np.sum((places - np.asarray(place_m)) ** 2, axis=1))))


def fit_plane(
    picture_px: Points, road_m: Points, *, point_error_px: float = 1.0, road_error_m: float = 0.02
) -> RoadPlane:
    """The least-squares plane through at least four marked points, no three of them on a line.

    Args:
        picture_px: n x 2.
        road_m: n x 2, the same points on the road.
        point_error_px: how exactly points were marked; raised to what the residuals show.
        road_error_m: how exactly they were measured on the road.

    Raises:
        GeometryError: too few points, or they lie on a line.
    """
    if len(picture_px) < _FEWEST_POINTS or len(picture_px) != len(road_m):
        raise GeometryError(f"{len(picture_px)} marked points; at least {_FEWEST_POINTS} are needed")
    to_picture = _homography(road_m, picture_px)
    to_road = np.asarray(np.linalg.inv(to_picture), dtype=np.float64)
    miss_px = picture_px - _apply(to_picture, road_m)
    miss_m = road_m - _apply(to_road, picture_px)
    freedom = 2 * len(picture_px) - 8
    shown_px = float(np.sqrt((miss_px**2).sum() / freedom)) if freedom >= 2 else 0.0  # noqa: PLR2004
    error_px = max(point_error_px, shown_px)
    return RoadPlane(
        to_road=to_road / to_road[2, 2],
        to_picture=to_picture,
        residual_px=float(np.sqrt((miss_px**2).sum(axis=1).mean())),
        residual_m=float(np.sqrt((miss_m**2).sum(axis=1).mean())),
        point_error_px=error_px,
        trials=_trials(picture_px, road_m, error_px, road_error_m),
    )


def _trials(
    picture_px: Points, road_m: Points, error_px: float, error_m: float
) -> tuple[npt.NDArray[np.float64], ...]:
    """Picture-to-road maps of points shaken by their errors. Seeded: same file, same answer."""
    rng = np.random.default_rng(_SEED)
    found: list[npt.NDArray[np.float64]] = []
    for _ in range(_TRIALS):
        shaken_px = picture_px + rng.normal(0, error_px, picture_px.shape)
        shaken_m = road_m + rng.normal(0, error_m, road_m.shape)
        try:
            found.append(np.asarray(np.linalg.inv(_homography(shaken_m, shaken_px)), dtype=np.float64))
        except (GeometryError, np.linalg.LinAlgError):
            continue
    if len(found) < _TRIALS // 2:
        raise GeometryError("the marked points nearly lie on a line; spread them over the road")
    return tuple(found)


def _homography(source: Points, target: Points) -> npt.NDArray[np.float64]:
    matrix, _ = cv2.findHomography(source, target, 0)
    if matrix is None or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-12:  # noqa: PLR2004
        raise GeometryError("the marked points lie on a line; spread them over the road")
    return np.asarray(matrix, dtype=np.float64)


def _apply(matrix: npt.NDArray[np.float64], points: Points) -> Points:
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:3], dtype=np.float64)
