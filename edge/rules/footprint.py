"""The piece of road a vehicle covers: its centre and how far it reaches, from its boxes.

The middle of a box's lower edge is the rear of a vehicle that moves away, the front of one that comes
nearer, and at the side of the picture it is pulled towards the middle by the flank that shows. So a block of
the sizes its kind comes in is laid on the road along its way, where it would fill the box; sizes that do not
explain the box are dropped, and what the others disagree about is added to how far it may reach.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import VehicleClass
from edge.rules.trajectory import Trajectory, trajectory
from edge.scene import Scene
from edge.scene_geometry import Points
from edge.scene_zones import Area
from edge.tracking import Track

Numbers = npt.NDArray[np.float64]
Size = tuple[float, float, float]
"""Width, length, height, m."""

_BOX_ERROR_PX: Final = 1.0
_BOX_ERROR_SHARE: Final = 0.015
_Z95: Final = 1.96
_WINDOW_S: Final = 0.4
_LEAST_WAY_M: Final = 0.6
_WAY_SIGMAS: Final = 4.0
_STEPS: Final = 3
_SAMPLES: Final = 10
_GRID: Final = (5, 3, 3)
_MISSES: Final = np.array([0.1, 0.1])
"""How far a box may be off the width and height of the block that explains it, as a share (logarithm)."""
_KIND_SHARE: Final = 0.2
_UNPOSED_M: Final = 0.4
_FEWEST: Final = 4
_LONGEST_RIM_M: Final = 3.0
_EDGE_PX: Final = 1.0
_LONG: Final[frozenset[VehicleClass]] = frozenset({"bus", "truck"})
_SHARES: Final = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])
_CORNERS: Final = np.array(list(product((-1.0, 1.0), (-1.0, 1.0), (0.0, 1.0))))

_SIZES_M: Final[dict[VehicleClass, tuple[Size, Size]]] = {
    "motorbike": ((0.5, 1.6, 1.3), (1.0, 2.2, 1.9)),
    "bicycle": ((0.5, 1.5, 1.3), (0.8, 2.0, 1.9)),
    "car": ((1.45, 3.3, 1.35), (2.1, 5.4, 2.1)),
    "bus": ((1.9, 5.5, 2.3), (2.55, 12.5, 3.8)),
    "truck": ((1.6, 4.5, 1.8), (2.55, 12.5, 4.0)),
    "person": ((0.4, 0.3, 1.4), (0.8, 0.8, 1.9)),
}
"""Smallest and largest of a kind; Art. 20 of Circular 39/2024 allows 2.5 m of width and 12.2 m of length."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far a vehicle may reach from its centre: to its left and right, and ahead or behind, m."""

    left_m: float
    right_m: float
    half_length_m: float

    def wider(self, by_m: float) -> _Reach:
        return _Reach(self.left_m + by_m, self.right_m + by_m, self.half_length_m + by_m)


@dataclass(frozen=True, slots=True)
class Way:
    """Where a vehicle was, n clear sightings long; `centre_m` and `ahead` (a unit vector) are n x 2.

    Nothing of it is further from the centre than `reach` says, but for the noise of the boxes: `sigma_m`.
    `tallness`: how tall its box is, compared
    with the box of the size it was taken for: it stays the same while the box holds the same vehicle.
    """

    path: Trajectory
    centre_m: Numbers
    ahead: Numbers
    reach: _Reach
    tallness: Numbers
    _per_px: Numbers
    _error_px: Numbers

    def __len__(self) -> int:
        return len(self.path)

    @property
    def t_s(self) -> Numbers:
        """Stream seconds."""
        return self.path.t_s

    @property
    def half_width_m(self) -> float:
        """Half of how wide it may be."""
        return (self.reach.left_m + self.reach.right_m) / 2

    @property
    def left(self) -> Numbers:
        """The unit way 90 degrees counter-clockwise of `ahead`, n x 2."""
        return np.column_stack([-self.ahead[:, 1], self.ahead[:, 0]])

    def cut(self, keep: npt.NDArray[np.bool_] | slice) -> Way:
        """The same with only some of the sightings."""
        return Way(
            self.path.cut(keep),
            self.centre_m[keep],
            self.ahead[keep],
            self.reach,
            self.tallness[keep],
            self._per_px[keep],
            self._error_px[keep],
        )

    def sigma_m(self, way: Numbers) -> Numbers:
        """Standard error of the centre, boxes and marks, in a direction (unit, n x 2 or 2), m, n long."""
        per_px = np.einsum("nk,nkj->nj", np.broadcast_to(way, self.ahead.shape), self._per_px)
        return np.asarray(np.hypot(*(per_px * self._error_px).T), dtype=np.float64)

    def reach_m(self, way: Numbers) -> Numbers:
        """How far it may reach from its centre in a direction (unit, n x 2 or 2), 95 % sure, m, n long."""
        wide = np.broadcast_to(way, self.ahead.shape)
        along = np.abs(np.einsum("nk,nk->n", wide, self.ahead)) * self.reach.half_length_m
        share = np.einsum("nk,nk->n", wide, self.left)
        across = np.abs(share) * np.where(share > 0, self.reach.left_m, self.reach.right_m)
        return np.asarray(along + across + _Z95 * self.sigma_m(way), dtype=np.float64)

    def flanks_m(self) -> Numbers:
        """Its left and right side beside the centre, 95 % sure, n x 2 x 2."""
        doubt_m = _Z95 * self.sigma_m(self.left)
        left = (self.reach.left_m + doubt_m)[:, None] * self.left
        right = (self.reach.right_m + doubt_m)[:, None] * self.left
        return np.stack([self.centre_m + left, self.centre_m - right], axis=1)

    def rim_m(self) -> Numbers:
        """Corners and middles of the sides of what it may cover, 95 % sure, n x 8 x 2.

        Of long vehicles only the middle six metres: how long one is can hardly be told from its box, and an
        area must not have to be longer than the longest lorry to hold anything.
        """
        half_m = min(self.reach.half_length_m, _LONGEST_RIM_M) + _Z95 * self.sigma_m(self.ahead)
        along = half_m[:, None] * self.ahead
        left, right = np.moveaxis(self.flanks_m(), 1, 0)
        beside = [side + way * along for side in (left, right) for way in (-1, 0, 1)]
        return np.stack([*beside, self.centre_m - along, self.centre_m + along], axis=1)

    def inside(self, area: Area) -> npt.NDArray[np.bool_]:
        """When all it may cover lay in an area, 95 % sure, n long."""
        return np.asarray(area.holds(self.rim_m()).all(axis=1), dtype=np.bool_)


class _Last(threading.local):
    """The answers for the track asked about last: every rule asks about the same one in turn."""

    track: Track | None = None
    scene: Scene | None = None
    path: Trajectory | None = None
    way: Way | None = None
    laid = False


_LAST: Final = _Last()


def path_of(track: Track, scene: Scene) -> Trajectory:
    """The `trajectory` of a track, worked out once for all the rules that ask for the same one in turn."""
    if _LAST.path is None or _LAST.track is not track or _LAST.scene is not scene:
        _LAST.track, _LAST.scene = track, scene
        _LAST.path, _LAST.way, _LAST.laid = trajectory(track, scene), None, False
    return _LAST.path


def way_of(track: Track, scene: Scene) -> Way | None:
    """The way of a vehicle, worked out once likewise; None when its foot was clear too few times to say."""
    path = path_of(track, scene)
    if not _LAST.laid:
        _LAST.way, _LAST.laid = _laid(track, scene, path), True
    return _LAST.way


def centre_of(track: Track, scene: Scene, since_s: float, until_s: float) -> Numbers | None:
    """Where the middle of another vehicle mostly was meanwhile, m; None when it was not clearly seen."""
    way = _laid(track, scene, trajectory(track, scene))
    if way is None:
        return None
    meanwhile = (way.t_s >= since_s) & (way.t_s <= until_s)
    return np.median(way.centre_m[meanwhile], axis=0) if meanwhile.any() else None


def _laid(track: Track, scene: Scene, path: Trajectory) -> Way | None:
    path, sides = _seen(track, scene, path)
    if len(path) < _FEWEST:
        return None
    fits = _Fits(scene, sides, _headings(path, sides, scene), scene.plane.jacobian(sides.anchor_px))
    size, reach = _extent(fits, _sizes(track))
    centre_m, share = fits.lay(size[None], np.arange(len(path)))
    if not scene.pose.known:
        reach = reach.wider(_UNPOSED_M)
    scatter_px = np.maximum(_BOX_ERROR_PX, _BOX_ERROR_SHARE * sides.extent_px)
    error_px = np.hypot(scatter_px, scene.plane.point_error_px)
    tall = share[0, :, 1]
    return Way(path, centre_m[0], fits.ahead, reach, tall, fits.per_px, error_px)


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is known of n boxes: of one that a side of the picture cuts, only its other side and its foot."""

    box: Numbers
    """Left, top, right, bottom, px, n x 4."""
    cut: npt.NDArray[np.int64]
    """-1 where the left side of the picture cuts it, 1 where the right does, else 0."""
    headless: npt.NDArray[np.bool_]
    """Where the upper edge of the picture cuts it."""

    @property
    def shares(self) -> Numbers:
        """How much of the left and of the right edge makes the anchor, n x 2."""
        return _SHARES[self.cut + 1]

    @property
    def anchor_px(self) -> Points:
        """The middle of the lower edge, or its end that is in the picture, n x 2."""
        return np.column_stack([(self.box[:, [0, 2]] * self.shares).sum(axis=1), self.box[:, 3]])

    @property
    def extent_px(self) -> Numbers:
        """Width and height as seen, n x 2."""
        return self.box[:, 2:] - self.box[:, :2]

    @property
    def whole_px(self) -> Numbers:
        """Width and height, not a number where the picture cuts it, n x 2."""
        cut = np.column_stack([self.cut != 0, self.headless])
        return np.where(cut, np.nan, self.extent_px)

    def only(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> _Sides:
        """The same with only some of the boxes."""
        return _Sides(self.box[rows], self.cut[rows], self.headless[rows])


def _seen(track: Track, scene: Scene, path: Trajectory) -> tuple[Trajectory, _Sides]:
    """The clear sightings with at least one side in the picture; of long vehicles those with both.

    One side of a bus does not say how far the other is: its flank may show or not.
    """
    right_px = scene.picture_size_px[0] - _EDGE_PX
    rows = [
        (one.frame, one.box.x, one.box.y, one.box.x2, one.box.y2)
        for one in track.observations
        if one.contact_clear
    ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    table = table[np.isin(table[:, 0], path.frame)]
    off_left, off_right = table[:, 1] <= _EDGE_PX, table[:, 3] >= right_px
    long = bool(_kinds(track) & _LONG)
    keep = ~(off_left | off_right) if long else ~(off_left & off_right)
    cut = off_right.astype(np.int64) - off_left
    return path.cut(keep), _Sides(table[:, 1:], cut, table[:, 2] <= _EDGE_PX).only(keep)


def _headings(path: Trajectory, sides: _Sides, scene: Scene) -> Numbers:
    """Which way it goes at each sighting, by its way over a window; carried over where it stands."""
    t_s = path.t_s
    first = np.searchsorted(t_s, t_s - _WINDOW_S)
    last = np.searchsorted(t_s, t_s + _WINDOW_S, side="right") - 1
    moved = _moved(path, sides, scene, first, last)
    doubt_m = np.maximum(_LEAST_WAY_M, _WAY_SIGMAS * np.hypot(path.sigma_m[last], path.sigma_m[first]))
    sure = np.flatnonzero(np.hypot(*moved.T) > doubt_m)
    if not len(sure):
        ends = np.array([0]), np.array([len(path) - 1])
        whole = _moved(path, sides, scene, *ends)[0]
        sure, moved = np.array([0]), np.array([whole if np.hypot(*whole) > doubt_m[0] else scene.direction])
    angle = np.unwrap(np.arctan2(moved[sure, 1], moved[sure, 0]))
    turned = np.interp(t_s, t_s[sure], angle)
    return np.column_stack([np.cos(turned), np.sin(turned)])


def _moved(
    path: Trajectory,
    sides: _Sides,
    scene: Scene,
    first: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
) -> Numbers:
    """The way between pairs of sightings, m, by an end of the lower edge where the other is cut in either."""
    moved = path.road_m[last] - path.road_m[first]
    for side, edge in ((1, 0), (-1, 2)):
        cut = (sides.cut[first] == side) | (sides.cut[last] == side)
        if cut.any():
            corner_m = scene.plane.road(sides.box[:, [edge, 3]])
            moved[cut] = (corner_m[last] - corner_m[first])[cut]
    return np.asarray(moved, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Fits:
    """Lays blocks on the road so that they fill the boxes."""

    scene: Scene
    sides: _Sides
    ahead: Numbers
    per_px: Numbers

    def lay(self, sizes: Numbers, rows: npt.NDArray[np.int64]) -> tuple[Numbers, Numbers]:
        """Blocks of m sizes (m x 3) under the boxes of k `rows`.

        Their centres (m x k x 2, m), and how wide and tall the boxes are as shares of theirs (m x k x 2).
        """
        sides, ahead = self.sides.only(rows), self.ahead[rows]
        side = np.column_stack([-ahead[:, 1], ahead[:, 0]])
        half = sizes / [2.0, 2.0, 1.0]
        corners = np.zeros((len(sizes), len(rows), len(_CORNERS), 3))
        reach = half[:, None] * _CORNERS
        corners[..., :2] = np.einsum("mc,kx->mkcx", reach[..., 0], side)
        corners[..., :2] += np.einsum("mc,kx->mkcx", reach[..., 1], ahead)
        corners[..., 2] = reach[:, None, :, 2]
        anchor_px, shares, per_px = sides.anchor_px, sides.shares, self.per_px[rows]
        centre_m = np.repeat(self.scene.plane.road(anchor_px)[None], len(sizes), axis=0)
        low = high = np.zeros_like(centre_m)
        for _ in range(_STEPS):
            placed = corners.copy()
            placed[..., :2] += centre_m[:, :, None]
            shown = self.scene.pose.picture(placed)
            low, high = shown.min(axis=2), shown.max(axis=2)
            across = low[..., 0] * shares[:, 0] + high[..., 0] * shares[:, 1]
            miss_px = anchor_px - np.stack([across, high[..., 1]], axis=-1)
            centre_m = centre_m + np.einsum("kij,mkj->mki", per_px, miss_px)
        return centre_m, sides.whole_px / np.maximum(high - low, 1e-6)

    def samples(self) -> npt.NDArray[np.int64]:
        """A few sightings spread over the way."""
        return np.unique(np.linspace(0, len(self.ahead) - 1, _SAMPLES).round().astype(np.int64))


def _kinds(track: Track) -> set[VehicleClass]:
    """What it was often taken for."""
    seen = Counter(one.kind for one in track.observations)
    return {kind for kind, times in seen.items() if times >= _KIND_SHARE * seen.total()} | {track.kind}


def _sizes(track: Track) -> Numbers:
    """Sizes this vehicle may have, n x 3: from smallest to largest of every kind it was often taken for."""
    kinds = _kinds(track)
    low = np.min([_SIZES_M[kind][0] for kind in kinds], axis=0)
    high = np.max([_SIZES_M[kind][1] for kind in kinds], axis=0)
    steps = [np.linspace(a, b, n) for a, b, n in zip(low, high, _GRID, strict=True)]
    return np.array(list(product(*steps)), dtype=np.float64)


def _extent(fits: _Fits, sizes: Numbers) -> tuple[Numbers, _Reach]:
    """The size that explains the boxes best, and the reach that holds all that explain them."""
    rows = fits.samples()
    centres, share = fits.lay(sizes, rows)
    off = np.abs(np.log(np.maximum(share, 1e-9)))
    miss = np.zeros((len(sizes), 2))
    for side in range(2):
        if (known := np.isfinite(off[0, :, side])).any():
            miss[:, side] = np.median(off[:, known, side], axis=1)
    best = int(np.argmin((miss / _MISSES).sum(axis=1)))
    good = (miss <= np.minimum(miss[best] + _MISSES / 2, np.maximum(_MISSES, miss[best]))).all(axis=1)
    ahead = fits.ahead[rows]
    off = centres[good] - centres[best]
    along = np.abs((off * ahead).sum(axis=2)).max(axis=1)
    left = off[..., 1] * ahead[:, 0] - off[..., 0] * ahead[:, 1]
    half = sizes[good] / 2
    return sizes[best], _Reach(
        left_m=float((left.max(axis=1) + half[:, 0]).max()),
        right_m=float((half[:, 0] - left.min(axis=1)).max()),
        half_length_m=float((along + half[:, 1]).max()),
    )
