"""Circumstances that move the amount within its band, and the words that say so.

Sources: LHAV Art. 9, 10 (which count), 23.4 (average, minimum, maximum); Decree 118/2021 Art. 9.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from penalty.money import format_vnd, format_vnd_en

_RULE_VI: Final = "Luật Xử lý vi phạm hành chính Điều 23, Nghị định 118/2021/NĐ-CP Điều 9"
_RULE_EN: Final = "Law on Handling Administrative Violations Art. 23, Decree 118/2021 Art. 9"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Counted circumstances (LHAV Art. 9, 10) and, where the law leaves it open, the officer's choice.

    `chosen_vnd` and `reason` are needed when exactly one circumstance is left after cancelling, and refused
    otherwise.
    """

    mitigating: int = 0
    aggravating: int = 0
    chosen_vnd: int | None = None
    reason: str = ""

    @property
    def left(self) -> int:
        """After cancelling one against one: above zero aggravating, below zero mitigating."""
        return self.aggravating - self.mitigating


def why_amount(low: int, high: int, given: Circumstances) -> tuple[str, str]:
    """Why this amount and no other: the count, the rule, and the officer's reason where he had a choice.

    Empty for a warning, which has no amount.
    """
    if high == 0:
        return "", ""
    vi, en = _said(low, high, given)
    return f"{vi} ({_RULE_VI}).", f"{en} ({_RULE_EN})."


def _said(low: int, high: int, given: Circumstances) -> tuple[str, str]:
    vi = f"{given.mitigating} tình tiết giảm nhẹ, {given.aggravating} tình tiết tăng nặng"
    en = f"{given.mitigating} mitigating, {given.aggravating} aggravating circumstances"
    if given.left == 0:
        if given.mitigating == 0:
            return (
                "Mức trung bình của khung: không có tình tiết tăng nặng, giảm nhẹ",
                "Average of the band: no aggravating or mitigating circumstance",
            )
        return f"Mức trung bình của khung: {vi}, bù trừ hết", f"Average of the band: {en}, which cancel out"
    side_vi, side_en = ("giảm nhẹ", "mitigating") if given.left < 0 else ("tăng nặng", "aggravating")
    if abs(given.left) == 1:
        least, most = choice(low, high, given)
        reason = given.reason.strip()
        between_vi = f"từ {format_vnd(least)} đến {format_vnd(most)}"
        between_en = f"between {format_vnd_en(least)} and {format_vnd_en(most)}"
        return (
            f"{vi}; bù trừ còn 1 tình tiết {side_vi}, được chọn {between_vi}. Lý do: {reason}",
            f"{en}; one {side_en} is left, to be chosen {between_en}. Reason: {reason}",
        )
    end_vi, end_en = ("tối thiểu", "Minimum") if given.left < 0 else ("tối đa", "Maximum")
    count = abs(given.left)
    return (
        f"Mức {end_vi} của khung: {vi}; bù trừ còn {count} tình tiết {side_vi}",
        f"{end_en} of the band: {en}; {count} {side_en} are left",
    )


def choice(low: int, high: int, given: Circumstances) -> tuple[int, int]:
    """Between which amounts an officer chooses where exactly one circumstance is left."""
    average = (low + high) // 2
    return (low, average) if given.left < 0 else (average, high)
