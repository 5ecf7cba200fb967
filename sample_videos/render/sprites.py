"""Vehicles as cut-out pictures: rendered at few moments, carried exactly to all others by their geometry.

A vehicle on the road is rigid, so where each point of its surface is seen follows from its pose. One that was
rendered at two moments is therefore moved, pixel by pixel, to any moment between; the two are faded over.
Rendering is dear (a second a picture), moving is cheap, and boxes and plates stay where the truth has them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render import fleet
from sample_videos.render.camera import Pinhole
from sample_videos.render.cast import Member
from sample_videos.render.plan import Pose

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Rect = tuple[int, int, int, int]
OVERSCAN_PX = (40, 40)
CELL_PX = 5
POINTS_PER_M2 = 900.0
MOST_POINTS = 70_000
THICK_M = 0.45  # what lies deeper than this behind its neighbours is not what is seen
NEAREST_M = 1.0
STEP_LOG, STEP_RAD, STRAIGHT_RAD = 0.26, 0.20, 0.03
PAD_PX = 4
MIRRORED_Z_M = 1.3
PLATE_GROWN = 1.12


@dataclass(frozen=True)
class Surface:
    """Points (n, 3) spread over a vehicle in its own frame, and the way each faces (zero: every way)."""

    points: Array
    normals: Array


def surface(member: Member) -> Surface:
    """Spread points over a vehicle's triangles, in proportion to their area."""
    v, tri = member.rig.vertices, member.rig.triangles
    a, b, c = (v[tri[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    double = np.linalg.norm(cross, axis=1)
    rng = np.random.default_rng(1)
    count = np.minimum(400, rng.poisson(double / 2 * POINTS_PER_M2 + 0.3))
    if count.sum() > MOST_POINTS:
        count = rng.binomial(count, MOST_POINTS / count.sum())
    which = np.repeat(np.arange(len(tri)), count)
    u, w = rng.random(len(which)), rng.random(len(which))
    flip = u + w > 1
    u[flip], w[flip] = 1 - u[flip], 1 - w[flip]
    points = a[which] + (b - a)[which] * u[:, None] + (c - a)[which] * w[:, None]
    mixed = rng.permutation(len(which))
    return Surface(points[mixed], (cross[which] / np.maximum(double[which], 1e-12)[:, None])[mixed])


@dataclass(frozen=True)
class Sprite:
    """A vehicle cut out at one pose: premultiplied colour and alpha (h, w, 4) 0..255; its place in px."""

    pose: Pose
    rgba: Floats
    origin: tuple[int, int]


@dataclass
class Reel:
    """All key moments of one vehicle: frame numbers, and the sprites rendered for them."""

    member: Member
    keys: list[int]
    surface: Surface
    sprites: dict[int, Sprite] = field(default_factory=dict)

    def has(self, k: int) -> bool:
        """Whether the vehicle is in the picture at frame ``k``."""
        return bool(self.keys) and self.keys[0] <= k <= self.keys[-1]

    def around(self, k: int) -> tuple[int, int, float]:
        """Return the keys before and after frame ``k`` and the weight of the later one."""
        before = max((n for n in self.keys if n <= k), default=self.keys[0])
        after = min((n for n in self.keys if n >= k), default=self.keys[-1])
        if before == after:
            return before, after, 0.0
        u = (k - before) / (after - before)
        return before, after, u * u * (3 - 2 * u)


def place_px(points: Array, pose: Pose, camera: Pinhole) -> tuple[Array, Array]:
    """Return pixels (n, 2) and depths of points of a vehicle standing at ``pose``."""
    return camera.project(fleet.to_road(points, pose))


def box_px(member: Member, pose: Pose, camera: Pinhole) -> tuple[float, float, float, float] | None:
    """Return (x0, y0, x1, y1) of a vehicle in picture px, None when it is behind the camera."""
    px, depth = place_px(member.rig.vertices, pose, camera)
    px = px[depth > NEAREST_M]
    if len(px) < len(depth) * 0.2:
        return None
    (x0, y0), (x1, y1) = px.min(axis=0), px.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def shown(member: Member, pose: Pose | None, camera: Pinhole) -> bool:
    """Whether anything of a vehicle lies in the picture."""
    box = box_px(member, pose, camera) if pose is not None else None
    if box is None:
        return False
    x0, y0, x1, y1 = box
    return x1 > 0 and y1 > 0 and x0 < camera.width and y0 < camera.height and max(x1 - x0, y1 - y0) > 4


def key_frames(member: Member, camera: Pinhole, fps: float, frames: int) -> list[int]:
    """Choose the frames to render: whenever distance, bearing or heading have changed enough.

    Who turns after going straight for long is rendered at the end of the straight as well: faded over the
    whole way, the turned picture would show as a ghost.
    """
    keys: list[int] = []
    straight = 0
    last: tuple[float, float, float] | None = None
    final = None
    for k in range(frames):
        pose = member.ride.pose(k / fps)
        if pose is None or not shown(member, pose, camera):
            continue
        final = k
        dx, dy = pose.rear[0] - camera.position_m[0], pose.rear[1] - camera.position_m[1]
        ex, ey = pose.front[0] - camera.position_m[0], pose.front[1] - camera.position_m[1]
        near = min(math.hypot(dx, dy), math.hypot(ex, ey))
        seen = (math.log(math.hypot(near, camera.position_m[2] - 1)), math.atan2(dx, dy), pose.yaw)
        turned = 0.0 if last is None else abs(seen[2] - last[2])
        if (
            last is None
            or abs(seen[0] - last[0]) > STEP_LOG
            or max(abs(seen[1] - last[1]), turned) > STEP_RAD
            or _lamps_changed(member, keys[-1] / fps, k / fps)
        ):
            if turned > STRAIGHT_RAD and 2 * straight > k + keys[-1]:
                keys.append(straight)
            keys.append(k)
            last, straight = seen, k
        elif turned < STRAIGHT_RAD:
            straight = k
    if final is not None and keys[-1] != final and last is not None:
        keys.append(final)
    return keys


def _lamps_changed(member: Member, t0: float, t1: float) -> bool:
    a, b = member.ride.pose(t0), member.ride.pose(t1)
    return a is not None and b is not None and a.braking != b.braking


def overscan_rect(member: Member, pose: Pose, camera: Pinhole) -> Rect | None:
    """Return the pixel rectangle of a vehicle in the picture widened by ``OVERSCAN_PX`` on each side."""
    box = box_px(member, pose, camera)
    if box is None:
        return None
    mx, my = OVERSCAN_PX
    x0, x1 = (min(max(v, 0.0), camera.width + 2.0 * mx) for v in (box[0] + mx - PAD_PX, box[2] + mx + PAD_PX))
    y0, y1 = (
        min(max(v, 0.0), camera.height + 2.0 * my) for v in (box[1] + my - PAD_PX, box[3] + my + PAD_PX)
    )
    x, y, w, h = int(x0), int(y0), math.ceil(x1) - int(x0), math.ceil(y1) - int(y0)
    return (x, y, w, h) if w > 1 and h > 1 else None


def _field(
    reel: Reel, sprite: Sprite, pose: Pose, camera: Pinhole, rect: Rect, *, upside: float = 1.0
) -> tuple[Floats, Floats, Floats]:
    """Return maps (h, w) from the pixels of ``rect`` to overscan px in the key's picture, and depths (m).

    ``upside`` -1 turns the vehicle upside down in the road's plane, as a puddle shows it.
    """
    x, y, w, h = rect
    enough = 2000 + 14 * (w * h // CELL_PX**2)
    points, normals = reel.surface.points[:enough], reel.surface.normals[:enough]
    now, depth = place_px(points * np.array([1.0, 1.0, upside]), pose, camera)
    then, depth_then = place_px(points, sprite.pose, camera)
    world = fleet.to_road(points, pose)
    turned = fleet.to_road(normals, Pose((0.0, 0.0), (0.0, 0.0), pose.yaw, 0.0, braking=False))
    facing = ((np.array(camera.position_m) - world) * turned).sum(axis=1) > 0
    good = facing & (depth > NEAREST_M) & (depth_then > NEAREST_M)
    now, shift, depth = now[good], (then - now)[good], depth[good]
    gw, gh = w // CELL_PX + 2, h // CELL_PX + 2
    cx = ((now[:, 0] - x) / CELL_PX).astype(int)
    cy = ((now[:, 1] - y) / CELL_PX).astype(int)
    inside = (cx >= 0) & (cx < gw) & (cy >= 0) & (cy < gh)
    cx, cy, shift, depth = cx[inside], cy[inside], shift[inside], depth[inside]
    nearest = np.full((gh, gw), np.inf, np.float32)
    np.minimum.at(nearest, (cy, cx), depth.astype(np.float32))
    front = depth < cv2.erode(nearest, np.ones((3, 3), np.uint8))[cy, cx] + THICK_M
    cx, cy, shift, depth = cx[front], cy[front], shift[front], depth[front]
    order = np.argsort(-depth)
    grid = np.zeros((gh, gw, 4), np.float32)
    grid[cy[order], cx[order]] = np.column_stack([shift[order], depth[order], np.ones(len(order))])
    grid = _filled(grid)
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    gx, gy = xs / CELL_PX - 0.5, ys / CELL_PX - 0.5
    moved = cv2.remap(grid[..., :3], gx, gy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return xs + x + moved[..., 0] + OVERSCAN_PX[0], ys + y + moved[..., 1] + OVERSCAN_PX[1], moved[..., 2]


def _filled(grid: Floats) -> Floats:
    """Fill empty cells (last channel 0) from their neighbours, then smooth a little."""
    while (grid[..., -1] == 0).any() and (grid[..., -1] > 0).any():
        blurred = cv2.blur(grid, (3, 3), borderType=cv2.BORDER_REPLICATE)
        weight = blurred[..., -1:]
        average = np.where(weight > 0, blurred / np.maximum(weight, 1e-9), 0)
        grid = np.where(grid[..., -1:] > 0, grid, average).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grid, (0, 0), 0.7), dtype=np.float32)


def carried(reel: Reel, sprite: Sprite, pose: Pose, camera: Pinhole, rect: Rect) -> tuple[Floats, Floats]:
    """Return a sprite moved to ``pose``: colour, alpha and validity (h, w, 5), and its depth (h, w)."""
    map_x, map_y, depth = _field(reel, sprite, pose, camera, rect)
    ox, oy = sprite.origin
    out = cv2.remap(sprite.rgba, map_x - ox, map_y - oy, cv2.INTER_CUBIC, borderValue=(0, 0, 0, 0))
    wide, high = camera.width + 2 * OVERSCAN_PX[0], camera.height + 2 * OVERSCAN_PX[1]
    valid = (map_x > 0) & (map_y > 0) & (map_x < wide - 1) & (map_y < high - 1)
    for corners in reel.member.plates():
        _lay_plate(out, corners, sprite, pose, camera, rect=rect)
    whole = np.concatenate([np.clip(out, 0, 255), valid[..., None].astype(np.float32)], axis=2)
    return np.asarray(whole, dtype=np.float32), depth


def _lay_plate(
    out: Floats, corners: Array, sprite: Sprite, pose: Pose, camera: Pinhole, *, rect: Rect
) -> None:
    """Carry a plate over exactly, in place: it is flat, so four corners say where each of its points goes."""
    wide = corners.mean(axis=0) + PLATE_GROWN * (corners - corners.mean(axis=0))
    if not (faces(corners, pose, camera) and faces(corners, sprite.pose, camera)):
        return
    now, depth = place_px(wide, pose, camera)
    then, depth_then = place_px(wide, sprite.pose, camera)
    now -= rect[:2]
    then += np.array(OVERSCAN_PX) - sprite.origin
    height, width = sprite.rgba.shape[:2]
    if min(depth.min(), depth_then.min()) < NEAREST_M or (then < 0).any() or (then > (width, height)).any():
        return
    x0, y0 = np.clip(np.floor(now.min(axis=0)).astype(int) - 2, 0, None)
    x1, y1 = np.ceil(now.max(axis=0)).astype(int) + 2
    part = out[y0:y1, x0:x1]
    if not part.size:
        return
    now = (now - (x0, y0)).astype(np.float32)
    turn = cv2.getPerspectiveTransform(now, then.astype(np.float32))
    size = part.shape[1::-1]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    flat = cv2.warpPerspective(sprite.rgba, turn, size, flags=flags)
    mask = np.zeros(part.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(now * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    share = (mask / 255.0)[..., None]
    part[:] = part * (1 - share) + flat * share


def faces(corners: Array, pose: Pose, camera: Pinhole) -> bool:
    """Whether a plate with these corners (4, 3), bottom left first, shows the camera its front."""
    a, b, _, d = fleet.to_road(corners, pose)
    return float(np.cross(b - a, d - a) @ (np.array(camera.position_m) - a)) > 0


def mirror(reel: Reel, sprite: Sprite, pose: Pose, camera: Pinhole) -> tuple[Rect, Floats] | None:
    """Return where a vehicle's reflection in the road lies, and its colour and alpha (h, w, 4)."""
    low = reel.member.rig.vertices[reel.member.rig.vertices[:, 2] < MIRRORED_Z_M]
    px, depth = place_px(low * np.array([1.0, 1.0, -1.0]), pose, camera)
    px = px[depth > NEAREST_M]
    if len(px) < 3:
        return None
    (x0, y0), (x1, y1) = np.clip(px.min(axis=0), 0, None), px.max(axis=0)
    rect = (int(x0), int(y0), min(camera.width, int(x1)) - int(x0), min(camera.height, int(y1)) - int(y0))
    if rect[2] < 2 or rect[3] < 2:
        return None
    map_x, map_y, _ = _field(reel, sprite, pose, camera, rect, upside=-1.0)
    ox, oy = sprite.origin
    out = cv2.remap(sprite.rgba, map_x - ox, map_y - oy, cv2.INTER_LINEAR, borderValue=(0, 0, 0, 0))
    return rect, np.asarray(out, dtype=np.float32)


def picture_rect(member: Member, pose: Pose, camera: Pinhole) -> Rect | None:
    """Return the part (x, y, w, h) of the picture a vehicle covers, None when it covers none."""
    box = box_px(member, pose, camera)
    if box is None:
        return None
    x0, x1 = (min(max(v, 0.0), float(camera.width)) for v in (box[0] - PAD_PX, box[2] + PAD_PX))
    y0, y1 = (min(max(v, 0.0), float(camera.height)) for v in (box[1] - PAD_PX, box[3] + PAD_PX))
    x, y = int(x0), int(y0)
    w, h = min(camera.width, math.ceil(x1)) - x, min(camera.height, math.ceil(y1)) - y
    return (x, y, w, h) if w > 0 and h > 0 else None


def layer(reel: Reel, k: int, pose: Pose, camera: Pinhole) -> tuple[Rect, Floats, Floats] | None:
    """Return where a vehicle is in frame ``k``, its colour and alpha (h, w, 4), and its depth (h, w)."""
    rect = picture_rect(reel.member, pose, camera)
    if rect is None or not reel.keys:
        return None
    before, after, weight = reel.around(k)
    parts = [(reel.sprites[before], 1.0 - weight)] + (
        [(reel.sprites[after], weight)] if after != before else []
    )
    total, share = np.zeros((rect[3], rect[2], 4), np.float32), np.zeros((rect[3], rect[2], 1), np.float32)
    for sprite, part in parts:
        moved, depth = carried(reel, sprite, pose, camera, rect)
        usable = (moved[..., 4:5] * part).astype(np.float32)
        total += moved[..., :4] * usable
        share += usable
    return rect, np.asarray(total / np.maximum(share, 1e-3), dtype=np.float32), depth


def lay(picture: npt.NDArray[np.uint8], rect: Rect, top: Floats) -> None:
    """Lay a premultiplied layer over a part of the picture, in place."""
    x, y, w, h = rect
    under = picture[y : y + h, x : x + w].astype(np.float32)
    alpha = top[..., 3:4] / 255.0
    picture[y : y + h, x : x + w] = np.clip(np.round(under * (1 - alpha) + top[..., :3]), 0, 255).astype(
        np.uint8
    )


def reel_of(member: Member, camera: Pinhole, fps: float, frames: int) -> Reel:
    """Return a vehicle's reel, no sprite rendered yet."""
    return Reel(member, key_frames(member, camera, fps, frames), surface(member))
