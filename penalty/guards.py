"""What must hold before a dossier may move. Each guard looks only at the facts passed in.

A guard answers None (go on) or a Refusal in both languages. A fact it needs and does not get refuses the
move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

RETURNS_BEFORE_DEEMED: Final = 3
"""How often the post brings a decision back until it counts as delivered (step D7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the guards may look at. A fact a guard needs and does not get refuses the move.

    Dates are days in Vietnam and last days (still allowed). `limitation_until` is step A4 before roll-over,
    `answer_until` A2, `explain_until` C1, `decide_until` D1/D2/D3/D4, `pay_until` E1, `enforce_until` E8.
    `age_known`, `may_be_penalised`: of the driver's age on the day of the act. `warning`: no money is owed.
    `takes_points`: off the licence of whoever drove.
    `relief_waits`: a request to pay later, in parts or less is unanswered; `remission_asked`: one to pay
    less, of which `remits_vnd` of at most `remittable_vnd` is granted. `post_returns` counts how often the
    post brought the decision back, but for objective reasons.
    """

    today: date
    limitation_until: date | None = None
    owner_known: bool = False
    notified: bool = False
    warned: bool = False
    answer_until: date | None = None
    driver_heard: bool = False
    violator_identified: bool = False
    record_signed: bool = False
    age_known: bool = True
    may_be_penalised: bool = True
    warning: bool = False
    takes_points: bool = False
    explanation_right: bool = False
    explanation_waived: bool = False
    explanation_received: bool = False
    explain_until: date | None = None
    decide_until: date | None = None
    band_max_vnd: int | None = None
    signing_power_vnd: int | None = None
    delivered_on: date | None = None
    overdue: bool = False
    pay_until: date | None = None
    post_returns: int = 0
    enforce_until: date | None = None
    relief_waits: bool = False
    remission_asked: bool = False
    remittable_vnd: int | None = None
    remits_vnd: int = 0
    due_vnd: int | None = None
    paid_vnd: int = 0
    receipt_issued: bool = False
    decided: bool = False
    refunded_vnd: int | None = None
    reason: str = ""
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a guard says no, for people and for programs."""

    code: str
    vi: str
    en: str


Guard = Callable[[Facts], Refusal | None]


def _need(*, holds: bool, code: str, vi: str, en: str) -> Refusal | None:
    return None if holds else Refusal(code, vi, en)


def _first(*refusals: Refusal | None) -> Refusal | None:
    return next((refusal for refusal in refusals if refusal is not None), None)


def within_limitation(facts: Facts) -> Refusal | None:
    return _need(
        holds=facts.limitation_until is not None and facts.today <= facts.limitation_until,
        code="time_barred",
        vi="Đã hết thời hiệu xử phạt (Điều 6 Luật XLVPHC) hoặc chưa tính được thời hiệu.",
        en="The limitation period is over (LHAV Art. 6) or was not computed.",
    )


def limitation_over(facts: Facts) -> Refusal | None:
    return _need(
        holds=facts.limitation_until is not None and facts.today > facts.limitation_until,
        code="not_time_barred",
        vi="Chưa hết thời hiệu xử phạt.",
        en="The limitation period is not over.",
    )


def has_reason(facts: Facts) -> Refusal | None:
    return _need(
        holds=bool(facts.reason.strip()),
        code="reason_missing",
        vi="Cần ghi rõ lý do.",
        en="A reason is needed.",
    )


def may_annul(facts: Facts) -> Refusal | None:
    ours = _need(
        holds=facts.decided,
        code="no_decision",
        vi="Hồ sơ này không có quyết định của đơn vị để hủy.",
        en="There is no decision of ours to cancel.",
    )
    return _first(ours, has_reason(facts))


def may_return(facts: Facts) -> Refusal | None:
    told = _need(
        holds=facts.notified,
        code="not_notified",
        vi="Hồ sơ được chuyển khi chưa gửi thông báo: trả về bước xác định chủ xe.",
        en="The case went before a notice was sent: it returns to finding the owner.",
    )
    return _first(told, has_reason(facts))


def may_return_unnotified(facts: Facts) -> Refusal | None:
    untold = _need(
        holds=not facts.notified,
        code="was_notified",
        vi="Thông báo đã được gửi: hồ sơ trả về bước đã thông báo.",
        en="The notice was sent: the case returns to where it was sent.",
    )
    return _first(untold, has_reason(facts))


def has_receiver(facts: Facts) -> Refusal | None:
    named = _need(
        holds=bool(facts.receiver.strip()),
        code="receiver_missing",
        vi="Cần ghi rõ đơn vị nhận hồ sơ.",
        en="The unit that takes the case over must be named.",
    )
    return _first(named, within_limitation(facts))


def was_refunded(facts: Facts) -> Refusal | None:
    return _need(
        holds=facts.refunded_vnd is not None and 0 < facts.paid_vnd <= facts.refunded_vnd,
        code="not_refunded",
        vi="Chưa hoàn trả đủ số tiền đã nộp.",
        en="What was paid has not been given back in full.",
    )


def may_notify(facts: Facts) -> Refusal | None:
    known = _need(
        holds=facts.owner_known,
        code="owner_unknown",
        vi="Chưa xác định được chủ phương tiện.",
        en="The owner is not known yet.",
    )
    return _first(known, within_limitation(facts))


def may_warn(facts: Facts) -> Refusal | None:
    return _need(
        holds=facts.answer_until is not None and facts.today > facts.answer_until and not facts.warned,
        code="answer_time_running",
        vi="Chưa hết 20 ngày kể từ ngày gửi thông báo, hoặc đã cảnh báo rồi.",
        en="The 20 days from sending the notice are not over, or the warning was sent already.",
    )


def may_confirm_driver(facts: Facts) -> Refusal | None:
    first = _need(
        holds=not facts.driver_heard,
        code="driver_was_heard",
        vi="Người được nêu tên đã xác nhận.",
        en="The person named has confirmed already.",
    )
    return _first(first, has_reason(facts))


def age_is_known(facts: Facts) -> Refusal | None:
    """A named driver's age on the day of the act decides on the penalty (LHAV Art. 134; minors.csv)."""
    return _need(
        holds=facts.age_known,
        code="driver_age_unknown",
        vi="Chưa biết tuổi của người lái xe vào ngày vi phạm: ghi ngày sinh theo giấy tờ khi lập biên bản.",
        en="The driver's age on the day of the act is not known: give the date of birth by the papers with"
        " the record.",
    )


def old_enough(facts: Facts) -> Refusal | None:
    """Children are not penalised (LHAV Art. 5.1.a; minors.csv)."""
    return _need(
        holds=facts.may_be_penalised,
        code="driver_under_age",
        vi="Người lái xe chưa đủ 14 tuổi vào ngày vi phạm: không xử phạt (Điều 5 Luật XLVPHC).",
        en="The driver was under 14 on the day of the act: no penalty (LHAV Art. 5).",
    )


def may_record(facts: Facts) -> Refusal | None:
    identified = _need(
        holds=facts.violator_identified,
        code="violator_unknown",
        vi="Chưa xác định được đối tượng vi phạm.",
        en="The violator has not been established.",
    )
    signed = _need(
        holds=facts.record_signed,
        code="record_unsigned",
        vi="Biên bản chưa được ký hoặc chưa được chấp nhận bằng phương thức điện tử.",
        en="The record is neither signed nor accepted electronically.",
    )
    return _first(identified, signed, age_is_known(facts), old_enough(facts), within_limitation(facts))


def may_explain(facts: Facts) -> Refusal | None:
    right = _need(
        holds=facts.explanation_right and not facts.explanation_waived and not facts.explanation_received,
        code="no_explanation_right",
        vi="Không có quyền giải trình, đã từ bỏ hoặc đã nộp giải trình.",
        en="There is no right to explain, it was waived, or an explanation is in already.",
    )
    open_still = _need(
        holds=facts.explain_until is not None and facts.today <= facts.explain_until,
        code="explanation_late",
        vi="Đã hết thời hạn giải trình.",
        en="The time to explain is over.",
    )
    return _first(right, open_still)


def has_signing_power(facts: Facts) -> Refusal | None:
    return _need(
        holds=facts.band_max_vnd is not None
        and facts.signing_power_vnd is not None
        and facts.signing_power_vnd >= facts.band_max_vnd,
        code="no_signing_power",
        vi="Mức tối đa của khung phạt vượt thẩm quyền của người ký (Điều 52 Luật XLVPHC).",
        en="The maximum of the band is above the signatory's power (LHAV Art. 52).",
    )


def may_decide(facts: Facts) -> Refusal | None:
    in_time = _need(
        holds=facts.decide_until is not None and facts.today <= facts.decide_until,
        code="decision_late",
        vi="Đã hết thời hạn ra quyết định; không được ra quyết định xử phạt (Điều 65 Luật XLVPHC).",
        en="The time to decide is over; no penalty may be issued (LHAV Art. 65).",
    )
    heard = _need(
        holds=not facts.explanation_right
        or facts.explanation_waived
        or facts.explanation_received
        or (facts.explain_until is not None and facts.today > facts.explain_until),
        code="explanation_open",
        vi="Người vi phạm còn thời hạn giải trình (Điều 61 Luật XLVPHC).",
        en="The violator may still explain (LHAV Art. 61).",
    )
    return _first(in_time, within_limitation(facts), heard, old_enough(facts), has_signing_power(facts))


def may_deliver(facts: Facts) -> Refusal | None:
    return _need(
        holds=facts.delivered_on is None,
        code="already_delivered",
        vi="Quyết định đã được giao.",
        en="The decision was delivered already.",
    )


def may_deem_delivered(facts: Facts) -> Refusal | None:
    """By post, after the third return that was not for an objective reason (Decree 118/2021 Art. 17a.5)."""
    thrice = _need(
        holds=facts.post_returns >= RETURNS_BEFORE_DEEMED,
        code="post_may_try_again",
        vi="Bưu điện chưa trả lại ba lần (Điều 17a Nghị định 118/2021/NĐ-CP).",
        en="The post has not brought it back three times (Decree 118/2021 Art. 17a).",
    )
    return _first(may_deliver(facts), thrice)


def may_mark_overdue(facts: Facts) -> Refusal | None:
    return _need(
        holds=facts.pay_until is not None and facts.today > facts.pay_until and not facts.overdue,
        code="not_overdue",
        vi="Chưa quá hạn nộp phạt, hoặc đã ghi nhận quá hạn.",
        en="The time to pay is not over, or was marked already.",
    )


def is_paid(facts: Facts) -> Refusal | None:
    return _nothing_owed(holds=facts.due_vnd is not None and facts.paid_vnd >= facts.due_vnd)


def _nothing_owed(*, holds: bool) -> Refusal | None:
    return _need(
        holds=holds,
        code="not_fully_paid",
        vi="Chưa nộp đủ tiền phạt và tiền chậm nộp.",
        en="Fine and surcharge are not paid in full.",
    )


def may_close(facts: Facts) -> Refusal | None:
    return _need(
        holds=facts.receipt_issued,
        code="receipt_missing",
        vi="Chưa có biên lai thu tiền phạt.",
        en="The receipt has not been issued.",
    )


def was_warned(facts: Facts) -> Refusal | None:
    """A warning is carried out once it was given: nothing is owed."""
    given = _need(
        holds=facts.delivered_on is not None,
        code="not_delivered",
        vi="Quyết định chưa được giao.",
        en="The decision was not delivered.",
    )
    return _first(_nothing_owed(holds=facts.warning), given)


def decision_time_over(facts: Facts) -> Refusal | None:
    late = facts.decide_until is not None and facts.today > facts.decide_until
    return None if late else limitation_over(facts)


def enforcement_over(facts: Facts) -> Refusal | None:
    return _need(
        holds=facts.enforce_until is not None and facts.today > facts.enforce_until,
        code="not_time_barred",
        vi="Chưa hết thời hiệu thi hành quyết định (Điều 74 Luật XLVPHC).",
        en="The decision can still be executed (LHAV Art. 74).",
    )


def may_enforce(facts: Facts) -> Refusal | None:
    """By whoever could have signed the decision, once every day to pay is over (LHAV Art. 73, 86, 87).

    Not while a deferral, instalments, a reduction or an exemption are asked for and unanswered. That nothing
    is added meanwhile is LHAV Art. 78.1 (read-primary); that nothing is enforced either was found in no text
    at hand: from general knowledge of Art. 76, 77 and 79, in the person's favour, and to be confirmed.
    """
    asked = _need(
        holds=not facts.relief_waits,
        code="relief_waits",
        vi="Có đơn xin hoãn, giảm, miễn hoặc nộp nhiều lần chưa được trả lời: phải trả lời trước"
        " (Điều 76, 77, 79 Luật XLVPHC).",
        en="A request to pay later, in parts or less waits for its answer, which comes first"
        " (LHAV Art. 76, 77, 79).",
    )
    late = _need(
        holds=facts.pay_until is not None and facts.today > facts.pay_until,
        code="paying_later",
        vi="Còn thời hạn nộp phạt: người bị phạt được hoãn hoặc nộp nhiều lần (Điều 76, 79 Luật XLVPHC).",
        en="There is still time to pay: a deferral or instalments were granted (LHAV Art. 76, 79).",
    )
    in_time = _need(
        holds=facts.enforce_until is not None and facts.today <= facts.enforce_until,
        code="enforcement_late",
        vi="Đã hết thời hiệu thi hành quyết định (Điều 74 Luật XLVPHC).",
        en="The time to execute the decision is over (LHAV Art. 74).",
    )
    return _first(has_reason(facts), late, asked, in_time, has_signing_power(facts))
