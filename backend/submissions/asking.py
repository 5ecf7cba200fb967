"""Asking once more before a statement is answered, on the page of `backend.dossiers.confirming`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fastapi.responses import Response

from backend.dossiers import confirming
from backend.dossiers.confirming import Desk
from backend.dossiers.moves import locked
from backend.dossiers.questions import Act, Pair
from backend.submissions.answering import YesOrNo, refuse_impossible_answer
from backend.submissions.models import Submission
from backend.submissions.relief import Considered
from backend.submissions.remission import Remission
from backend.submissions.schemas import ReliefForm
from backend.templating import money
from penalty.complaint import GROUND_NAMES, ComplaintAction, Ground
from penalty.submissions import NAMES, SubmissionKind

Lines = list[tuple[Pair, str]]


def relief(desk: Desk, found: Considered, form: ReliefForm, language: str) -> Response:
    """What would be granted, to the day, or refused; a remission is asked of its second person."""
    lines = _about(found.submission, language)
    for part in found.parts:
        until = f"{part.due_on:%d/%m/%Y}"
        lines.append(
            (
                (f"Đến hết ngày {until}", f"Until the end of {until}"),
                money(part.amount_vnd, language=language),
            )
        )
    fields = form.model_dump(exclude={"confirmed"})
    return confirming.page(
        desk,
        found.dossier,
        act="postpone_fine" if found.parts else "refuse_relief",
        fields=fields,
        reason=form.reason,
        lines=lines,
        back=f"/canh-sat/don/{found.submission.id}",
    )


def answer(desk: Desk, submission: Submission, *, accepted: bool, reason: str, language: str) -> Response:
    """The answer as it would be sent. Raises Problem 409 as sending it would."""
    said = YesOrNo(desk.officer, accepted, reason, desk.now)
    dossier = refuse_impossible_answer(desk.session, submission, said)
    return confirming.page(
        desk,
        dossier,
        act=_answer_act(SubmissionKind(submission.kind), accepted=accepted),
        fields={"accepted": "yes" if accepted else "no", "reason": reason},
        reason=reason,
        lines=_about(submission, language),
        back=f"/canh-sat/don/{submission.id}",
    )


def _answer_act(kind: SubmissionKind, *, accepted: bool) -> Act:
    match kind:
        case SubmissionKind.DRIVER | SubmissionKind.NOT_DRIVING:
            drove = accepted is (kind is SubmissionKind.DRIVER)
            return "driver_drove" if drove else "driver_did_not_drive"
        case SubmissionKind.DATA:
            return "data_corrected" if accepted else "data_stands"
        case SubmissionKind.SOLD if accepted:
            return "seek_buyer"
    return "end_case" if accepted else "refuse_objection"


_COMPLAINT_ACTS: Final[Mapping[ComplaintAction, Act]] = MappingProxyType(
    {
        ComplaintAction.ACCEPT: "accept_complaint",
        ComplaintAction.REFUSE: "refuse_complaint",
        ComplaintAction.REJECT: "reject_complaint",
    }
)


def complaint(
    desk: Desk, submission: Submission, action: ComplaintAction, form: Mapping[str, str], language: str
) -> Response:
    """The resolution as it would be signed, with the answer to each ground."""
    lines = _about(submission, language)
    for ground in submission.grounds:
        if text := form.get(f"text-{ground}", ""):
            lines.append((GROUND_NAMES[Ground(ground)], text))
    return confirming.page(
        desk,
        locked(desk.session, submission.dossier_id),
        act=_COMPLAINT_ACTS[action],
        fields={name: value for name, value in form.items() if name != "csrf_token"},
        reason=form.get("reason", ""),
        lines=lines,
        back=f"/canh-sat/don/{submission.id}",
    )


def remission_lines(found: Remission, language: str) -> Lines:
    """What is taken off, and what is owed or goes back after it."""
    lines: Lines = [
        (("Được giảm hoặc miễn", "Taken off"), money(found.remits_vnd, language=language)),
        (("Còn phải nộp sau đó", "Still owed after that"), money(found.left_vnd, language=language)),
    ]
    if found.back_vnd:
        lines.append((("Hoàn trả cho người nộp", "Goes back"), money(found.back_vnd, language=language)))
    return lines


def _about(submission: Submission, language: str) -> Lines:
    vi, en = NAMES[SubmissionKind(submission.kind)]
    name = vi if language == "vi" else en
    return [(("Đơn được trả lời", "The statement answered"), f"{name} · {submission.number}")]
