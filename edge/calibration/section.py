"""A fitted camera as the [calibration] section of a camera file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from edge.calibration.camera import RoadCamera
from edge.scene_file import Calibration, LensNumbers, MarkedPoint
from edge.scene_geometry import GeometryError, Points

Quality = Literal["surveyed", "estimated"]

_ACROSS: Final = (0.0, 0.5, 1.0)
_ALONG: Final = 6


def section_of(
    camera: RoadCamera,
    stretch_px: Points,
    *,
    quality: Quality,
    scale_error: float,
    point_error_px: float = 0.5,
    k1_error: float = 0.0,
) -> Calibration:
    """The section that makes a scene see the road as this camera does.

    `stretch_px` (n x 2) are picture points that span the stretch that was marked; nothing beyond it is
    claimed. A camera that was computed has no surveyed points, so a grid of its own stands in for them and
    what it may be off by is said as `scale_error`.
    """
    road_m = camera.map.road(stretch_px)
    if not np.isfinite(road_m).all():
        raise GeometryError("some of the marks lie above the horizon that they make; one is marked wrongly")
    lens = (
        None
        if camera.lens is None
        else LensNumbers(model="division", k1=round(camera.k1, 5), k1_error=round(k1_error, 5))
    )
    return Calibration(
        quality=quality,
        camera_height_m=round(camera.height_m, 3),
        point_error_px=point_error_px,
        road_error_m=0.0,
        scale_error=round(scale_error, 5),
        lens=lens,
        points=_grid(camera, road_m),
    )


def _grid(camera: RoadCamera, road_m: Points) -> tuple[MarkedPoint, ...]:
    """Points over the stretch `road_m` (n x 2), denser near the camera, as far as the picture shows them."""
    (left, near), (right, far) = road_m.min(axis=0), road_m.max(axis=0)
    places = [
        (left + share * (right - left), y)
        for y in np.geomspace(1, 1 + far - near, _ALONG) + near - 1
        for share in _ACROSS
    ]
    return tuple(
        MarkedPoint(
            picture_px=(round(float(px[0]), 2), round(float(px[1]), 2)),
            road_m=(round(float(m[0]), 3), round(float(m[1]), 3)),
        )
        for px, m in zip(camera.picture(np.array(places)), places, strict=True)
        if 0 <= px[0] < camera.size_px[0] and 0 <= px[1] < camera.size_px[1]
    )


def written(calibration: Calibration, notes: Sequence[str] = ()) -> str:
    """The section as TOML, `notes` as comments at its head."""
    lines = ["[calibration]", *(f"# {note}" for note in notes)]
    lines.append(f'quality = "{calibration.quality}"')
    if calibration.camera_height_m is not None:
        lines.append(f"camera_height_m = {calibration.camera_height_m:g}")
    lines.append(f"point_error_px = {calibration.point_error_px:g}")
    lines.append(f"road_error_m = {calibration.road_error_m:g}")
    if calibration.scale_error:
        lines.append(f"scale_error = {calibration.scale_error:g}")
    lines.append("points = [")
    lines += [
        f"  {{ picture_px = [{one.picture_px[0]:.2f}, {one.picture_px[1]:.2f}], "
        f"road_m = [{one.road_m[0]:.3f}, {one.road_m[1]:.3f}] }},"
        for one in calibration.points
    ]
    lines.append("]")
    if (lens := calibration.lens) is not None:
        lines += ["", "[calibration.lens]", f'model = "{lens.model}"', f"k1 = {lens.k1:g}"]
        if lens.k2:
            lines.append(f"k2 = {lens.k2:g}")
        if lens.k1_error:
            lines.append(f"k1_error = {lens.k1_error:g}")
        if lens.centre_px:
            lines.append(f"centre_px = [{lens.centre_px[0]:g}, {lens.centre_px[1]:g}]")
        if lens.unit_px:
            lines.append(f"unit_px = {lens.unit_px:g}")
    return "\n".join(lines) + "\n"
