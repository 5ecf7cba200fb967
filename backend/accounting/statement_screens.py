"""Statements and files of a day by upload, and the lines that fit nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from backend.accounting import placing, queries
from backend.accounting.pages import page
from backend.accounts.guards import MoneyKeeper, MoneyReader
from backend.accounts.models import Account
from backend.approvals import reasons
from backend.approvals import service as approvals
from backend.approvals.rules import LIVES, RULES
from backend.database import SessionDep, utc_now
from backend.dossiers.models import Dossier
from backend.errors import Problem
from backend.payments import book, statements
from backend.payments.models import Payment
from backend.payments.placing import cases_named, find_line, return_of
from backend.payments.providers import offered, provider
from backend.payments.statements import Reading
from backend.places.scope import whole_only
from backend.services import Services, ServicesDep
from backend.uploads import GivenForm, day_in, text_in, upload_in
from penalty.calendar import vietnam_date
from penalty.payments.statement import Difference

router = APIRouter(include_in_schema=False)
WITHOUT_A_WORD: Final = "vietqr"
"""Transfers to the account: no provider tells of them, the bank's statement does."""
_STATEMENTS = "/ke-toan/sao-ke"
_FILES = "/ke-toan/doi-soat"
_LINE = "/ke-toan/khoan-thu/{line_id}"
Reason = Annotated[str, Form(max_length=2000)]


@router.get(_STATEMENTS)
def statements_page(request: Request, session: SessionDep, account: MoneyReader) -> Response:
    """Read a statement in, and what of earlier ones fits nothing."""
    return _statements(request, session, account)


@router.post(_STATEMENTS)
def take_statement(
    request: Request, session: SessionDep, services: ServicesDep, account: MoneyKeeper, form: GivenForm
) -> Response:
    """Read it and tell what became of each line; a faulty file books nothing and says where it is wrong."""
    whole_only(session)
    provider(services.settings, WITHOUT_A_WORD)
    try:
        file = upload_in(form)
        read = statements.import_statement(
            services,
            account,
            gateway=WITHOUT_A_WORD,
            content=file.content,
            file=file.name,
            now=utc_now(),
        )
    except Problem as problem:
        return _statements(request, session, account, problem=problem)
    return _statements(request, session, account, read=read)


@router.get(_LINE)
def line_page(
    request: Request,
    line_id: uuid.UUID,
    session: SessionDep,
    account: MoneyReader,
    tim: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """One line, the cases it may be for, and where it is once it is placed."""
    return _line(request, session, account, line_id, text=tim)


@router.post(_LINE)
def ask_to_place(  # noqa: PLR0917 - FastAPI fills them in
    request: Request,
    line_id: uuid.UUID,
    session: SessionDep,
    account: MoneyKeeper,
    dossier_id: Annotated[uuid.UUID, Form()],
    expected_version: Annotated[int, Form(ge=1, le=2**31 - 1)],
    reason: Reason = "",
    tim: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Ask for it to be put on a case; another person approves."""
    try:
        why = reasons.for_approval(reason)
        with session.begin_nested():
            placing.ask(
                session,
                line_id,
                dossier_id,
                account,
                reason=why,
                expected_version=expected_version,
                now=utc_now(),
            )
    except Problem as problem:
        if problem.status == 404:  # noqa: PLR2004
            raise
        chosen = (dossier_id, reason)
        return _line(request, session, account, line_id, text=tim, problem=problem, chosen=chosen)
    return RedirectResponse(f"/ke-toan/khoan-thu/{line_id}", status_code=303)


@router.post(_LINE + "/tra-lai")
def ask_to_return(
    request: Request, line_id: uuid.UUID, session: SessionDep, account: MoneyKeeper, reason: Reason = ""
) -> Response:
    """Ask for it to go back to its sender; another person approves."""
    try:
        why = reasons.for_approval(reason)
        with session.begin_nested():
            placing.ask_to_return(session, line_id, account, reason=why, now=utc_now())
    except Problem as problem:
        if problem.status == 404:  # noqa: PLR2004
            raise
        return _line(request, session, account, line_id, problem=problem, return_reason=reason)
    return RedirectResponse(f"/ke-toan/khoan-thu/{line_id}", status_code=303)


@router.post(_LINE + "/rut")
def take_back(line_id: uuid.UUID, session: SessionDep, account: MoneyKeeper) -> Response:
    """Take back what one asked for oneself."""
    line = find_line(session, line_id)
    waiting = queries.line_waits(session, [line], utc_now()).get(line.id)
    if waiting is not None:
        approvals.withdraw(session, waiting.id, account, utc_now())
    return RedirectResponse(f"/ke-toan/khoan-thu/{line_id}", status_code=303)


@router.get(_FILES)
def files_page(
    request: Request, session: SessionDep, services: ServicesDep, account: MoneyReader
) -> Response:
    """Hold a gateway's file of a day against the book."""
    return _files(request, session, services, account)


@router.post(_FILES)
def compare(
    request: Request, session: SessionDep, services: ServicesDep, account: MoneyKeeper, form: GivenForm
) -> Response:
    """Where both differ; nothing is changed."""
    whole_only(session)
    gateway = text_in(form, "gateway")
    provider(services.settings, gateway)
    asked = (gateway, vietnam_date(utc_now()))
    try:
        asked = (gateway, day_in(form, "ngay"))
        file = upload_in(form)
        found = statements.compare(
            session, gateway=gateway, day=asked[1], content=file.content, file=file.name
        )
    except Problem as problem:
        return _files(request, session, services, account, problem=problem, asked=asked)
    return _files(request, session, services, account, found=found, asked=asked)


def _statements(
    request: Request,
    session: Session,
    account: Account,
    *,
    read: Reading | None = None,
    problem: Problem | None = None,
) -> Response:
    unplaced = statements.waiting_for_a_person(session)
    return page(
        request,
        session,
        account,
        "accounting/statements.html",
        problem=problem,
        read=read,
        unplaced=unplaced,
        total=queries.total_unplaced(session),
        asked=queries.line_waits(session, unplaced, utc_now()),
    )


def _line(
    request: Request,
    session: Session,
    account: Account,
    line_id: uuid.UUID,
    *,
    text: str = "",
    problem: Problem | None = None,
    chosen: tuple[uuid.UUID, str] | None = None,
    return_reason: str | None = None,
) -> Response:
    line = find_line(session, line_id)
    payment = session.get_one(Payment, line.payment_id) if line.payment_id else None
    waiting = queries.line_waits(session, [line], utc_now()).get(line.id)
    goes_back = return_of(session, line)
    free = payment is None and waiting is None and goes_back is None
    cases = cases_named(session, text or line.purpose) if free else ()
    return page(
        request,
        session,
        account,
        "accounting/line.html",
        problem=problem,
        line=line,
        text=text,
        cases=[(one, book.outstanding_vnd(session, one.id)) for one in cases],
        placed=session.get_one(Dossier, payment.dossier_id) if payment else None,
        waiting=waiting,
        waiting_case=session.get_one(Dossier, waiting.dossier_id) if waiting and waiting.dossier_id else None,
        goes_back=goes_back,
        rules=RULES,
        return_reason=return_reason,
        lives_days=LIVES.days,
        chosen=chosen,
    )


def _files(
    request: Request,
    session: Session,
    services: Services,
    account: Account,
    *,
    found: Sequence[Difference] | None = None,
    problem: Problem | None = None,
    asked: tuple[str, date] | None = None,
) -> Response:
    return page(
        request,
        session,
        account,
        "accounting/files.html",
        problem=problem,
        offered=tuple(offered(services.settings)),
        found=found,
        asked=asked or ("", vietnam_date(utc_now())),
    )
