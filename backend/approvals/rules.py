"""Which acts need two persons, and who may be the first and the second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from backend.accounts.roles import CHIEFS, Role

Kind = Literal[
    "annul_decision",
    "drop_dossier",
    "uphold_complaint",
    "place_transfer",
    "return_transfer",
    "record_evasion",
    "remit_fine",
    "correct_age",
]
LIVES: Final = timedelta(days=3)
"""After that a request is void and must be made again: nobody approves what he no longer remembers."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One act: what people call it, who asks, who approves. The two are always different persons."""

    name_vi: str
    name_en: str
    asked_by: tuple[Role, ...]
    approved_by: tuple[Role, ...] = CHIEFS

    @property
    def name(self) -> tuple[str, str]:
        return self.name_vi, self.name_en


_POLICE: Final[tuple[Role, ...]] = ("officer", "team_chief", "division")
_MONEY: Final[tuple[Role, ...]] = ("accountant", *CHIEFS)

RULES: Final[Mapping[Kind, Rule]] = {
    "annul_decision": Rule("Hủy quyết định xử phạt", "Cancel the penalty decision", _POLICE),
    "drop_dossier": Rule("Loại hồ sơ, không xử phạt", "Drop the dossier without a penalty", _POLICE),
    "uphold_complaint": Rule(
        "Công nhận khiếu nại đúng, hủy quyết định", "Uphold the complaint, cancel the decision", _POLICE
    ),
    "place_transfer": Rule(
        "Ghi khoản tiền chưa rõ vào hồ sơ", "Put money that fits nothing on the case", _MONEY
    ),
    "return_transfer": Rule(
        "Trả lại người gửi khoản tiền chưa rõ", "Send money that fits nothing back to its sender", _MONEY
    ),
    "record_evasion": Rule(
        "Ghi nhận cố tình trốn tránh, cản trở; tính lại thời hiệu",
        "Record deliberate evasion; count the limitation anew",
        _POLICE,
    ),
    "remit_fine": Rule("Giảm, miễn tiền phạt", "Reduce or waive the fine", CHIEFS),
    "correct_age": Rule(
        "Ghi tuổi người lái xe khác với cơ sở dữ liệu",
        "Hold another age of the driver than the register",
        _POLICE,
    ),
}
OWES_BACK: Final[frozenset[Kind]] = frozenset({"annul_decision", "uphold_complaint"})
"""Approved, what was paid for the decision is owed back at once."""

STATE_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("Đang chờ người thứ hai", "Waiting for a second person"),
    "approved": ("Đã phê duyệt", "Approved"),
    "refused": ("Đã từ chối", "Refused"),
    "withdrawn": ("Người đề nghị đã rút", "Withdrawn"),
    "expired": ("Quá hạn, phải đề nghị lại", "Expired, to be asked for again"),
}
