"""The sign that was broken and the vehicle's path from above, as values for a drawing on the page.

The report holds metres on the road before the camera: the sketch shows these. Where the camera stands on the
globe is told by its set-up, where an operator gave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.cameras.models import CameraSetup

Pair = tuple[str, str]
WIDTH: Final = 320
HEIGHT: Final = 220
_MARGIN: Final = 28
_SCALE_STEPS_M: Final = (2, 5, 10, 20, 50, 100)
_LONGEST_BAR: Final = 110

SIGNS: Mapping[str, tuple[str, Pair]] = {
    "red_light": ("light", ("Đèn đỏ: phải dừng trước vạch", "Red light: stop before the line")),
    "speeding": ("limit", ("Biển P.127: tốc độ tối đa", "Sign P.127: highest speed")),
    "average_speed": ("limit", ("Biển P.127: tốc độ tối đa", "Sign P.127: highest speed")),
    "wrong_way": ("no_entry", ("Biển P.102: cấm đi ngược chiều", "Sign P.102: no entry")),
    "no_entry": ("no_entry", ("Biển P.102: cấm đi ngược chiều", "Sign P.102: no entry")),
    "u_turn": ("no_u_turn", ("Biển P.124a: cấm quay đầu", "Sign P.124a: no U-turn")),
    "illegal_turn": ("no_turn", ("Biển P.123: cấm rẽ", "Sign P.123: no turn")),
    "stopping": ("no_stopping", ("Biển P.130: cấm dừng, cấm đỗ", "Sign P.130: no stopping")),
    "parking": ("no_parking", ("Biển P.131a: cấm đỗ", "Sign P.131a: no parking")),
    "lane_line": ("solid_line", ("Vạch liền: không được đè lên", "Solid line: not to be crossed")),
    "wrong_lane": ("solid_line", ("Vạch chia làn: mỗi xe một làn", "Lane markings: keep to your lane")),
}


@dataclass(frozen=True, slots=True)
class Sketch:
    """A path in a frame of WIDTH x HEIGHT px; `event` is where it happened, `bar_px` is `bar_m` long."""

    path: str
    start: tuple[float, float]
    event: tuple[float, float]
    end: tuple[float, float]
    bar_px: float
    bar_m: int


def sketch(report: Mapping[str, Any]) -> Sketch | None:
    """The path to scale, the way the camera looks upwards; None for a track without two places."""
    track = report["track"]
    places = [(float(point["x_m"]), float(point["y_m"])) for point in track]
    if len(set(places)) < 2:  # noqa: PLR2004 - a path has two ends
        return None
    left, right = min(x for x, _ in places), max(x for x, _ in places)
    near, far = min(y for _, y in places), max(y for _, y in places)
    px_m = min((WIDTH - 2 * _MARGIN) / max(right - left, 1.0), (HEIGHT - 2 * _MARGIN) / max(far - near, 1.0))
    centre_x, centre_y = (left + right) / 2, (near + far) / 2

    def at(place: tuple[float, float]) -> tuple[float, float]:
        x = WIDTH / 2 + (place[0] - centre_x) * px_m
        return round(x, 1), round(HEIGHT / 2 - (place[1] - centre_y) * px_m, 1)

    drawn = [at(place) for place in places]
    event_s = report["times"]["t_event_s"]
    nearest = min(range(len(track)), key=lambda place: abs(track[place]["t_s"] - event_s))
    bar_m = next((m for m in reversed(_SCALE_STEPS_M) if m * px_m <= _LONGEST_BAR), _SCALE_STEPS_M[0])
    return Sketch(
        path=" ".join(f"{x},{y}" for x, y in drawn),
        start=drawn[0],
        event=drawn[nearest],
        end=drawn[-1],
        bar_px=round(bar_m * px_m, 1),
        bar_m=bar_m,
    )


def stands_at(session: Session, camera_id: str) -> tuple[float, float] | None:
    """Latitude and longitude of the camera, degrees (WGS 84); None where nobody gave them."""
    setup = session.get(CameraSetup, camera_id)
    if setup is None or setup.latitude_deg is None or setup.longitude_deg is None:
        return None
    return setup.latitude_deg, setup.longitude_deg


def sign_of(report: Mapping[str, Any]) -> tuple[str, Pair] | None:
    """Which sign to draw and its name; None where no sign but the law itself was broken."""
    return SIGNS.get(report["rule"])
