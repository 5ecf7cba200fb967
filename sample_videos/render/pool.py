"""The road users of the training pictures: random machines, people, plates and lamps, ready to be placed."""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_videos.render import cars, extras, fleet, lorries, plate_texts, riding, vans
from sample_videos.render import materials as mt
from sample_videos.render.blender import bpy
from sample_videos.render.heads import Head
from sample_videos.render.kinematics import Motion
from sample_videos.render.plan import PlannedVehicle, Pose
from sample_videos.render.shapes import Builder, Vec

Array = npt.NDArray[np.float64]
COLOURS = (
    "silver",
    "white",
    "white",
    "red",
    "crimson",
    "blue",
    "navy",
    "black",
    "black",
    "green",
    "orange",
    "teal",
    "grey",
    "sky",
    "brown",
)
POOL = {"motorbike": 22, "car": 9, "bus": 4, "truck": 6, "person": 4, "bicycle": 3}
PEOPLE = {"person": (0.6, 0.6), "bicycle": (1.75, 0.6)}  # length and width, metres
TAIL_DIM, BRAKE = 0.35, 1.0


@dataclass(frozen=True)
class Model:
    """A kind of vehicle: builder's name, length and width ranges in metres, how often."""

    name: str
    length_m: tuple[float, float]
    width_m: tuple[float, float]
    weight: int = 1


MODELS: dict[str, tuple[Model, ...]] = {
    "motorbike": (Model("scooter", (1.86, 1.86), (0.74, 0.74)),),
    "car": (
        Model("sedan", (4.3, 4.8), (1.72, 1.84), 3),
        Model("hatch", (3.6, 4.0), (1.6, 1.72), 3),
        Model("suv", (4.4, 4.9), (1.8, 1.92), 3),
        Model("family", (4.3, 4.75), (1.72, 1.85), 2),
    ),
    "bus": (
        Model("minibus", (5.4, 6.2), (1.95, 2.1), 3),
        Model("bus", (8.0, 9.5), (2.35, 2.45), 2),
        Model("bus", (10.5, 11.8), (2.45, 2.5), 1),
    ),
    "truck": (
        Model("box", (5.2, 7.5), (1.9, 2.3), 2),
        Model("open", (5.0, 7.8), (1.8, 2.3), 2),
        Model("van", (4.1, 4.9), (1.62, 1.78), 2),
        Model("tanker", (7.0, 9.0), (2.2, 2.45), 1),
        Model("container", (10.5, 13.0), (2.45, 2.5), 1),
    ),
}


@dataclass
class Actor:
    """Something that can be placed on the street: geometry plus what to write about it."""

    kind: str
    length_m: float
    width_m: float
    rig: fleet.Rig | None
    body: Any
    vertices: Array
    triangles: npt.NDArray[np.int32]
    model: str = ""
    heads: tuple[Head, ...] = ()
    beams_at: tuple[Vec, ...] = ()
    lights: list[Any] = field(default_factory=list)

    def place(self, pose: Pose | None) -> None:
        """Move the actor, or hide it."""
        if self.rig is not None:
            self.rig.place(pose)
        self.body.hide_render = pose is None
        for obj in self.lights:
            obj.hide_render = pose is None
        self.body.location = (0.0, -500.0, 0.0) if pose is None else (pose.front[0], pose.front[1], 0.0)
        if pose is not None:
            self.body.rotation_euler = (0.0, 0.0, -pose.yaw)

    def shine(self, beam: float, *, dark: bool) -> None:
        """Set the power of the headlamp and the glow of front and rear lamps; ``dark``: lamps are on."""
        for obj in self.lights:
            if obj.type == "LIGHT":
                obj.data.energy = beam
                obj.hide_render = obj.hide_render or not beam
            else:
                obj.color = (1.0 if dark else 0.0, 0.0, 0.0, 1.0)
        if self.rig is not None and dark:
            self.rig.lamps.color = (max(TAIL_DIM, self.rig.lamps.color[0]), 0.0, 0.0, 1.0)

    def names(self) -> set[str]:
        """Return the names of the actor's objects."""
        parts = [self.body, *self.lights]
        if self.rig is not None:
            parts += [self.rig.lamps, self.rig.plate]
        return {obj.name for obj in parts}


def beam_spots(kind: str, model: str, width: float) -> tuple[Vec, ...]:
    """Return where the headlamps sit in the vehicle's frame, metres."""
    if kind == "motorbike":
        return ((0.0, -0.235, 0.975),)
    shape = cars.SHAPES.get(model) or vans.SHAPES.get(model)
    side = width / 2 * 0.70
    if shape is not None:
        top = shape.stations[-1][2]
        return ((-side, -0.03, top + 0.02), (side, -0.03, top + 0.02))
    z, y = (0.75, 0.03) if kind == "bus" else (0.66, 0.13)
    return ((-side, y, z), (side, y, z))


def _lights(actor: Actor) -> list[Any]:
    """Hang glowing discs and one spot light on the actor's headlamps."""
    b = Builder("beams")
    for at in actor.beams_at:
        b.ball(at, (0.075, 0.03, 0.06), mt.headlamp(), 12)
    discs = b.build()
    lamp = bpy.data.lights.new("beam", "SPOT")
    lamp.spot_size, lamp.spot_blend, lamp.shadow_soft_size = math.radians(70), 0.6, 0.08
    lamp.color = (1.0, 0.93, 0.8)
    spot = bpy.data.objects.new("beam", lamp)
    bpy.context.scene.collection.objects.link(spot)
    spot.location = (0.0, max(at[1] for at in actor.beams_at) + 0.12, actor.beams_at[0][2])
    spot.rotation_euler = (math.pi / 2 - 0.12, 0.0, 0.0)
    for obj in (discs, spot):
        obj.parent = actor.body
    return [discs, spot]


def _planned(rng: random.Random, kind: str, n: int) -> PlannedVehicle:
    models = MODELS[kind]
    model = rng.choices(models, [m.weight for m in models])[0]
    text, ground = plate_texts.random_plate(rng, kind)
    layout = "two_line" if kind == "motorbike" else rng.choice(("two_line", "two_line", "one_line"))
    return PlannedVehicle(
        f"{kind}{n}",
        kind,
        model.name,
        rng.choice(COLOURS),
        text,
        rng.uniform(*model.length_m),
        rng.uniform(*model.width_m),
        Motion(0, 0, 0),
        ((0.0, 0.0),),
        riders=rng.choices((1, 2, 3, 4), (52, 30, 12, 6))[0] if kind == "motorbike" else 0,
        layout=layout,
        ground=ground,
    )


def _vehicle(rng: random.Random, kind: str, n: int, folder: Path) -> Actor:
    v = _planned(rng, kind, n)
    seed, heads = zlib.crc32(v.vid.encode() + v.plate.encode()), ()
    if kind == "motorbike":
        made, heads = riding.build_ridden(v.colour, v.riders, seed, poncho=rng.random() < 0.15)
        rig = fleet.assemble(v, made, folder)
    elif v.model in vans.SHAPES:
        made = cars.build_car(v.model, v.colour, v.length_m, v.width_m, vans.SHAPES[v.model])
        rig = fleet.assemble(v, made, folder)
    elif v.model in ("open", "tanker", "container"):
        made = lorries.build_lorry(v.model, v.colour, v.length_m, v.width_m, seed)
        rig = fleet.assemble(v, made, folder)
    else:
        rig = fleet.build(v, folder)
    spots = beam_spots(kind, v.model, v.width_m)
    actor = Actor(
        kind, v.length_m, v.width_m, rig, rig.body, rig.vertices, rig.triangles, v.model, heads, spots
    )
    actor.lights = _lights(actor)
    return actor


def build(rng: random.Random, folder: Path, cast: Mapping[str, int] = POOL) -> list[Actor]:
    """Model a pool of random actors, all out of sight; ``cast`` says how many of each kind."""
    pool: list[Actor] = []
    for kind, count in cast.items():
        for n in range(count):
            if kind not in PEOPLE:
                pool.append(_vehicle(rng, kind, n, folder))
                continue
            make = extras.build_person if kind == "person" else extras.build_bicycle
            body, head = make(rng.randrange(10**6))
            verts, tris = fleet.mesh_arrays([body])
            pool.append(Actor(kind, *PEOPLE[kind], None, body, verts, tris, kind, (head,)))
    for actor in pool:
        actor.place(None)
    return pool


def discard(bodies: Sequence[Any]) -> None:
    """Remove objects with their meshes or lamps from Blender."""
    for obj in bodies:
        data, lamp = obj.data, obj.type == "LIGHT"
        bpy.data.objects.remove(obj)
        (bpy.data.lights if lamp else bpy.data.meshes).remove(data)


def objects_of(pool: list[Actor]) -> list[Any]:
    """Return all Blender objects of a pool."""
    found: list[Any] = []
    for actor in pool:
        found += [*actor.lights, actor.body]
        if actor.rig is not None:
            found += [actor.rig.lamps, actor.rig.plate]
    return found
