from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.guards import Officer, Reviewing
from backend.accounts.models import Account
from backend.database import SessionDep, utc_now
from backend.errors import not_found
from backend.idempotency.routes import OnceRoute, StaffOnce
from backend.services import Services, ServicesDep
from backend.submissions import answering, complaints, service
from backend.submissions.models import Submission
from backend.submissions.schemas import Answered, Resolution, SubmissionView, WaitingRow
from penalty.complaint import Answer, ComplaintAction

router = APIRouter(route_class=OnceRoute, tags=["submissions"])


@router.get("/v1/submissions")
def waiting(
    session: SessionDep, _officer: Officer, limit: Annotated[int, Query(ge=1, le=200)] = 100
) -> list[WaitingRow]:
    """What waits for an answer, the soonest due first."""
    rows = session.scalars(
        select(Submission)
        .where(Submission.answered_at.is_(None))
        .order_by(Submission.answer_due_on, Submission.filed_at)
        .limit(limit)
    )
    return [WaitingRow.model_validate(row) for row in rows]


@router.get("/v1/submissions/{submission_id}")
def read(
    submission_id: uuid.UUID, services: ServicesDep, session: SessionDep, officer: Officer
) -> SubmissionView:
    """One statement in clear; the look is logged."""
    return view(services, session, service.find(session, submission_id), officer)


@router.get("/v1/submissions/{submission_id}/pictures/{place}")
def picture(
    submission_id: uuid.UUID, place: int, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """A picture that came with it; the look is logged."""
    submission = service.find(session, submission_id)
    files = service.files_of(session, submission)
    if not 0 <= place < len(files):
        raise not_found("Không có ảnh này", "There is no such picture")
    _log(session, submission, officer, "submission.picture")
    content = services.store.read(services.settings.s3_documents_bucket, files[place].object_key)
    headers = {"Content-Disposition": f'inline; filename="{submission.number}-{place + 1}.jpg"'}
    return Response(content, media_type=files[place].media_type, headers=headers)


@router.post("/v1/submissions/{submission_id}/answer")
def answer(
    submission_id: uuid.UUID,
    given: Answered,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    _once: StaffOnce,
) -> SubmissionView:
    """Answer an objection, or say whether the person named drove. 409 where that does not fit."""
    submission = service.find(session, submission_id)
    said = answering.YesOrNo(officer, given.accepted, given.reason, utc_now())
    done = answering.answer(services, session, submission, said)
    return view(services, session, done, officer)


@router.post("/v1/submissions/{submission_id}/resolution")
def resolve(
    submission_id: uuid.UUID,
    given: Resolution,
    services: ServicesDep,
    session: SessionDep,
    chief: Reviewing,
    _once: StaffOnce,
) -> SubmissionView:
    """Accept, refuse, uphold or reject a complaint. To uphold is a draft that another person approves."""
    answers = [Answer(one.ground, one.justified, one.text) for one in given.answers]
    done = complaints.resolve(
        session,
        submission_id,
        ComplaintAction(given.action),
        chief,
        answers=answers,
        reason=given.reason,
        now=utc_now(),
    )
    return view(services, session, done, chief)


def view(services: Services, session: Session, submission: Submission, reader: Account) -> SubmissionView:
    """A statement in clear, the look written down."""
    _log(session, submission, reader, "submission.read")
    return SubmissionView(
        id=submission.id,
        dossier_id=submission.dossier_id,
        kind=submission.kind,
        number=submission.number,
        state=submission.state,
        filed_at=submission.filed_at,
        answer_due_on=submission.answer_due_on,
        answer_rule_vi=submission.answer_rule_vi,
        answer_rule_en=submission.answer_rule_en,
        words=service.words_of(services, submission),
        grounds=submission.grounds,
        pictures=len(service.files_of(session, submission)),
        outcome=submission.outcome,
        answer=submission.answer,
        answered_at=submission.answered_at,
    )


def _log(session: Session, submission: Submission, reader: Account, action: str) -> None:
    audit.record(
        session,
        actor=reader.actor,
        action=action,
        subject_type="submission",
        subject_id=submission.id,
        data={"number": submission.number, "dossier_id": str(submission.dossier_id)},
    )
