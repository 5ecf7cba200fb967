"""How far away what stands still is, pixel by pixel: what a vehicle is nearer than, it covers."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render.blender import bpy, mathutils
from sample_videos.render.camera import Pinhole

Floats = npt.NDArray[np.float32]
STEP_PX = 2
LOW = ("ground", "markings", "pavements")  # on what vehicles stand: it never hides them


def measure(camera: Pinhole) -> Floats:
    """Return the depth (h / 2, w / 2) of all that stands up in the scene, metres; inf where nothing does.

    Vehicles must be off the stage.
    """
    bpy.context.view_layer.update()
    graph: Any = bpy.context.evaluated_depsgraph_get()
    eye = mathutils.Vector(camera.position_m)
    v, u = np.mgrid[0 : camera.height : STEP_PX, 0 : camera.width : STEP_PX] + STEP_PX / 2
    rays = np.stack([(u - camera.width / 2), (v - camera.height / 2), np.full_like(u, camera.focal_px)], -1)
    ways = (rays / camera.focal_px) @ camera.axes()
    found = np.full(u.shape, np.inf, np.float32)
    cast = bpy.context.scene.ray_cast
    for place in np.ndindex(*u.shape):
        way = mathutils.Vector(ways[place])
        hit, at, _, _, obj, _ = cast(graph, eye, way.normalized())
        if hit and not obj.name.startswith(LOW):
            found[place] = (at - eye).length / way.length
    return found


def full(small: Floats, camera: Pinhole) -> Floats:
    """Return the depth for every pixel of the picture."""
    size = (camera.width, camera.height)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_NEAREST), dtype=np.float32)


def hidden(still: Floats, depth: Floats, slack_m: float = 0.3) -> Floats:
    """Return how much (h, w) 0..1 of a vehicle at ``depth`` lies behind what stands still."""
    behind = (still < depth - slack_m).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(behind, (0, 0), 0.7) if behind.any() else behind, dtype=np.float32)
