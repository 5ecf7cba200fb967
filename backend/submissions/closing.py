"""Statements that a move of the case itself answers: nobody has to answer them once more."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.submissions.models import Submission
from penalty.dossier import Action
from penalty.submissions import CONTESTING, RELIEFS, REMISSIONS, SubmissionKind

_CASE_ENDED: Final = "Hồ sơ đã kết thúc, không xử phạt. Ông/Bà không phải làm gì thêm."
_NOTHING_OWED: Final = (
    "Hồ sơ đã kết thúc. Ông/Bà không còn phải nộp tiền phạt, nên đơn không cần xem xét nữa."
)
_ALL_PAID: Final = "Tiền phạt đã được nộp đủ, nên không còn khoản nào để hoãn hoặc nộp nhiều lần."
_ABOUT_THE_CASE: Final = frozenset(
    {*CONTESTING, SubmissionKind.DRIVER, SubmissionKind.NOT_DRIVING, SubmissionKind.EXPLANATION}
)
_Answer = tuple[frozenset[SubmissionKind], str, str]
_ANSWERS: Final[Mapping[Action, tuple[_Answer, ...]]] = MappingProxyType(
    {
        Action.DECIDE: (
            (
                frozenset({SubmissionKind.EXPLANATION}),
                "considered",
                "Giải trình đã được xem xét khi ra quyết định; kết quả nêu trong quyết định.",
            ),
        ),
        Action.LAPSE: (
            (_ABOUT_THE_CASE, "case_ended", _CASE_ENDED),
            (RELIEFS, "case_ended", _NOTHING_OWED),
        ),
        Action.DROP: ((_ABOUT_THE_CASE, "case_ended", _CASE_ENDED),),
        Action.ANNUL: ((RELIEFS, "case_ended", _NOTHING_OWED),),
        Action.PAY: ((RELIEFS - REMISSIONS, "paid", _ALL_PAID),),
    }
)


def close_answered(
    session: Session, dossier_id: uuid.UUID, action: Action, *, actor: str, now: datetime
) -> None:
    """Mark as answered what this move answers: a decision answers an explanation (LHAV Art. 61)."""
    for kinds, outcome, answer in _ANSWERS.get(action, ()):
        waiting = select(Submission).where(
            Submission.dossier_id == dossier_id, Submission.answered_at.is_(None), Submission.kind.in_(kinds)
        )
        for submission in session.scalars(waiting).all():
            submission.state, submission.outcome, submission.answer = "answered", outcome, answer
            submission.answered_at = now
            audit.record(
                session,
                actor=actor,
                action="submission.answered",
                subject_type="submission",
                subject_id=submission.id,
                data={"number": submission.number, "kind": submission.kind, "outcome": outcome},
            )
