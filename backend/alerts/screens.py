"""The operators' page of alerts and of who is on duty, and the API of both."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.guards import Operator
from backend.alerts import duty, service
from backend.alerts.models import Alert, AlertTelling
from backend.alerts.rules import NAMES
from backend.database import SessionDep, utc_now
from backend.errors import FieldError, field_errors
from backend.i18n import screen_language
from backend.review.words import name_of
from backend.services import Services, ServicesDep
from backend.templating import render

router = APIRouter(tags=["alerts"])

Text = Annotated[str, Form()]


class AlertView(BaseModel):
    """An alert; open while `ended_at` is None."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    rule: str
    subject: str
    severity: str
    title_vi: str
    title_en: str
    detail_vi: str
    detail_en: str
    began_at: datetime
    ended_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str
    told: int


class Acknowledgement(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str = ""


@router.get("/v1/alerts")
def list_alerts(session: SessionDep, _operator: Operator) -> list[AlertView]:
    """What is wrong now, then what was wrong lately."""
    found = service.open_alerts(session) + service.past_alerts(session)
    return [AlertView.model_validate(one) for one in found]


@router.post("/v1/alerts/{alert_id}/acknowledgement")
def acknowledge(
    alert_id: uuid.UUID, said: Acknowledgement, session: SessionDep, operator: Operator
) -> AlertView:
    """Take it on: nobody is told again."""
    found = service.acknowledge(session, alert_id, note=said.note, operator=operator, now=utc_now())
    return AlertView.model_validate(found)


@router.get("/v1/on-call")
def list_duty(session: SessionDep, services: ServicesDep, _operator: Operator) -> list[duty.DutyView]:
    return duty.everybody(session, services.settings)


@router.post("/v1/on-call", status_code=201)
def add_duty(
    entry: duty.DutyEntry, session: SessionDep, services: ServicesDep, operator: Operator
) -> list[duty.DutyView]:
    duty.add(session, services.settings, entry, operator)
    return duty.everybody(session, services.settings)


@router.delete("/v1/on-call/{row_id}", status_code=204)
def end_duty(row_id: uuid.UUID, session: SessionDep, operator: Operator) -> None:
    duty.end(session, row_id, operator)


@router.get("/dieu-hanh/canh-bao", response_class=HTMLResponse, include_in_schema=False)
def alerts_page(
    request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    return _page(request, session, services)


def _page(
    request: Request,
    session: Session,
    services: Services,
    *,
    given: Mapping[str, Any] | None = None,
    faults: tuple[FieldError, ...] = (),
) -> HTMLResponse:
    """What is wrong and who is on duty; a faulty form comes back with what was typed."""
    lang = screen_language(request)
    found = service.open_alerts(session)
    told = select(AlertTelling).where(AlertTelling.alert_id.in_([one.id for one in found]))
    failed = {one.alert_id for one in session.scalars(told) if one.state == "failed"}
    return render(
        request,
        "alerts/alerts.html",
        status_code=422 if faults else 200,
        section="operations",
        tab="alerts",
        open=found,
        past=service.past_alerts(session, most=30),
        failed=failed,
        duty=duty.everybody(session, services.settings),
        rules={key: name_of(NAMES, key, lang) for key in NAMES},
        link=_link,
        given=given or {},
        faults=faults,
    )


@router.post("/dieu-hanh/canh-bao/{alert_id}/nhan", include_in_schema=False)
def acknowledge_form(
    alert_id: uuid.UUID, session: SessionDep, operator: Operator, note: Text = ""
) -> Response:
    service.acknowledge(session, alert_id, note=note, operator=operator, now=utc_now())
    return RedirectResponse("/dieu-hanh/canh-bao", status_code=303)


@router.post("/dieu-hanh/truc", include_in_schema=False)
def add_duty_form(
    request: Request,
    session: SessionDep,
    services: ServicesDep,
    operator: Operator,
    *,
    name: Text = "",
    channel: Text = "",
    address: Text = "",
    secret: Text = "",
    severity_at_least: Text = "warning",
    since_hour: Text = "0",
    until_hour: Text = "24",
    rule: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    values = {
        "name": name,
        "channel": channel,
        "address": address,
        "secret": secret,
        "severity_at_least": severity_at_least,
        "since_hour": since_hour,
        "until_hour": until_hour,
        "rules": rule,
    }
    try:
        entry = duty.DutyEntry.model_validate(values)
    except ValidationError as error:
        return _page(request, session, services, given=values, faults=field_errors(error.errors()))
    duty.add(session, services.settings, entry, operator)
    return RedirectResponse("/dieu-hanh/canh-bao#truc", status_code=303)


@router.post("/dieu-hanh/truc/{row_id}/thoi", include_in_schema=False)
def end_duty_form(row_id: uuid.UUID, session: SessionDep, operator: Operator) -> Response:
    duty.end(session, row_id, operator)
    return RedirectResponse("/dieu-hanh/canh-bao#truc", status_code=303)


def _link(alert: Alert) -> str:
    """Where the thing itself is seen."""
    if alert.rule.startswith(("camera_", "file_", "certificate")):
        return f"/dieu-hanh/may-quay/{alert.subject}"
    if alert.rule == "roll_out":
        return f"/dieu-hanh/trien-khai/{alert.subject}"
    return f"/dieu-hanh/hop/{alert.subject}" if alert.rule in {"outbox", "disk", "clock"} else "/dieu-hanh"
