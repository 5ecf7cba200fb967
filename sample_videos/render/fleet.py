"""Turns planned vehicles into scene objects and places them frame by frame."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_videos.render import bikes, cars, compose, heavy, plates
from sample_videos.render import materials as mt
from sample_videos.render.camera import Pinhole
from sample_videos.render.plan import PlannedVehicle, Pose, Vehicle
from sample_videos.render.shapes import Vec, picture_quad

Array = npt.NDArray[np.float64]
Made = tuple[Any, Any, Vec, float]  # body, brake lamps, plate centre, plate tilt in radians
BRAKE_ON = (1.0, 0.0, 0.0, 1.0)
BRAKE_OFF = (0.05, 0.0, 0.0, 1.0)


@dataclass
class Rig:
    """A vehicle in the scene: its objects and its geometry in the vehicle's own frame."""

    vehicle: Vehicle
    body: Any
    lamps: Any
    plate: Any
    vertices: Array
    triangles: npt.NDArray[np.int32]
    plate_corners: Array

    def place(self, pose: Pose | None) -> None:
        """Move all objects to ``pose``; hide them when there is none."""
        for obj in (self.body, self.lamps, self.plate):
            obj.hide_render = pose is None
            if pose is None:
                obj.location = (0.0, -500.0, 0.0)
            else:
                obj.location = (pose.front[0], pose.front[1], 0.0)
                obj.rotation_euler = (0.0, 0.0, -pose.yaw)
        if pose is not None:
            self.lamps.color = BRAKE_ON if pose.braking else BRAKE_OFF


def to_road(points: Array, pose: Pose) -> Array:
    """Transform points (n, 3) from the vehicle's frame to road metres."""
    c, s = math.cos(pose.yaw), math.sin(pose.yaw)
    turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(points @ turn.T + np.array([pose.front[0], pose.front[1], 0.0]))


def _plate_corners(centre: Vec, tilt: float, size: tuple[float, float]) -> list[Vec]:
    w, h = size[0] / 2, size[1] / 2
    dy, dz = math.sin(tilt) * h, math.cos(tilt) * h
    x, y, z = centre
    return [
        (x - w, y - dy, z - dz),
        (x + w, y - dy, z - dz),
        (x + w, y + dy, z + dz),
        (x - w, y + dy, z + dz),
    ]


def mesh_arrays(objects: list[Any]) -> tuple[Array, npt.NDArray[np.int32]]:
    """Return vertices (n, 3) and triangles (m, 3) of mesh objects, joined."""
    verts, tris, base = [], [], 0
    for obj in objects:
        mesh = obj.data
        mesh.calc_loop_triangles()
        v = np.empty(len(mesh.vertices) * 3)
        mesh.vertices.foreach_get("co", v)
        t = np.empty(len(mesh.loop_triangles) * 3, dtype=np.int32)
        mesh.loop_triangles.foreach_get("vertices", t)
        verts.append(v.reshape(-1, 3))
        tris.append(t.reshape(-1, 3) + base)
        base += len(mesh.vertices)
    return np.concatenate(verts), np.concatenate(tris)


def build(vehicle: PlannedVehicle, plate_folder: Path) -> Rig:
    """Model one vehicle, with its plate, hidden until placed."""
    return assemble(vehicle, _model(vehicle), plate_folder)


def _model(vehicle: PlannedVehicle) -> Made:
    seed = zlib.crc32(vehicle.vid.encode() + vehicle.plate.encode())
    if vehicle.kind == "motorbike":
        return bikes.build_bike(vehicle.colour, vehicle.riders, seed)
    if vehicle.kind == "bus":
        return heavy.build_bus(vehicle.colour, vehicle.length_m, vehicle.width_m)
    if vehicle.kind == "truck":
        return heavy.build_truck(vehicle.colour, vehicle.length_m, vehicle.width_m)
    return cars.build_car(vehicle.model, vehicle.colour, vehicle.length_m, vehicle.width_m)


def assemble(vehicle: Vehicle, made: Made, plate_folder: Path) -> Rig:
    """Put a plate on what a builder made and hide it until placed."""
    body, lamps, centre, tilt = made
    size = plates.SIZES_M[plates.size_key(vehicle.kind, vehicle.layout)]
    corners = _plate_corners(centre, tilt, size)
    art = plates.save(plate_folder, vehicle.plate, vehicle.kind, vehicle.layout, vehicle.ground)
    plate = picture_quad(f"plate_{vehicle.plate}", corners, mt.picture(art))
    vertices, triangles = mesh_arrays([body, lamps])
    rig = Rig(vehicle, body, lamps, plate, vertices, triangles, np.array(corners))
    rig.place(None)
    return rig


def plate_box(
    rig: Rig, pose: Pose, camera: Pinhole, free: npt.NDArray[np.uint8], scale: float
) -> list[float] | None:
    """Return the plate's box when it faces the camera, lies inside and is unoccluded.

    ``free`` is 255 where nothing nearer covers, at ``scale`` times the picture's size.
    """
    return quad_box(to_road(rig.plate_corners, pose), camera, free, scale)


def quad_box(
    corners: Array, camera: Pinhole, free: npt.NDArray[np.uint8], scale: float
) -> list[float] | None:
    """Return the box of a plate with these corners (4, 3) in road metres, as ``plate_box`` does."""
    normal = np.cross(corners[1] - corners[0], corners[3] - corners[0])
    if float(normal @ (np.array(camera.position_m) - corners.mean(axis=0))) <= 0:
        return None
    px, depth = camera.project(corners)
    if depth.min() < compose.NEAR_M:
        return None
    found = compose.box_of(px, camera.width, camera.height)
    if found is None or found[1] < 0.98:
        return None
    x, y, w, h = (int(v * scale) for v in found[0])
    patch = free[y : y + max(1, h), x : x + max(1, w)]
    return found[0] if patch.size and float(patch.mean()) > 0.7 * 255 else None
