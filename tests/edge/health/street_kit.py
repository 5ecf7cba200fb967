"""A street to test with: houses, kerbs and lane marks that stay, traffic and noise that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import av
import cv2
import numpy as np

from edge.health.look import look_at
from edge.health.monitor import Monitor
from edge.health.types import Fault

WIDTH_PX, HEIGHT_PX = 960, 540
LOOKS_A_S = 4
CLIPS = sorted((Path(__file__).parents[3] / "sample_videos").glob("*/*.mp4"))
CLIP = next(clip for clip in CLIPS if clip.stem == "pham_ngoc_thach")

Picture = np.ndarray
Change = Callable[[Picture], Picture]


def street(seed: int = 1) -> Picture:
    """What does not move."""
    dice = np.random.default_rng(seed)
    image = np.full((HEIGHT_PX, WIDTH_PX, 3), (150, 140, 130), np.uint8)
    for _ in range(70):
        x, y = dice.integers(0, WIDTH_PX), dice.integers(0, HEIGHT_PX)
        w, h = dice.integers(12, 120), dice.integers(10, 90)
        colour = tuple(int(one) for one in dice.integers(20, 235, 3))
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), colour, -1)
    for y in range(60, HEIGHT_PX, 60):
        cv2.line(image, (400, y), (430, y + 30), (240, 240, 240), 4)
    return image


def traffic(image: Picture, index: int, vehicles: int, seed: int = 5) -> Picture:
    """The same street with vehicles that go through it."""
    dice = np.random.default_rng(seed)
    out = image.copy()
    for number in range(vehicles):
        lane, speed = dice.integers(0, HEIGHT_PX - 60), dice.integers(8, 40)
        w, h = int(dice.integers(30, 90)), int(dice.integers(24, 60))
        x = int((dice.integers(0, WIDTH_PX) + index * speed) % (WIDTH_PX + w)) - w
        colour = tuple(int(one) for one in dice.integers(0, 255, 3))
        cv2.rectangle(out, (x, int(lane)), (x + w, int(lane) + h), colour, -1)
        cv2.rectangle(out, (x + 5, int(lane) + 5), (x + w // 2, int(lane) + h // 2), (230, 220, 210), -1)
        assert number < vehicles
    return out


def noisy(image: Picture, index: int, sigma: float = 2.0) -> Picture:
    """What the sensor adds: whole steps of brightness, the same in all colours."""
    noise = _noises(image.shape[:2], sigma)[index % 5]
    begin = -3 * index * 7919 % image.size
    return cv2.add(image, noise[begin : begin + image.size].reshape(image.shape), dtype=cv2.CV_8U)


@lru_cache(maxsize=4)
def _noises(shape: tuple[int, int], sigma: float) -> list[np.ndarray]:
    """Each twice in a row: from wherever it is begun there is enough of it."""
    drawn = (np.random.default_rng(seed).standard_normal(shape) for seed in range(5))
    return [np.tile(np.repeat(np.floor(sigma * one).astype(np.int16), 3), 2) for one in drawn]


def bus(image: Picture, x_px: int, *, width_px: int, top_px: int = 0) -> Picture:
    """A red bus as tall as the picture, its rear at `x_px`."""
    out = image.copy()
    height = image.shape[0]
    left, right = max(x_px, 0), min(x_px + width_px, image.shape[1])
    if right <= left:
        return out
    out[top_px:, left:right] = (30, 30, 190)
    for place in range(x_px + 40, x_px + width_px - 120, 150):
        cv2.rectangle(out, (place, height // 5), (place + 110, height // 2), (60, 50, 45), -1)
        cv2.rectangle(out, (place, height // 5), (place + 110, height // 2), (200, 200, 200), 3)
    cv2.line(out, (max(x_px, 0), height * 3 // 4), (right, height * 3 // 4), (240, 240, 240), 6)
    return out


def shifted(right_px: float, down_px: float, turn_deg: float = 0.0) -> Change:
    def move(image: Picture) -> Picture:
        height, width = image.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, 1.0)
        matrix[:, 2] += (right_px, down_px)
        return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)

    return move


def blurred(sigma_px: float) -> Change:
    return lambda image: cv2.GaussianBlur(image, (0, 0), sigma_px)


def lit(gain: float, gamma: float = 1.0) -> Change:
    shades = np.clip(255 * gain * (np.arange(256) / 255.0) ** gamma, 0, 255).astype(np.uint8)
    return lambda image: cv2.LUT(image, shades)


def same(image: Picture) -> Picture:
    return image


class Camera:
    """Feeds a monitor as the worker does: four looks a second, pictures between them only counted."""

    def __init__(self, monitor: Monitor | None = None, *, vehicles: int = 6) -> None:
        self.monitor = monitor or Monitor()
        self.index = 0
        self.vehicles = vehicles
        self.base = street()
        self.told: list[tuple[float, Fault]] = []

    @property
    def t_s(self) -> float:
        return self.index / LOOKS_A_S

    def picture(self) -> Picture:
        return traffic(self.base, self.index, self.vehicles)

    def show(self, image: Picture) -> None:
        self.monitor.seen(self.t_s, 100.0 + self.t_s)
        self.monitor.look(look_at(image), self.t_s, 100.0 + self.t_s)
        self.told += [(self.t_s, one.fault) for one in self.monitor.findings()]
        self.index += 1

    def run(self, seconds: float, change: Change = same) -> None:
        for _ in range(round(seconds * LOOKS_A_S)):
            self.show(noisy(change(self.picture()), self.index))

    def first(self, fault: Fault) -> float | None:
        """When it was told first."""
        return next((t_s for t_s, told in self.told if told == fault), None)

    def faults(self) -> set[Fault]:
        return {fault for _, fault in self.told}


def pictures_of(path: Path, *, every_s: float = 1 / LOOKS_A_S) -> Iterable[tuple[float, Picture]]:
    """Pictures of a film, a few a second."""
    with av.open(str(path)) as container:
        last_s = -1.0
        for frame in container.decode(video=0):
            t_s = float(frame.pts * frame.time_base)
            if t_s - last_s >= every_s - 1e-3:
                last_s = t_s
                yield t_s, frame.to_ndarray(format="bgr24")
