from __future__ import annotations

from scripts.rule_plan import Plan, drawing


@drawing("red_light")
def red_light() -> Plan:
    """Two gates about the stop line; who is accused, who stands past it, who turns on his own arrow."""
    plan = Plan(-19, -10, 22, 15, "Vượt đèn đỏ nhìn từ trên cao", "Running a red light from above")
    plan.road([(-6, -10), (7, -10), (7, 15), (-6, 15)])
    plan.road([(-19, 5), (22, 5), (22, 12), (-19, 12)])
    for x_m in (-1.5, 2.5):
        plan.lane_line([(x_m, -10), (x_m, -0.2)], solid=x_m > 0)
    plan.crosswalk(-5.5, 6.5, 1.0, 3.4)
    plan.stop_line((-5.5, 0), (6.5, 0))
    plan.gate((-5.8, -0.9), (6.8, -0.9))
    plan.gate((-5.8, 3.0), (6.8, 3.0))
    plan.vehicle((-3.5, 4.6), "car", "accused")
    plan.path([(-3.5, -9), (-3.5, 4.2)], "accused")
    plan.vehicle((0.5, -2.6), "car", "innocent")
    plan.vehicle((1.9, 0.4), "motorbike", "innocent")
    plan.vehicle((8.6, 6.7), "car", "innocent", heading_deg=78)
    plan.path([(4.6, -9), (4.6, 1), (4.9, 4), (6, 6), (8.2, 6.6)], "innocent")
    plan.signal((-3.5, 13.6), "red", "straight")
    plan.signal((0.5, 13.6), "red", "straight")
    plan.signal((4.6, 13.6), "green", "right")
    plan.label((-18.6, 2.4), "Vượt đèn đỏ", "ran the red light", "accused")
    plan.label(
        (-18.6, -1.0), "Dừng trước vạch, hoặc quá vạch", "stands before the line, or past it", "innocent"
    )
    plan.label((-18.6, -2.8), "mà không đi tiếp: không phải lỗi này", "and stays: not this act", "innocent")
    plan.label((11, 11.2), "Rẽ phải theo mũi tên xanh", "right, on its own green arrow", "innocent")
    plan.label((7.4, -1.2), "Cổng 1: còn rõ ràng trước vạch", "gate 1: clearly before the line")
    plan.measure((7.4, 0), (7.4, 3.0), "clear_past_line_m: 3 m", "the light still red")
    plan.label((7.4, 4.1), "Cổng 2: đã đi tiếp quá vạch", "gate 2: went on past it")
    return plan
