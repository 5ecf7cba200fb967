"""The owner's pages for saying something about a case. They work without JavaScript; each shows one thing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from backend.database import SessionDep, utc_now
from backend.dossiers.models import Dossier
from backend.dossiers.moves import due_dates, last_day, locked
from backend.errors import FieldError, not_found
from backend.i18n import screen_language
from backend.payments.plans import plan_of
from backend.portal.models import OwnerSession
from backend.portal.pages import case_page
from backend.portal.service import OwnDossier, SpokenFor, not_heard, visit_in
from backend.services import Services, ServicesDep
from backend.submissions import complaints, service
from backend.submissions.askable import fined_organisation
from backend.submissions.filing import again_until, standing
from backend.submissions.models import Submission
from backend.submissions.pictures import LARGEST_BYTES, MOST_FILES, Picture
from backend.submissions.said import of_visitor
from backend.submissions.uploads import pictures_in
from backend.submissions.words import GROUND_WORDS, GROUNDS, field_fault, grounds_in, read_words
from backend.templating import KIOSK_COOKIE
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.complaint import LABELS
from penalty.relief import Relief, condition
from penalty.submissions import NAMES, RELIEFS, SubmissionKind, answer_due

router = APIRouter(include_in_schema=False)


@router.get("/ho-so/y-kien/{kind}")
def form(kind: SubmissionKind, request: Request, session: SessionDep, dossier: OwnDossier) -> Response:
    """The form for one kind of statement; a kiosk, which takes no papers, has none for what needs them."""
    without_papers = kind in RELIEFS and KIOSK_COOKIE in request.cookies
    if without_papers or kind not in _open_to_visitor(request, session, dossier, kind):
        return RedirectResponse("/ho-so/lua-chon", status_code=303)
    return _form(request, session, dossier, kind)


@router.post("/ho-so/y-kien/{kind}")
async def send(
    kind: SubmissionKind, request: Request, services: ServicesDep, session: SessionDep, dossier: OwnDossier
) -> Response:
    """Take it in, then show its number and the date of the answer."""
    await run_in_threadpool(_open_to_visitor, request, session, dossier, kind)
    given = await request.form(max_files=MOST_FILES + 1, max_part_size=64 * 1024)
    return await run_in_threadpool(_send, kind, request, services, session, dossier, given)


@router.get("/ho-so/y-kien/da-gui/{submission_id}")
def sent(submission_id: uuid.UUID, request: Request, session: SessionDep, dossier: OwnDossier) -> Response:
    """The receipt: a number, and by when the answer comes."""
    submission = _own(request, session, dossier, submission_id)
    said = of_visitor(session, dossier, visit_in(request))
    return case_page(
        request,
        session,
        dossier,
        "choices",
        template="submissions/sent.html",
        submission=submission,
        kind_name=NAMES[SubmissionKind(submission.kind)],
        plan=plan_of(session, dossier) if submission.kind in RELIEFS else (),
        again_until=again_until(submission, said, vietnam_date(utc_now())),
        court_until=last_day(due_dates(session, dossier), "G7"),
        complaint_states=LABELS,
        ground_names=GROUND_WORDS,
    )


@router.post("/ho-so/y-kien/da-gui/{submission_id}/rut")
def take_back(
    submission_id: uuid.UUID, request: Request, session: SessionDep, dossier: SpokenFor
) -> Response:
    """Withdraw a complaint."""
    submission = _own(request, session, dossier, submission_id)
    if submission.kind == SubmissionKind.COMPLAINT:
        held = locked(session, dossier.id)
        complaints.withdraw(session, submission, held, utc_now(), visitor=visit_in(request).actor)
    return RedirectResponse(f"/ho-so/y-kien/da-gui/{submission.id}", status_code=303)


def _send(  # noqa: PLR0917 - called by its route alone
    kind: SubmissionKind,
    request: Request,
    services: Services,
    session: Session,
    dossier: Dossier,
    given: FormData,
) -> Response:
    language = screen_language(request)
    typed = {name: value for name, value in given.items() if isinstance(value, str)}
    words, faults = read_words(kind, typed, language)
    grounds = grounds_in(kind, given)
    if kind in GROUNDS and not grounds:
        faults.append(field_fault("grounds", language))
    pictures, wrong = pictures_in(given, "pictures", language)
    faults += wrong
    if kind in RELIEFS and not pictures and not wrong:
        faults.append(FieldError("pictures", field_fault("confirmation", language).message))
    if faults or words is None:
        again = {**typed, "grounds": list(grounds)}
        return _form(request, session, dossier, kind, faults=faults, given=again, status_code=422)
    held, sending = locked(session, dossier.id), Sending(kind, words, grounds, pictures)
    twin = _sent_before(services, session, held, visit_in(request), sending)
    submission = twin or service.file(
        services,
        session,
        dossier.id,
        kind,
        words,
        grounds=grounds,
        pictures=pictures,
        now=utc_now(),
        visitor=visit_in(request).actor,
        part=visit_in(request).part,
    )
    return RedirectResponse(f"/ho-so/y-kien/da-gui/{submission.id}", status_code=303)


@dataclass(frozen=True)
class Sending:
    """What a form brought, checked."""

    kind: SubmissionKind
    words: BaseModel
    grounds: tuple[str, ...]
    pictures: Sequence[Picture]


def _sent_before(
    services: Services, session: Session, held: Dossier, visit: OwnerSession, sending: Sending
) -> Submission | None:
    """The same from the same visitor, not answered yet: somebody pressed "send" twice, or went back."""
    typed = sending.words.model_dump(mode="json")
    for one in of_visitor(session, held, visit):
        same_form = one.kind == sending.kind and tuple(one.grounds) == sending.grounds
        if (
            same_form
            and one.answered_at is None
            and len(service.files_of(session, one)) == len(sending.pictures)
            and service.words_of(services, one) == typed
        ):
            return one
    return None


def _open_to_visitor(
    request: Request, session: Session, dossier: Dossier, kind: SubmissionKind
) -> Sequence[SubmissionKind]:
    """What this visitor may say now. Raises Problem 403 where a driver who was merely named wants more."""
    visit = visit_in(request)
    if kind is not SubmissionKind.NOT_DRIVING and not visit.speaks(dossier):
        raise not_heard()
    return service.kinds_open(session, dossier, visit.part)


def _form(
    request: Request,
    session: Session,
    dossier: Dossier,
    kind: SubmissionKind,
    *,
    faults: list[FieldError] | None = None,
    given: Mapping[str, Any] | None = None,
    status_code: int = 200,
) -> Response:
    today = vietnam_date(utc_now())
    recorded_on = vietnam_date(dossier.recorded_at) if dossier.recorded_at else None
    until = {"complaint": "G1", "explanation": "C1"}.get(kind)
    said = of_visitor(session, dossier, visit_in(request)) if kind is SubmissionKind.COMPLAINT else ()
    second = max(filter(None, (again_until(one, said, today) for one in said)), default=None)
    return case_page(
        request,
        session,
        dossier,
        "choices",
        template="submissions/form.html",
        status_code=status_code,
        kind=kind,
        kind_name=NAMES[kind],
        grounds=GROUNDS.get(kind, {}),
        until=second or (last_day(due_dates(session, dossier), until) if until else None),
        standing=standing(session, dossier, said, utc_now()) if kind is SubmissionKind.COMPLAINT else None,
        court_until=last_day(due_dates(session, dossier), "G7"),
        promise=answer_due(kind, today, LegalCalendar.load(), recorded_on=recorded_on),
        condition=_condition(session, dossier, kind),
        faults=faults or [],
        given=given or {},
        most_files=MOST_FILES,
        largest_mb=LARGEST_BYTES // 1024**2,
    )


def _condition(session: Session, dossier: Dossier, kind: SubmissionKind) -> tuple[str, str] | None:
    if kind not in RELIEFS:
        return None
    return condition(Relief(kind), organisation=fined_organisation(session, dossier))


def _own(request: Request, session: Session, dossier: Dossier, submission_id: uuid.UUID) -> Submission:
    found = session.get(Submission, submission_id)
    if found is None or found not in of_visitor(session, dossier, visit_in(request)):
        raise not_found("Không có đơn này trong hồ sơ của bạn", "There is no such statement in your case")
    return found
