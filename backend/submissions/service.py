"""Taking an owner's statement in: one transaction with its move and audit row."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.database import utc_now
from backend.dossiers.liable import speaker
from backend.dossiers.models import Dossier
from backend.dossiers.moves import (
    Actor,
    OnBehalf,
    actor_for,
    due_dates,
    last_day,
    legal_move,
    locked,
    noted,
    write_event,
)
from backend.dossiers.numbers import running_number
from backend.errors import Problem, not_found
from backend.owners.service import vault_of
from backend.services import Services
from backend.submissions.askable import reliefs_open
from backend.submissions.filing import state_of_new
from backend.submissions.models import Submission, SubmissionFile
from backend.submissions.naming import denials, naming_of
from backend.submissions.pictures import Picture
from backend.submissions.words import DriverNamed
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.complaint import Ground
from penalty.dossier import Action, State
from penalty.guards import Facts
from penalty.submissions import CONTESTING, NAMES, SubmissionKind, answer_due, open_kinds

_MOVES = {
    SubmissionKind.DRIVER: Action.NAME_DRIVER,
    SubmissionKind.EXPLANATION: Action.RECEIVE_EXPLANATION,
    **dict.fromkeys(CONTESTING, Action.CONTEST),
}


def file(
    services: Services,
    session: Session,
    dossier_id: uuid.UUID,
    kind: SubmissionKind,
    words: BaseModel,
    *,
    grounds: tuple[str, ...] = (),
    pictures: Sequence[Picture] = (),
    now: datetime,
    behalf: OnBehalf | None = None,
    visitor: str | None = None,
    part: str = "owner",
) -> Submission:
    """Write a statement of the owner or the driver down, with its number and the date of the answer.

    Raises Problem 409 where the case does not stand so that this can be said, or it was said already.
    """
    dossier = locked(session, dossier_id)
    naming = naming_of(session, dossier) if part == "driver" else None
    _check(session, dossier, kind, naming, part)
    submission = _written(services, dossier, kind, words, now)
    submission.number = running_number(session, "YK", now)
    submission.named_by_id = naming.id if naming else None
    submission.grounds = [str(ground) for ground in grounds]
    if kind is SubmissionKind.COMPLAINT:
        before, reasons = of_part(session, dossier, part), tuple(Ground(one) for one in grounds)
        submission.state = state_of_new(session, dossier, before, reasons, now)
    session.add(submission)
    session.flush()
    _keep_pictures(services, session, submission, pictures)
    _moved(session, dossier, submission, now, actor_for(dossier, behalf, visitor), behalf)
    return submission


def _check(
    session: Session, dossier: Dossier, kind: SubmissionKind, naming: Submission | None, part: str
) -> None:
    """Raises Problem 409 where this cannot be said now, or was."""
    if kind not in kinds_open(session, dossier, part):
        raise _not_now(kind)
    if kind is SubmissionKind.NOT_DRIVING and (naming is None or denials(session, naming.id)):
        raise _not_now(kind)
    if kind is SubmissionKind.DATA and _open_about_data(session, dossier):
        raise _not_now(kind)


def _written(
    services: Services, dossier: Dossier, kind: SubmissionKind, words: BaseModel, now: datetime
) -> Submission:
    """The statement with its words sealed and the day of its answer; nothing is asked of the database."""
    recorded_on = vietnam_date(dossier.recorded_at) if dossier.recorded_at else None
    due = answer_due(kind, vietnam_date(now), LegalCalendar.load(), recorded_on=recorded_on)
    vault, submission_id = vault_of(services), uuid.uuid4()
    text = json.dumps(words.model_dump(mode="json"), ensure_ascii=False)
    named = words.id_number if isinstance(words, DriverNamed) else None
    return Submission(
        id=submission_id,
        dossier_id=dossier.id,
        owner_lookup_id=dossier.owner_lookup_id,
        kind=kind,
        state="open",
        words_sealed=vault.seal("words", submission_id, text),
        named_index=vault.index("id_number", named) if named else None,
        answers=[],
        filed_at=now,
        answer_due_on=due.due_on,
        answer_rule_vi=due.rule_vi,
        answer_rule_en=due.rule_en,
    )


def kinds_open(session: Session, dossier: Dossier, part: str = "owner") -> tuple[SubmissionKind, ...]:
    """What the owner of this dossier, or the driver he named, may say now."""
    may_explain = dossier.explanation_right and not dossier.explanation_waived
    return open_kinds(
        State(dossier.state),
        may_explain=may_explain,
        reliefs=reliefs_open(session, dossier, utc_now()),
        speaker=speaker(part, dossier),
    )


def of_dossier(session: Session, dossier_id: uuid.UUID) -> Sequence[Submission]:
    """All statements about a case, oldest first."""
    return session.scalars(
        select(Submission).where(Submission.dossier_id == dossier_id).order_by(Submission.filed_at)
    ).all()


def of_part(session: Session, dossier: Dossier, part: str) -> Sequence[Submission]:
    """What the owner who is asked now has said, or the driver who is named now; neither reads the other's."""
    said = of_dossier(session, dossier.id)
    if part == "owner":
        mine = dossier.owner_lookup_id
        return [one for one in said if one.named_by_id is None and one.owner_lookup_id == mine]
    naming = naming_of(session, dossier)
    return [one for one in said if naming is not None and one.named_by_id == naming.id]


def find(session: Session, submission_id: uuid.UUID) -> Submission:
    """Raises Problem 404."""
    found = session.get(Submission, submission_id)
    if found is None:
        raise not_found("Không có đơn này", "There is no such statement")
    return found


def words_of(services: Services, submission: Submission) -> dict[str, Any]:
    """A statement in clear. The caller logs that it looked."""
    text = vault_of(services).open("words", submission.id, submission.words_sealed)
    words: dict[str, Any] = json.loads(text)
    return words


def files_of(session: Session, submission: Submission) -> Sequence[SubmissionFile]:
    """The pictures that came with a statement."""
    return session.scalars(
        select(SubmissionFile)
        .where(SubmissionFile.submission_id == submission.id)
        .order_by(SubmissionFile.created_at, SubmissionFile.id)
    ).all()


def _moved(  # noqa: PLR0917 - called by `file` alone
    session: Session,
    dossier: Dossier,
    submission: Submission,
    now: datetime,
    actor: Actor,
    behalf: OnBehalf | None,
) -> None:
    data = {"kind": submission.kind, "number": submission.number, **noted(behalf)}
    action = _MOVES.get(SubmissionKind(submission.kind))
    if action is None:
        write_event(session, dossier, "submission", actor=actor, now=now, data=data)
        return
    deadlines = due_dates(session, dossier)
    facts = Facts(
        today=vietnam_date(now),
        limitation_until=deadlines["A4"].raw_due_on,
        explanation_right=dossier.explanation_right,
        explanation_waived=dossier.explanation_waived,
        explain_until=last_day(deadlines, "C1"),
    )
    legal_move(session, dossier, action, actor=actor, facts=facts, now=now, data=data)


def _open_about_data(session: Session, dossier: Dossier) -> bool:
    return any(
        one.kind == SubmissionKind.DATA and one.answered_at is None for one in of_dossier(session, dossier.id)
    )


def _keep_pictures(
    services: Services, session: Session, submission: Submission, pictures: Sequence[Picture]
) -> None:
    for place, picture in enumerate(pictures):
        key = f"submissions/{submission.dossier_id}/{submission.id}/{place}.jpg"
        stored = services.store.put(
            services.settings.s3_documents_bucket, key, picture.data, picture.media_type
        )
        session.add(
            SubmissionFile(
                submission_id=submission.id,
                object_key=key,
                sha256=stored.sha256,
                size_bytes=stored.size_bytes,
                media_type=picture.media_type,
            )
        )


def _not_now(kind: SubmissionKind) -> Problem:
    vi, en = NAMES[kind]
    return Problem(
        409,
        "not_now",
        "Hiện không gửi được nội dung này",
        "This cannot be said now",
        f"“{vi}” chỉ gửi được khi hồ sơ ở bước phù hợp, và chưa được gửi trước đó.",
        f"“{en}” can be said only while the case stands accordingly, and once.",
    )
