"""Stopping, parking and blocking from above."""

from __future__ import annotations

from scripts.rule_plan import Plan, drawing


@drawing("stopping")
def stopping() -> Plan:
    """A zone along the kerb; who is accused, and whom a queue, a jam or the light excuses."""
    plan = _kerb("Dừng xe nơi cấm dừng", "Stopping where it is forbidden")
    plan.vehicle((4.6, -2.0), "car", "accused")
    plan.label(
        (6.9, 0.9), "Đứng yên ≥ stop_after_s, phía trước trống:", "stands on end, nobody ahead:", "accused"
    )
    plan.label((6.9, -0.9), "dừng xe", "a stop", "accused")
    plan.vehicle((1.4, 6.4), "car", "innocent")
    plan.vehicle((1.4, 12.4), "car", "plain")
    plan.measure((2.9, 10.8), (2.9, 16.8), "≤ 8 m", "a queue holds it up")
    plan.label(
        (-20.4, 8.6), "Sau xe khác đang đứng, ùn tắc,", "behind a standing vehicle, in a jam,", "innocent"
    )
    plan.label(
        (-20.4, 6.8), "chờ đèn trước vạch dừng: không tính", "or before the light: not counted", "innocent"
    )
    plan.vehicle((4.6, -9.4), "car", "innocent")
    plan.label(
        (6.9, -6.4), "Chưa chắc một nửa xe trong vùng:", "perhaps less than half of it inside:", "innocent"
    )
    plan.label((6.9, -8.2), "không kết luận (zone_edge)", "withheld", "innocent")
    return plan


@drawing("parking")
def parking() -> Plan:
    """As for stopping; it takes longer, and who was hidden begins anew."""
    plan = _kerb("Đỗ xe nơi cấm đỗ", "Parking where it is forbidden")
    plan.vehicle((4.6, 1.0), "car", "accused")
    plan.label(
        (6.9, 3.9), "Đứng yên ≥ park_after_s: đỗ xe", "stands on end for park_after_s: parked", "accused"
    )
    plan.vehicle((4.6, -5.6), "car", "innocent")
    plan.label(
        (6.9, -2.8), "Đứng ngắn hơn: dừng, ở đây được phép", "shorter: a stop, allowed here", "innocent"
    )
    plan.vehicle((4.6, 8.2), "car", "plain")
    plan.vehicle((1.2, 7.6), "bus", "plain")
    plan.label((6.9, 11.4), "Khuất quá 2 s: tính lại từ đầu", "hidden for over 2 s: the time begins anew")
    return plan


@drawing("blocking")
def blocking() -> Plan:
    """The crosswalk and the junction, the light red."""
    plan = Plan(
        -20, -9, 24, 17, "Đứng trên phần đường đi bộ, nơi giao nhau", "Blocking a crosswalk, a junction"
    )
    plan.road([(-6, -9), (6, -9), (6, 17), (-6, 17)])
    plan.road([(-20, 5.5), (24, 5.5), (24, 14), (-20, 14)])
    plan.stop_line((-5.6, -1.2), (5.6, -1.2))
    plan.crosswalk(-5.6, 5.6, 0.2, 3.8)
    plan.zone([(-6, 0.2), (6, 0.2), (6, 3.8), (-6, 3.8)])
    plan.zone([(-6, 5.5), (6, 5.5), (6, 14), (-6, 14)], "#1565c0")
    plan.vehicle((3.8, 1.0), "car", "accused")
    plan.vehicle((0.6, 1.2), "motorbike", "accused")
    plan.vehicle((-1.0, -0.9), "motorbike", "innocent")
    plan.vehicle((-3.6, -6.2), "car", "innocent")
    plan.vehicle((-3.6, 7.2), "car", "accused")
    plan.signal((7.6, 15.4), "red")
    plan.label(
        (6.6, 2.4), "Chắc chắn trên phần đường đi bộ", "surely on the crosswalk, the light red,", "accused"
    )
    plan.label(
        (6.6, 0.6), "≥ block_after_s, phía trước trống", "for block_after_s, nobody close ahead", "accused"
    )
    plan.label((-19.4, -1.6), "Quá vạch, chưa chắc trên đó", "past the line, perhaps not on it", "innocent")
    plan.label((-19.4, 9.6), "Còn đứng khi đèn", "still there 5 s", "accused")
    plan.label((-19.4, 7.8), "đã đỏ 5 s", "into red", "accused")
    return plan


def _kerb(title_vi: str, title_en: str) -> Plan:
    plan = Plan(-21, -11, 26, 18, title_vi, title_en)
    plan.road([(-6, -11), (6, -11), (6, 18), (-6, 18)])
    plan.lane_line([(-2, -11), (-2, 18)], solid=True)
    plan.lane_line([(2.9, -11), (2.9, 18)])
    plan.zone([(3.1, -6.5), (6, -6.5), (6, 16), (3.1, 16)])
    plan.label((6.9, 15.0), "Vùng cấm (P.130, P.131)", "the zone of the sign")
    return plan
