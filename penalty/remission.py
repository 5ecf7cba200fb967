"""Reducing a fine or waiving it (giảm, miễn tiền phạt; LHAV Art. 77), for sudden hardship. Pure.

Read-primary: that whoever issued the decision answers in five working days (deadlines.csv E5), that no
surcharge runs while it is considered (Art. 78.1), and the name of the form, MQĐ04. From general knowledge and
to be confirmed: the grounds below, the least fine (`penalty.relief.LEAST_FINE_VND`), the papers that confirm
hardship, and that a reduction has no least or most but the fine itself. Ours, in the person's favour: what
was paid while the request waited counts as owed when it came, so that paying in time takes nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from penalty.guards import Facts, Refusal, has_reason, has_signing_power


class HardshipGround(StrEnum):
    """What made paying impossible."""

    DISASTER = "disaster"
    FIRE = "fire"
    EPIDEMIC = "epidemic"
    ILLNESS = "illness"
    ACCIDENT = "accident"


HARDSHIP_NAMES: Final[Mapping[HardshipGround, tuple[str, str]]] = MappingProxyType(
    {
        HardshipGround.DISASTER: ("Thiên tai, thảm họa", "A natural disaster or catastrophe"),
        HardshipGround.FIRE: ("Hỏa hoạn", "A fire"),
        HardshipGround.EPIDEMIC: ("Dịch bệnh", "An epidemic"),
        HardshipGround.ILLNESS: ("Bệnh hiểm nghèo", "A serious illness"),
        HardshipGround.ACCIDENT: ("Tai nạn", "An accident"),
    }
)

_NOT_ASKED: Final = Refusal(
    "remission_not_asked",
    "Không có đơn xin giảm, miễn tiền phạt đang chờ trả lời (Điều 77 Luật XLVPHC).",
    "Nobody asks for a reduction or an exemption that waits for its answer (LHAV Art. 77).",
)
_NOT_A_PART: Final = Refusal(
    "remission_not_a_part",
    "Số tiền được giảm phải lớn hơn 0 và nhỏ hơn số tiền còn phải nộp khi nhận đơn.",
    "What is taken off must be above zero and below what was owed when the request came.",
)
_NOT_WHOLE: Final = Refusal(
    "remission_not_whole",
    "Miễn tiền phạt là miễn toàn bộ số tiền còn phải nộp khi nhận đơn.",
    "A waiver takes off all that was owed when the request came.",
)


def may_reduce(facts: Facts) -> Refusal | None:
    """By whoever could have signed the decision; a part of what was owed when the request came."""
    a_part = facts.remittable_vnd is not None and 0 < facts.remits_vnd < facts.remittable_vnd
    return _may_remit(facts) or (None if a_part else _NOT_A_PART)


def may_exempt(facts: Facts) -> Refusal | None:
    """By whoever could have signed the decision; all that was owed when the request came."""
    whole = facts.remittable_vnd is not None and 0 < facts.remits_vnd == facts.remittable_vnd
    return _may_remit(facts) or (None if whole else _NOT_WHOLE)


def _may_remit(facts: Facts) -> Refusal | None:
    asked = None if facts.remission_asked else _NOT_ASKED
    return asked or has_reason(facts) or has_signing_power(facts)


def remittable_vnd(*, owed_when_asked_vnd: int, charged_fine_vnd: int) -> int:
    """The most that may be taken off: what was owed when the request came, and never more than the fine.

    A surcharge that is unpaid falls away with the whole fine it was for, besides this.
    """
    return max(0, min(owed_when_asked_vnd, charged_fine_vnd))
