"""Cameras as marks of a map, each saying how it does and leading to its page."""

from __future__ import annotations

from collections.abc import Sequence

from backend.cameras.boxes import CameraRow
from backend.cameras.conditions import Condition
from backend.i18n import translate
from backend.operations.map import Mark, Place
from backend.operations.words import CONDITION_NAMES
from backend.review.words import name_of

_UNSURE: frozenset[Condition | None] = frozenset({None, "starting", "ended", "dark"})


def tone_of(condition: Condition | None) -> str:
    """How good a state is: `ok`, `warn` or `error`."""
    if condition == "alive":
        return "ok"
    return "warn" if condition in _UNSURE else "error"


def camera_marks(cameras: Sequence[CameraRow], lang: str) -> list[Mark]:
    """Those with coordinates."""
    return [
        Mark(
            Place(one.camera_id, one.latitude_deg, one.longitude_deg),
            name=one.name,
            says=f"{one.name}: {_state(one.condition, lang)}",
            tone=tone_of(one.condition),
            href=f"/dieu-hanh/may-quay/{one.camera_id}",
        )
        for one in cameras
        if one.latitude_deg is not None and one.longitude_deg is not None
    ]


def _state(condition: Condition | None, lang: str) -> str:
    if condition is None:
        return translate("never seen", lang)
    return name_of(CONDITION_NAMES, condition, lang)
