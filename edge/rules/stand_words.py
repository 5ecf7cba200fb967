"""What the rules about standing say to people."""

from __future__ import annotations

from typing import Final

from edge.report import Reason, RuleName
from edge.rules.numbers import vi
from edge.scene_file import Zone

_DONE: Final[dict[str, tuple[str, str]]] = {
    "stopping": ("Xe dừng", "The vehicle stopped"),
    "parking": ("Xe đỗ", "The vehicle parked"),
    "blocking": ("Xe đứng", "The vehicle stood"),
}
_PLACE: Final[dict[str, tuple[str, str]]] = {
    "no_stopping": ("nơi cấm dừng xe và đỗ xe", "where stopping and parking are forbidden"),
    "no_parking": ("nơi cấm đỗ xe", "where parking is forbidden"),
    "crosswalk": ("trên phần đường dành cho người đi bộ qua đường", "on a pedestrian crossing"),
    "junction": ("tại nơi đường giao nhau", "in a junction"),
    "no_entry": ("nơi cấm vào", "where entry is forbidden"),
}


def accusing(rule: RuleName, zone: Zone, lasted_s: float, mps_upper: float) -> tuple[Reason, ...]:
    """Why a stand is an offence, in both languages."""
    done_vi, done_en = _DONE[rule]
    place_vi, place_en = _PLACE[zone.kind]
    sign_vi, sign_en = (f" ({zone.sign})", f" ({zone.sign})") if zone.sign else ("", "")
    kmh = 3.6 * mps_upper
    return (
        Reason(
            vi=f"{done_vi} {place_vi}{sign_vi}, khu vực “{zone.name}”, ít nhất {vi(lasted_s)} giây liên tục.",
            en=f"{done_en} {place_en}{sign_en}, zone “{zone.name}”, for at least {lasted_s:.1f} s on end.",
        ),
        Reason(
            vi="Trong suốt thời gian đó không có xe nào đứng chắn ngay phía trước, đường không ùn tắc"
            + ("." if rule == "blocking" else " và xe không phải chờ đèn tín hiệu."),
            en="All that time nobody stood close ahead and the road was not jammed"
            + ("." if rule == "blocking" else ", nor was it waiting at a light."),
        ),
        Reason(
            vi=f"Vị trí trên mặt đường không đổi: tốc độ không quá {vi(kmh, 2)} km/h (độ tin cậy 95 %).",
            en=f"Its place on the road did not change: no faster than {kmh:.2f} km/h (95 % sure).",
        ),
    )


WHY: Final[dict[str, tuple[str, str]]] = {
    "queue": (
        "Có xe đứng hoặc nhích ngay phía trước: có thể đang chờ theo hàng.",
        "Somebody stood or crawled close ahead: it may have been queueing.",
    ),
    "jam": ("Phần lớn xe phía trước cũng đứng: ùn tắc.", "Most others further ahead stood too: a jam."),
    "signal": ("Xe chờ đèn tín hiệu.", "It was waiting at the light."),
    "unwatched": (
        "Không quan sát được liên tục các xe chung quanh.",
        "The road around it was not watched all the time.",
    ),
    "out_of_hours": ("Ngoài giờ cấm.", "Outside the hours of the ban."),
    "clock_unknown": (
        "Lệnh cấm theo giờ, nhưng không biết giờ.",
        "The ban has hours, and nobody knows the time.",
    ),
    "too_short": ("Thời gian đứng chắc chắn chưa đủ lâu.", "The time it surely stood is not long enough."),
    "zone_edge": (
        "Xe đứng ở mép khu vực cấm, chưa chắc nằm trong.",
        "It stood at the edge of the zone and may have been outside.",
    ),
    "kind_unclear": (
        "Chưa chắc là loại xe bị cấm: có thể là loại xe mà biển báo cho phép.",
        "It may be of a kind that the sign leaves out.",
    ),
    "hidden": ("Xe bị khuất gần như suốt thời gian đó.", "It was hidden nearly all that time."),
    "already_accused": (
        "Đã báo cáo một xe đứng đúng chỗ này và chưa thấy rời đi: có thể là cùng một xe.",
        "A vehicle standing just here has been reported and was not seen to leave: it may be the same.",
    ),
    "giving_way": (
        "Có thể đang nhường đường, hoặc đèn của hướng đó chưa đỏ đủ lâu.",
        "It may have been giving way: its light was not red, or not for long enough.",
    ),
    "other_approach": (
        "Xe đến từ hướng khác, không biết đèn của hướng đó.",
        "It came another way, whose light is not known.",
    ),
}
