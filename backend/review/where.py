"""Where the camera stands, with the cameras nearest to it, for a small map."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cameras.models import CameraSetup
from backend.operations.map import Mark, Place

_NEIGHBOURS = 3
_HERE = ("camera này", "this camera")
_NEAR = ("camera gần đó", "a camera near it")


def places(session: Session, camera_id: str) -> list[Place]:
    """This camera first, then its nearest neighbours; empty where nobody gave its coordinates."""
    rows = session.scalars(select(CameraSetup).where(CameraSetup.latitude_deg.is_not(None)))
    found = {
        one.camera_id: Place(one.camera_id, one.latitude_deg, one.longitude_deg)
        for one in rows
        if one.latitude_deg is not None and one.longitude_deg is not None
    }
    here = found.pop(camera_id, None)
    if here is None:
        return []
    nearest = sorted(found.values(), key=lambda one: _apart_deg(here, one))
    return [here, *nearest[:_NEIGHBOURS]]


def marks(found: Sequence[Place], lang: str) -> list[Mark]:
    """The camera itself large and last, so that it lies over its neighbours."""
    word = 0 if lang == "vi" else 1
    near = [Mark(one, one.key, f"{one.key}: {_NEAR[word]}", "near", radius_px=9) for one in found[1:]]
    here = [Mark(one, one.key, f"{one.key}: {_HERE[word]}", "here") for one in found[:1]]
    return [*near, *here]


def _apart_deg(one: Place, two: Place) -> float:
    """Degrees of latitude between two places, near enough for sorting."""
    east = (one.longitude_deg - two.longitude_deg) * math.cos(math.radians(one.latitude_deg))
    return math.hypot(one.latitude_deg - two.latitude_deg, east)
