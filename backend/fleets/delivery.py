"""Sending webhooks by Standard Webhooks: signed, tried again later and later, and then a dead letter."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx2
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from standardwebhooks.webhooks import Webhook

from backend import audit, jobs
from backend.fleets import endpoints, outbox
from backend.fleets.models import Company, CompanyState, WebhookDelivery, WebhookEndpoint, WebhookEvent
from backend.fleets.targets import Answer, TargetError
from backend.services import Services

WAITS_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Between the first try and the last: about three days, as Standard Webhooks recommends."""
_GONE: Final = 410
_TAKEN: Final = range(200, 300)
_JITTER: Final = 10
_LONGEST_ASKED_S: Final = 86_400
_AT_ONCE: Final = 1
"""So many messages to one endpoint at a time: one that is slow holds up its own and nobody else's."""
_COMPANY_AT_ONCE: Final = 2
"""And so many to all endpoints of a company: fewer than the lane has workers, so that others get through."""
_BUSY_WAIT_S: Final = 5
_SENDING_AT_MOST: Final = timedelta(seconds=60)
FAILING_AFTER: Final = timedelta(days=5)
"""An endpoint that has taken nothing for so long is switched off with the next message that is given up."""
Post = Callable[[str, Mapping[str, str], bytes], Answer]


@dataclass(frozen=True, slots=True)
class _Message:
    url: str
    headers: Mapping[str, str]
    content: bytes


def deliver(services: Services, delivery_id: uuid.UUID, post: Post, now: datetime) -> None:
    """Try once. Delivered already, or nobody is there any more: nothing is sent.

    Nothing is open while the other side is waited for. A message whose answer was lost is sent again, with
    the same `webhook-id`.
    """
    message = _prepare(services, delivery_id, now)
    if message is None:
        return
    answer, error = None, None
    try:
        answer = post(message.url, message.headers, message.content)
    except TargetError as refused:
        error = refused.code
    except httpx2.HTTPError as failed:
        error = type(failed).__name__
    with services.database.unit_of_work() as session:
        delivery = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
        delivery.sending_at = None
        if delivery.state == "waiting":
            _write(session, delivery, answer, error, now)


def wait_s(attempts: int, asked_s: int = 0, *, jitter: float = 0.0) -> int | None:
    """Seconds until the next try after so many; at least what the other side asked for. None: no more."""
    if attempts > len(WAITS_S):
        return None
    planned = WAITS_S[attempts - 1] * (1 + jitter)
    return max(int(planned), min(asked_s, _LONGEST_ASKED_S))


def signed(secrets_valid: Sequence[str], message_id: str, content: str, now: datetime) -> dict[str, str]:
    """The three headers; one signature for each secret that is valid."""
    signatures = [Webhook(secret).sign(message_id, now, content) for secret in secrets_valid]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
        "user-agent": "phatnguoi-webhooks/1",
    }


def _prepare(services: Services, delivery_id: uuid.UUID, now: datetime) -> _Message | None:
    with services.database.unit_of_work() as session:
        delivery = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
        endpoint = session.get_one(WebhookEndpoint, delivery.endpoint_id, with_for_update=True)
        event = session.get_one(WebhookEvent, delivery.event_id)
        if delivery.state != "waiting":
            return None
        company = session.get_one(Company, endpoint.company_id, with_for_update=True)
        if endpoint.ended_at is not None or company.state != CompanyState.VERIFIED:
            delivery.state, delivery.next_try_at = "dead", None
            delivery.last_error = "ended" if endpoint.ended_at else "not_verified"
            return None
        if _busy(session, endpoint, delivery, now):
            spread_s = _JITTER + _waiting(session, company)
            delivery.next_try_at = now + timedelta(seconds=_BUSY_WAIT_S + secrets.randbelow(spread_s))
            outbox.defer(session, delivery)
            return None
        delivery.sending_at = now
        body = {"type": event.type, "timestamp": event.happened_at.isoformat(), "data": event.data}
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        valid = endpoints.secrets_of(services, endpoint, now)
        return _Message(endpoint.url, signed(valid, f"msg_{event.id.hex}", content, now), content.encode())


def _busy(session: Session, endpoint: WebhookEndpoint, delivery: WebhookDelivery, now: datetime) -> bool:
    """Whether as many as may be are on their way there; a worker that died is not waited for."""
    to_it = func.count().filter(WebhookDelivery.endpoint_id == endpoint.id)
    others = (
        select(to_it, func.count())
        .select_from(WebhookDelivery)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(
            WebhookEndpoint.company_id == endpoint.company_id,
            WebhookDelivery.id != delivery.id,
            WebhookDelivery.sending_at > now - _SENDING_AT_MOST,
        )
    )
    here, company = session.execute(others).one()
    return here >= _AT_ONCE or company >= _COMPANY_AT_ONCE


def _waiting(session: Session, company: Company) -> int:
    """How many messages wait for the company: each looks again the later the more there are."""
    waiting = (
        select(func.count())
        .select_from(WebhookDelivery)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookEndpoint.company_id == company.id, WebhookDelivery.state == "waiting")
    )
    return session.scalar(waiting) or 0


def _failing(session: Session, endpoint: WebhookEndpoint, now: datetime) -> bool:
    """Whether it has taken nothing for days."""
    since = now - FAILING_AFTER
    taken = select(WebhookDelivery.id).where(
        WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.delivered_at > since
    )
    return endpoint.created_at <= since and session.scalar(taken.limit(1)) is None


def _switch_off(session: Session, endpoint: WebhookEndpoint, why: str, now: datetime) -> None:
    endpoint.ended_at, endpoint.ended_why = now, why
    audit.record(
        session,
        actor="system",
        action="company.endpoint_switched_off",
        subject_type="company",
        subject_id=endpoint.company_id,
        data={"endpoint": str(endpoint.id), "why": why},
    )
    jobs.defer(session, "fleets.tell_switched_off", endpoint_id=str(endpoint.id))


def _write(
    session: Session, delivery: WebhookDelivery, answer: Answer | None, error: str | None, now: datetime
) -> None:
    delivery.attempts += 1
    delivery.last_status, delivery.last_error = answer.status if answer else None, error
    if answer is not None and answer.status in _TAKEN:
        delivery.state, delivery.delivered_at, delivery.next_try_at = "delivered", now, None
        return
    asked_s = answer.retry_after_s if answer else 0
    wait = wait_s(delivery.attempts, asked_s, jitter=secrets.randbelow(_JITTER) / 100)
    if answer is not None and answer.status == _GONE:
        wait = None
    if wait is None:
        delivery.state, delivery.next_try_at = "dead", None
        endpoint = session.get_one(WebhookEndpoint, delivery.endpoint_id, with_for_update=True)
        gone = answer is not None and answer.status == _GONE
        if endpoint.ended_at is None and (gone or _failing(session, endpoint, now)):
            _switch_off(session, endpoint, "gone" if gone else "failing", now)
        return
    delivery.next_try_at = now + timedelta(seconds=wait)
    outbox.defer(session, delivery)
