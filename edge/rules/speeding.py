"""Driving over the speed limit, measured on the road plane over the pictures' own times.

Only the lower end of the 95 % interval, less the tolerance the law sets, is held against anybody.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from edge.report import Reason
from edge.rules.acts import SLOWEST_ACT_KMH, is_plated, speed_act
from edge.rules.numbers import speed_measure, vi
from edge.rules.speed_estimate import SpeedEstimate, estimate
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene import Scene
from edge.scene_file import Speed
from edge.tracking import Track

__all__ = ["SpeedEstimate", "estimate", "judge"]


def judge(track: Track, scene: Scene, *, on: date | None = None, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: not fast, or still in the zone and not `finished`."""
    if scene.speed is None or not is_plated(track.kind) or not (finished or _has_left(track, scene)):
        return None
    measured = estimate(track, scene, from_kmh=scene.speed.limit_kmh + SLOWEST_ACT_KMH)
    if measured is None:
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
        measures=(speed_measure("speed", measured, scene.speed.limit_kmh),),
        reasons=_reasons(measured, scene.speed, over_kmh, tolerance_kmh),
    )


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
        measures=(speed_measure("speed", measured, scene.speed.limit_kmh),),
        reasons=(Reason(vi=vi, en=en),),
    )


def _reasons(
    measured: SpeedEstimate, settings: Speed, over_kmh: float, tolerance_kmh: float
) -> tuple[Reason, ...]:
    kmh, low, high, limit = measured.kmh, measured.lower_kmh, measured.upper_kmh, settings.limit_kmh
    points, span_m, span_s = measured.points, measured.span_m, measured.span_s
    gates = kmh if measured.gates_kmh is None else measured.gates_kmh
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
            f"theo thời gian riêng của từng khung hình. Cách đo thứ hai, giữa hai cổng ảo: {vi(gates)} km/h.",
            en=f"From {points} places on the road, {span_m:.1f} m in {span_s:.2f} s, "
            f"by each picture's own time. The second method, between two virtual gates: {gates:.1f} km/h.",
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
    "too_short_way": (
        "Chỉ nhìn thấy xe trên một phần quá ngắn của vùng đo.",
        "Seen over too short a part of the measurement zone.",
    ),
    "gap": ("Xe bị khuất quá lâu trong vùng đo.", "Out of sight too long in the measurement zone."),
    "jump": ("Vị trí xe nhảy bất thường, có thể lẫn hai xe.", "The track jumps; it may be two vehicles."),
    "size_jump": (
        "Kích thước xe đổi bất thường, có thể lẫn hai xe.",
        "The vehicle's size jumps; it may be two vehicles.",
    ),
    "scattered": ("Các vị trí đo quá tản mạn.", "The measured places scatter too much."),
    "edge_jumps": (
        "Mép dưới được theo dõi nhảy sang chỗ khác trên xe, nên không đo được tốc độ.",
        "The lower edge that was followed steps to another part of the vehicle: no speed can be measured.",
    ),
    "too_uncertain": ("Khoảng đo quá rộng.", "The interval is too wide."),
    "gates_disagree": (
        "Hai cách đo độc lập (toàn quãng đường, và giữa hai cổng ảo) cho hai tốc độ khác nhau.",
        "The two ways of measuring (over the whole way, and between two virtual gates) disagree.",
    ),
    "roof_disagrees": (
        "Mép trên và mép dưới của xe cho hai tốc độ khác nhau.",
        "The upper and the lower edge of the vehicle give different speeds.",
    ),
    "no_second_speed": (
        "Quá ít lần nhìn thấy xe ở đầu hoặc cuối vùng đo để đo lại bằng cách thứ hai.",
        "Seen too few times at one end of the zone to measure a second time.",
    ),
}
