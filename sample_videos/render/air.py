"""Draws the weather of the air and the faults of the camera for a training picture (no Blender)."""

from __future__ import annotations

import random

from sample_videos.render.effects import Air

GREY: dict[str, tuple[float, float, float]] = {
    "day": (205.0, 203.0, 200.0),
    "dusk": (120.0, 112.0, 108.0),
    "night": (40.0, 36.0, 34.0),
}


def random_air(rng: random.Random, condition: str, phase: str) -> Air:
    """Return the air for a condition (day, dusk, night, rain) at a phase of the day."""
    wet = condition == "rain"
    cast = rng.gauss(0, 0.04)
    return Air(
        haze_per_m=rng.uniform(0.004, 0.013) if wet else max(0.0, rng.gauss(0.001, 0.0012)),
        haze_bgr=GREY[phase],
        rain=rng.uniform(0.25, 1.0) if wet else 0.0,
        drops=rng.uniform(0.1, 0.9) if wet and rng.random() < 0.6 else 0.0,
        noise={"day": rng.uniform(0.5, 4.0), "dusk": rng.uniform(1.5, 5.0), "night": rng.uniform(2.0, 7.0)}[
            phase
        ],
        blur_px=rng.uniform(0.35, 0.9) if rng.random() < 0.4 else 0.0,
        gamma=rng.uniform(0.85, 1.15),
        tint_bgr=(1.0 + cast, 1.0 + rng.gauss(0, 0.015), 1.0 - cast),
    )
