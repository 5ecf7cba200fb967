"""A track on the road plane: where the foot of the vehicle stood, when, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import Box
from edge.scene import Scene
from edge.tracking import Track

Numbers = npt.NDArray[np.float64]

_FOOT_ERROR_PX: Final = 1.0
_FOOT_ERROR_HEIGHTS: Final = 0.012
LONGEST_GAP_S: Final = 1.0
_HARDEST_PUSH_MPS2: Final = 12.0
_SLACK_M: Final = 0.6
_SIGMAS: Final = 6.0
_LARGEST_GROWTH: Final = 2.2
_JUMP_ROWS: Final = 3
_BASELINE_S: Final = 0.3
_SIDE_PX: Final = 4.0


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The sightings whose foot was clear, each array n long; `road_m` and `foot_px` are n x 2.

    `along_m` runs along the direction of travel, `sigma_m` is its standard error, `m_per_px` the metres along
    the road that one pixel of height is worth there, `size_m2` the box as it would stand upright on the road;
    `whole` says that no side of the picture cuts it.
    `top_px` is the middle of the box's upper edge.
    """

    t_s: Numbers
    frame: npt.NDArray[np.int64]
    foot_px: Numbers
    height_px: Numbers
    size_m2: Numbers
    road_m: Numbers
    along_m: Numbers
    sigma_m: Numbers
    m_per_px: Numbers
    whole: npt.NDArray[np.bool_]
    top_px: Numbers

    def __len__(self) -> int:
        return len(self.t_s)

    def cut(self, keep: npt.NDArray[np.bool_] | slice) -> Trajectory:
        """The same with only some of the sightings."""
        return Trajectory(*(getattr(self, name)[keep] for name in self.__slots__))


def trajectory(track: Track, scene: Scene, *, foot_error_px: float = _FOOT_ERROR_PX) -> Trajectory:
    """The clear sightings of a track on the road. Sightings beyond the horizon are left out."""
    rows = [
        (one.t_s, one.frame, *one.box.bottom_centre, one.box.h, one.box.area, _is_whole(one.box, scene))
        for one in track.observations
        if one.contact_clear
    ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    foot_px = table[:, 2:4]
    road_m = scene.plane.road(foot_px)
    jacobian = scene.plane.jacobian(foot_px)
    m_per_px = np.einsum("i,nij->nj", scene.direction, jacobian)
    error_px = np.maximum(foot_error_px, _FOOT_ERROR_HEIGHTS * table[:, 4])
    sigma_m = np.hypot(m_per_px[:, 0], m_per_px[:, 1]) * error_px
    made = Trajectory(
        t_s=table[:, 0],
        frame=table[:, 1].astype(np.int64),
        foot_px=foot_px,
        height_px=table[:, 4],
        size_m2=table[:, 5] * (jacobian[:, :, 0] ** 2).sum(axis=1),
        road_m=road_m,
        along_m=scene.along_m(road_m),
        sigma_m=sigma_m,
        m_per_px=np.abs(m_per_px[:, 1]),
        whole=table[:, 6] > 0,
        top_px=foot_px - np.array([[0.0, 1.0]]) * table[:, 4:5],
    )
    return made.cut(_before_horizon(scene, foot_px) & np.isfinite(road_m).all(axis=1))


def broken(path: Trajectory, *, longest_gap_s: float = LONGEST_GAP_S) -> str | None:
    """Why these sightings cannot be one vehicle's unbroken way; None when they can.

    `gap`: its foot was not clear for longer than that. `jump`: no vehicle brakes or swerves like that.
    `size_jump`: the box more than doubled or halved between two sightings.
    """
    dt = np.diff(path.t_s)
    if len(dt) and dt.max() > longest_gap_s:
        return "gap"
    growth = np.abs(np.diff(np.log(np.maximum(path.size_m2[path.whole], 1e-6))))
    if len(growth) and growth.max() > np.log(_LARGEST_GROWTH):
        return "size_jump"
    if len(path) < _JUMP_ROWS:
        return None
    return "jump" if bool(_leaps(path).any()) else None


def _leaps(path: Trajectory) -> npt.NDArray[np.bool_]:
    """Of the third sighting and each later one: whether no vehicle gets there from where it was going.

    How it was going is seen over the last `_BASELINE_S`, so that a long gap after it is not excused by the
    noise of two sightings next to one another.
    """
    now = np.arange(2, len(path))
    before = now - 1
    base = np.minimum(np.searchsorted(path.t_s, path.t_s[before] - _BASELINE_S), before - 1)
    dt_s, base_s = path.t_s[now] - path.t_s[before], path.t_s[before] - path.t_s[base]
    reach = (dt_s / base_s)[:, None]
    expected_m = path.road_m[before] + reach * (path.road_m[before] - path.road_m[base])
    miss_m = np.hypot(*(path.road_m[now] - expected_m).T)
    reach = reach[:, 0]
    noise_m = _SIGMAS * np.sqrt(
        path.sigma_m[now] ** 2 + ((1 + reach) * path.sigma_m[before]) ** 2 + (reach * path.sigma_m[base]) ** 2
    )
    allowed_m = _SLACK_M + noise_m + 0.5 * _HARDEST_PUSH_MPS2 * dt_s * (dt_s + base_s)
    return np.asarray(miss_m > allowed_m, dtype=np.bool_)


def _is_whole(box: Box, scene: Scene) -> bool:
    return box.x >= _SIDE_PX and box.x2 <= scene.picture_size_px[0] - _SIDE_PX


def _before_horizon(scene: Scene, foot_px: Numbers) -> npt.NDArray[np.bool_]:
    """Points on the same side of the plane's horizon as the middle of the marked points."""
    marked = np.array([point.picture_px for point in scene.file.calibration.points])
    return scene.plane.map.same_side(foot_px, marked)
