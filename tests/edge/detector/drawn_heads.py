"""Drawing signal heads: every state, as a camera may see it by day and night, near and far.

What is lit is drawn as light of its own, so that it can glare, bloom and outshine the picture at night; all
else is lit by the surroundings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.signals import Lamp
from edge.detector.training.chance import happens
from edge.detector.types import Box, Image, SignalState
from tests.edge.detector.head_plans import HOUSINGS, HeadPlan, Shape, state_of

LAMP_PX: Final = 32
_SURROUND: Final = 1.8
_LIGHT: Final[dict[Lamp, tuple[tuple[float, float, float], ...]]] = {
    # blue, green, red of a lamp's light, from one end of what is sold to the other
    "red": ((0.16, 0.04, 1.0), (0.02, 0.3, 1.0), (0.3, 0.1, 1.0), (0.1, 0.12, 0.9)),
    "amber": ((0.02, 0.5, 1.0), (0.05, 0.78, 1.0), (0.15, 0.6, 1.0)),
    "green": ((0.55, 1.0, 0.12), (0.85, 0.95, 0.05), (0.35, 0.9, 0.2), (0.7, 1.0, 0.45)),
}
_GLASS: Final[dict[Lamp, tuple[float, float, float]]] = {
    "red": (0.1, 0.09, 0.42),
    "amber": (0.08, 0.28, 0.45),
    "green": (0.22, 0.3, 0.1),
}
_SEGMENTS: Final = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
_STROKES: Final = {
    "a": ((0, 0), (1, 0)),
    "b": ((1, 0), (1, 1)),
    "c": ((1, 1), (1, 2)),
    "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)),
    "f": ((0, 0), (0, 1)),
    "g": ((0, 1), (1, 1)),
}

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class DrawnHead:
    """A picture, the box (px) of the head without its countdown, and the state it shows."""

    image: Image
    box: Box
    state: SignalState


@dataclass(slots=True)
class _Canvas:
    """Surfaces and lights, height x width x 3 each, and where the head is."""

    surface: Floats
    light: Floats
    head: Box


def draw_head(plan: HeadPlan, random: np.random.Generator, ground: Image | None = None) -> DrawnHead:
    """Draw a head before `ground` (a picture of any size; drawn walls and sky without one)."""
    canvas = _blank(plan, random, ground)
    _draw_housing(canvas, plan, random)
    if plan.face == "front":
        for place, lamp in enumerate(plan.lamps):
            _draw_lamp(canvas, plan, lamp, _centre(canvas.head, place), random)
    elif plan.face in {"side", "back"}:
        _draw_hoods(canvas, plan, random)
    if plan.countdown != "none" or plan.face == "digits":
        _draw_countdown(canvas, plan, random)
    if plan.sideways:
        canvas = _lying(canvas)
    lit = _expose(canvas, plan)
    return DrawnHead(*_take(lit, canvas.head, plan, random), state_of(plan))


def _blank(plan: HeadPlan, random: np.random.Generator, ground: Image | None) -> _Canvas:
    tall = LAMP_PX * 1.15 * len(plan.lamps) + LAMP_PX * 0.2
    wide = LAMP_PX * 1.3
    around = LAMP_PX * _SURROUND
    size = round(wide + 2 * around), round(tall + 2 * around)
    if ground is None:
        surface = _wall(size, random)
    else:
        surface = np.asarray(cv2.resize(ground, size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(
            255
        )
    return _Canvas(surface, np.zeros_like(surface), Box(around, around, wide, tall))


def _wall(size_px: tuple[int, int], random: np.random.Generator) -> Floats:
    """Sky, walls and leaves: smooth blotches with a few hard-edged patches."""
    width, height = size_px
    grey = random.uniform(0.1, 0.9, (1, 1, 1)) + random.normal(0, 0.1, (5, 4, 1))
    blotches = grey + random.normal(0, 0.06, 3) + random.normal(0, 0.03, (5, 4, 3))
    wall = cv2.resize(np.asarray(blotches, np.float32), size_px, interpolation=cv2.INTER_CUBIC)
    for _ in range(int(random.integers(0, 6))):
        x, y = int(random.integers(width)), int(random.integers(height))
        far = (x + int(random.integers(8, width)), y + int(random.integers(8, height)))
        shade = random.uniform(0, 1) + random.normal(0, 0.12, 3)
        cv2.rectangle(wall, (x, y), far, shade.tolist(), -1)
    return np.clip(wall, 0, 1).astype(np.float32)


def _draw_housing(canvas: _Canvas, plan: HeadPlan, random: np.random.Generator) -> None:
    box, colour = canvas.head, np.asarray(HOUSINGS[plan.housing]) * random.uniform(0.8, 1.2)
    if happens(random, 0.2):
        _fill(canvas.surface, box.expanded(random.uniform(0.05, 0.2)), random.uniform(0.02, 0.12, 3))
    if happens(random, 0.12):
        _fill(canvas.surface, box.expanded(0.06), (0.85, 0.85, 0.85))
    _fill(canvas.surface, box, colour)
    if happens(random, 0.4):
        for row in np.linspace(box.y, box.y2, len(plan.lamps) + 1)[1:-1]:
            cv2.line(
                canvas.surface,
                (round(box.x), round(row)),
                (round(box.x2), round(row)),
                (colour * 0.5).tolist(),
                1,
            )


def _centre(head: Box, place: int) -> tuple[float, float]:
    return head.cx, head.y + LAMP_PX * (0.1 + 1.15 * (place + 0.5))


def _draw_lamp(
    canvas: _Canvas, plan: HeadPlan, lamp: Lamp, centre: tuple[float, float], random: np.random.Generator
) -> None:
    radius = LAMP_PX * random.uniform(0.42, 0.5)
    glass = np.asarray(_GLASS[lamp]) * {"dark": 0.25, "plain": 0.7, "sunlit": 1.7}[plan.glass]
    grey = {"dark": 0.06, "plain": 0.02, "sunlit": random.uniform(0.1, 0.5)}[plan.glass]
    _disc(canvas.surface, centre, radius, glass + grey)
    if plan.glass == "sunlit" or happens(random, 0.15):
        shine = (
            centre[0] + random.uniform(-0.4, 0.4) * radius,
            centre[1] + random.uniform(-0.1, 0.6) * radius,
        )
        _disc(canvas.surface, shine, radius * random.uniform(0.15, 0.4), np.full(3, random.uniform(0.5, 1.0)))
    if lamp in plan.lit:
        mask = _lit_shape(plan.shape, canvas.light.shape[:2], centre, radius)
        ends = np.asarray(_LIGHT[lamp])
        colour = random.dirichlet(np.ones(len(ends))) @ ends
        canvas.light[:] = np.maximum(canvas.light, mask[..., None] * colour.astype(np.float32) * plan.gain)
    if happens(random, 0.75):
        _draw_hood(canvas, centre, radius, random)


def _draw_hood(
    canvas: _Canvas, centre: tuple[float, float], radius: float, random: np.random.Generator
) -> None:
    """A visor over the lamp, which hides its upper rim from above."""
    drop, thick = radius * random.uniform(0.0, 0.3), max(2, round(radius * 0.16))
    middle = (round(centre[0]), round(centre[1] + drop))
    shade = random.uniform(0.01, 0.2)
    for plane, colour in ((canvas.surface, shade), (canvas.light, 0.0)):
        cv2.ellipse(
            plane,
            middle,
            (round(radius * 1.1), round(radius * 1.15)),
            0,
            195,
            345,
            (colour,) * 3,
            thick,
            cv2.LINE_AA,
        )


def _lit_shape(shape: Shape, size: tuple[int, int], centre: tuple[float, float], radius: float) -> Floats:
    mask = np.zeros(size, np.float32)
    if shape in {"disc", "leds"}:
        _disc(mask, centre, radius, 1.0)
        if shape == "leds":
            rows, columns = np.mgrid[: size[0], : size[1]]
            mask *= (0.45 + 0.55 * ((rows % 5 < 3) & (columns % 5 < 3))).astype(np.float32)
        return mask
    cv2.fillPoly(mask, [_arrow(shape, centre, radius * 0.85)], 1.0, cv2.LINE_AA)
    return mask


def _arrow(shape: Shape, centre: tuple[float, float], radius: float) -> npt.NDArray[np.int32]:
    """Outline of an arrow that points as `shape` says, within `radius` of its centre."""
    straight = [(0, -1), (0.62, -0.28), (0.24, -0.28), (0.24, 1), (-0.24, 1), (-0.24, -0.28), (-0.62, -0.28)]
    u_turn = [
        (-0.55, 1), (-0.15, 0.3), (-0.37, 0.3), (-0.37, -0.35), (0.37, -0.35), (0.37, 0.9), (0.72, 0.9),
        (0.72, -0.75), (-0.72, -0.75), (-0.72, 0.3), (-0.95, 0.3),
    ]  # fmt: skip
    points = np.asarray(u_turn if shape == "u_turn" else straight, np.float32)
    if shape == "left":
        points = points @ np.asarray([[0, -1], [1, 0]], np.float32)
    elif shape == "right":
        points = points @ np.asarray([[0, 1], [-1, 0]], np.float32)
    return np.asarray(np.round(points * radius + np.asarray(centre)), np.int32)


def _draw_hoods(canvas: _Canvas, plan: HeadPlan, random: np.random.Generator) -> None:
    """From the side the visors stick out; from behind there is a plain case, ribbed or not."""
    head = canvas.head
    if plan.face == "side":
        way = 1 if happens(random, 0.5) else -1
        shade = np.asarray(HOUSINGS[plan.housing]) * random.uniform(0.5, 1.0)
        for place in range(len(plan.lamps)):
            x, y = _centre(head, place)
            edge = x + way * head.w / 2
            tip = (edge + way * LAMP_PX * 0.6, y - LAMP_PX * 0.2)
            hood = [
                (edge, y - LAMP_PX * 0.5),
                tip,
                (tip[0], tip[1] + LAMP_PX * 0.15),
                (edge, y + LAMP_PX * 0.45),
            ]
            cv2.fillPoly(canvas.surface, [np.asarray(hood, np.int32)], shade.tolist(), cv2.LINE_AA)
        return
    for row in np.linspace(head.y, head.y2, int(random.integers(3, 9))):
        shade = np.asarray(HOUSINGS[plan.housing]) * random.uniform(0.6, 1.6)
        cv2.line(
            canvas.surface,
            (round(head.x), round(row)),
            (round(head.x2), round(row)),
            shade.tolist(),
            int(random.integers(1, 8)),
        )


def _draw_countdown(canvas: _Canvas, plan: HeadPlan, random: np.random.Generator) -> None:
    """Glowing seconds in a case of their own at one end of the head, beside it, or in place of its lamps."""
    head, side = canvas.head, LAMP_PX * random.uniform(0.9, 1.2)
    if plan.face == "digits":
        canvas.head = Box(head.cx - head.w / 2, head.cy - head.w * 0.5, head.w, head.w)
        case = canvas.head
    else:
        corner = {
            "first": (head.cx - side / 2, head.y - side),
            "last": (head.cx - side / 2, head.y2),
            "beside": (head.x2 + LAMP_PX * 0.1, head.y),
        }[plan.countdown]
        case = Box(*corner, side, side)
    _fill(canvas.surface, case, np.full(3, 0.05))
    lit = plan.lit[-1:] if plan.lit and happens(random, 0.9) else ("red",)
    colour = np.asarray(_LIGHT[lit[0]])[0] * plan.gain
    for place, digit in enumerate(f"{plan.digits:02d}"):
        left = case.x + case.w * (0.14 + 0.45 * place)
        for stroke in _SEGMENTS[int(digit)]:
            (x1, y1), (x2, y2) = (
                (left + column * case.w * 0.27, case.y + case.h * (0.18 + 0.32 * row))
                for column, row in _STROKES[stroke]
            )
            cv2.line(
                canvas.light, (round(x1), round(y1)), (round(x2), round(y2)), colour.tolist(), 4, cv2.LINE_AA
            )


def _lying(canvas: _Canvas) -> _Canvas:
    """The head on its side, its first lamp on the left."""
    tall = canvas.surface.shape[1]
    head = canvas.head
    turn = cv2.ROTATE_90_COUNTERCLOCKWISE
    return _Canvas(
        np.asarray(cv2.rotate(canvas.surface, turn), np.float32),
        np.asarray(cv2.rotate(canvas.light, turn), np.float32),
        Box(head.y, tall - head.x2, head.h, head.w),
    )


def _expose(canvas: _Canvas, plan: HeadPlan) -> Floats:
    """Light and surfaces as the sensor sees them: what is too bright turns white and spreads."""
    strength = _brightest(canvas.light)
    light = canvas.light + np.clip(strength - 1.3, 0, 2) * np.float32(0.55)
    bloom = _bloom(canvas.light)
    picture = canvas.surface * plan.daylight
    shaded = np.where(strength > 0.05, np.maximum(picture * 0.4, light), picture)
    seen = shaded + bloom * plan.bloom
    return np.asarray(seen * (1 - plan.haze) + plan.haze * min(plan.daylight, 0.8), np.float32)


def _brightest(plane: Floats) -> Floats:
    """The brightest of the three colours, height x width x 1."""
    return np.maximum(np.maximum(plane[..., :1], plane[..., 1:2]), plane[..., 2:])


def _bloom(light: Floats) -> Floats:
    """Light scattered in the lens and the air; computed small, as it is smooth."""
    height, width = light.shape[:2]
    small = cv2.resize(light, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    near, far = (cv2.GaussianBlur(small, (0, 0), LAMP_PX / 4 * reach) for reach in (0.25, 0.7))
    spread = cv2.add(near, far)
    return np.asarray(cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _take(scene: Floats, head: Box, plan: HeadPlan, random: np.random.Generator) -> tuple[Image, Box]:
    """The camera's picture of the scene, and the head's box in it."""
    scale = plan.length_px / max(head.w, head.h)
    size = max(round(scene.shape[1] * scale), 8), max(round(scene.shape[0] * scale), 8)
    matrix = cv2.getRotationMatrix2D((head.cx, head.cy), plan.tilt_deg, 1.0)
    turned = cv2.warpAffine(
        scene, matrix, (scene.shape[1], scene.shape[0]), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    small = cv2.GaussianBlur(cv2.resize(turned, size, interpolation=cv2.INTER_AREA), (0, 0), plan.blur_px)
    noisy = small + random.normal(0, plan.noise, small.shape)
    corners = (
        cv2.transform(
            np.asarray(
                [[[head.x, head.y], [head.x2, head.y], [head.x, head.y2], [head.x2, head.y2]]], np.float32
            ),
            matrix,
        )[0]
        * scale
    )
    (x, y), (x2, y2) = corners.min(axis=0), corners.max(axis=0)
    pixels = np.asarray(np.clip(noisy, 0, 1) * 255, np.uint8)
    return pixels, Box(float(x), float(y), float(x2 - x), float(y2 - y))


def _fill(plane: Floats, box: Box, colour: Sequence[float] | npt.NDArray[np.floating]) -> None:
    corner, far = (round(box.x), round(box.y)), (round(box.x2), round(box.y2))
    cv2.rectangle(plane, corner, far, [float(part) for part in colour], -1)


def _disc(
    plane: Floats, centre: tuple[float, float], radius: float, colour: float | npt.NDArray[np.floating]
) -> None:
    parts = np.atleast_1d(np.asarray(colour, np.float64)).tolist()
    cv2.circle(plane, (round(centre[0]), round(centre[1])), max(round(radius), 1), parts, -1, cv2.LINE_AA)
