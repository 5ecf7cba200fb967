"""What the red-light rule says, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from edge.report import Reason
from edge.rules.numbers import vi

WHY: Final[dict[str, tuple[str, str]]] = {
    "amber": ("Xe qua vạch dừng khi đèn vàng.", "Passed the stop line on amber."),
    "signal_unknown": (
        "Không đọc được màu đèn lúc xe qua vạch.",
        "The light could not be read at that moment.",
    ),
    "light_changing": (
        "Đèn đang đổi màu lúc xe qua vạch.",
        "The light was changing while the vehicle passed the line.",
    ),
    "too_soon_after_red": (
        "Đầu xe có thể đã qua vạch trước hoặc ngay khi đèn chuyển đỏ.",
        "The front may have been over the line before, or just as, the light turned red.",
    ),
    "front_unknown": (
        "Không biết đầu xe qua vạch lúc nào.",
        "When the front went over the line cannot be told.",
    ),
    "stopped_past_line": (
        "Xe dừng lại quá vạch dừng, không đi tiếp khi đèn đỏ.",
        "Stopped past the line and did not go on while the light was red.",
    ),
    "lost": ("Mất dấu xe ngay sau vạch dừng.", "The vehicle was lost from sight just past the line."),
    "creeping": ("Xe nhích rất chậm qua vạch.", "Crept over the line very slowly."),
    "gap": ("Xe bị khuất quá lâu khi qua vạch.", "Out of sight too long around the line."),
    "jump": ("Vị trí xe nhảy bất thường, có thể lẫn hai xe.", "The track jumps; it may be two vehicles."),
    "size_jump": (
        "Kích thước xe đổi bất thường, có thể lẫn hai xe.",
        "The vehicle's size jumps; it may be two vehicles.",
    ),
    "movement_unclear": (
        "Chưa rõ xe đi hướng nào sau vạch.",
        "Which way the vehicle went after the line is not clear.",
    ),
    "heads_disagree": (
        "Các đèn cho làn và hướng đi của xe hiện màu khác nhau.",
        "The signal heads for its lane and way show different colours.",
    ),
    "lane_unclear": (
        "Chưa rõ xe qua vạch ở làn nào, mà đèn của các làn khác nhau.",
        "In which lane it passed the line is not clear, and the lanes' lights differ.",
    ),
    "exempt_turn": (
        "Xe rẽ theo hướng được phép khi đèn đỏ.",
        "Turned a way that is allowed on red here.",
    ),
}


def accusing(
    red_for_s: float, gone_m: float, speed_kmh: float, *, unstoppable: bool, heads: Sequence[str]
) -> tuple[Reason, ...]:
    """The sentences of a violation. `heads`: which rule this vehicle, where there are several."""
    of_vi, of_en = "", ""
    if heads:
        names = ", ".join(heads)
        of_vi, of_en = f" (cho làn và hướng đi của xe: {names})", f" (for its lane and way: {names})"
    if unstoppable:
        on = Reason(
            vi=f"Xe không dừng: thấy lần cuối khi đã qua vạch {vi(gone_m)} m, khoảng {speed_kmh:.0f} km/h, "
            f"không thể dừng kịp, đèn vẫn đỏ.",
            en=f"It did not stop: last seen {gone_m:.1f} m past the line at about {speed_kmh:.0f} km/h, too "
            f"fast to stop there, the light still red.",
        )
    else:
        on = Reason(
            vi=f"Xe không dừng: đi tiếp quá vạch {vi(gone_m)} m trong khi đèn vẫn đỏ, khoảng "
            f"{speed_kmh:.0f} km/h.",
            en=f"It did not stop: it went on {gone_m:.1f} m past the line, the light still red, at about "
            f"{speed_kmh:.0f} km/h.",
        )
    red = Reason(
        vi=f"Đèn{of_vi} đã đỏ ít nhất {vi(red_for_s)} giây khi đầu xe tới vạch dừng.",
        en=f"The light{of_en} had been red for at least {red_for_s:.1f} s when the front reached the stop "
        f"line.",
    )
    return red, on
