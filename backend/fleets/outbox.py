"""What companies are told, put down in the transaction in which it happens: no commit, no message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import jobs
from backend.dossiers.models import Dossier
from backend.fleets.models import (
    Company,
    CompanyPlate,
    CompanyState,
    PlateState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from backend.owners.models import OwnerLookup
from penalty.dossier import END_STATES, State

_TYPES: Final[Mapping[State, str]] = MappingProxyType(
    {State.NOTIFIED: "case.notified", State.DECIDED: "case.decided", State.PAID: "case.paid"}
    | dict.fromkeys(END_STATES, "case.closed")
)


def note(session: Session, dossier: Dossier, *, now: datetime) -> None:
    """A case came to another state: tell the company whose vehicle it is, where one subscribed.

    The message names the case and its state; who drove, what it costs and why is asked for by the API.
    """
    if dossier.owner_lookup_id is None or not (dossier.notified_at or dossier.state == State.NOTIFIED):
        return
    company = session.scalar(
        select(Company)
        .join(OwnerLookup, OwnerLookup.id_number_index == Company.id_number_index)
        .join(CompanyPlate, CompanyPlate.company_id == Company.id)
        .where(
            OwnerLookup.id == dossier.owner_lookup_id,
            Company.state == CompanyState.VERIFIED,
            CompanyPlate.plate == dossier.plate,
            CompanyPlate.state == PlateState.VERIFIED,
        )
        .limit(1)
    )
    if company is None:
        return
    endpoints = session.scalars(
        select(WebhookEndpoint).where(
            WebhookEndpoint.company_id == company.id, WebhookEndpoint.ended_at.is_(None)
        )
    ).all()
    data = {
        "case_id": str(dossier.id),
        "notice_number": dossier.notice_number,
        "plate": dossier.plate,
        "vehicle_kind": dossier.vehicle_kind,
        "state": str(dossier.state),
        "version": dossier.version,
    }
    put(
        session, company, endpoints, kind=_TYPES.get(State(dossier.state), "case.changed"), data=data, now=now
    )


def put(
    session: Session,
    company: Company,
    endpoints: Sequence[WebhookEndpoint],
    *,
    kind: str,
    data: dict[str, Any],
    now: datetime,
) -> None:
    """One event, on its way to each endpoint; without any endpoint there is nobody to tell."""
    if not endpoints:
        return
    event = WebhookEvent(company_id=company.id, type=kind, happened_at=now, data=data)
    session.add(event)
    session.flush()
    for endpoint in endpoints:
        delivery = WebhookDelivery(event_id=event.id, endpoint_id=endpoint.id, next_try_at=now)
        session.add(delivery)
        session.flush()
        defer(session, delivery)


def defer(session: Session, delivery: WebhookDelivery) -> None:
    """Have it sent when its time has come. They may overtake each other; each has the version."""
    jobs.defer(
        session,
        "fleets.deliver",
        lock=f"webhook_delivery/{delivery.id}",
        at=delivery.next_try_at,
        lane="webhooks",
        delivery_id=str(delivery.id),
    )
