"""One try to come in by what the notice says, from the web or a kiosk, and what the person sees of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from backend.database import utc_now
from backend.errors import Problem
from backend.payments.routes import client_address
from backend.portal.door import Proof, TicketNeededError
from backend.portal.entry import Entry
from backend.portal.service import let_in, set_cookie
from backend.services import Services
from backend.templating import render

Faults = tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """The door's form as it was sent; `t`, `ticket` and `answer` come with the page, nobody types them."""

    plate: Annotated[str, Form(max_length=40)] = ""
    notice_number: Annotated[str, Form(max_length=40)] = ""
    secret: Annotated[str, Form(max_length=40)] = ""
    group: Annotated[str, Form(max_length=40)] = ""
    t: Annotated[str, Form(max_length=40)] = ""
    ticket: Annotated[str, Form(max_length=300)] = ""
    answer: Annotated[str, Form(max_length=32)] = ""

    @property
    def entry(self) -> Entry:
        return Entry(self.plate, self.notice_number, self.secret, self.group)

    def proof(self, letter: str) -> Proof:
        return Proof(self.ticket, self.answer, letter)


@dataclass(frozen=True)
class Place:
    """Where somebody tries: the form's address, and on a kiosk how long a visit may idle there."""

    action: str
    idle_limit_s: int | None = None
    kiosk_id: uuid.UUID | None = None


def enter(
    request: Request,
    services: Services,
    entry: Entry,
    proof: Proof,
    *,
    place: Place,
    form: Callable[[Entry, Faults], Response],
) -> Response:
    """On to the case; else the form with what is wrong, a short wait, or the ways that are left."""
    if entry.missing:
        return form(entry, entry.missing)
    now = utc_now()
    client = f"kiosk {place.kiosk_id}" if place.kiosk_id else client_address(request)
    try:
        token = let_in(
            services,
            entry,
            client,
            now,
            proof=proof,
            idle_limit_s=place.idle_limit_s,
            kiosk_id=place.kiosk_id,
        )
    except TicketNeededError as needed:
        return _wait(request, entry, proof, place, needed, waits_s=needed.ticket.waits_s(now))
    except Problem as problem:
        if problem.status != 429:  # noqa: PLR2004 - too many tries; who has no part any more is told so
            raise
        return render(
            request, "portal/entry_shut.html", status_code=429, headers=problem.headers, problem=problem
        )
    if token is None:
        return form(entry, ("together",))
    answer = RedirectResponse("/ho-so", status_code=303)
    set_cookie(answer, services.settings, token)
    return answer


def _wait(
    request: Request, entry: Entry, proof: Proof, place: Place, needed: TicketNeededError, *, waits_s: float
) -> Response:
    """The page that waits for the visitor and goes on by itself."""
    return render(
        request,
        "portal/entry_wait.html",
        entry=entry,
        letter=proof.letter,
        action=place.action,
        ticket=needed.ticket,
        waits_s=waits_s,
        early=needed.early,
    )
