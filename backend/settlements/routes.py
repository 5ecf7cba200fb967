"""Settlement with the treasury, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from backend.accounts.guards import MoneyKeeper, MoneyReader
from backend.database import SessionDep, utc_now
from backend.services import ServicesDep
from backend.settings import SettlementSource
from backend.settlements import files
from backend.settlements.files import Read
from backend.settlements.overview import overview
from backend.settlements.schemas import (
    DifferingView,
    LyingView,
    OpenView,
    SettlementOverview,
    SettlementsRead,
    SettlementView,
    UnnamedView,
)
from backend.uploads import MULTIPART, GivenForm, upload_in
from penalty.calendar import vietnam_date

router = APIRouter(tags=["payments"])


@router.get("/v1/settlements")
def settlements(session: SessionDep, services: ServicesDep, _officer: MoneyReader) -> SettlementOverview:
    """What lies with each way to pay, and what does not fit. 403 `whole_area_needed`."""
    found = overview(session, services.settings, vietnam_date(utc_now()))
    return SettlementOverview(
        lying=[
            LyingView(
                source=one.source, amount_vnd=one.amount_vnd, since=one.since, overdue_vnd=one.overdue_vnd
            )
            for one in found.lying
        ],
        fees_owed_vnd=found.fees_owed_vnd,
        at_treasury_vnd=found.at_treasury_vnd,
        open=[
            OpenView(
                settlement=SettlementView.model_validate(one.settlement),
                standing=one.standing,
                differing=[
                    DifferingView(
                        reference=row.payment.reference,
                        amount_vnd=row.payment.amount_vnd,
                        ours_vnd=row.ours_vnd,
                    )
                    for row in one.differing
                ],
            )
            for one in found.open
        ],
        unnamed=[
            UnnamedView(
                reference=one.reference,
                source=one.source,
                amount_vnd=one.amount_vnd,
                taken_at=one.taken_at,
            )
            for one in found.unnamed
        ],
    )


@router.post("/v1/settlements/arrivals", openapi_extra=MULTIPART)
def take_arrived(
    session: SessionDep, services: ServicesDep, officer: MoneyKeeper, form: GivenForm
) -> SettlementsRead:
    """Read what arrived at the treasury (CSV: reference, source, arrived_at, amount_vnd). Safe to repeat.

    `source`: a way to pay, or `province` for gateways' fees made good. What fits is posted at once. 422 names
    row and column, and nothing of the file counts.
    """
    file = upload_in(form)
    read = files.take_arrived(
        session,
        services.settings,
        officer,
        content=file.content,
        file=file.name,
        now=utc_now(),
    )
    return _view(read)


@router.post("/v1/settlements/{source}/payments", openapi_extra=MULTIPART)
def take_passed_on(
    source: SettlementSource,
    session: SessionDep,
    services: ServicesDep,
    officer: MoneyKeeper,
    form: GivenForm,
) -> SettlementsRead:
    """Read what a gateway passed on (CSV: settlement, reference, amount_vnd, fee_vnd). As `arrivals`."""
    file = upload_in(form)
    read = files.take_passed_on(
        session,
        services.settings,
        officer,
        source=source,
        content=file.content,
        file=file.name,
        now=utc_now(),
    )
    return _view(read)


def _view(read: Read) -> SettlementsRead:
    return SettlementsRead(
        new=read.new,
        repeated=read.repeated,
        posted=[SettlementView.model_validate(one) for one in read.posted],
    )
