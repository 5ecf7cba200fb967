"""The pages of the public look-up by plate. What is typed travels in forms, never in an address."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from backend.database import utc_now
from backend.payments.routes import client_address
from backend.portal import public, tickets
from backend.portal.entry import GROUPS
from backend.portal.public import Asked
from backend.services import ServicesDep
from backend.templating import render
from penalty import plates

router = APIRouter(include_in_schema=False)


@router.get("/tra-cuu/bien-so")
def plate_form(request: Request) -> Response:
    """The form: plate and kind of vehicle."""
    return _form(request)


@router.post("/tra-cuu/bien-so")
def look_up_plate(  # noqa: PLR0917 - FastAPI fills them in
    request: Request,
    services: ServicesDep,
    plate: Annotated[str, Form(max_length=40)] = "",
    group: Annotated[str, Form(max_length=40)] = "",
    ticket: Annotated[str, Form(max_length=300)] = "",
    answer: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """First a ticket and a short wait, then the answer; a ticket that is used, old or foreign: a new one."""
    asked = Asked.of(plate, group)
    if asked is None:
        return _form(request, plate=plate, group=group, status_code=422)
    now, address = utc_now(), client_address(request)
    known = public.read_ticket(services, asked, ticket, now) if ticket else None
    if known is not None and (known.solved_by(answer) or known.waits_s(now) == 0):
        found = public.answer(services, asked, known, address, now)
        if found is not None:
            shown = found[0].plate if found else plates.display(asked.plate)
            return render(request, "portal/plate_found.html", plate=shown, group=GROUPS[group], found=found)
        known = None
    early = known is not None
    waiting = known or public.ticket_for(services, asked, address, now)
    return _wait(request, asked, waiting, waits_s=waiting.waits_s(now), early=early)


def _form(request: Request, *, plate: str = "", group: str = "", status_code: int = 200) -> Response:
    """The form; sent and not good, it names the fields that are wrong."""
    good = {"plate": Asked.of(plate, "car") is not None, "group": group in GROUPS}
    sent = request.method == "POST"
    return render(
        request,
        "portal/plate.html",
        status_code=status_code,
        plate=plate,
        group=group,
        groups=GROUPS,
        faults=[name for name, right in good.items() if sent and not right],
    )


def _wait(request: Request, asked: Asked, ticket: tickets.Ticket, *, waits_s: int, early: bool) -> Response:
    return render(request, "portal/plate_wait.html", asked=asked, ticket=ticket, waits_s=waits_s, early=early)
