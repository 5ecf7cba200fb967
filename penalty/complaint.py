"""A complaint about a decision: (state, action) -> edge. It runs beside the dossier and stops nothing.

Sources: Law on Complaints 02/2011 Art. 7, 9, 11, 27, 28, 31, 33, 37; Decree 124/2020 Art. 16 as amended by
Decree 155/2026; LHAV Art. 15. The first is resolved by whoever issued the decision (Art. 7), the second by
the superior. One that is upheld has the decision annulled; the dossier's own table does that, in the same
transaction.

One that comes too late, or after the last resolution, is taken in all the same, with a number, and refused in
writing with the way to court (Art. 11.5, 11.6); a late one is dealt with where illness, a disaster or another
obstacle took the time away (Art. 9). These three points are general knowledge and to be confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from penalty.calendar import Deadline, LegalCalendar


class ComplaintState(StrEnum):
    """Where a complaint stands; `SECOND_...` after the first resolution was not accepted.

    `OUT_OF_TIME` and `REPEATED` wait to be refused as `NOT_ADMITTED`; `REPEATED`: after the last resolution.
    """

    FILED = "filed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UPHELD = "upheld"
    REJECTED = "rejected"
    SECOND_FILED = "second_filed"
    SECOND_ACCEPTED = "second_accepted"
    SECOND_REFUSED = "second_refused"
    SECOND_REJECTED = "second_rejected"
    OUT_OF_TIME = "out_of_time"
    SECOND_OUT_OF_TIME = "second_out_of_time"
    REPEATED = "repeated"
    NOT_ADMITTED = "not_admitted"
    LAPSED = "lapsed"


class ComplaintAction(StrEnum):
    """What can be done with a complaint."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    UPHOLD = "uphold"
    REJECT = "reject"
    FILE_AGAIN = "file_again"
    LET_LAPSE = "let_lapse"


class Ground(StrEnum):
    """Why somebody complains; the resolution must answer each."""

    NOT_DRIVING = "not_driving"
    WRONG_VEHICLE = "wrong_vehicle"
    WRONG_FACTS = "wrong_facts"
    WRONG_LAW = "wrong_law"
    WRONG_PROCEDURE = "wrong_procedure"
    OUT_OF_TIME = "out_of_time"
    OTHER = "other"


GROUND_NAMES: Final[Mapping[Ground, tuple[str, str]]] = MappingProxyType(
    {
        Ground.NOT_DRIVING: ("Tôi không phải người lái xe", "I was not the driver"),
        Ground.WRONG_VEHICLE: (
            "Không phải xe của tôi, hoặc biển số bị làm giả",
            "It is not my vehicle, or my plate was cloned",
        ),
        Ground.WRONG_FACTS: (
            "Sự việc không đúng như quyết định nêu",
            "It did not happen as the decision says",
        ),
        Ground.WRONG_LAW: ("Áp dụng sai điều luật hoặc mức phạt", "The wrong article or amount was applied"),
        Ground.WRONG_PROCEDURE: ("Sai thủ tục hoặc thẩm quyền", "The procedure or the power was wrong"),
        Ground.OUT_OF_TIME: ("Quyết định ra quá thời hạn", "The decision came too late"),
        Ground.OTHER: ("Lý do khác", "Another reason"),
    }
)


@dataclass(frozen=True, slots=True)
class Edge:
    """One legal move: where to, by whom, and the deadlines that begin with it (steps of deadlines.csv)."""

    to_state: ComplaintState
    by: frozenset[str]
    starts: tuple[str, ...] = ()
    needs_answers: bool = False
    needs_reason: bool = False


_S, _A = ComplaintState, ComplaintAction
_POLICE: Final = frozenset({"team_chief"})
_SUPERIOR: Final = frozenset({"superior"})
_PERSON: Final = frozenset({"complainant"})
_SYSTEM: Final = frozenset({"system"})

TABLE: Final[Mapping[tuple[ComplaintState, ComplaintAction], Edge]] = MappingProxyType(
    {
        (_S.FILED, _A.ACCEPT): Edge(_S.ACCEPTED, _POLICE, ("G3",)),
        (_S.FILED, _A.REFUSE): Edge(_S.REFUSED, _POLICE, ("G4",), needs_answers=True),
        (_S.FILED, _A.WITHDRAW): Edge(_S.WITHDRAWN, _PERSON),
        (_S.ACCEPTED, _A.WITHDRAW): Edge(_S.WITHDRAWN, _PERSON),
        (_S.ACCEPTED, _A.UPHOLD): Edge(_S.UPHELD, _POLICE, ("G6",), needs_answers=True),
        (_S.ACCEPTED, _A.REJECT): Edge(_S.REJECTED, _POLICE, ("G6", "G4"), needs_answers=True),
        (_S.REJECTED, _A.FILE_AGAIN): Edge(_S.SECOND_FILED, _PERSON, ("G2",)),
        (_S.REFUSED, _A.FILE_AGAIN): Edge(_S.SECOND_FILED, _PERSON, ("G2",)),
        (_S.REJECTED, _A.LET_LAPSE): Edge(_S.LAPSED, _SYSTEM),
        (_S.REFUSED, _A.LET_LAPSE): Edge(_S.LAPSED, _SYSTEM),
        (_S.SECOND_FILED, _A.ACCEPT): Edge(_S.SECOND_ACCEPTED, _SUPERIOR, ("G5",)),
        (_S.SECOND_FILED, _A.REFUSE): Edge(_S.SECOND_REFUSED, _SUPERIOR, needs_answers=True),
        (_S.SECOND_FILED, _A.WITHDRAW): Edge(_S.WITHDRAWN, _PERSON),
        (_S.SECOND_ACCEPTED, _A.WITHDRAW): Edge(_S.WITHDRAWN, _PERSON),
        (_S.SECOND_ACCEPTED, _A.UPHOLD): Edge(_S.UPHELD, _SUPERIOR, ("G6",), needs_answers=True),
        (_S.SECOND_ACCEPTED, _A.REJECT): Edge(_S.SECOND_REJECTED, _SUPERIOR, ("G6",), needs_answers=True),
        (_S.OUT_OF_TIME, _A.ACCEPT): Edge(_S.ACCEPTED, _POLICE, ("G3",), needs_reason=True),
        (_S.OUT_OF_TIME, _A.REFUSE): Edge(_S.NOT_ADMITTED, _POLICE, needs_reason=True),
        (_S.OUT_OF_TIME, _A.WITHDRAW): Edge(_S.WITHDRAWN, _PERSON),
        (_S.SECOND_OUT_OF_TIME, _A.ACCEPT): Edge(_S.SECOND_ACCEPTED, _SUPERIOR, ("G5",), needs_reason=True),
        (_S.SECOND_OUT_OF_TIME, _A.REFUSE): Edge(_S.NOT_ADMITTED, _SUPERIOR, needs_reason=True),
        (_S.SECOND_OUT_OF_TIME, _A.WITHDRAW): Edge(_S.WITHDRAWN, _PERSON),
        (_S.REPEATED, _A.REFUSE): Edge(_S.NOT_ADMITTED, _POLICE, needs_reason=True),
        (_S.REPEATED, _A.WITHDRAW): Edge(_S.WITHDRAWN, _PERSON),
    }
)

TO_REFUSE: Final = frozenset({_S.OUT_OF_TIME, _S.SECOND_OUT_OF_TIME, _S.REPEATED})
"""Taken in although the law closes the way: refused in writing, or accepted for what kept somebody away."""
ENTRIES: Final = (_S.FILED, *sorted(TO_REFUSE))
RUNNING: Final = frozenset({_S.FILED, _S.ACCEPTED, _S.SECOND_FILED, _S.SECOND_ACCEPTED}) | TO_REFUSE
SECOND: Final = frozenset(
    {_S.SECOND_FILED, _S.SECOND_ACCEPTED, _S.SECOND_REFUSED, _S.SECOND_REJECTED, _S.SECOND_OUT_OF_TIME}
)

LABELS: Final[Mapping[ComplaintState, tuple[str, str]]] = MappingProxyType(
    {
        _S.FILED: ("Đã nhận đơn", "Received"),
        _S.ACCEPTED: ("Đã thụ lý, đang giải quyết", "Accepted, being resolved"),
        _S.REFUSED: ("Không thụ lý", "Not accepted"),
        _S.WITHDRAWN: ("Đã rút đơn", "Withdrawn"),
        _S.UPHELD: ("Khiếu nại đúng", "Upheld"),
        _S.REJECTED: ("Khiếu nại không đúng (lần một)", "Rejected (first time)"),
        _S.SECOND_FILED: ("Đã nhận đơn lần hai", "Second complaint received"),
        _S.SECOND_ACCEPTED: ("Đã thụ lý lần hai", "Second complaint accepted"),
        _S.SECOND_REJECTED: ("Khiếu nại không đúng (lần hai)", "Rejected (second time)"),
        _S.SECOND_REFUSED: ("Không thụ lý lần hai", "Second complaint not accepted"),
        _S.OUT_OF_TIME: ("Đã nhận đơn nộp quá thời hạn", "Received, out of time"),
        _S.SECOND_OUT_OF_TIME: (
            "Đã nhận đơn lần hai nộp quá thời hạn",
            "Second complaint received, out of time",
        ),
        _S.REPEATED: ("Đã nhận đơn sau khi khiếu nại đã kết thúc", "Received after the complaint had ended"),
        _S.NOT_ADMITTED: ("Không thụ lý, có thể khởi kiện tại Tòa án", "Not accepted; the court is open"),
        _S.LAPSED: ("Hết thời hiệu khiếu nại tiếp", "No further complaint in time"),
    }
)


class ComplaintError(ValueError):
    """A move that is not in the table, not for this person, or lacks an answer; `code` for programs."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.message_vi = vi
        self.message_en = en


@dataclass(frozen=True, slots=True)
class Answer:
    """What the resolution says to one ground."""

    ground: Ground
    justified: bool
    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The outcome of a legal move and the deadlines that begin with it."""

    to_state: ComplaintState
    deadlines: tuple[Deadline, ...]


def state_of_first(
    *, today: date, complain_until: date | None, grounds: tuple[Ground, ...]
) -> ComplaintState:
    """Where a first complaint of today stands. Raises ComplaintError without a decision or a ground.

    In time within 90 days of receipt or knowledge of the decision (Art. 9); the last day counts.
    """
    if complain_until is None:
        raise ComplaintError("no_decision", "Chưa có quyết định để khiếu nại.", "There is no decision yet.")
    if not grounds:
        raise ComplaintError(
            "ground_missing", "Cần chọn ít nhất một lý do.", "At least one ground is needed."
        )
    return ComplaintState.FILED if today <= complain_until else ComplaintState.OUT_OF_TIME


def second_until(calendar: LegalCalendar, resolved_on: date) -> Deadline:
    """Until when a second complaint may be filed (Art. 33).

    The law counts from the receipt of the first resolution; that day is taken to be the last one on which it
    has to be sent (G6), which is never to the disadvantage of who complains.
    """
    return calendar.due("G4", calendar.due("G6", resolved_on).due_on)


def state_of_next(*, before: ComplaintState, today: date, until: date) -> ComplaintState:
    """Where a complaint of today stands after one that ended so; `until` is the last day of a second one."""
    if before is ComplaintState.LAPSED:
        return ComplaintState.SECOND_OUT_OF_TIME
    if (before, ComplaintAction.FILE_AGAIN) not in TABLE:
        return ComplaintState.REPEATED
    return ComplaintState.SECOND_FILED if today <= until else ComplaintState.SECOND_OUT_OF_TIME


def advance(
    state: ComplaintState,
    action: ComplaintAction,
    *,
    by: str,
    calendar: LegalCalendar,
    on: date,
    grounds: tuple[Ground, ...] = (),
    answers: tuple[Answer, ...] = (),
    reason: str = "",
) -> Moved:
    """The outcome of one move; nothing is changed. Raises ComplaintError.

    A resolution must answer each ground with words; an upheld complaint has at least one justified ground, a
    rejected one has none. Where none is resolved, `reason` says why it is refused or accepted.
    """
    edge = TABLE.get((state, action))
    if edge is None:
        raise ComplaintError(
            "no_such_move",
            f"Không thể thực hiện “{action}” khi khiếu nại ở trạng thái “{LABELS[state][0]}”.",
            f"{action!s} cannot be done with a complaint that is {state!s}.",
        )
    if by not in edge.by:
        raise ComplaintError(
            "role_not_allowed",
            "Bạn không có quyền làm việc này.",
            f"{by} may not {action!s}; allowed: {', '.join(sorted(edge.by))}.",
        )
    if edge.needs_answers:
        _check_answers(action, grounds, answers)
    if edge.needs_reason and not reason.strip():
        raise ComplaintError(
            "reason_missing", "Cần ghi rõ lý do trong văn bản.", "The written answer needs a reason."
        )
    return Moved(edge.to_state, tuple(calendar.due(step, on) for step in edge.starts))


def _check_answers(action: ComplaintAction, grounds: tuple[Ground, ...], answers: tuple[Answer, ...]) -> None:
    answered = {answer.ground for answer in answers if answer.text.strip()}
    missing = [ground for ground in grounds if ground not in answered]
    if missing:
        names = "; ".join(GROUND_NAMES[ground][0] for ground in missing)
        raise ComplaintError(
            "ground_unanswered",
            f"Quyết định giải quyết phải trả lời từng lý do. Còn thiếu: {names}.",
            f"Each ground must be answered; missing: {', '.join(missing)}.",
        )
    justified = any(answer.justified for answer in answers)
    if justified is not (action is ComplaintAction.UPHOLD):
        raise ComplaintError(
            "answers_contradict",
            "Kết luận không khớp với các câu trả lời: khiếu nại đúng khi có ít nhất một lý do đúng.",
            "The outcome contradicts the answers: a complaint is upheld when one ground is justified.",
        )


def to_mermaid() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", *(f"    [*] --> {state}" for state in ENTRIES)]
    for (state, action), edge in TABLE.items():
        clocks = f" / {' '.join(edge.starts)}" if edge.starts else ""
        lines.append(f"    {state} --> {edge.to_state}: {action} [{', '.join(sorted(edge.by))}]{clocks}")
    ends = [state for state in _S if not any(of is state for of, _ in TABLE)]
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in ends)]) + "\n"
