"""What a camera on a street has and a rendered one has not: a paper, and a place on the map; made up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, Literal

from backend.demo.client import Api, wait_for
from backend.demo.clip import Clip
from backend.demo.folder import DemoError

KNOWN_WITHIN_S: Final = 60.0
_ISSUER: Final = "TRÌNH DIỄN: không có đơn vị kiểm định / DEMO: no verification body"
_PLACES_DEG: Final[Mapping[str, tuple[float, float]]] = {
    "pnt-01": (10.9871, 106.6719),
    "pnt-02": (10.9912, 106.6731),
    "hv-01": (10.9806, 106.6526),
    "dlbd-01": (10.9798, 106.6634),
    "bd-01": (10.9763, 106.6499),
}
"""Somewhere near the streets that the scenes are named after; no camera hangs there."""


def with_certificate(clip: Clip, folder: Path, today: date) -> Path:
    """A copy of the clip's camera file that names a certificate of this year, without worth."""
    paper = {
        "number": f"TRINH-DIEN-{clip.camera_id.upper()}-{today.year}",
        "issued_by": _ISSUER,
        "valid_from": f"{today.year}-01-01",
        "valid_to": f"{today.year + 1}-12-31",
        "calibrated_on": f"{today.year}-01-01",
    }
    rows = [
        f"{name} = {value if name.startswith(('valid', 'calibrated')) else json.dumps(value)}"
        for name, value in paper.items()
    ]
    text = clip.camera_file.read_text(encoding="utf-8").rstrip()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{clip.camera_id}.toml"
    path.write_text("\n".join([text, "", "[certificate]", *rows, ""]), encoding="utf-8")
    return path


def place_all(api: Api, clips: Sequence[Clip]) -> None:
    """The operator puts each camera on the map, once the backend has heard of it. Raises DemoError."""
    for clip in clips:
        if clip.camera_id in _PLACES_DEG:
            placed = partial(_placed, api, clip)
            wait_for(f"camera {clip.camera_id} to be known", placed, within_s=KNOWN_WITHIN_S)


def _placed(api: Api, clip: Clip) -> Literal[True] | None:
    latitude_deg, longitude_deg = _PLACES_DEG[clip.camera_id]
    try:
        api.form(
            f"/dieu-hanh/may-quay/{clip.camera_id}/vi-tri",
            latitude=f"{latitude_deg}",
            longitude=f"{longitude_deg}",
        )
    except DemoError:
        return None
    return True
