"""Card slips and money that fits nothing, over HTTP."""

from __future__ import annotations

import uuid
from datetime import date

from fastapi import APIRouter

from backend.accounting import placing, slips
from backend.accounting.schemas import (
    PlacingAsked,
    ReturnAsked,
    ReturnView,
    SlipComparison,
    SlipTaken,
    SlipTold,
)
from backend.accounting.slips import Comparison, Read, Taken
from backend.accounts.guards import MoneyKeeper, MoneyReader
from backend.approvals.schemas import ApprovalView
from backend.database import SessionDep, utc_now
from backend.idempotency.routes import OnceRoute, StaffOnce
from backend.payments import returns
from backend.payments.returns import Return
from backend.payments.schemas import RefundPaid
from backend.services import ServicesDep
from backend.uploads import MULTIPART, GivenForm, upload_in
from penalty.calendar import vietnam_date

router = APIRouter(route_class=OnceRoute, tags=["payments"])
_MOST = 200


@router.get("/v1/payments/card/comparison")
def card_differences(session: SessionDep, _officer: MoneyReader) -> SlipComparison:
    """Where the counter's card slips and the acquirer's files differ now. 403 `whole_area_needed`."""
    return _view(slips.compare(session, vietnam_date(utc_now())))


@router.post("/v1/payments/card/comparison", openapi_extra=MULTIPART)
def compare_cards(
    day: date, session: SessionDep, services: ServicesDep, officer: MoneyKeeper, form: GivenForm
) -> SlipComparison:
    """Read the acquirer's file of a day (docs/accounting.md has its columns), then where both differ.

    Safe to repeat. 422 names row and column, and nothing of the file counts.
    """
    file = upload_in(form)
    read = slips.import_slips(
        session, services.settings, officer, day=day, content=file.content, file=file.name
    )
    return _view(slips.compare(session, vietnam_date(utc_now())), read)


@router.post("/v1/payments/unplaced/{line_id}/placing", status_code=202)
def ask_to_place(
    line_id: uuid.UUID, body: PlacingAsked, session: SessionDep, officer: MoneyKeeper, _once: StaffOnce
) -> ApprovalView:
    """Ask for money that fits nothing to be booked on a case. Another person with the power approves it."""
    asked = placing.ask(
        session,
        line_id,
        body.dossier_id,
        officer,
        reason=body.reason,
        expected_version=body.expected_version,
        now=utc_now(),
    )
    return ApprovalView.model_validate(asked)


@router.post("/v1/payments/unplaced/{line_id}/return", status_code=202)
def ask_to_return(
    line_id: uuid.UUID, body: ReturnAsked, session: SessionDep, officer: MoneyKeeper, _once: StaffOnce
) -> ApprovalView:
    """Ask for money that fits nothing to go back to its sender. Another person with the power approves it."""
    asked = placing.ask_to_return(session, line_id, officer, reason=body.reason, now=utc_now())
    return ApprovalView.model_validate(asked)


@router.get("/v1/payments/returns")
def list_returns(session: SessionDep, _officer: MoneyReader) -> list[ReturnView]:
    """Money that fits nothing and is to go back to its sender, the longest decided first."""
    return [_return(one) for one in returns.to_pay(session, _MOST)]


@router.post("/v1/payments/returns/{return_id}/paid")
def return_paid(
    return_id: uuid.UUID, given: RefundPaid, session: SessionDep, officer: MoneyKeeper, _once: StaffOnce
) -> ReturnView:
    """The treasury has paid this back. The same again changes nothing."""
    returns.paid_back(session, return_id, officer, given.treasury_reference, utc_now())
    return _return(returns.find(session, return_id))


def _return(one: Return) -> ReturnView:
    return ReturnView(
        id=one.back.id,
        line_id=one.line.id,
        amount_vnd=one.line.amount_vnd,
        purpose=one.line.purpose,
        reason=one.back.reason,
        queued_at=one.back.queued_at,
        treasury_reference=one.back.treasury_reference,
        paid_at=one.back.paid_at,
    )


def _view(found: Comparison, read: Read | None = None) -> SlipComparison:
    return SlipComparison(
        unknown_to_acquirer=[_taken(one) for one in found.unknown],
        missing_in_book=[SlipTold.model_validate(one) for one in found.lacking],
        amounts_differ=[_taken(one) for one in found.differing],
        days_without_file=list(found.uncovered),
        new=read.new if read else None,
        repeated=read.repeated if read else None,
    )


def _taken(one: Taken) -> SlipTaken:
    return SlipTaken(
        id=one.id,
        terminal_id=one.terminal_id,
        slip=one.slip,
        amount_vnd=one.payment.amount_vnd,
        told_vnd=one.told.amount_vnd if one.told else None,
        taken_at=one.payment.answered_at,
        payment_reference=one.payment.reference,
        notice_number=one.dossier.notice_number,
        clerk=one.clerk.full_name,
    )
