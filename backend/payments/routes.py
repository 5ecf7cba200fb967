from __future__ import annotations

import logging
import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from backend.accounts.guards import MoneyKeeper, MoneyReader
from backend.database import SessionDep, utc_now
from backend.errors import not_found
from backend.idempotency.routes import OnceRoute, StaffOnce
from backend.payments import hearing, refunds, statements
from backend.payments.models import Refund
from backend.payments.providers import NAMES, provider
from backend.payments.schemas import (
    Comparison,
    DifferenceView,
    Imported,
    RefundList,
    RefundPaid,
    RefundRow,
    StatementLineView,
)
from backend.places.scope import whole_only
from backend.services import Services, ServicesDep
from backend.templating import render
from backend.uploads import MULTIPART, GivenForm, upload_in
from penalty.payments.attempt import UNDECIDED
from penalty.payments.values import HttpMessage, PaymentError, Reply
from penalty.payments.vnpay import RESPONSE_TEXTS

logger = logging.getLogger(__name__)
router = APIRouter(route_class=OnceRoute)
_LARGEST_CALLBACK = 16_000


def client_address(request: Request) -> str:
    return request.client.host if request.client else "127.0.0.1"


@router.get("/v1/payments/{gateway}/ipn", tags=["payments"])
def told_by_address(gateway: str, request: Request, services: ServicesDep) -> Response:
    """A provider's word on a payment, in its own protocol (VNPAY: always HTTP 200 with RspCode)."""
    return _hear(services, gateway, HttpMessage(query=request.url.query), client_address(request))


@router.post("/v1/payments/{gateway}/ipn", tags=["payments"])
async def told_by_body(gateway: str, request: Request, services: ServicesDep) -> Response:
    """A provider's word on a payment, in its own protocol (MoMo: HTTP 204 when taken)."""
    message = HttpMessage(body=await _body(request), headers=hearing.headers_of(request.headers))
    return await _in_thread(services, gateway, message, client_address(request))


@router.post("/v1/payments/portal/owed", tags=["payments"])
async def owed(request: Request, services: ServicesDep) -> Response:
    """The national portal asks what a decision owes today: plate and money, no name."""
    message = HttpMessage(body=await _body(request), headers=hearing.headers_of(request.headers))
    return _answer(await run_in_threadpool(hearing.owed_at_portal, services, message, utc_now()))


@router.post("/v1/payments/portal/paid", tags=["payments"])
async def paid_at_portal(request: Request, services: ServicesDep) -> Response:
    """The national portal tells what was paid for a decision."""
    message = HttpMessage(body=await _body(request), headers=hearing.headers_of(request.headers))
    return await _in_thread(services, "portal", message, client_address(request))


@router.post("/v1/payments/{gateway}/statements", tags=["payments"], openapi_extra=MULTIPART)
def import_statement(
    gateway: str, session: SessionDep, services: ServicesDep, officer: MoneyKeeper, form: GivenForm
) -> Imported:
    """Book what a statement brought (CSV: line_id, booked_at, amount_vnd, purpose). Safe to repeat."""
    whole_only(session)
    provider(services.settings, gateway)
    if gateway != "vietqr":
        raise not_found(
            "Cách nộp này không có sao kê ngân hàng", "This way to pay has no statement of the bank"
        )
    file = upload_in(form)
    read = statements.import_statement(
        services, officer, gateway=gateway, content=file.content, file=file.name, now=utc_now()
    )
    return Imported(
        lines=[StatementLineView.model_validate(row) for row in read.lines],
        booked=len(read.booked),
        repeated=len(read.repeated),
    )


@router.get("/v1/payments/unplaced", tags=["payments"])
def unplaced(session: SessionDep, _officer: MoneyReader) -> list[StatementLineView]:
    """Money on the account that nobody could place; a person looks at each."""
    return [StatementLineView.model_validate(row) for row in statements.waiting_for_a_person(session)]


@router.post("/v1/payments/{gateway}/comparison", tags=["payments"], openapi_extra=MULTIPART)
def compare(
    gateway: str,
    day: date,
    session: SessionDep,
    services: ServicesDep,
    _officer: MoneyKeeper,
    form: GivenForm,
) -> Comparison:
    """Where a provider's file of a day (CSV: reference, amount_vnd) and our book differ."""
    whole_only(session)
    provider(services.settings, gateway)
    file = upload_in(form)
    found = statements.compare(session, gateway=gateway, day=day, content=file.content, file=file.name)
    return Comparison(
        gateway=gateway,
        day=day.isoformat(),
        differences=[DifferenceView.model_validate(one) for one in found],
    )


@router.get("/v1/refunds", tags=["payments"])
def list_refunds(
    session: SessionDep, _officer: MoneyReader, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> RefundList:
    """Money to give back through the treasury, oldest first."""
    return RefundList(items=[_refund(row) for row in refunds.queued(session, limit)])


@router.post("/v1/refunds/{refund_id}/paid", tags=["payments"])
def refund_paid(
    refund_id: uuid.UUID, given: RefundPaid, session: SessionDep, officer: MoneyKeeper, _once: StaffOnce
) -> RefundRow:
    """The treasury has paid this back. The same again changes nothing."""
    return _refund(refunds.paid_back(session, refund_id, officer, given.treasury_reference, utc_now()))


@router.get("/thanh-toan/{gateway}", include_in_schema=False)
def returned(gateway: str, request: Request, services: ServicesDep, session: SessionDep) -> HTMLResponse:
    """Where a provider sends the payer's browser: shows how it stands and changes nothing."""
    payment, heard = hearing.shown_result(services, session, gateway, request.url.query)
    waiting = payment is not None and payment.state in UNDECIDED
    why = RESPONSE_TEXTS.get(heard.code) if heard is not None and gateway == "vnpay" else None
    return render(
        request, "payments/return.html", payment=payment, why=why, waiting=waiting, method=NAMES.get(gateway)
    )


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_CALLBACK:
            break
    return body[:_LARGEST_CALLBACK]


async def _in_thread(services: Services, gateway: str, message: HttpMessage, address: str) -> Response:
    return await run_in_threadpool(_hear, services, gateway, message, address)


def _hear(services: Services, gateway: str, message: HttpMessage, address: str) -> Response:
    """Keep it, act on it, answer as the provider's document asks. What failed here is told again by it."""
    speaker, now = provider(services.settings, gateway), utc_now()
    try:
        callback_id = hearing.keep_callback(services, gateway, message, address, now)
        return _answer(hearing.handle(services, callback_id, now))
    except Exception:
        logger.exception("a payment callback could not be handled; the provider will send it again")
        return _answer(speaker.reply(PaymentError("not handled"), None))


def _answer(reply: Reply) -> Response:
    return Response(
        reply.body or None,
        reply.status,
        media_type=reply.content_type if reply.body else None,
    )


def _refund(row: Refund) -> RefundRow:
    return RefundRow(
        id=str(row.id),
        dossier_id=str(row.dossier_id),
        payment_id=str(row.payment_id),
        amount_vnd=row.amount_vnd,
        reason=row.reason,
        state=row.state,
    )
