"""What years on the road do to a plate: lost paint, dirt, rust, bolts, stickers, frames and dents."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.training.chance import happens

_RUST: Final = np.array([120.0, 62.0, 28.0])
_MUD: Final = np.array([128.0, 106.0, 78.0])
_STICKERS: Final = ((206, 44, 38), (60, 150, 74), (240, 206, 60), (40, 80, 170))
_BOLT_PLACES: Final = (
    (0.2, 0.08),
    (0.8, 0.08),
    (0.2, 0.92),
    (0.8, 0.92),
    (0.5, 0.1),
    (0.12, 0.5),
    (0.88, 0.5),
)

Canvas = npt.NDArray[np.float32]


def wear(canvas: Canvas, ground: npt.NDArray[np.float64], random: np.random.Generator) -> None:
    """Age a clean plate (height x width x 3 RGB, float), in place; `ground` is its colour."""
    if happens(random, 0.25):
        _stamp_relief(canvas, random)
    if happens(random, 0.22):
        _lose_paint(canvas, ground, random)
    for share, colour in ((0.14, _MUD), (0.08, _RUST)):
        if happens(random, share):
            _spread(canvas, colour, random)
    _drive_bolts(canvas, random)
    if happens(random, 0.08):
        _stick(canvas, random)
    if happens(random, 0.15):
        _mount_frame(canvas, random)


def blotches(shape: tuple[int, int], random: np.random.Generator, cells: int) -> Canvas:
    """Smooth noise, 0 to 1, height x width, with about `cells` blots along the shorter side."""
    height, width = shape
    grid = (max(cells * height // min(shape), 2), max(cells * width // min(shape), 2))
    noise = random.random(grid).astype(np.float32)
    return np.asarray(
        np.clip(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1), np.float32
    )


def dent(
    image: npt.NDArray[np.uint8], points: Canvas, random: np.random.Generator
) -> tuple[npt.NDArray[np.uint8], Canvas]:
    """A bent plate: rows lifted and dropped along its width; the px `points` on it move along."""
    height, width = image.shape[:2]
    lift = height * random.uniform(0.01, 0.05)
    phase, waves = random.uniform(0, 2 * np.pi), random.uniform(0.3, 1.3)

    def raised(x: Canvas) -> Canvas:
        return np.asarray(lift * np.sin(phase + waves * 2 * np.pi * x / width), np.float32)

    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bent = cv2.remap(image, x, y + raised(x), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    moved = points.copy()
    moved[:, 1] -= raised(points[:, 0])
    return np.asarray(bent, np.uint8), moved


def _stamp_relief(canvas: Canvas, random: np.random.Generator) -> None:
    """Light on the raised edges of stamped characters."""
    grey = canvas.mean(axis=2)
    across, down = int(random.integers(-2, 3)), int(random.choice([-2, -1, 1, 2]))
    edge = grey - np.roll(grey, (down, across), axis=(0, 1))
    canvas += (edge * random.uniform(0.15, 0.5))[..., None]


def _lose_paint(canvas: Canvas, ground: npt.NDArray[np.float64], random: np.random.Generator) -> None:
    """Paint gone in places: characters fade towards the ground, never quite everywhere."""
    noise = blotches((canvas.shape[0], canvas.shape[1]), random, int(random.integers(5, 16)))
    gone = np.clip((noise - random.uniform(0.55, 0.8)) * 6, 0, random.uniform(0.5, 0.95))
    canvas += (ground.astype(np.float32) - canvas) * gone[..., None]


def _spread(canvas: Canvas, colour: npt.NDArray[np.float64], random: np.random.Generator) -> None:
    noise = blotches((canvas.shape[0], canvas.shape[1]), random, int(random.integers(3, 12)))
    if happens(random, 0.5):
        noise *= np.linspace(0.5, 1.15, canvas.shape[0], dtype=np.float32)[:, None]
    cover = np.clip((noise - random.uniform(0.5, 0.75)) * 4, 0, random.uniform(0.35, 0.75))
    canvas += (colour.astype(np.float32) - canvas) * cover[..., None]


def _drive_bolts(canvas: Canvas, random: np.random.Generator) -> None:
    """Bolts where plates are screwed on, some through a character, and spots anywhere."""
    height, width = canvas.shape[:2]
    chosen = random.choice(len(_BOLT_PLACES), int(random.integers(0, 4)), replace=False)
    spots = [(_BOLT_PLACES[i][0] + random.normal(0, 0.02), _BOLT_PLACES[i][1]) for i in chosen]
    spots += [tuple(random.random(2)) for _ in range(int(random.integers(0, 3)))]
    for across, down in spots:
        shade = (random.uniform(20, 215) + np.zeros(3)).tolist()
        place = (int(across * width), int(down * height))
        radius = int(random.uniform(1, height / 15))
        cv2.circle(canvas, place, radius, shade, -1, cv2.LINE_AA)
        if happens(random, 0.4):
            cv2.circle(canvas, place, radius, [60.0, 60.0, 60.0], 1, cv2.LINE_AA)


def _stick(canvas: Canvas, random: np.random.Generator) -> None:
    height, width = canvas.shape[:2]
    side = int(height * random.uniform(0.08, 0.2))
    x, y = (
        int(random.uniform(0, width - side)),
        int(random.choice([0, height - side, height // 2 - side // 2])),
    )
    colour = [float(part) for part in random.choice(np.array(_STICKERS))]
    cv2.rectangle(canvas, (x, y), (x + side, y + side), colour, -1)


def _mount_frame(canvas: Canvas, random: np.random.Generator) -> None:
    """A holder whose rim covers the edge, often with writing on its lower lip."""
    height, width = canvas.shape[:2]
    rim = max(int(height * random.uniform(0.02, 0.06)), 2)
    colour = (
        (random.uniform(10, 70) + np.zeros(3)).tolist() if happens(random, 0.7) else [170.0, 172.0, 175.0]
    )
    cv2.rectangle(canvas, (0, 0), (width - 1, height - 1), colour, 2 * rim)
