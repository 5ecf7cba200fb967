"""The written answer to a statement: what became of it, and what may be done then."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from backend.dossiers.issuer import signing_key
from backend.dossiers.moves import due_dates, last_day
from backend.dossiers.sources import Source
from penalty import documents as paper
from penalty.calendar import vietnam_date
from penalty.complaint import GROUND_NAMES, LABELS, ComplaintState, Ground
from penalty.submissions import NAMES, RELIEFS, SubmissionKind

Lines = tuple[paper.MeasureLine, ...]

_COURT_ONLY: Final = frozenset(
    {ComplaintState.SECOND_REJECTED, ComplaintState.SECOND_REFUSED, ComplaintState.NOT_ADMITTED}
)
_NOT_ACCEPTED: Final = frozenset(
    {ComplaintState.REFUSED, ComplaintState.SECOND_REFUSED, ComplaintState.NOT_ADMITTED}
)
_REFUSED: Final = paper.MeasureLine(vi="Không chấp nhận.", en="Not accepted.")
_OUTCOMES: Final[Mapping[tuple[SubmissionKind, str], paper.MeasureLine]] = MappingProxyType(
    {
        (SubmissionKind.DRIVER, "accepted"): paper.MeasureLine(
            vi="Người được nêu tên đã xác nhận lái xe.", en="The person named drove."
        ),
        (SubmissionKind.NOT_DRIVING, "refused"): paper.MeasureLine(
            vi="Không chấp nhận: Ông/Bà được xác định là người lái xe.",
            en="Not accepted: you are held to have driven.",
        ),
    }
)
_NO_MORE: Final = paper.MeasureLine(
    vi="Chấp nhận. Ông/Bà không phải thực hiện việc gì thêm trong hồ sơ này.",
    en="Accepted. You have nothing more to do in this case.",
)
_AGAIN_OR_COURT: Final = paper.MeasureLine(
    vi="Nếu không đồng ý: khiếu nại lần hai trong 30 ngày (tính cả ngày nghỉ) kể từ ngày nhận,"
    " hoặc khởi kiện tại Tòa án (Luật Khiếu nại 02/2011/QH13 Điều 33).",
    en="If you do not agree: a second complaint within 30 calendar days of receiving this, or the"
    " court (Law on Complaints Art. 33).",
)
_CANCELLED: Final = paper.MeasureLine(
    vi="Quyết định xử phạt bị hủy bỏ; tiền đã nộp được hoàn trả mà không phải làm đơn.",
    en="The penalty decision is cancelled; what was paid is given back without asking.",
)
_RECORD_WITH_YOU: Final = paper.MeasureLine(
    vi="Biên bản được lập với Ông/Bà. Ông/Bà được giải trình trước khi có quyết định, nếu luật"
    " cho phép, và được khiếu nại quyết định.",
    en="The record is made with you. You may explain before the decision, where the law allows"
    " it, and complain about the decision.",
)
_STILL_OWED: Final = paper.MeasureLine(
    vi="Tiền phạt vẫn phải nộp theo quyết định xử phạt; không tính tiền chậm nộp cho những ngày xem xét đơn.",
    en="The fine is still owed as decided; nothing is added for the days on which this was considered.",
)
_MAY_COMPLAIN: Final = paper.MeasureLine(
    vi="Nếu không đồng ý với văn bản này: khiếu nại với người ký trong 90 ngày (tính cả ngày nghỉ) kể từ ngày"
    " nhận, hoặc khởi kiện tại Tòa án (Luật Khiếu nại 02/2011/QH13 Điều 7, Điều 9).",
    en="If you do not agree with this answer: complain to who signed it within 90 calendar days of receiving"
    " it, or go to court (Law on Complaints Art. 7, 9).",
)
_GOES_ON: Final = paper.MeasureLine(
    vi="Hồ sơ tiếp tục theo thông báo; thời hạn trả lời không thay đổi.",
    en="The case goes on as the notice says; the time to answer stays as it was.",
)


def answer(source: Source) -> bytes:
    """The paper, from the statement as it was answered."""
    from backend.submissions.service import find  # noqa: PLC0415 - they stand on dossiers

    says = source.document.says
    said = find(source.session, uuid.UUID(says["submission_id"]))
    kind, outcome = SubmissionKind(said.kind), said.outcome or ""
    court_until = last_day(due_dates(source.session, source.dossier), "G7")
    data = paper.AnswerData(
        **source.head,
        complaint=kind is SubmissionKind.COMPLAINT,
        accepted=outcome not in _NOT_ACCEPTED,
        statement_number=said.number,
        statement_on=vietnam_date(said.filed_at),
        statement_vi=NAMES[kind][0],
        statement_en=NAMES[kind][1],
        signatory=source.signed_by,
        person=source.party(),
        plate_display=source.dossier.plate_display,
        act_code=source.act().code,
        subject_number=says["subject_number"],
        outcome=_outcome(kind, outcome),
        text=said.answer or "",
        answers=tuple(_to_ground(one["ground"], one["justified"], one["text"]) for one in said.answers),
        next_steps=next_steps(kind, outcome, court_until),
    )
    return paper.render_answer(data, signing_key(source.services.settings))


def _to_ground(ground: str, justified: bool, text: str) -> paper.GroundAnswer:  # noqa: FBT001 - as it is kept
    vi, en = GROUND_NAMES[Ground(ground)]
    return paper.GroundAnswer(ground_vi=vi, ground_en=en, justified=justified, text=text)


def _outcome(kind: SubmissionKind, outcome: str) -> paper.MeasureLine:
    if kind is SubmissionKind.COMPLAINT:
        vi, en = LABELS[ComplaintState(outcome)]
        return paper.MeasureLine(vi=f"{vi}.", en=f"{en}.")
    return _OUTCOMES.get((kind, outcome), _NO_MORE if outcome == "accepted" else _REFUSED)


def next_steps(kind: SubmissionKind, outcome: str, court_until: date | None) -> Lines:
    """What follows for the person; `court_until` is the last day of a lawsuit."""
    if kind is SubmissionKind.COMPLAINT:
        return _after_complaint(ComplaintState(outcome), court_until)
    if outcome != "refused":
        return ()
    if kind in RELIEFS:
        return _STILL_OWED, _MAY_COMPLAIN
    return (_RECORD_WITH_YOU if kind is SubmissionKind.NOT_DRIVING else _GOES_ON,)


def _after_complaint(outcome: ComplaintState, court_until: date | None) -> Lines:
    if outcome in {ComplaintState.REJECTED, ComplaintState.REFUSED}:
        return (_AGAIN_OR_COURT,)
    if outcome is ComplaintState.UPHELD:
        return (_CANCELLED,)
    if outcome not in _COURT_ONLY:
        return ()
    day_vi = f", đến hết ngày {court_until:%d/%m/%Y}" if court_until else ""
    day_en = f", until the end of {court_until:%d/%m/%Y}" if court_until else ""
    return (
        paper.MeasureLine(
            vi="Nếu không đồng ý: khởi kiện tại Tòa án trong 1 năm kể từ ngày nhận quyết định xử phạt"
            f"{day_vi} (Luật Tố tụng hành chính 93/2015/QH13 Điều 116).",
            en="If you do not agree: the court, within one year of receiving the penalty decision"
            f"{day_en} (Law on Administrative Procedure 93/2015 Art. 116).",
        ),
    )
