"""The accountant's page of the treasury: what lies where, what was settled, what waits for a person."""

from __future__ import annotations

import uuid
from typing import Final, get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from backend.accounting.pages import page
from backend.accounts.guards import MoneyKeeper, MoneyReader
from backend.accounts.models import Account
from backend.database import SessionDep, utc_now
from backend.errors import Problem, not_found
from backend.places.scope import scope_of, whole_only
from backend.services import Services, ServicesDep
from backend.settings import SettlementSource
from backend.settlements import files, overview, settling
from backend.settlements.files import Read
from backend.settlements.words import SOURCE_NAMES, STANDINGS
from backend.uploads import GivenForm, text_in, upload_in
from penalty.calendar import vietnam_date
from penalty.payments.settlements import ARRIVED_COLUMNS, PASSED_ON_COLUMNS

router = APIRouter(include_in_schema=False)
_HERE: Final = "/ke-toan/kho-bac"


@router.get(_HERE)
def treasury_page(
    request: Request, session: SessionDep, services: ServicesDep, account: MoneyReader
) -> Response:
    """What lies with each way to pay, what was settled, and what does not fit."""
    return _page(request, session, services, account)


@router.post(_HERE)
def take_arrived(
    request: Request, session: SessionDep, services: ServicesDep, account: MoneyKeeper, form: GivenForm
) -> Response:
    """Read the treasury's file; what fits is posted at once."""
    try:
        file = upload_in(form)
        with session.begin_nested():
            read = files.take_arrived(
                session,
                services.settings,
                account,
                content=file.content,
                file=file.name,
                now=utc_now(),
            )
    except Problem as problem:
        return _page(request, session, services, account, problem=problem, asked="treasury")
    return _page(request, session, services, account, read=read)


@router.post(_HERE + "/cong")
def take_passed_on(
    request: Request, session: SessionDep, services: ServicesDep, account: MoneyKeeper, form: GivenForm
) -> Response:
    """Read a gateway's file of what it passed on; what fits is posted at once."""
    source = text_in(form, "source")
    if source not in get_args(SettlementSource):
        raise not_found("Không có cách nộp tiền này", "There is no such way to pay")
    try:
        file = upload_in(form)
        with session.begin_nested():
            read = files.take_passed_on(
                session,
                services.settings,
                account,
                source=source,
                content=file.content,
                file=file.name,
                now=utc_now(),
            )
    except Problem as problem:
        return _page(request, session, services, account, problem=problem, asked=source)
    return _page(request, session, services, account, read=read, asked=source)


@router.post(_HERE + "/kiem-tra")
def check_again(session: SessionDep, services: ServicesDep, account: MoneyKeeper) -> Response:
    """Post what fits by now."""
    whole_only(session)
    settling.hold(session)
    settling.post_ready(session, services.settings, account, utc_now())
    return RedirectResponse(_HERE, status_code=303)


@router.post(_HERE + "/{payment_id}/nhan")
def take_up(payment_id: uuid.UUID, session: SessionDep, account: MoneyKeeper) -> Response:
    """A payment that our book lacks: on to the page that finds the case."""
    line = settling.take_up(session, payment_id, account, utc_now())
    return RedirectResponse(f"/ke-toan/khoan-thu/{line.id}", status_code=303)


def _page(
    request: Request,
    session: Session,
    services: Services,
    account: Account,
    *,
    read: Read | None = None,
    problem: Problem | None = None,
    asked: str = "",
) -> Response:
    whole, settings = scope_of(session) is None, services.settings
    found = overview.overview(session, settings, vietnam_date(utc_now())) if whole else None
    return page(
        request,
        session,
        account,
        "settlements/treasury.html",
        problem=problem,
        read=read,
        asked=asked,
        found=found,
        sources=SOURCE_NAMES,
        standings=STANDINGS,
        by_file=settings.settlement_files,
        within_days=settings.settle_within_working_days,
        arrived_columns=", ".join(ARRIVED_COLUMNS),
        passed_on_columns=", ".join(PASSED_ON_COLUMNS),
    )
