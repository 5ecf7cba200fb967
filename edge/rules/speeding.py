"""Driving over the speed limit, measured on the road plane over the pictures' own times.

Only the lower end of the 95 % interval, less the tolerance the law sets, is held against anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from edge.report import Measure, Reason
from edge.rules.acts import SLOWEST_ACT_KMH, is_plated, speed_act
from edge.rules.line_fit import LineFit, fit_line
from edge.rules.numbers import vi
from edge.rules.trajectory import Trajectory, broken, trajectory
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene import Scene
from edge.scene_file import Speed
from edge.tracking import Track

_KMH: Final = 3.6
_Z95: Final = 1.96
_FEWEST_POINTS: Final = 6
_SHORTEST_S: Final = 0.35
_SHORTEST_M: Final = 6.0
_MOST_DROPPED: Final = 0.25
_WORST_RMS_M: Final = 1.2
_WIDEST_SHARE: Final = 0.12
_WIDEST_KMH: Final = 4.0
_HALVES_SHARE: Final = 0.12
_FEWEST_FOR_HALVES: Final = 8


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """A speed with its 95 % interval, km/h, and what it rests on. `doubt` says why it must not be used."""

    kmh: float
    lower_kmh: float
    upper_kmh: float
    points: int
    span_s: float
    span_m: float
    rms_m: float
    doubt: str | None
    t_start_s: float
    t_end_s: float
    frames: tuple[int, int, int]

    @property
    def t_middle_s(self) -> float:
        """The middle of the measurement."""
        return (self.t_start_s + self.t_end_s) / 2


def estimate(track: Track, scene: Scene) -> SpeedEstimate | None:
    """The speed of a vehicle through the measurement zone, in the direction of travel.

    None when fewer than four clear sightings lie in the zone, or it did not move the watched way.
    """
    settings = scene.speed
    if settings is None:
        return None
    whole = trajectory(track, scene, foot_error_px=settings.box_error_px)
    path = whole.cut(scene.in_speed_zone(whole.foot_px))
    if len(path) < 4 or path.t_s[-1] <= path.t_s[0]:  # noqa: PLR2004 - fewer points give no error
        return None
    fit = fit_line(path.t_s, path.along_m, path.sigma_m)
    if fit.slope <= 0:
        return None
    half = _half_width(path, fit, settings, scene.speed_scale_error)
    high_contact = settings.contact_height_m / (scene.file.calibration.camera_height_m or np.inf)
    middle = int(np.argmin(np.abs(path.t_s - (path.t_s[0] + path.t_s[-1]) / 2)))
    return SpeedEstimate(
        kmh=_KMH * fit.slope,
        # A foot seen above the road reads too fast, never too slow.
        lower_kmh=_KMH * max(fit.slope * (1 - high_contact) - half, 0.0),
        upper_kmh=_KMH * (fit.slope + half),
        points=fit.kept,
        span_s=float(path.t_s[-1] - path.t_s[0]),
        span_m=float(path.along_m[-1] - path.along_m[0]),
        rms_m=fit.rms,
        doubt=_doubt(path, fit, half),
        t_start_s=float(path.t_s[0]),
        t_end_s=float(path.t_s[-1]),
        frames=(int(path.frame[0]), int(path.frame[middle]), int(path.frame[-1])),
    )


def judge(track: Track, scene: Scene, *, on: date | None = None, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: not fast, or still in the zone and not `finished`."""
    if scene.speed is None or not is_plated(track.kind) or not (finished or _has_left(track, scene)):
        return None
    measured = estimate(track, scene)
    if measured is None or measured.kmh < scene.speed.limit_kmh + SLOWEST_ACT_KMH:
        return None
    tolerance_kmh = scene.tolerance_kmh(on)
    over_kmh = measured.lower_kmh - tolerance_kmh - scene.speed.limit_kmh
    act = speed_act(track.kind, over_kmh)
    if measured.doubt is not None or act is None:
        return _withheld(track, scene, measured, measured.doubt or "within_uncertainty")
    return Violation(
        rule="speeding",
        act=act,
        track=track.id,
        kind=track.kind,
        t_start_s=measured.t_start_s,
        t_event_s=measured.t_middle_s,
        t_end_s=measured.t_end_s,
        frame_before=measured.frames[0],
        frame_at=measured.frames[1],
        frame_after=measured.frames[2],
        measures=_measures(measured, scene.speed),
        reasons=_reasons(measured, scene.speed, over_kmh, tolerance_kmh),
    )


def _half_width(path: Trajectory, fit: LineFit, settings: Speed, scale_error: float) -> float:
    """95 % half width of the speed, m/s: scatter, the road plane's scale, and boxes that are off alike."""
    off_m = path.m_per_px[[0, -1]] * settings.box_bias * path.height_px[[0, -1]]
    span_s = path.t_s[-1] - path.t_s[0]
    bias = _Z95 * float(np.hypot(*off_m)) / float(span_s)
    scale = _Z95 * fit.slope * scale_error
    return float(np.sqrt(fit.half_width_95**2 + scale**2 + bias**2))


def _doubt(path: Trajectory, fit: LineFit, half: float) -> str | None:
    if fit.kept < _FEWEST_POINTS or path.t_s[-1] - path.t_s[0] < _SHORTEST_S:
        return "too_few_points"
    if path.along_m[-1] - path.along_m[0] < _SHORTEST_M:
        return "too_short_way"
    if (why := broken(path.cut(fit.keep))) is not None:
        return why
    if fit.dropped_share > _MOST_DROPPED or fit.rms > _WORST_RMS_M:
        return "scattered"
    if half > max(_WIDEST_KMH / _KMH, _WIDEST_SHARE * fit.slope):
        return "too_uncertain"
    return "halves_disagree" if _halves_disagree(path.cut(fit.keep), half) else None


def _halves_disagree(path: Trajectory, half: float) -> bool:
    """The second measurement: the first and the second half of the way, each by itself."""
    if len(path) < _FEWEST_FOR_HALVES:
        return False
    middle = len(path) // 2
    first, second = (
        fit_line(part.t_s, part.along_m, part.sigma_m)
        for part in (path.cut(np.s_[:middle]), path.cut(np.s_[middle:]))
    )
    joint = float(np.hypot(first.half_width_95, second.half_width_95)) + half
    return abs(first.slope - second.slope) > joint + _HALVES_SHARE * max(first.slope, second.slope)


def _has_left(track: Track, scene: Scene) -> bool:
    feet = np.array([one.box.bottom_centre for one in track.observations[-2:]])
    if scene.in_speed_zone(feet).any():
        return False
    return bool(scene.in_speed_zone(np.array([one.box.bottom_centre for one in track.observations])).any())


def _withheld(track: Track, scene: Scene, measured: SpeedEstimate, code: str) -> Withheld:
    assert scene.speed is not None
    vi, en = _WHY[code]
    return Withheld(
        rule="speeding",
        code=code,
        track=track.id,
        kind=track.kind,
        t_event_s=measured.t_middle_s,
        measures=_measures(measured, scene.speed),
        reasons=(Reason(vi=vi, en=en),),
    )


def _measures(measured: SpeedEstimate, settings: Speed) -> tuple[Measure, ...]:
    return (
        Measure(
            name="speed",
            value=round(measured.kmh, 2),
            unit="km/h",
            lower_95=round(measured.lower_kmh, 2),
            upper_95=round(measured.upper_kmh, 2),
            limit=settings.limit_kmh,
        ),
    )


def _reasons(
    measured: SpeedEstimate, settings: Speed, over_kmh: float, tolerance_kmh: float
) -> tuple[Reason, ...]:
    kmh, low, high, limit = measured.kmh, measured.lower_kmh, measured.upper_kmh, settings.limit_kmh
    points, span_m, span_s = measured.points, measured.span_m, measured.span_s
    return (
        Reason(
            vi=f"Tốc độ đo được {vi(kmh)} km/h, với độ tin cậy 95 % trong khoảng {vi(low)} đến "
            f"{vi(high)} km/h; tốc độ tối đa cho phép {limit} km/h.",
            en=f"Measured speed {kmh:.1f} km/h, with 95 % confidence between {low:.1f} and {high:.1f} km/h; "
            f"the limit is {limit} km/h.",
        ),
        Reason(
            vi=f"Tính theo mức thấp nhất của khoảng đo, trừ sai số cho phép {vi(tolerance_kmh)} km/h: "
            f"vượt {vi(over_kmh)} km/h.",
            en=f"By the lowest end of the interval, less the legal tolerance of {tolerance_kmh:g} km/h: "
            f"{over_kmh:.1f} km/h over.",
        ),
        Reason(
            vi=f"Tính từ {points} vị trí trên mặt đường, {vi(span_m)} m trong {vi(span_s, 2)} giây, "
            "theo thời gian riêng của từng khung hình.",
            en=f"From {points} places on the road, {span_m:.1f} m in {span_s:.2f} s, "
            "by each picture's own time.",
        ),
    )


_WHY: Final[dict[str, tuple[str, str]]] = {
    "within_uncertainty": (
        "Có thể quá tốc độ, nhưng mức thấp nhất của khoảng đo chưa vượt 5 km/h.",
        "Perhaps too fast, but the lowest end of the interval is not 5 km/h over.",
    ),
    "too_few_points": (
        "Quá ít lần nhìn thấy xe trong vùng đo.",
        "Seen too few times in the measurement zone.",
    ),
    "too_short_way": ("Quãng đường đo quá ngắn.", "The measured way is too short."),
    "gap": ("Xe bị khuất quá lâu trong vùng đo.", "Out of sight too long in the measurement zone."),
    "jump": ("Vị trí xe nhảy bất thường, có thể lẫn hai xe.", "The track jumps; it may be two vehicles."),
    "size_jump": (
        "Kích thước xe đổi bất thường, có thể lẫn hai xe.",
        "The vehicle's size jumps; it may be two vehicles.",
    ),
    "scattered": ("Các vị trí đo quá tản mạn.", "The measured places scatter too much."),
    "too_uncertain": ("Khoảng đo quá rộng.", "The interval is too wide."),
    "halves_disagree": (
        "Hai nửa quãng đường cho hai tốc độ khác nhau.",
        "The two halves of the way give different speeds.",
    ),
}
