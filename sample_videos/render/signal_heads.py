"""Traffic-signal heads for the training pictures: round lamps, arrows, countdowns, on masts and arms.

A head's frame: its front looks to -y, the middle of its housing lies at the origin, metres.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sample_videos.render import materials as mt
from sample_videos.render.blender import bpy
from sample_videos.render.shapes import Builder, Vec
from sample_videos.render.street import LAMP_RGB

Array = npt.NDArray[np.float64]
Face = Literal["round", "left", "right", "straight"]
STATES = ("red", "amber", "green", "dark")
STEP_M, RADIUS_M = 0.36, 0.14
CASINGS = (
    (0.012, 0.012, 0.013),
    (0.012, 0.012, 0.013),
    (0.03, 0.10, 0.06),
    (0.45, 0.30, 0.02),
    (0.2, 0.21, 0.21),
)
SEGMENTS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcfgd")
_BARS: dict[str, tuple[float, float, bool]] = {
    "a": (0.0, 1.0, True),
    "b": (0.5, 0.5, False),
    "c": (0.5, -0.5, False),
    "d": (0.0, -1.0, True),
    "e": (-0.5, -0.5, False),
    "f": (-0.5, 0.5, False),
    "g": (0.0, 0.0, True),
}


@dataclass
class SignalHead:
    """A head that can be placed: ``lamps`` and ``digits`` are shader nodes to light."""

    body: Any
    face: Face
    size_m: tuple[float, float]
    lamp_at: dict[str, Vec]
    lamps: dict[str, Any]
    counter: tuple[Vec, tuple[float, float]] | None
    digits: list[dict[str, Any]] = field(default_factory=list)
    state: str = "dark"
    count: int | None = None
    reach_m: float = 0.0
    height_m: float = 4.0

    def show(self, state: str, count: int | None, glow: float) -> None:
        """Light the lamp of ``state`` and the countdown (seconds left; None: blank)."""
        self.state, self.count = state, count if self.counter and state in LAMP_RGB else None
        for colour, shader in self.lamps.items():
            _light(shader, LAMP_RGB[colour], glow if colour == state else 0.0)
        text = "" if self.count is None else f"{self.count:02d}"
        rgb = LAMP_RGB.get(state, LAMP_RGB["red"])
        for place, bars in enumerate(self.digits):
            lit = SEGMENTS[int(text[place])] if text else ""
            for name, shader in bars.items():
                _light(shader, rgb, glow if name in lit else 0.0)

    def place(self, at: Vec | None, yaw: float = 0.0) -> None:
        """Move the head, or away when there is no place."""
        self.body.hide_render = at is None
        self.body.location = at or (0.0, -500.0, 0.0)
        self.body.rotation_euler = (0.0, 0.0, -yaw)

    def world(self, points: list[Vec]) -> Array:
        """Return points (n, 3) of the head's frame in road metres."""
        yaw = -self.body.rotation_euler[2]
        c, s = math.cos(yaw), math.sin(yaw)
        turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        return np.asarray(np.array(points) @ turn.T + np.array(self.body.location))


def _light(shader: Any, rgb: mt.Rgb, glow: float) -> None:
    base = rgb if glow else tuple(0.05 * c + 0.004 for c in rgb)
    shader.inputs["Base Color"].default_value = (*base, 1)
    shader.inputs["Emission Color"].default_value = (*rgb, 1)
    shader.inputs["Emission Strength"].default_value = glow


def _lens_material(rgb: mt.Rgb) -> Any:
    mat = bpy.data.materials.new("lens")
    mat.use_nodes = True
    shader = mat.node_tree.nodes["Principled BSDF"]
    shader.inputs["Roughness"].default_value = 0.25
    _light(shader, rgb, 0.0)
    return mat


def _shader(material: Any) -> Any:
    return material.node_tree.nodes["Principled BSDF"]


def _arrow(b: Builder, at: Vec, turn: float, material: Any) -> None:
    """Add an arrow of the lamp's size, pointing up when ``turn`` is 0, right when pi / 2."""
    x, y, z = at
    r, c, s = RADIUS_M * 0.85, math.cos(turn), math.sin(turn)
    outline = ((-0.18, -1.0), (0.18, -1.0), (0.18, 0.1), (0.75, 0.1), (0.0, 1.0), (-0.75, 0.1), (-0.18, 0.1))
    points: list[Vec] = [(x + r * (u * c + v * s), y, z + r * (v * c - u * s)) for u, v in outline]
    b.polygon(points, material)


def _visor(b: Builder, at: Vec, material: Any) -> None:
    r = RADIUS_M + 0.02
    for k in range(10):
        a = math.radians(-20 + 220 * k / 9)
        spot = (at[0] + r * math.cos(a), at[1] - 0.07, at[2] + r * math.sin(a))
        b.box(spot, (0.012, 0.20, 0.075), material, 0.0, (0, -a, 0))


def _lamp(b: Builder, at: Vec, colour: str, face: Face) -> Any:
    material = _lens_material(LAMP_RGB[colour])
    if face == "round":
        b.ball(at, (RADIUS_M, 0.045, RADIUS_M), material, 20)
    else:
        turn = {"left": -math.pi / 2, "right": math.pi / 2, "straight": 0.0}[face]
        b.ball(at, (RADIUS_M, 0.03, RADIUS_M), mt.plain((0.006, 0.006, 0.006), 0.4), 20)
        _arrow(b, (at[0], at[1] - 0.04, at[2]), turn, material)
    return _shader(material)


def _counter(b: Builder, at: Vec, casing: Any) -> list[dict[str, Any]]:
    """Add a two-digit display of seven-segment digits; return their shaders by segment."""
    x, y, z = at
    b.box((x, y + 0.05, z), (0.44, 0.12, 0.42), casing, 0.02)
    found: list[dict[str, Any]] = []
    for side in (-1, 1):
        bars = {}
        for name, (u, v, flat) in _BARS.items():
            material = _lens_material(LAMP_RGB["red"])
            spot = (x + side * 0.095 + u * 0.10, y - 0.015, z + v * 0.125)
            b.box(spot, (0.085, 0.01, 0.026) if flat else (0.026, 0.01, 0.105), material, 0.0)
            bars[name] = _shader(material)
        found.append(bars)
    return found


def _mast(b: Builder, rng: random.Random, drop: float, half: float) -> float:
    """Add a pole below the head, or beside it with an arm; return how far right it stands.

    ``drop`` is the head's height and ``half`` half the housing's, metres.
    """
    grey = mt.plain(rng.choice(((0.30, 0.33, 0.34), (0.5, 0.5, 0.5), (0.45, 0.33, 0.03))), 0.4, 0.5)
    if rng.random() < 0.45:
        b.tube((0, 0.16, -drop), (0, 0.16, half), 0.08, 0.06, grey, 12)
        return 0.0
    reach = rng.choice((-1, 1)) * rng.uniform(0.9, 3.0)
    b.tube((reach, 0.2, -drop), (reach, 0.2, half + 0.3), 0.11, 0.08, grey, 14)
    for z in (-0.4 * half, 0.5 * half):
        b.tube((reach, 0.2, z), (0, 0.12, z), 0.04, 0.035, grey, 10)
    return reach


def build_head(rng: random.Random, drop: float) -> SignalHead:
    """Model a random head ``drop`` metres above its mast's foot, dark and out of sight."""
    b, casing = Builder("signal_head"), mt.plain(rng.choice(CASINGS), 0.5)
    flat = rng.random() < 0.15
    face: Face = rng.choices(("round", "left", "right", "straight"), (6, 1, 1, 1))[0]
    colours = ("red", "amber", "green") if rng.random() < 0.9 else ("red", "green")
    middle = (len(colours) - 1) / 2
    long, short = STEP_M * len(colours) + 0.06, 0.38
    size = (long, short) if flat else (short, long)
    b.box((0, 0.06, 0), (size[0], 0.18, size[1]), casing, 0.03)
    if rng.random() < 0.4:
        b.box((0, 0.12, 0), (size[0] + 0.2, 0.02, size[1] + 0.2), mt.trim(), 0.01)
    lamp_at: dict[str, Vec] = {}
    lamps = {}
    for k, colour in enumerate(colours):
        step = (k - middle) * STEP_M
        lamp_at[colour] = (step, -0.045, 0.0) if flat else (0.0, -0.045, -step)
        lamps[colour] = _lamp(b, lamp_at[colour], colour, face)
        _visor(b, lamp_at[colour], casing)
    counter, digits = None, []
    if face == "round" and rng.random() < 0.5:
        beside = rng.random() < 0.6
        at = (size[0] / 2 + 0.25, 0.0, size[1] / 2 - 0.21) if beside else (0.0, 0.0, size[1] / 2 + 0.25)
        counter, digits = (at, (0.44, 0.42)), _counter(b, at, casing)
    reach = _mast(b, rng, drop, size[1] / 2)
    head = SignalHead(b.build(), face, size, lamp_at, lamps, counter, digits, reach_m=reach, height_m=drop)
    head.place(None)
    return head


def rectangle(at: Vec, size: tuple[float, float]) -> list[Vec]:
    """Return the corners and a grid of points of an upright rectangle that looks to -y."""
    return list(_grid(at, size))


def _grid(at: Vec, size: tuple[float, float]) -> Iterator[Vec]:
    for u in (-0.5, -0.25, 0.0, 0.25, 0.5):
        for v in (-0.5, -0.25, 0.0, 0.25, 0.5):
            yield at[0] + u * size[0], at[1] - 0.04, at[2] + v * size[1]
