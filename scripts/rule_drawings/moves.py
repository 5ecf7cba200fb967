from __future__ import annotations

from scripts.rule_plan import Metres, Plan, drawing

_BAN = "#c62828"
_MARK = "#8d99a6"


def _street(plan: Plan, left_m: float, right_m: float) -> None:
    plan.road(
        [(left_m, plan.bottom_m), (right_m, plan.bottom_m), (right_m, plan.top_m), (left_m, plan.top_m)]
    )


def _box(left_m: float, near_m: float, right_m: float, far_m: float) -> list[Metres]:
    return [(left_m, near_m), (right_m, near_m), (right_m, far_m), (left_m, far_m)]


@drawing("wrong_way")
def wrong_way() -> Plan:
    """A one-way lane; one comes against it, one backs into a gap, one turns round into his own lane."""
    plan = Plan(-17, -13, 22, 13, "Đi ngược chiều nhìn từ trên cao", "Driving the wrong way from above")
    _street(plan, -7, 7)
    plan.lane_line([(0, -13), (0, 13)], solid=True, colour="#f9a825")
    plan.lane_line([(3.5, -13), (3.5, 13)])
    plan.zone(_box(0.1, -12.5, 6.9, 12.5), _MARK)
    plan.path([(6.2, -12), (6.2, -8)], "plain")
    plan.vehicle((2.2, 9.8), "car", "accused", heading_deg=180)
    plan.path([(2.2, 5), (2.2, -7)], "accused")
    plan.measure((7.6, 5), (7.6, -7), "≥ 12 m, ≥ 1 s, đều", "steadily, > 8 km/h")
    plan.vehicle((5.2, 4.4), "car", "innocent")
    plan.path([(5.2, 4.2), (5.2, 0.6)], "innocent")
    plan.vehicle((-5.2, -9.2), "motorbike", "innocent", heading_deg=180)
    plan.path(
        [(1.0, -12), (1.0, -6), (0.4, -3.4), (-2, -2), (-4.4, -3.4), (-5.2, -6), (-5.2, -9)], "innocent"
    )
    plan.label((7.6, 11.6), "Đi ngược chiều làn đường", "against the lane's direction", "accused")
    plan.label((7.6, 8.4), "Lùi vài mét để đỗ: không phải", "backs a few metres to park: no", "innocent")
    plan.label((-16.6, -6.2), "Quay đầu vào làn", "turns round into", "innocent")
    plan.label((-16.6, -8.2), "đúng chiều: không phải", "the right lane: no", "innocent")
    plan.label((7.6, -9.6), "direction_m của làn", "the lane's direction_m")
    return plan


@drawing("wrong_lane")
def wrong_lane() -> Plan:
    """A lane for motorbikes; a car in it, one half in it, one that passes a car standing in its lane."""
    plan = Plan(-16, -13, 22, 13, "Đi sai làn nhìn từ trên cao", "Wrong lane from above")
    _street(plan, -7, 7)
    plan.lane_line([(0, -13), (0, 13)])
    plan.lane_line([(3.5, -13), (3.5, 13)], solid=True)
    plan.lane_line([(-3.5, -13), (-3.5, 13)])
    plan.zone(_box(3.6, -12.5, 6.9, 12.5), "#1565c0")
    plan.vehicle((5.2, 3.4), "car", "accused")
    plan.path([(5.2, -11.6), (5.2, 3.2)], "accused")
    plan.measure((7.6, -11.6), (7.6, 3.4), "≥ 15 m, dọc theo làn", "along it, moving")
    plan.vehicle((3.3, 7.6), "car", "innocent")
    plan.vehicle((-1.8, 5.6), "car", "plain")
    plan.vehicle((1.9, -8.0), "car", "innocent")
    plan.path([(1.9, -3.4), (3.2, 0.2), (3.3, 7)], "innocent")
    plan.label((7.6, 11.6), 'kinds = ["motorbike"]', "the motorbikes' lane")
    plan.label((7.6, 8.4), "Ô tô đi trong làn xe máy", "a car drives in it", "accused")
    plan.label((-15.6, 10.6), "Một bánh lấn vạch:", "one wheel over:", "innocent")
    plan.label((-15.6, 8.6), "không phải lỗi này", "not this act", "innocent")
    plan.label((-15.6, 4.2), "Xe đứng chắn làn:", "who passes a vehicle that")
    plan.label((-15.6, 2.2), "vượt nó được miễn", "stands in his lane is excused")
    return plan


@drawing("emergency_lane")
def emergency_lane() -> Plan:
    """A shoulder; one drives along it, one rolls out to stop on it."""
    plan = Plan(
        -18, -18, 22, 16, "Chạy vào làn khẩn cấp nhìn từ trên cao", "Driving in the emergency lane from above"
    )
    _street(plan, -7, 7)
    plan.lane_line([(-0.2, -18), (-0.2, 16)])
    plan.lane_line([(3.5, -18), (3.5, 16)], solid=True)
    plan.zone(_box(3.6, -17.5, 6.9, 15.5), "#ef6c00")
    plan.vehicle((5.2, 10.6), "car", "accused")
    plan.path([(5.2, -17.4), (5.2, 10.4)], "accused")
    plan.measure((7.6, -17.4), (7.6, 10.4), "≥ 30 m, > 15 km/h", "neither slowing nor moving off")
    plan.vehicle((1.6, -16), "car", "innocent")
    plan.path([(1.6, -11.4), (2.4, -8), (4.6, -4), (4.9, -2.6)], "innocent")
    plan.vehicle((5.0, -2.6), "car", "innocent")
    plan.label((7.6, 14.6), "emergency = true", "the shoulder")
    plan.label((-17.6, -4.0), "Giảm tốc, dừng, hoặc vừa", "slows, stands or is just", "innocent")
    plan.label((-17.6, -6.0), "khởi hành: xe hỏng", "moving off: a breakdown", "innocent")
    plan.label((-17.6, 9.6), "Chạy đều trên làn khẩn cấp", "drives along the shoulder", "accused")
    return plan


@drawing("lane_line")
def lane_line() -> Plan:
    """A continuous line; one goes over it with both sides, one with a wheel, one round what stands."""
    plan = Plan(-18, -13, 21, 13, "Vượt vạch liền nhìn từ trên cao", "Crossing a continuous line from above")
    _street(plan, -7, 7)
    plan.lane_line([(-3.5, -13), (-3.5, 13)])
    plan.lane_line([(3.5, -13), (3.5, 13)])
    plan.lane_line([(0, -13), (0, 13)], solid=True, colour="#f9a825")
    plan.vehicle((1.8, -12.6), "car", "accused")
    plan.path([(1.8, -8.2), (1.2, -5), (-1.2, 0), (-1.8, 3)], "accused")
    plan.vehicle((-1.8, 3.2), "car", "accused")
    plan.vehicle((0.6, 7.6), "car", "innocent")
    plan.measure((-2.7, 2.2), (0, 2.2), "", "")
    plan.vehicle((5.2, -4.2), "truck", "plain")
    plan.label((7.6, 9.8), "Một bánh trên vạch: ghi nhận,", "one wheel on it: counted,", "innocent")
    plan.label((7.6, 7.8), "không buộc tội", "never accused", "innocent")
    plan.label((7.6, -1.0), "Có xe đứng chắn trong 40 m:", "something stands within 40 m ahead:")
    plan.label((7.6, -3.0), "đi vòng được miễn", "going round it is excused")
    plan.label((-17.6, 6.6), "Cả hai bên xe đã ở", "both sides of the vehicle", "accused")
    plan.label((-17.6, 4.6), "bên kia vạch", "got over the line", "accused")
    plan.label((-17.6, -7.6), "Trước đó cả xe ở bên này", "wholly on this side before", "accused")
    return plan


@drawing("no_entry")
def no_entry() -> Plan:
    """A closed road; a lorry comes in from outside, a car may, one stops before it."""
    plan = Plan(-17, -13, 22, 14, "Đi vào đường cấm nhìn từ trên cao", "Entering a closed road from above")
    _street(plan, -6, 6)
    plan.lane_line([(0, -13), (0, 14)])
    plan.zone(_box(-5.8, -2, 5.8, 13.5), _BAN)
    plan.gate((-5.8, -2), (5.8, -2), _BAN)
    plan.vehicle((2.8, 4.4), "truck", "accused")
    plan.path([(2.8, -12.4), (2.8, 4.2)], "accused")
    plan.measure((7.0, -2), (7.0, 3.0), "≥ 5 m bên trong", "inside, seen to come in")
    plan.measure((13.6, -2), (13.6, 13), "≥ 15 m nếu không", "if it was not")
    plan.vehicle((-2.8, -10.6), "truck", "innocent")
    plan.vehicle((-3.4, 6.6), "car", "innocent", heading_deg=0)
    plan.label((6.8, -4.6), 'kinds = ["truck"]', "hours = 06:00 to 09:00, legal time")
    plan.label((-16.6, -5.2), "Dừng trước biển:", "stops before the sign:", "innocent")
    plan.label((-16.6, -7.2), "không vi phạm", "nothing", "innocent")
    plan.label((-16.6, 9.0), "Xe con: biển không cấm", "a car: not bound", "innocent")
    plan.label((-16.6, 3.0), "Xe tải trong giờ cấm", "a truck in banned hours", "accused")
    return plan


def _crossing(plan: Plan) -> None:
    _street(plan, -4.5, 4.5)
    plan.road(_box(plan.left_m, 1, plan.right_m, 9))
    plan.lane_line([(0, plan.bottom_m), (0, 0.4)], solid=True)
    plan.lane_line([(0, 9.6), (0, plan.top_m)], solid=True)
    plan.lane_line([(plan.left_m, 5), (-5, 5)])
    plan.lane_line([(5, 5), (plan.right_m, 5)])


@drawing("illegal_turn")
def illegal_turn() -> Plan:
    """In over one gate, out over the other, turned by about a right angle to the left."""
    plan = Plan(-19, -11, 20, 14, "Rẽ nơi cấm rẽ nhìn từ trên cao", "A forbidden turn from above")
    _crossing(plan)
    plan.gate((0.2, -0.6), (4.3, -0.6), "#1b7f4b")
    plan.gate((-6.4, 5.2), (-6.4, 8.8), _BAN)
    plan.vehicle((2.2, -9.6), "car", "accused")
    plan.path([(2.2, -5), (2.2, 1), (1.4, 4), (-1.6, 6.6), (-6, 7), (-11, 7)], "accused")
    plan.path([(3.4, -5), (3.4, 13.4)], "innocent")
    plan.path([(-13, 3), (-5, 3), (6, 3), (12, 3)], "innocent")
    plan.label((5.2, -2.2), "enter_px: vào", "in over this gate")
    plan.label((-18.6, 13.0), "leave_px: ra, trong 25 s,", "out over this one, within 25 s,")
    plan.label((-18.6, 11.0), "đổi hướng 50 đến 130°", "turned by 50 to 130°")
    plan.label((-18.6, -4.6), "Rẽ trái nơi cấm rẽ", "turns left against the sign", "accused")
    plan.label((5.2, 12.6), "Đi thẳng, hoặc từ hướng khác:", "straight on, or another way:", "innocent")
    plan.label((5.2, 10.8), "không phải", "nothing", "innocent")
    return plan


@drawing("u_turn")
def u_turn() -> Plan:
    """In over one gate, out over the one beside it, turned round."""
    plan = Plan(-19, -11, 20, 14, "Quay đầu nơi cấm nhìn từ trên cao", "A forbidden U-turn from above")
    _crossing(plan)
    plan.gate((0.2, -0.6), (4.3, -0.6), "#1b7f4b")
    plan.gate((-4.3, -0.6), (-0.2, -0.6), _BAN)
    plan.vehicle((2.2, -9.6), "car", "accused")
    plan.path([(2.2, -5), (2.2, 1.6), (1.6, 4), (0, 5), (-1.6, 4), (-2.4, 1.4), (-2.4, -6)], "accused")
    plan.path([(3.4, -5), (3.4, 3), (2.4, 6.4), (-1, 7.4), (-11, 7.4)], "innocent")
    plan.label((5.2, -2.2), "enter_px: vào", "in over this gate")
    plan.label((-18.6, -2.2), "leave_px: ra, trong 25 s,", "out over this one, within 25 s,")
    plan.label((-18.6, -4.2), "đổi hướng 145 đến 215°", "turned by 145 to 215°")
    plan.label((-18.6, -7.4), "Quay đầu nơi có biển cấm", "turns round against the sign", "accused")
    plan.label((-18.6, 11.2), "Rẽ trái: không phải lỗi này", "turns left: not this act", "innocent")
    return plan
