"""A company's webhook endpoints: where it is told, with which secrets, and what became of each message."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.errors import Problem, not_found
from backend.fleets import outbox
from backend.fleets.models import Company, WebhookDelivery, WebhookEndpoint, WebhookEvent
from backend.fleets.targets import TargetError, checked
from backend.owners.service import vault_of
from backend.services import Services

MOST_ENDPOINTS: Final = 5
BOTH_SECRETS: Final = timedelta(hours=24)
_SECRET_BYTES: Final = 32
TEST: Final = "endpoint.test"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on its way or arrived, for people and programs."""

    id: uuid.UUID
    event_id: uuid.UUID
    type: str
    url: str
    state: str
    attempts: int
    created_at: datetime
    next_try_at: datetime | None
    last_status: int | None
    last_error: str | None
    delivered_at: datetime | None


def add(services: Services, session: Session, company: Company, url: str) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is not shown again. Raises Problem 409, 422."""
    try:
        checked(url, services.settings.fleet_webhook_networks)
    except TargetError as error:
        raise Problem(
            422,
            f"target_{error.code}",
            "Không gọi được địa chỉ này",
            "This address cannot be called",
            error.vi,
            error.en,
        ) from error
    if len(living(session, company)) >= MOST_ENDPOINTS:
        raise Problem(
            409,
            "too_many_endpoints",
            f"Đã có {MOST_ENDPOINTS} địa chỉ",
            f"There are {MOST_ENDPOINTS} addresses",
            "Hãy bỏ địa chỉ không dùng nữa.",
            "Remove one that is not used any more.",
        )
    endpoint = WebhookEndpoint(company_id=company.id, url=url, secret_sealed=b"")
    session.add(endpoint)
    session.flush()
    secret = _new_secret()
    endpoint.secret_sealed = vault_of(services).seal("webhook_secret", endpoint.id, secret)
    _log(session, company, endpoint, "company.endpoint_added")
    return endpoint, secret


def rotate(
    services: Services, session: Session, company: Company, endpoint_id: uuid.UUID, now: datetime
) -> str:
    """A new secret, not shown again; for a day messages are signed by the old one too. Raises Problem 404."""
    endpoint = find(session, company, endpoint_id)
    secret = _new_secret()
    endpoint.previous_sealed, endpoint.previous_until = endpoint.secret_sealed, now + BOTH_SECRETS
    endpoint.secret_sealed = vault_of(services).seal("webhook_secret", endpoint.id, secret)
    _log(session, company, endpoint, "company.secret_rotated")
    return secret


def secrets_of(services: Services, endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The secrets that are valid now, the newest first."""
    sealed = [endpoint.secret_sealed]
    if endpoint.previous_sealed and endpoint.previous_until and endpoint.previous_until > now:
        sealed.append(endpoint.previous_sealed)
    vault = vault_of(services)
    return [vault.open("webhook_secret", endpoint.id, one) for one in sealed]


def remove(session: Session, company: Company, endpoint_id: uuid.UUID, now: datetime) -> None:
    """Tell it nothing more; what waits for it becomes a dead letter. Raises Problem 404."""
    endpoint = find(session, company, endpoint_id)
    endpoint.ended_at, endpoint.ended_why = now, "removed"
    _log(session, company, endpoint, "company.endpoint_removed")


def send_test(session: Session, company: Company, endpoint_id: uuid.UUID, now: datetime) -> None:
    """Send a message that means nothing, to see whether it arrives. Raises Problem 404."""
    endpoint = find(session, company, endpoint_id)
    outbox.put(session, company, [endpoint], kind=TEST, data={"endpoint_id": str(endpoint.id)}, now=now)


def resend(session: Session, company_id: uuid.UUID, delivery_id: uuid.UUID, now: datetime) -> WebhookDelivery:
    """Try again from the beginning, also what arrived. Raises Problem 404, 409 for an endpoint that ended."""
    found = session.execute(
        select(WebhookDelivery, WebhookEndpoint)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.id == delivery_id, WebhookEndpoint.company_id == company_id)
        .with_for_update(of=WebhookDelivery)
    ).one_or_none()
    if found is None:
        raise not_found("Không có tin này", "There is no such message")
    delivery, endpoint = found
    if endpoint.ended_at is not None:
        raise Problem(
            409,
            "endpoint_ended",
            "Địa chỉ này không còn dùng",
            "This address is not in use any more",
            "Thêm địa chỉ mới, rồi lấy những gì đã lỡ bằng GET /v1/fleet/cases.",
            "Add a new one, and read what was missed by GET /v1/fleet/cases.",
        )
    if delivery.state != "waiting":
        delivery.state, delivery.attempts, delivery.delivered_at = "waiting", 0, None
        delivery.next_try_at, delivery.last_error, delivery.last_status = now, None, None
        outbox.defer(session, delivery)
    return delivery


def find(session: Session, company: Company, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    """Raises Problem 404."""
    endpoint = session.get(WebhookEndpoint, endpoint_id, with_for_update=True)
    if endpoint is None or endpoint.company_id != company.id or endpoint.ended_at is not None:
        raise not_found("Không có địa chỉ này", "There is no such address")
    return endpoint


def living(session: Session, company: Company) -> Sequence[WebhookEndpoint]:
    return session.scalars(
        select(WebhookEndpoint)
        .where(WebhookEndpoint.company_id == company.id, WebhookEndpoint.ended_at.is_(None))
        .order_by(WebhookEndpoint.created_at)
    ).all()


def sent(session: Session, company_id: uuid.UUID, *, state: str | None = None, limit: int = 50) -> list[Sent]:
    """Messages, the newest first; `state` narrows them, as to the dead letters."""
    query = (
        select(WebhookDelivery, WebhookEvent, WebhookEndpoint.url)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookEndpoint.company_id == company_id)
        .order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    return [_sent(delivery, event, url) for delivery, event, url in session.execute(query)]


def _sent(delivery: WebhookDelivery, event: WebhookEvent, url: str) -> Sent:
    return Sent(
        id=delivery.id,
        event_id=event.id,
        type=event.type,
        url=url,
        state=delivery.state,
        attempts=delivery.attempts,
        created_at=event.happened_at,
        next_try_at=delivery.next_try_at,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
        delivered_at=delivery.delivered_at,
    )


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def _log(session: Session, company: Company, endpoint: WebhookEndpoint, action: str) -> None:
    audit.record(
        session, actor=company.actor, action=action, subject_type="webhook_endpoint", subject_id=endpoint.id
    )
