"""The accountant's first page, and one refund."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from backend.accounting import queries, slips
from backend.accounting.pages import KEEPERS, page
from backend.accounts.guards import MoneyKeeper, MoneyReader
from backend.accounts.models import Account
from backend.approvals.rules import RULES
from backend.database import SessionDep, utc_now
from backend.dossiers.liable import person_of
from backend.dossiers.models import Dossier
from backend.dossiers.queries import lookup_of
from backend.errors import FieldError, Problem
from backend.owners.service import Owner, log_look
from backend.payments import refunds, returns
from backend.payments.models import Payment, Refund
from backend.payments.words import WHY_REFUNDED
from backend.places.scope import scope_of
from backend.services import Services, ServicesDep
from penalty.calendar import vietnam_date

router = APIRouter(include_in_schema=False)
_REFUND = "/ke-toan/hoan-tra/{refund_id}"
_RETURN = "/ke-toan/tra-lai/{return_id}"


@router.get("/ke-toan")
def desk(request: Request, session: SessionDep, account: MoneyReader) -> Response:
    """What is owed back, and what waits for a second person."""
    now = utc_now()
    return page(
        request,
        session,
        account,
        "accounting/desk.html",
        owed=queries.owed_back(session),
        total=queries.total_owed_back(session),
        given=queries.given_back(session),
        returns=returns.to_pay(session, queries.ROWS),
        waiting=queries.waiting(session, now),
        unplaced=queries.total_unplaced(session),
        cards=slips.compare(session, vietnam_date(now)).count if scope_of(session) is None else 0,
        rules=RULES,
        why=WHY_REFUNDED,
        today=now,
    )


@router.get(_REFUND)
def refund_page(
    request: Request, refund_id: uuid.UUID, services: ServicesDep, session: SessionDep, account: MoneyReader
) -> Response:
    """One refund: to whom, how much, why, and the treasury's number once it is paid."""
    return _refund_page(request, services, session, refunds.find(session, refund_id), account)


@router.post(_REFUND)
def refund_paid(  # noqa: PLR0917 - FastAPI fills them in
    request: Request,
    refund_id: uuid.UUID,
    services: ServicesDep,
    session: SessionDep,
    account: MoneyKeeper,
    expected_version: Annotated[int, Form(ge=1, le=2**31 - 1)],
    treasury_reference: Annotated[str, Form(max_length=60)] = "",
    *,
    confirmed: Annotated[bool, Form()] = False,
) -> Response:
    """The treasury has paid: asked once more, then written down once, with its number."""
    given = treasury_reference.strip()
    if given and not confirmed:
        refund = refunds.find(session, refund_id)
        return _refund_page(request, services, session, refund, account, given=given, asking=True)
    book = partial(refunds.paid_back, expected_version=expected_version)
    problem = _written_down(book, session, refund_id, account, given)
    if problem is not None:
        refund = refunds.find(session, refund_id)
        return _refund_page(request, services, session, refund, account, problem=problem, given=given)
    return RedirectResponse(f"/ke-toan/hoan-tra/{refund_id}", status_code=303)


@router.get(_RETURN)
def return_page(
    request: Request, return_id: uuid.UUID, session: SessionDep, account: MoneyReader
) -> Response:
    """Money that fits no case and goes back to its sender."""
    return _return_page(request, session, return_id, account)


@router.post(_RETURN)
def return_paid(
    request: Request,
    return_id: uuid.UUID,
    session: SessionDep,
    account: MoneyKeeper,
    treasury_reference: Annotated[str, Form(max_length=60)] = "",
    *,
    confirmed: Annotated[bool, Form()] = False,
) -> Response:
    """The treasury has paid: asked once more, then written down once, with its number."""
    given = treasury_reference.strip()
    if given and not confirmed:
        return _return_page(request, session, return_id, account, given=given, asking=True)
    problem = _written_down(returns.paid_back, session, return_id, account, given)
    if problem is not None:
        return _return_page(request, session, return_id, account, problem=problem, given=given)
    return RedirectResponse(f"/ke-toan/tra-lai/{return_id}", status_code=303)


def _written_down(
    book: Callable[[Session, uuid.UUID, Account, str, datetime], object],
    session: Session,
    owed_id: uuid.UUID,
    account: Account,
    treasury_reference: str,
) -> Problem | None:
    """Book what the treasury has paid under its number; what is wrong with that. Raises Problem 404."""
    try:
        if not treasury_reference:
            raise _number_needed()
        with session.begin_nested():
            book(session, owed_id, account, treasury_reference, utc_now())
    except Problem as problem:
        if problem.status == 404:  # noqa: PLR2004
            raise
        return problem
    return None


def _return_page(
    request: Request,
    session: Session,
    return_id: uuid.UUID,
    account: Account,
    *,
    problem: Problem | None = None,
    given: str = "",
    asking: bool = False,
) -> Response:
    found = returns.find(session, return_id)
    return page(
        request,
        session,
        account,
        "accounting/return.html",
        problem=problem,
        back=found.back,
        line=found.line,
        given=given,
        asking=asking,
    )


def _refund_page(
    request: Request,
    services: Services,
    session: Session,
    refund: Refund,
    account: Account,
    *,
    problem: Problem | None = None,
    given: str = "",
    asking: bool = False,
) -> Response:
    dossier = session.get_one(Dossier, refund.dossier_id)
    return page(
        request,
        session,
        account,
        "accounting/refund.html",
        problem=problem,
        refund=refund,
        dossier=dossier,
        payment=session.get_one(Payment, refund.payment_id),
        payee=_payee(services, session, dossier, account),
        why=WHY_REFUNDED,
        given=given,
        asking=asking,
    )


def _payee(services: Services, session: Session, dossier: Dossier, account: Account) -> Owner | None:
    """Whom the decision names, for who pays it back; the look is written down."""
    person = person_of(services, session, dossier, "driver") if account.has(*KEEPERS) else None
    lookup = lookup_of(session, dossier)
    if person is not None and lookup is not None:
        log_look(session, actor=account.actor, lookup=lookup, fields=["name", "id_number"], purpose="refund")
    return person


def _number_needed() -> Problem:
    return Problem(
        422,
        "treasury_reference_needed",
        "Cần ghi số chứng từ của Kho bạc",
        "The treasury's number is needed",
        "Ghi số lệnh hoàn trả trên chứng từ Kho bạc đã chi.",
        "Write the number of the order by which the treasury paid.",
        errors=(FieldError("treasury_reference", "must not be empty"),),
    )
