"""Builds a scene's street and sets its light."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sample_videos.render import boulevard, buildings, road, scene, street, weather
from sample_videos.render.spec import Boulevard, Scene


def build(plan: Scene, folder: Path, *, bare: bool = False) -> dict[str, Any]:
    """Build everything of a scene that never moves; return the signal's lens nodes, none without a signal.

    ``bare`` leaves out what is not seen once the empty street has been rendered: all but the ground.
    """
    if plan.weather == "night_rain":
        weather.rainy_night()
    else:
        scene.light(plan.sun)
        weather.coarse_sky()
    if isinstance(plan.street, Boulevard):
        boulevard.build(plan.street, folder, bare=bare)
        return {}
    if bare:
        road.ground()
        road.markings()
        return {}
    return junction(folder, plan.street.head_m)


def junction(folder: Path, head_m: tuple[float, float, float]) -> dict[str, Any]:
    """Build the crossroads of the first clip; return the signal's lens nodes."""
    road.ground()
    road.markings()
    buildings.all_houses(folder)
    street.trees()
    street.furniture(folder)
    return street.signal(head_m)
