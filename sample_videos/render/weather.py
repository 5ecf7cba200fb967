"""Light and weather of the training pictures: sun, dusk, night with lamps, and a wet road."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any, Literal

from sample_videos.render import materials as mt
from sample_videos.render import scene
from sample_videos.render.blender import bpy

Condition = Literal["day", "dusk", "night", "rain"]
CONDITIONS: tuple[Condition, ...] = ("day", "dusk", "night", "rain")
STREET_LAMPS_M = (
    (3.1, 51.0, 8.9),
    (-3.1, 66.0, 8.9),
    (3.1, 81.0, 8.9),
    (-3.2, 12.0, 8.9),
    (3.2, 29.0, 8.9),
    (-12.0, 47.0, 8.5),
    (12.0, 47.0, 8.5),
)
SHOPS_M = (
    (-7.4, 53.0, 2.4),
    (7.4, 58.0, 2.4),
    (-7.4, 70.0, 2.4),
    (7.4, 74.0, 2.4),
    (-14.0, 48.6, 2.4),
    (13.0, 48.6, 2.4),
)
SODIUM, LED, SHOP = (1.0, 0.58, 0.22), (0.92, 0.95, 1.0), (1.0, 0.86, 0.66)


@dataclass(frozen=True)
class Light:
    """What the light of a picture is; ``beam_w`` is a headlamp's power, ``glow`` a signal's strength."""

    condition: Condition
    phase: Literal["day", "dusk", "night"]
    lamps_on: bool
    beam_w: float
    glow: float


def clear() -> None:
    """Remove sky, sun and street lamps, but not the headlamps."""
    for obj in list(bpy.data.objects):
        if obj.type == "LIGHT" and not obj.name.startswith("beam"):
            lamp = obj.data
            bpy.data.objects.remove(obj)
            bpy.data.lights.remove(lamp)
    for world in list(bpy.data.worlds):
        bpy.data.worlds.remove(world)


def relight(rng: random.Random, condition: Condition) -> Light:
    """Set sky, sun, lamps, exposure and the wetness of the road for a condition."""
    clear()
    wet_road(rng.uniform(0.6, 1.0) if condition == "rain" else 0.0)
    if condition == "day":
        _day(rng)
        return Light(condition, "day", lamps_on=False, beam_w=0.0, glow=rng.uniform(0.5, 0.9))
    if condition == "night":
        _night(rng)
        return Light(
            condition, "night", lamps_on=True, beam_w=rng.uniform(60, 160), glow=rng.uniform(0.2, 0.6)
        )
    if condition == "dusk":
        lamps = _dusk(rng)
        return Light(
            condition, "dusk", lamps_on=lamps, beam_w=30.0 if lamps else 0.0, glow=rng.uniform(0.3, 0.8)
        )
    return _rain(rng)


def _rain(rng: random.Random) -> Light:
    late = rng.choice(("day", "dusk", "dusk", "night"))
    if late == "night":
        _night(rng)
        return Light("rain", "night", lamps_on=True, beam_w=rng.uniform(60, 140), glow=rng.uniform(0.2, 0.6))
    grey = rng.uniform(0.85, 1.15)
    strength = rng.uniform(0.5, 0.9) if late == "day" else rng.uniform(0.14, 0.3)
    plain_sky((0.62 * grey, 0.68, 0.76 / grey), strength)
    bpy.context.scene.view_settings.exposure = (
        rng.uniform(0.5, 1.0) if late == "day" else rng.uniform(1.0, 1.7)
    )
    on = late == "dusk" or rng.random() < 0.5
    if late == "dusk":
        street_lamps(rng, rng.uniform(100, 300))
    return Light(
        "rain", "dusk" if late == "dusk" else "day", lamps_on=on, beam_w=25.0 if on else 0.0, glow=0.6
    )


def _day(rng: random.Random) -> None:
    turn, height = rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(18, 78))
    if rng.random() < 0.25:
        plain_sky((0.72, 0.76, 0.82), rng.uniform(0.7, 1.1))
        bpy.context.scene.view_settings.exposure = rng.uniform(0.8, 1.4)
        return
    flat = math.cos(height)
    scene.light(
        (flat * math.sin(turn), flat * math.cos(turn), -math.sin(height)),
        rng.uniform(2.4, 4.8),
        rng.uniform(0.06, 0.13),
        rng.uniform(0.6, 1.4),
    )
    coarse_sky()


def _dusk(rng: random.Random) -> bool:
    """Set a low sun or none; return whether lamps are lit."""
    turn, height = rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(1.5, 7))
    flat, late = math.cos(height), rng.random() < 0.6
    travel = (flat * math.sin(turn), flat * math.cos(turn), -math.sin(height))
    scene.light(
        travel, 0.02 if late else rng.uniform(0.5, 1.4), rng.uniform(0.08, 0.16), rng.uniform(1.3, 2.0)
    )
    for lamp in bpy.data.lights:
        if lamp.type == "SUN":
            lamp.color = (1.0, 0.62, 0.36)
    coarse_sky()
    if late:
        street_lamps(rng, rng.uniform(120, 350))
    return late


def _night(rng: random.Random) -> None:
    plain_sky((0.012, 0.016, 0.030), rng.uniform(0.5, 1.5))
    street_lamps(rng, rng.uniform(500, 1100))
    bpy.context.scene.view_settings.exposure = rng.uniform(1.6, 2.4)


def rainy_night() -> None:
    """Set the light of the clip at night in rain: lamps over a wet road, hardly any sky."""
    wet_road(0.9)
    plain_sky((0.012, 0.016, 0.030), 1.2)
    street_lamps(random.Random(5), 850.0)
    bpy.context.scene.view_settings.exposure = 2.0


def plain_sky(rgb: mt.Rgb, strength: float) -> None:
    """Set a sky of one colour."""
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = (*rgb, 1)
    background.inputs["Strength"].default_value = strength
    world.light_settings.ao_factor, world.light_settings.distance = 0.75, 12.0


def coarse_sky() -> None:
    """Let the sky's importance map be small: it is smooth, and a large one takes seconds a picture."""
    settings = bpy.context.scene.world.cycles
    settings.sampling_method, settings.sample_map_resolution = "MANUAL", 128


def street_lamps(rng: random.Random, watts: float) -> None:
    """Hang street lamps and light some shops; ``watts`` as Blender counts them."""
    rgb = rng.choice((SODIUM, LED, LED, SHOP))
    for at in STREET_LAMPS_M:
        if rng.random() < 0.9:
            _point(at, watts, rgb, 0.25)
    for at in SHOPS_M:
        if rng.random() < 0.6:
            _point(at, watts * rng.uniform(0.05, 0.2), rng.choice((SHOP, LED, (0.9, 0.4, 0.7))), 0.6)


def _point(at: tuple[float, float, float], watts: float, rgb: mt.Rgb, size_m: float) -> None:
    lamp = bpy.data.lights.new("lamp", "POINT")
    lamp.energy, lamp.color, lamp.shadow_soft_size = watts, rgb, size_m
    obj = bpy.data.objects.new("lamp", lamp)
    obj.location = at
    bpy.context.scene.collection.objects.link(obj)


def wet_road(wetness: float) -> None:
    """Lay a film of water, 0 to 1, on asphalt, markings and pavement."""
    for material in (mt.asphalt(), mt.road_paint(), mt.road_paint((0.70, 0.48, 0.06)), _pavement()):
        shader: Any = material.node_tree.nodes["Principled BSDF"]
        shader.inputs["Coat Weight"].default_value = wetness
        shader.inputs["Coat Roughness"].default_value = 0.09
        shader.inputs["Coat IOR"].default_value = 1.33


def _pavement() -> Any:
    return mt.tiles((0.36, 0.20, 0.15), (0.30, 0.25, 0.21))
