"""The violations of each camera on a map: circles whose area is the count."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cameras.models import CameraSetup
from backend.figures.tables import Figure
from backend.i18n import translate
from backend.operations.map import Mark, Place

BY_PLACE = "violations_by_place"
_LARGEST_PX, _SMALLEST_PX = 38.0, 14.0


def marks(session: Session, figures: Sequence[Figure], lang: str) -> list[Mark]:
    """One for each camera with coordinates that reported something; the busiest lies undermost."""
    figure = next(one for one in figures if one.id == BY_PLACE)
    counts = {str(camera): (str(place), count) for camera, place, count in _rows(figure)}
    setups = session.scalars(
        select(CameraSetup).where(CameraSetup.camera_id.in_(counts), CameraSetup.latitude_deg.is_not(None))
    )
    most = max((count for _, count in counts.values()), default=0)
    found = [_mark(one, *counts[one.camera_id], most=most, lang=lang) for one in setups]
    return sorted(found, key=lambda one: -one.radius_px)


def _rows(figure: Figure) -> list[tuple[object, object, int]]:
    cameras, places, reported = (figure.values(key) for key in ("camera", "place", "reported"))
    return [
        (camera, place, count)
        for camera, place, count in zip(cameras, places, reported, strict=True)
        if isinstance(count, int)
    ]


def _mark(setup: CameraSetup, place: str, count: int, *, most: int, lang: str) -> Mark:
    at = Place(setup.camera_id, setup.latitude_deg or 0.0, setup.longitude_deg or 0.0)
    says = translate("%(count)s reports at %(place)s", lang)
    radius_px = max(_SMALLEST_PX, _LARGEST_PX * math.sqrt(count / most))
    told = says % {"count": count, "place": place or setup.camera_id}
    return Mark(at, str(count), told, "heat", radius_px=round(radius_px, 1))
