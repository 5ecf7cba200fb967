from __future__ import annotations

from scripts.rule_plan import Plan, drawing


@drawing("average_speed")
def average_speed() -> Plan:
    """Two cameras, a gate at each, and the taped way between them (shortened in the drawing)."""
    plan = Plan(-9, -2, 24, 31, "Tốc độ trung bình giữa hai máy quay", "Average speed between two cameras")
    for low, high in ((-2, 11), (18, 31)):
        plan.road([(-4, low), (4, low), (4, high), (-4, high)])
        plan.lane_line([(0, low), (0, high)])
    for y_m in (5, 25):
        plan.gate((-4.3, y_m), (4.3, y_m))
    plan.vehicle((2, 5.4), "car", "accused")
    plan.vehicle((2, 25.4), "car", "accused")
    plan.path([(2, -1), (2, 5)], "accused")
    plan.path([(2, 19), (2, 25)], "accused")
    plan.measure((6.5, 5), (6.5, 25), "distance_m ± distance_error_m", "the shortest way, taped")
    plan.label((-2.5, 15.2), "· · ·", "")
    plan.label((5, 3.2), "Cổng vào: biển số, giờ qua cổng", "entry: plate, time of crossing")
    plan.label((5, 26.6), "Cổng ra: cùng biển số, cùng loại xe", "exit: same plate, same kind of vehicle")
    plan.label((9, 11.5), "Giới hạn sai số của hai đồng hồ:", "what both clocks may be off by:", "accused")
    plan.label(
        (9, 9.5), "tính hết về phía có lợi cho người lái", "all of it counts for the driver", "accused"
    )
    return plan
