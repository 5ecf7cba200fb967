"""Where two systems see a transferred case differently, and what may be mended without a person. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.transfers.values import Entry


class DifferenceKind(StrEnum):
    """`MISSING_THERE` and `STATUS_BEHIND` mend themselves; the others wait for a person."""

    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"
    NEVER_SENT = "never_sent"
    STATUS_BEHIND = "status_behind"
    FACTS_DIFFER = "facts_differ"
    BOTH_HOLD = "both_hold"
    ENDED_HERE = "ended_here"


SAFE: Final = frozenset({DifferenceKind.MISSING_THERE, DifferenceKind.STATUS_BEHIND})
NAMES: Final[dict[DifferenceKind, tuple[str, str]]] = {
    DifferenceKind.MISSING_THERE: (
        "Đơn vị nhận chưa có hồ sơ: gửi lại gói dữ liệu",
        "The other side does not have the case: the package is sent again",
    ),
    DifferenceKind.MISSING_HERE: (
        "Đơn vị gửi nói đã chuyển, bên này chưa nhận được: chờ gửi lại",
        "The other side says it sent the case, we do not have it: it sends again",
    ),
    DifferenceKind.NEVER_SENT: (
        "Đơn vị kia có hồ sơ nói là do bên này chuyển, sổ bên này không có",
        "The other side has a case that it says came from us; our books do not know it",
    ),
    DifferenceKind.STATUS_BEHIND: (
        "Trạng thái ở đơn vị nhận đã thay đổi: cập nhật",
        "The state at the other side has changed: taken over",
    ),
    DifferenceKind.FACTS_DIFFER: (
        "Xe, hành vi, thời điểm hoặc bản ghi không giống nhau ở hai bên",
        "Vehicle, act, time or report are not the same on both sides",
    ),
    DifferenceKind.BOTH_HOLD: (
        "Cả hai bên cùng đang xử lý một hồ sơ",
        "Both sides work on the same case",
    ),
    DifferenceKind.ENDED_HERE: (
        "Hồ sơ đã kết thúc ở bên này nhưng đơn vị nhận còn đang xử lý",
        "The case has ended here while the other side still works on it",
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One transfer that the two sides see differently."""

    transfer_id: str
    kind: DifferenceKind
    ours: Entry | None
    theirs: Entry | None

    @property
    def safe(self) -> bool:
        """Whether mending it takes no decision."""
        return self.kind in SAFE


def compare(
    ours: Iterable[Entry], theirs: Iterable[Entry], *, seen: dict[str, str | None]
) -> tuple[Difference, ...]:
    """All differences. `seen`: the digest of the other side's entry that we last took over, by transfer."""
    here = {entry.transfer_id: entry for entry in ours}
    there = {entry.transfer_id: entry for entry in theirs}
    found = []
    for transfer_id in sorted(here.keys() | there.keys()):
        one, other = here.get(transfer_id), there.get(transfer_id)
        kind = _kind(one, other, seen.get(transfer_id))
        if kind is not None:
            found.append(Difference(transfer_id, kind, one, other))
    return tuple(found)


def _kind(ours: Entry | None, theirs: Entry | None, seen: str | None) -> DifferenceKind | None:
    if ours is None:
        sent_to_us = theirs is not None and theirs.role == "sender"
        return DifferenceKind.MISSING_HERE if sent_to_us else DifferenceKind.NEVER_SENT
    if theirs is None:
        return DifferenceKind.MISSING_THERE if ours.role == "sender" else DifferenceKind.NEVER_SENT
    if ours.facts and theirs.facts and ours.facts != theirs.facts:
        return DifferenceKind.FACTS_DIFFER
    if ours.role == "receiver":
        return None  # the sender's own comparison takes over what we say
    if theirs.open and theirs.state == "accepted" and ours.dossier_state != "transferred":
        return DifferenceKind.BOTH_HOLD if ours.open else DifferenceKind.ENDED_HERE
    return DifferenceKind.STATUS_BEHIND if theirs.digest != seen else None
