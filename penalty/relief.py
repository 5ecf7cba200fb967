"""Paying later, in parts or less, for people in hardship. Pure: fine and days in, conditions and a plan out.

Sources: LHAV Art. 76 (deferral) and 79 (instalments), Art. 78.1 (no surcharge meanwhile), as in
deadlines.csv E4-E6 (read-primary). From general knowledge and to be confirmed: that a deferral lasts at most
three months from its decision, and that hardship is confirmed by the commune, the employer or, for an
organisation, the tax office. That the first part is due like any fine, ten days after, is our rule. What is
remitted (giảm, miễn; Art. 77): `penalty.remission`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from penalty.calendar import LegalCalendar
from penalty.money import format_vnd, format_vnd_en

FIRST_PART_PERCENT: Final = 40
MOST_PARTS: Final = 3
DEFERRAL_MONTHS: Final = 3
FIRST_PART_DAYS: Final = 10


class Relief(StrEnum):
    """What may be asked for."""

    DEFERRAL = "deferral"
    INSTALMENTS = "instalments"
    REDUCTION = "reduction"
    EXEMPTION = "exemption"


POSTPONING: Final = frozenset({Relief.DEFERRAL, Relief.INSTALMENTS})
REMITTING: Final = frozenset({Relief.REDUCTION, Relief.EXEMPTION})

LEAST_FINE_VND: Final[Mapping[tuple[Relief, bool], int]] = MappingProxyType(
    {
        (Relief.DEFERRAL, False): 2_000_000,
        (Relief.DEFERRAL, True): 100_000_000,
        (Relief.INSTALMENTS, False): 15_000_000,
        (Relief.INSTALMENTS, True): 150_000_000,
        **{(relief, False): 2_000_000 for relief in REMITTING},
        **{(relief, True): 100_000_000 for relief in REMITTING},
    }
)
"""The smallest fine each may be asked for, by whether an organisation was fined."""


@dataclass(frozen=True, slots=True)
class Part:
    """One payment of a plan, owed until the end of a day."""

    due_on: date
    amount_vnd: int


class ReliefError(ValueError):
    """A condition of the law is not met; `vi` and `en` say which."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en


def open_reliefs(
    fine_vnd: int,
    *,
    organisation: bool,
    today: date,
    pay_until: date | None,
    granted: Collection[Relief] = (),
) -> tuple[Relief, ...]:
    """What may be asked for today, after what was `granted`: each once, one plan to pay, less on top of it.

    A deferral must be asked for while the time to pay runs (Art. 76).
    """
    closed = set(granted) | (POSTPONING if POSTPONING & set(granted) else set())
    if pay_until is not None and today > pay_until:
        closed.add(Relief.DEFERRAL)
    return tuple(
        relief
        for relief in Relief
        if relief not in closed and fine_vnd >= LEAST_FINE_VND[relief, organisation]
    )


def plan(
    relief: Relief,
    owed_vnd: int,
    *,
    parts: int,
    granted_on: date,
    in_force_on: date,
    calendar: LegalCalendar,
) -> tuple[Part, ...]:
    """What is owed when; the parts add up to `owed_vnd`.

    A deferral is one part. Instalments: the first is at least 40 %, the last due within six months of the
    decision's coming into force. Raises ReliefError where no lawful plan is left.
    """
    if relief is Relief.DEFERRAL:
        return (Part(_months_later(granted_on, DEFERRAL_MONTHS), owed_vnd),)
    if not 2 <= parts <= MOST_PARTS:  # noqa: PLR2004 - one part would be none
        raise ReliefError(f"Được nộp 2 đến {MOST_PARTS} lần.", f"Two to {MOST_PARTS} parts are possible.")
    first_on, last_on = (
        granted_on + timedelta(days=FIRST_PART_DAYS),
        calendar.due("E6", in_force_on).raw_due_on,
    )
    if first_on >= last_on:
        raise ReliefError(
            f"Phải nộp xong chậm nhất ngày {last_on:%d/%m/%Y} nên không chia được nữa.",
            f"All must be paid by the end of {last_on:%d/%m/%Y}: nothing is left to be divided.",
        )
    first_vnd = -(-owed_vnd * FIRST_PART_PERCENT // 100)
    rest, others = owed_vnd - first_vnd, parts - 1
    amounts = [first_vnd, *(rest // others + (1 if place < rest % others else 0) for place in range(others))]
    step = (last_on - first_on) / others
    days = [first_on + step * place for place in range(others)] + [last_on]
    return tuple(Part(day, amount) for day, amount in zip(days, amounts, strict=True))


def next_part_vnd(parts: Sequence[Part], paid_vnd: int) -> int:
    """What completes the part that is due next, 0 once all is paid."""
    reached = 0
    for part in parts:
        reached += part.amount_vnd
        if reached > paid_vnd:
            return reached - paid_vnd
    return 0


def shortened(parts: Sequence[Part], remitted_vnd: int) -> tuple[Part, ...]:
    """A plan after a part of the fine was remitted: the last parts are owed less, or not at all."""
    left, kept = remitted_vnd, []
    for part in reversed(parts):
        taken = min(left, part.amount_vnd)
        left -= taken
        if part.amount_vnd > taken:
            kept.append(Part(part.due_on, part.amount_vnd - taken))
    return tuple(reversed(kept))


def condition(relief: Relief, *, organisation: bool) -> tuple[str, str]:
    """Who may ask, in words, Vietnamese and English."""
    least = LEAST_FINE_VND[relief, organisation]
    vi, en = f"tiền phạt từ {format_vnd(least)} trở lên", f"the fine is {format_vnd_en(least)} or more"
    if relief in REMITTING:
        return (
            f"Điều kiện: {vi}, và bạn khó khăn đột xuất vì một lý do dưới đây. Cần giấy xác nhận.",
            f"For whom: {en}, and something below brought sudden hardship, confirmed in writing.",
        )
    return (
        f"Điều kiện: {vi}, và bạn đang rất khó khăn. Cần giấy xác nhận.",
        f"For whom: {en}, and you are in hardship that was confirmed in writing.",
    )


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))
