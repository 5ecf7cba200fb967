"""Taking a payment during a visit, its receipt, and the list at the end of the day."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from backend.counter import money
from backend.counter.guards import Clerk, OpenVisit, staff_words
from backend.counter.screens import visit_view
from backend.database import SessionDep, utc_now
from backend.errors import FieldError, Problem
from backend.i18n import screen_language
from backend.payments.providers import NAMES, STATE_NAMES
from backend.templating import render
from penalty.calendar import vietnam_date
from penalty.documents import qr_data_uri
from penalty.payments.values import Language

router = APIRouter(include_in_schema=False)


@router.post("/quay/luot/{visit_id}/vietqr")
def by_vietqr(request: Request, serving: OpenVisit) -> Response:
    """A code for the person's bank app, on the clerk's screen."""
    language: Language = "en" if screen_language(request) == "en" else "vi"
    way = money.show_vietqr(serving, language)
    return render(
        request,
        "counter/vietqr.html",
        visit=serving.visit,
        dossier=serving.dossier,
        way=way,
        picture=qr_data_uri(way.text),
        **staff_words(request, serving.clerk),
    )


@router.post("/quay/luot/{visit_id}/the")
def by_card(serving: OpenVisit) -> Response:
    """Fix the amount for the terminal."""
    if money.waiting_card(serving.session, serving.visit) is None:
        money.begin_card(serving, utc_now())
    return RedirectResponse(f"/quay/luot/{serving.visit.id}#the", status_code=303)


@router.post("/quay/luot/{visit_id}/the/{payment_id}")
def card_ended(
    request: Request,
    payment_id: uuid.UUID,
    serving: OpenVisit,
    outcome: Annotated[str, Form()] = "",
    reference: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """What the terminal said: its slip's reference, or that nothing was taken."""
    there = RedirectResponse(f"/quay/luot/{serving.visit.id}", status_code=303)
    if outcome == "refused":
        money.card_refused(serving, payment_id, utc_now())
        return there
    try:
        money.card_charged(serving, payment_id, reference, utc_now())
    except Problem as problem:
        if problem.code not in {"slip_needed", "slip_used"}:
            raise
        language = screen_language(request)
        fault = FieldError("reference", f"{problem.title(language)}. {problem.detail(language)}")
        return visit_view(request, serving, faults=(fault,), status_code=problem.status)
    return there


@router.get("/quay/cuoi-ngay")
def end_of_day(
    request: Request, session: SessionDep, clerk: Clerk, ngay: Annotated[date | None, Query()] = None
) -> Response:
    """This clerk's payments of a day, against the ledger."""
    day = ngay or vietnam_date(utc_now())
    lines = money.day_list(session, clerk, day)
    return render(
        request,
        "counter/day.html",
        day=day,
        lines=lines,
        totals=money.day_totals(lines),
        methods=NAMES,
        payment_states=STATE_NAMES,
        printed_at=utc_now(),
        **staff_words(request, clerk),
    )
