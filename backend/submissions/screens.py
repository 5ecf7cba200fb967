"""The officers' pages of owners' statements: what waits, and one with its answer."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.guards import Officer, Reviewing, TeamChief
from backend.accounts.models import Account
from backend.approvals import service as approvals
from backend.database import SessionDep, utc_now
from backend.dossiers.assessing import assessment_of
from backend.dossiers.confirming import Desk
from backend.dossiers.models import Dossier
from backend.dossiers.queries import lookup_of
from backend.errors import Problem
from backend.i18n import screen_language
from backend.intake.models import Violation
from backend.owners.service import lines_compared
from backend.services import Services, ServicesDep
from backend.submissions import answering, asking, complaints, relief, service
from backend.submissions.models import Submission
from backend.submissions.naming import denials
from backend.submissions.remission import Remission, bounds
from backend.submissions.routes import view
from backend.submissions.schemas import ReliefForm
from backend.submissions.words import GROUND_WORDS
from backend.templating import render
from penalty.complaint import (
    LABELS,
    TABLE,
    TO_REFUSE,
    Answer,
    ComplaintAction,
    ComplaintState,
    Ground,
)
from penalty.submissions import CONTESTING, NAMES, REMISSIONS, SubmissionKind

router = APIRouter(include_in_schema=False)
_ROWS = 200


@router.get("/canh-sat/don")
def waiting(request: Request, session: SessionDep, officer: Officer) -> Response:
    """What owners said and nobody has answered, the soonest due first."""
    rows = session.execute(
        select(Submission, Dossier)
        .join(Dossier, Dossier.id == Submission.dossier_id)
        .where(Submission.answered_at.is_(None))
        .order_by(Submission.answer_due_on, Submission.filed_at)
        .limit(_ROWS)
    ).all()
    return render(request, "submissions/list.html", rows=rows, **_words(request, officer))


@router.get("/canh-sat/don/{submission_id}")
def one(
    submission_id: uuid.UUID, request: Request, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """One statement in clear, with the answers that are possible."""
    return _page(request, services, session, service.find(session, submission_id), officer)


@router.post("/canh-sat/don/{submission_id}/tra-loi")
def answer(  # noqa: PLR0917 - FastAPI fills them in
    submission_id: uuid.UUID,
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    accepted: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    confirmed: Annotated[bool, Form()] = False,  # noqa: FBT002 -- a form's field
) -> Response:
    """Ask once more; confirmed, answer an objection, or say whether the person named drove."""
    submission = service.find(session, submission_id)
    if len(reason.strip()) < 10 or accepted not in ("yes", "no"):  # noqa: PLR2004 - as the API asks for
        return _page(request, services, session, submission, officer, faulty=True, given={"reason": reason})
    said_yes, reason, now = accepted == "yes", reason.strip(), utc_now()
    if not confirmed:
        desk, language = Desk(request, services, session, officer, now), screen_language(request)
        return asking.answer(desk, submission, accepted=said_yes, reason=reason, language=language)
    said = answering.YesOrNo(officer, said_yes, reason, now)
    answering.answer(services, session, submission, said)
    return RedirectResponse(f"/canh-sat/don/{submission_id}", status_code=303)


@router.post("/canh-sat/don/{submission_id}/cho-nop")
def decide_relief(  # noqa: PLR0917 - FastAPI fills them in
    submission_id: uuid.UUID,
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    chief: TeamChief,
    form: Annotated[ReliefForm, Form()],
) -> Response:
    """Ask once more; confirmed, let it be paid later or in parts, or refuse; less asks a second person."""
    submission, given = service.find(session, submission_id), form.model_dump(mode="json")
    asked, now = form.answered(), utc_now()
    if asked is None:
        return _page(request, services, session, submission, chief, faulty=True, given=given)
    try:
        found = relief.consider(services, session, submission_id, chief, asked, now=now)
    except Problem as problem:
        if problem.code != "amount_not_lawful":
            raise
        said = problem.detail(screen_language(request))
        return _page(request, services, session, submission, chief, faulty=True, fault=said, given=given)
    if not form.confirmed and found.remission is None:
        desk = Desk(request, services, session, chief, now)
        return asking.relief(desk, found, form, screen_language(request))
    relief.decide(services, session, submission_id, chief, asked, now=now)
    return RedirectResponse(f"/canh-sat/don/{submission_id}", status_code=303)


@router.post("/canh-sat/don/{submission_id}/khieu-nai")
async def resolve(
    submission_id: uuid.UUID, request: Request, services: ServicesDep, session: SessionDep, chief: Reviewing
) -> Response:
    """Ask once more; confirmed, accept a complaint, or resolve it with an answer to each ground."""
    form = {name: str(value).strip() for name, value in (await request.form()).items()}
    submission = service.find(session, submission_id)
    answers = (
        []
        if submission.state in TO_REFUSE
        else [
            Answer(Ground(ground), form.get(f"justified-{ground}") == "yes", form.get(f"text-{ground}", ""))
            for ground in submission.grounds
        ]
    )
    action, now = _action(form, submission, answers), utc_now()
    given, reason = form.pop("confirmed", ""), form.get("reason", "")
    try:
        if not given and action is not ComplaintAction.UPHOLD:
            complaints.refuse_impossible_resolution(
                session, submission_id, action, chief, answers=answers, reason=reason, now=now
            )
            desk = Desk(request, services, session, chief, now)
            return asking.complaint(desk, submission, action, form, screen_language(request))
        complaints.resolve(session, submission_id, action, chief, answers=answers, reason=reason, now=now)
    except Problem as problem:
        if problem.code not in {"ground_unanswered", "reason_missing"}:
            raise
        return _page(request, services, session, submission, chief, faulty=True, given=form)
    return RedirectResponse(f"/canh-sat/don/{submission_id}", status_code=303)


def _action(form: dict[str, str], submission: Submission, answers: list[Answer]) -> ComplaintAction:
    """Which move the pressed button means: the answers themselves say whether the complaint is right."""
    if form.get("action") == "accept":
        return ComplaintAction.ACCEPT
    if (ComplaintState(submission.state), ComplaintAction.REFUSE) in TABLE:
        return ComplaintAction.REFUSE
    return ComplaintAction.UPHOLD if any(one.justified for one in answers) else ComplaintAction.REJECT


def _page(
    request: Request,
    services: Services,
    session: Session,
    submission: Submission,
    officer: Account,
    *,
    faulty: bool = False,
    fault: str | None = None,
    given: dict[str, Any] | None = None,
) -> Response:
    dossier = session.get_one(Dossier, submission.dossier_id)
    violation = session.get_one(Violation, dossier.violation_id)
    contest = submission.kind in CONTESTING
    return render(
        request,
        "submissions/one.html",
        status_code=422 if faulty else 200,
        said=view(services, session, submission, officer),
        answers=submission.answers,
        said_by_driver=submission.named_by_id is not None,
        named_by=submission.named_by_id,
        denials=denials(session, submission.named_by_id or submission.id),
        dossier=dossier,
        assessment=assessment_of(dossier),
        contest=contest,
        compared=lines_compared(violation, lookup_of(session, dossier)) if contest else [],
        waiting=approvals.waiting_for(session, submission.id, utc_now()),
        faulty=faulty,
        fault=fault,
        bounds=_remittable(session, dossier, submission),
        given=given or {},
        **_ways_on(submission),
        **_words(request, officer),
    )


def _ways_on(submission: Submission) -> dict[str, Any]:
    """What a complaint's table allows now; nothing for any other statement."""
    complaint = submission.kind == SubmissionKind.COMPLAINT
    state = ComplaintState(submission.state) if complaint else None
    return {
        "to_refuse": state in TO_REFUSE,
        "repeated": state is ComplaintState.REPEATED,
        "may_accept": state is not None and (state, ComplaintAction.ACCEPT) in TABLE,
        "may_refuse": state is not None and (state, ComplaintAction.REFUSE) in TABLE,
        "may_resolve": state is not None and (state, ComplaintAction.REJECT) in TABLE,
    }


def _remittable(session: Session, dossier: Dossier, submission: Submission) -> Remission | None:
    """What may be taken off, where that is asked for."""
    if submission.kind not in REMISSIONS or submission.answered_at is not None:
        return None
    return bounds(session, dossier, submission)


def _words(request: Request, officer: Account) -> dict[str, Any]:
    return {
        "account": officer,
        "csrf_token": request.state.csrf_token,
        "section": "submissions",
        "say_names": NAMES,
        "ground_names": GROUND_WORDS,
        "complaint_states": LABELS,
    }
