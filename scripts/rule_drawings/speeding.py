from __future__ import annotations

from scripts.rule_plan import Plan, drawing


@drawing("speeding")
def speeding() -> Plan:
    """The zone, the places a foot was seen at, and the two virtual gates of the second method."""
    plan = Plan(-17, -3, 22, 34, "Đo tốc độ nhìn từ trên cao", "Measuring a speed from above")
    plan.road([(-4, -3), (4, -3), (4, 34), (-4, 34)])
    plan.lane_line([(0, -3), (0, 34)])
    plan.zone([(-4, 2), (4, 2), (4, 31), (-4, 31)], "#1565c0")
    for y_m in (6.3, 26.7):
        plan.gate((-4.3, y_m), (4.3, y_m))
    plan.path([(2, 2.5), (2, 26)], "accused")
    for step in range(12):
        plan.label((1.85, 2.6 + step * 2.3), "•", role="accused")
    plan.vehicle((2, 27.2), "car", "accused")
    plan.vehicle((-2, 9), "motorbike", "innocent")
    plan.label((5, 31), "Vùng đo (zone_px)", "measurement zone")
    plan.label((5, 27), "Cổng ảo 2: thời điểm qua, nội suy", "virtual gate 2: crossing time, interpolated")
    plan.label((5, 7), "Cổng ảo 1", "virtual gate 1")
    plan.label(
        (5, 17.5), "Mỗi chấm: chân xe, với sai số riêng", "each dot: the foot, with its own error", "accused"
    )
    plan.label((5, 14.5), "Thấy trên ít nhất 60 % vùng đo", "seen over at least 60 % of the zone")
    plan.label((-16.4, 9.6), "Mức thấp nhất của", "lowest end of the", "innocent")
    plan.label((-16.4, 7.8), "khoảng 95 % dưới mức phạt", "95 % interval below the act", "innocent")
    return plan
