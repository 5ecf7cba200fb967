"""A visit: the case in plain words, its papers to print, and the ways that are open."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from backend.counter import money, papers, visits
from backend.counter.guards import OpenVisit, staff_words
from backend.counter.visits import CAPACITIES, SHOWN, Serving
from backend.database import utc_now
from backend.dossiers import queries
from backend.dossiers.assessing import assessment_of
from backend.dossiers.files import pdf_response
from backend.dossiers.liable import readable
from backend.dossiers.service import belongs_to_organisation
from backend.dossiers.words import PAPERS
from backend.errors import FieldError
from backend.evidence.service import evidence_files, note_view, owner_file
from backend.evidence.streaming import file_response
from backend.intake.models import Violation
from backend.payments import refunds
from backend.payments.amounts import amount_due
from backend.payments.providers import NAMES as WAYS
from backend.payments.words import WHY_REFUNDED
from backend.portal import story
from backend.portal.deadline_words import PLAIN, WAYS_TO_COUNT
from backend.submissions.service import kinds_open, of_part
from backend.templating import render
from penalty.dossier import LABELS, PAYABLE, State
from penalty.submissions import NAMES

router = APIRouter(include_in_schema=False)


@router.get("/quay/luot/{visit_id}")
def visit_page(request: Request, serving: OpenVisit) -> Response:
    """Everything the person in front may be told and may do now."""
    return visit_view(request, serving)


@router.get("/quay/luot/{visit_id}/giay-to/{kind}.pdf")
def paper(kind: str, serving: OpenVisit) -> Response:
    """A paper of the case that the person in front may have, to print."""
    document = queries.own_document(serving.session, serving.dossier, serving.part, kind)
    return pdf_response(serving.services, serving.session, document, actor=serving.clerk.actor)


@router.get("/quay/luot/{visit_id}/bang-chung/{role}")
def evidence(request: Request, role: str, serving: OpenVisit) -> Response:
    """A masked picture or the masked video: the person in front sees what an owner sees."""
    file = owner_file(serving.session, serving.dossier.violation_id, role)
    piece = "range" in request.headers
    note_view(serving.session, file, actor=serving.clerk.actor, piece=piece, now=utc_now())
    return file_response(request, serving.services, file)


@router.get("/quay/luot/{visit_id}/giay-nop-tien")
def payment_slip(request: Request, serving: OpenVisit) -> Response:
    """For who pays in cash: what to tell the treasury's or a bank's counter."""
    dossier, now = serving.dossier, utc_now()
    if dossier.state not in PAYABLE:
        return RedirectResponse(f"/quay/luot/{serving.visit.id}", status_code=303)
    due = amount_due(serving.session, dossier, now)
    deadlines = {line.step_id: line for line in queries.deadlines(serving.session, dossier)}
    return render(
        request,
        "counter/slip.html",
        visit=serving.visit,
        dossier=dossier,
        due=due,
        a_day=story.late_each_day(due.fine_vnd),
        pay_until=deadlines.get("E1"),
        printed_at=now,
        **staff_words(request, serving.clerk),
    )


@router.post("/quay/luot/{visit_id}/ket-thuc")
def finish(serving: OpenVisit) -> Response:
    """The person has left; the screen forgets."""
    visits.end(serving, utc_now())
    return RedirectResponse("/quay", status_code=303)


def visit_view(
    request: Request, serving: Serving, *, faults: tuple[FieldError, ...] = (), status_code: int = 200
) -> Response:
    """The page of a visit; a way that failed says so on top."""
    return render(
        request,
        "counter/visit.html",
        status_code=status_code,
        visit=serving.visit,
        faults=faults,
        visitor=serving.visitor,
        signed=papers.of_visit(serving.session, serving.visit),
        card=money.waiting_card(serving.session, serving.visit),
        **_of_case(serving),
        **_words(),
        **staff_words(request, serving.clerk),
    )


def _of_case(serving: Serving) -> dict[str, Any]:
    session, dossier = serving.session, serving.dossier
    violation = session.get_one(Violation, dossier.violation_id)
    organisation = belongs_to_organisation(session, dossier)
    return {
        "dossier": dossier,
        "assessment": assessment_of(dossier),
        "report": violation.payload,
        "files": evidence_files(session, violation.id),
        "next_step": story.next_for_owner(dossier),
        "deadlines": {line.step_id: line for line in queries.deadlines(session, dossier)},
        "due": amount_due(session, dossier, utc_now()) if dossier.state in PAYABLE else None,
        "goes_back": refunds.of_dossier(session, dossier),
        "documents": [
            one for one in queries.owners_documents(session, dossier) if readable(serving.part, one, dossier)
        ],
        "said": of_part(session, dossier, serving.part),
        "may_say": kinds_open(session, dossier, serving.part),
        "may_accept": dossier.state == State.NOTIFIED and not organisation and serving.speaks,
        "organisation": organisation,
    }


def _words() -> dict[str, Any]:
    return {
        "capacities": CAPACITIES,
        "shown_papers": SHOWN,
        "state_labels": LABELS,
        "papers": PAPERS,
        "ways_to_count": WAYS_TO_COUNT,
        "deadline_words": PLAIN,
        "say_names": NAMES,
        "ways_to_pay": WAYS,
        "why_refunded": WHY_REFUNDED,
    }
