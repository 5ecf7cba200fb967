"""What an owner may say about a case, when, and by when he is answered. Pure: the date is an argument.

Sources: Decree 168/2024 Art. 47.6-47.8, 12.13 (owner, driver, false statement); LHAV Art. 61 (explanation);
Law on Complaints 02/2011 (complaint, see `penalty.complaint`). The answer to an objection has no time in the
law: ours is a promise of ten working days, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from penalty.calendar import LegalCalendar
from penalty.dossier import PAYABLE, State
from penalty.relief import REMITTING, Relief

PROMISED_WORKING_DAYS: Final = 10
DATA_WORKING_DAYS: Final = 2


class SubmissionKind(StrEnum):
    """`SOLD`, `CLONED` and `NOT_MINE` contest the notice; `DRIVER` names who drove; `DATA` corrects data.

    `NOT_DRIVING` is what a person says who was named as the driver and was not. `DEFERRAL` and
    `INSTALMENTS` ask to pay later or in parts, `REDUCTION` and `EXEMPTION` to pay less or nothing
    (`penalty.relief`).
    """

    DRIVER = "driver"
    NOT_DRIVING = "not_driving"
    SOLD = "sold"
    CLONED = "cloned"
    NOT_MINE = "not_mine"
    EXPLANATION = "explanation"
    COMPLAINT = "complaint"
    DATA = "data"
    DEFERRAL = "deferral"
    INSTALMENTS = "instalments"
    REDUCTION = "reduction"
    EXEMPTION = "exemption"


class Speaker(StrEnum):
    """Who speaks: the owner; the owner once a driver answers for the case; a person named; a driver heard."""

    OWNER = "owner"
    OWNER_BESIDE_DRIVER = "owner_beside_driver"
    NAMED = "named"
    DRIVER = "driver"


class DenialGround(StrEnum):
    """Why a person who was named as the driver says that it was not he."""

    ELSEWHERE = "elsewhere"
    GIVEN_BACK = "given_back"
    OTHER_DROVE = "other_drove"
    UNKNOWN_VEHICLE = "unknown_vehicle"
    CANNOT_DRIVE = "cannot_drive"
    OTHER = "other_reason"


DENIAL_NAMES: Final[Mapping[DenialGround, tuple[str, str]]] = MappingProxyType(
    {
        DenialGround.ELSEWHERE: ("Lúc đó tôi ở nơi khác", "I was somewhere else at that time"),
        DenialGround.GIVEN_BACK: ("Tôi đã trả xe trước lúc đó", "I had given the vehicle back before"),
        DenialGround.OTHER_DROVE: ("Tôi biết người khác đã lái xe", "I know that somebody else drove"),
        DenialGround.UNKNOWN_VEHICLE: (
            "Tôi không biết xe này và chủ xe này",
            "I know neither this vehicle nor its owner",
        ),
        DenialGround.CANNOT_DRIVE: ("Tôi không biết lái loại xe này", "I cannot drive such a vehicle"),
        DenialGround.OTHER: ("Lý do khác", "Another reason"),
    }
)

CONTESTING: Final = frozenset({SubmissionKind.SOLD, SubmissionKind.CLONED, SubmissionKind.NOT_MINE})

RELIEFS: Final = frozenset(SubmissionKind(relief) for relief in Relief)
REMISSIONS: Final = frozenset(SubmissionKind(relief) for relief in REMITTING)

_WHEN: Final[Mapping[SubmissionKind, frozenset[State]]] = MappingProxyType(
    {
        SubmissionKind.DRIVER: frozenset({State.NOTIFIED}),
        SubmissionKind.NOT_DRIVING: frozenset({State.DRIVER_NAMED}),
        **dict.fromkeys(CONTESTING, frozenset({State.NOTIFIED})),
        SubmissionKind.EXPLANATION: frozenset({State.RECORDED}),
        SubmissionKind.COMPLAINT: frozenset(
            {State.DECIDED, State.OVERDUE, State.ENFORCED, State.PAID, State.CLOSED}
        ),
        SubmissionKind.DATA: frozenset(State) - {State.OWNER_LOOKUP},
        **dict.fromkeys(RELIEFS, PAYABLE),
    }
)

MAY_SAY: Final[Mapping[Speaker, frozenset[SubmissionKind]]] = MappingProxyType(
    {
        Speaker.OWNER: frozenset(SubmissionKind) - {SubmissionKind.NOT_DRIVING},
        Speaker.OWNER_BESIDE_DRIVER: frozenset({SubmissionKind.DATA}),
        Speaker.NAMED: frozenset({SubmissionKind.NOT_DRIVING}),
        Speaker.DRIVER: frozenset(SubmissionKind)
        - CONTESTING
        - {SubmissionKind.DRIVER, SubmissionKind.NOT_DRIVING},
    }
)

NAMES: Final[Mapping[SubmissionKind, tuple[str, str]]] = MappingProxyType(
    {
        SubmissionKind.DRIVER: ("Người khác đã lái xe", "Somebody else was driving"),
        SubmissionKind.NOT_DRIVING: ("Không phải tôi lái xe", "I was not driving"),
        SubmissionKind.SOLD: ("Tôi đã bán hoặc cho xe", "I have sold or given away the vehicle"),
        SubmissionKind.CLONED: ("Biển số của tôi bị làm giả", "My plate was cloned"),
        SubmissionKind.NOT_MINE: ("Đây không phải xe của tôi", "This is not my vehicle"),
        SubmissionKind.EXPLANATION: ("Giải trình bằng văn bản", "Written explanation"),
        SubmissionKind.COMPLAINT: ("Khiếu nại quyết định", "Complaint about the decision"),
        SubmissionKind.DATA: ("Dữ liệu về tôi bị sai", "Data about me is wrong"),
        SubmissionKind.DEFERRAL: ("Xin hoãn nộp phạt", "Asking to pay later"),
        SubmissionKind.INSTALMENTS: ("Xin nộp phạt nhiều lần", "Asking to pay in parts"),
        SubmissionKind.REDUCTION: ("Xin giảm tiền phạt", "Asking to pay less"),
        SubmissionKind.EXEMPTION: ("Xin miễn tiền phạt", "Asking to be let off the fine"),
    }
)


@dataclass(frozen=True, slots=True)
class AnswerDue:
    """By when a submission is answered, and what that date rests on: the law, or our promise."""

    due_on: date
    step_id: str | None
    rule_vi: str
    rule_en: str


def open_kinds(
    state: State, *, may_explain: bool, reliefs: Iterable[Relief] = (), speaker: Speaker = Speaker.OWNER
) -> tuple[SubmissionKind, ...]:
    """What this speaker may say now; `reliefs` is what the fine and the time allow to ask for."""
    also = {SubmissionKind(relief) for relief in reliefs}
    also |= {SubmissionKind.EXPLANATION} if may_explain else set()
    conditional = RELIEFS | {SubmissionKind.EXPLANATION}
    return tuple(
        kind
        for kind in SubmissionKind
        if kind in MAY_SAY[speaker] and state in _WHEN[kind] and (kind not in conditional or kind in also)
    )


def answer_due(
    kind: SubmissionKind, filed_on: date, calendar: LegalCalendar, *, recorded_on: date | None = None
) -> AnswerDue:
    """By when the person is answered. Raises ValueError for an explanation without the day of the record.

    A complaint is first accepted or refused (G2); an explanation is answered by the decision (D3).
    """
    if kind is SubmissionKind.COMPLAINT:
        due = calendar.due("G2", filed_on)
        return AnswerDue(due.due_on, "G2", due.rule_vi, due.rule_en)
    if kind in RELIEFS:
        due = calendar.due("E5", filed_on)
        return AnswerDue(due.due_on, "E5", due.rule_vi, due.rule_en)
    if kind is SubmissionKind.EXPLANATION:
        if recorded_on is None:
            raise ValueError("recorded_on: an explanation is answered a month after the record")
        due = calendar.due("D3", recorded_on)
        return AnswerDue(due.due_on, "D3", due.rule_vi, due.rule_en)
    if kind is SubmissionKind.DATA:
        # Law 91/2025 and Decree 356/2025, read-secondary; the time to correct runs from this answer.
        return AnswerDue(
            calendar.add_working_days(filed_on, DATA_WORKING_DAYS),
            None,
            f"Trả lời yêu cầu về dữ liệu cá nhân trong {DATA_WORKING_DAYS} ngày làm việc (Luật 91/2025)",
            f"Requests about personal data are answered in {DATA_WORKING_DAYS} working days (Law 91/2025)",
        )
    promised = calendar.add_working_days(filed_on, PROMISED_WORKING_DAYS)
    return AnswerDue(
        promised,
        None,
        f"Chúng tôi hứa trả lời trong {PROMISED_WORKING_DAYS} ngày làm việc (luật không quy định thời hạn)",
        f"We promise an answer within {PROMISED_WORKING_DAYS} working days (the law sets no time for it)",
    )
