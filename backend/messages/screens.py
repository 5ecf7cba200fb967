"""The staff's page of messages: what needs a person, what is underway, addresses out of use, the post."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from backend.accounts.guards import MessageKeeper, Officer
from backend.accounts.models import Account
from backend.database import SessionDep, utc_now
from backend.dossiers.words import CHANNELS, MESSAGE_STATES, PURPOSES
from backend.messages import post, queries, resend, suppression
from backend.messages.words import CODES, EVENTS, POST_STATES
from backend.services import ServicesDep
from backend.templating import render

router = APIRouter(include_in_schema=False)
Tab = Literal["needs_person", "underway", "addresses", "post"]
_ROWS = 200
_LEAST_REASON = 10
_HERE = "/canh-sat/tin-nhan"


@router.get(_HERE)
def messages_page(
    request: Request,
    session: SessionDep,
    account: MessageKeeper,
    tab: Annotated[Tab, Query()] = "needs_person",
) -> Response:
    """One of the four lists."""
    return _page(request, session, account, tab)


@router.post(_HERE + "/{message_id}/gui-lai")
def send_again(
    message_id: uuid.UUID,
    services: ServicesDep,
    session: SessionDep,
    account: MessageKeeper,
    back: Annotated[uuid.UUID | None, Form()] = None,
) -> Response:
    """Send it again, then show where the person came from."""
    resend.resend(services, session, message_id, account=account, now=utc_now())
    return RedirectResponse(f"/canh-sat/ho-so/{back}#messages" if back else _HERE, status_code=303)


@router.post(_HERE + "/dia-chi/{suppression_id}")
def lift(
    request: Request,
    suppression_id: uuid.UUID,
    session: SessionDep,
    account: MessageKeeper,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Use an address again; without a reason the page comes back and says so."""
    if len(reason.strip()) < _LEAST_REASON:
        return _page(request, session, account, "addresses", wrong=suppression_id, status_code=422)
    suppression.lift(session, suppression_id, account, reason.strip(), utc_now())
    return RedirectResponse(f"{_HERE}?tab=addresses", status_code=303)


@router.post(_HERE + "/lo-thu")
def make_batch(services: ServicesDep, session: SessionDep, officer: Officer) -> Response:
    """Close today's batch now."""
    post.ask_for_batch(services, session, utc_now(), actor=officer.actor)
    return RedirectResponse(f"{_HERE}?tab=post", status_code=303)


def _page(
    request: Request,
    session: Session,
    account: Account,
    tab: Tab,
    *,
    wrong: uuid.UUID | None = None,
    status_code: int = 200,
) -> Response:
    states = {"needs_person": queries.NEEDS_PERSON, "underway": queries.UNDERWAY}.get(tab)
    rows = queries.by_state(session, states, _ROWS) if states else []
    return render(
        request,
        "messages/list.html",
        status_code=status_code,
        tab=tab,
        rows=rows,
        numbers=queries.registered_numbers(session, [row for row, _ in rows]),
        histories={row.id: queries.events(session, row.id) for row, _ in rows[:50]},
        counts={
            "needs_person": queries.count(session, queries.NEEDS_PERSON),
            "underway": queries.count(session, queries.UNDERWAY),
        },
        letters_waiting=queries.count(session, ("to_post",)),
        suppressions=queries.suppressions(session, _ROWS) if tab == "addresses" else [],
        batches=queries.batches(session, 30) if tab == "post" else [],
        health=queries.health(session, utc_now()),
        resendable=resend.RESENDABLE,
        wrong=wrong,
        **_words(request, account),
    )


def _words(request: Request, account: Account) -> dict[str, Any]:
    return {
        "channels": CHANNELS,
        "purposes": PURPOSES,
        "message_states": MESSAGE_STATES,
        "message_badges": queries.BADGES,
        "codes": CODES,
        "event_names": EVENTS,
        "post_states": POST_STATES,
        "account": account,
        "csrf_token": request.state.csrf_token,
        "section": "messages",
    }
