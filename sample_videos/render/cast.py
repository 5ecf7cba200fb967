"""The vehicles of a scene as Blender objects: with people, front and rear plates, and lamps at night."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_videos.render import cars, fleet, heavy, lorries, plates, pool, riding, vans
from sample_videos.render import materials as mt
from sample_videos.render.heads import Head
from sample_videos.render.paths import Ride
from sample_videos.render.plan import PlannedVehicle, Pose
from sample_videos.render.shapes import Builder, Vec, picture_quad

Array = npt.NDArray[np.float64]
FRONT_PLATE_AT = {"car": (0.025, 0.47), "bus": (0.05, 0.62), "truck": (0.1, 0.62)}
TAIL_DIM = 0.35


@dataclass
class Member:
    """One vehicle ready to be placed; ``front_corners`` (4, 3) of the front plate, None on motorbikes."""

    ride: Ride | PlannedVehicle
    rig: fleet.Rig
    heads: tuple[Head, ...] = ()
    front_corners: Array | None = None
    beams_at: tuple[Vec, ...] = ()
    discs: Any = None
    extras: list[Any] = field(default_factory=list)

    def place(self, pose: Pose | None, *, dark: bool = False) -> None:
        """Move the vehicle, or hide it; ``dark``: its lamps are on."""
        self.rig.place(pose)
        for obj in self.extras:
            obj.hide_render = pose is None
            obj.location = (0.0, -500.0, 0.0) if pose is None else (*pose.front, 0.0)
            if pose is not None:
                obj.rotation_euler = (0.0, 0.0, -pose.yaw)
        if self.discs is not None:
            self.discs.color = (1.0 if dark else 0.0, 0.0, 0.0, 1.0)
        if dark:
            self.rig.lamps.color = (max(TAIL_DIM, self.rig.lamps.color[0]), 0.0, 0.0, 1.0)

    def plates(self) -> list[Array]:
        """Return the corners (4, 3) of each plate in the vehicle's frame, bottom left first."""
        return [self.rig.plate_corners, *([] if self.front_corners is None else [self.front_corners])]

    def tails(self) -> Array:
        """Return where the tail lamps sit (n, 3) in the vehicle's frame: one on a motorbike, else two."""
        points, _ = fleet.mesh_arrays([self.rig.lamps])
        low = points[points[:, 2] < 1.35]
        if self.ride.kind == "motorbike":
            return np.asarray(low.mean(axis=0)[None])
        sides = [low[low[:, 0] < -0.3], low[low[:, 0] > 0.3]]
        return np.array([side.mean(axis=0) for side in sides])

    def names(self) -> set[str]:
        """Return the names of its objects."""
        return {obj.name for obj in (self.rig.body, self.rig.lamps, self.rig.plate, *self.extras)}


def _made(ride: Ride) -> tuple[fleet.Made, tuple[Head, ...]]:
    seed = zlib.crc32(ride.vid.encode() + ride.plate.encode())
    size = (ride.length_m, ride.width_m)
    if ride.kind == "motorbike":
        return riding.build_party(ride.colour, ride.people, seed, goods=ride.goods)
    if ride.model in vans.SHAPES:
        return cars.build_car(ride.model, ride.colour, *size, vans.SHAPES[ride.model]), ()
    if ride.model == "bus":
        return heavy.build_bus(ride.colour, *size), ()
    if ride.model == "truck":
        return heavy.build_truck(ride.colour, *size), ()
    if ride.kind == "truck":
        return lorries.build_lorry(ride.model, ride.colour, *size, seed), ()
    return cars.build_car(ride.model, ride.colour, *size), ()


def build(ride: Ride | PlannedVehicle, folder: Path, *, lamps: bool) -> Member:
    """Model one vehicle, out of sight; ``lamps`` adds headlamps that can shine."""
    if isinstance(ride, PlannedVehicle):
        return Member(ride, fleet.build(ride, folder))
    made, heads = _made(ride)
    member = Member(ride, fleet.assemble(ride, made, folder), heads)
    if ride.kind != "motorbike":
        _front_plate(member, folder)
    if lamps:
        member.beams_at = pool.beam_spots(ride.kind, ride.model, ride.width_m)
        b = Builder("beams")
        for at in member.beams_at:
            b.ball(at, (0.075, 0.03, 0.06), mt.headlamp(), 12)
        member.discs = b.build()
        member.extras.append(member.discs)
    member.place(None)
    return member


def _front_plate(member: Member, folder: Path) -> None:
    ride = member.ride
    w, h = (v / 2 for v in plates.SIZES_M[plates.size_key(ride.kind, "one_line")])
    y, z = FRONT_PLATE_AT[ride.kind]
    corners: list[Vec] = [(w, y, z - h), (-w, y, z - h), (-w, y, z + h), (w, y, z + h)]
    art = plates.save(folder, ride.plate, ride.kind, "one_line", ride.ground)
    member.front_corners = np.array(corners)
    member.extras.append(picture_quad(f"front_{ride.plate}", corners, mt.picture(art)))
