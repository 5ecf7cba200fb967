"""The page of card slips: the acquirer's file, what does not agree, and what is done about it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from backend.accounting import slips
from backend.accounting.pages import page
from backend.accounting.slips import Read
from backend.accounts.guards import MoneyKeeper, MoneyReader
from backend.accounts.models import Account
from backend.approvals import reasons
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.places.scope import scope_of
from backend.services import ServicesDep
from backend.uploads import GivenForm, day_in, upload_in
from penalty.calendar import vietnam_date
from penalty.payments.card_slips import COLUMNS

router = APIRouter(include_in_schema=False)
_HERE: Final = "/ke-toan/the"


@router.get(_HERE)
def cards_page(request: Request, session: SessionDep, account: MoneyReader) -> Response:
    """Read the acquirer's file in, and where counter and acquirer differ."""
    return _page(request, session, account)


@router.post(_HERE)
def take_file(
    request: Request, session: SessionDep, services: ServicesDep, account: MoneyKeeper, form: GivenForm
) -> Response:
    """Read it, all or nothing, and show what differs now."""
    day = None
    try:
        day, file = day_in(form, "ngay"), upload_in(form)
        with session.begin_nested():
            read = slips.import_slips(
                session, services.settings, account, day=day, content=file.content, file=file.name
            )
    except Problem as problem:
        return _page(request, session, account, problem=problem, day=day)
    return _page(request, session, account, read=read, day=day)


@router.post(_HERE + "/{taken_id}/sua")
def correct(  # noqa: PLR0917 - FastAPI fills them in
    request: Request,
    taken_id: uuid.UUID,
    session: SessionDep,
    account: MoneyKeeper,
    told_id: Annotated[uuid.UUID, Form()],
    was: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """The clerk mistyped the slip."""
    try:
        why = reasons.given(reason)
        with session.begin_nested():
            slips.correct(session, taken_id, account, was=was, told_id=told_id, reason=why)
    except Problem as problem:
        return _page(request, session, account, problem=problem, given=(taken_id, reason))
    return RedirectResponse(_HERE, status_code=303)


@router.post(_HERE + "/{told_id}/nhan")
def take_up(request: Request, told_id: uuid.UUID, session: SessionDep, account: MoneyKeeper) -> Response:
    """A charge on no case: on to the page that finds the case."""
    try:
        with session.begin_nested():
            line = slips.take_up(session, told_id, account, utc_now())
    except Problem as problem:
        return _page(request, session, account, problem=problem)
    return RedirectResponse(f"/ke-toan/khoan-thu/{line.id}", status_code=303)


def _page(
    request: Request,
    session: Session,
    account: Account,
    *,
    read: Read | None = None,
    problem: Problem | None = None,
    day: date | None = None,
    given: tuple[uuid.UUID, str] | None = None,
) -> Response:
    today = vietnam_date(utc_now())
    whole = scope_of(session) is None
    settings = request.app.state.services.settings
    return page(
        request,
        session,
        account,
        "accounting/cards.html",
        problem=problem,
        read=read,
        day=day or today,
        given=given,
        columns=", ".join(settings.acquirer_columns.get(name, name) for name in COLUMNS),
        found=slips.compare(session, today) if whole else None,
        files=slips.files(session) if whole else (),
    )
