from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel
from sqlalchemy import select

from backend.accounts.guards import AnyStaff
from backend.database import SessionDep, utc_now
from backend.payments import service
from backend.payments.models import PaymentState, Refund
from backend.services import ServicesDep
from backend.templating import render

logger = logging.getLogger(__name__)
router = APIRouter()


class RefundRow(BaseModel):
    id: str
    dossier_id: str
    payment_id: str
    amount_vnd: int
    reason: str
    state: str


class RefundList(BaseModel):
    items: list[RefundRow]


def client_address(request: Request) -> str:
    return request.client.host if request.client else "127.0.0.1"


@router.get("/v1/payments/vnpay/ipn", tags=["payments"])
def vnpay_ipn(request: Request, services: ServicesDep) -> JSONResponse:
    """The gateway's word on a payment, in its protocol: always HTTP 200 with {"RspCode","Message"}.

    00 recorded (also a failed payment), 02 recorded before; 01, 04, 97, 99 are sent again by the gateway.
    """
    now = utc_now()
    try:
        callback_id = service.keep_callback(services, request.url.query, client_address(request), now)
        answer = service.handle_ipn(services, callback_id, now)
    except Exception:
        logger.exception("a payment callback could not be handled; the gateway will send it again")
        return JSONResponse({"RspCode": "99", "Message": "Unknown error"})
    return JSONResponse(answer.as_json())


@router.get("/v1/refunds", tags=["payments"])
def list_refunds(
    session: SessionDep, _staff: AnyStaff, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> RefundList:
    """Money to give back through the treasury, oldest first."""
    rows = session.scalars(
        select(Refund).where(Refund.state == "queued").order_by(Refund.queued_at).limit(limit)
    )
    return RefundList(
        items=[
            RefundRow(
                id=str(row.id),
                dossier_id=str(row.dossier_id),
                payment_id=str(row.payment_id),
                amount_vnd=row.amount_vnd,
                reason=row.reason,
                state=row.state,
            )
            for row in rows
        ]
    )


@router.get("/thanh-toan/vnpay", include_in_schema=False)
def vnpay_return(request: Request, services: ServicesDep, session: SessionDep) -> HTMLResponse:
    """Where the gateway sends the payer's browser: shows how it stands and changes nothing."""
    payment, callback = service.shown_result(services, session, request.url.query)
    waiting = payment is not None and payment.state == PaymentState.STARTED
    return render(request, "payments/return.html", payment=payment, callback=callback, waiting=waiting)
