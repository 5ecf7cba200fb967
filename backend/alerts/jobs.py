"""Jobs of alerts: the regular look, and one message to one person."""

from __future__ import annotations

import uuid
from typing import Any

from backend.alerts import duty, service
from backend.alerts.models import Alert, AlertTelling, OnCall
from backend.cameras import rollouts
from backend.database import utc_now
from backend.jobs import job
from backend.messages.alerts import alert_staff
from backend.releases import rollouts as release_rollouts
from backend.services import Services
from notify import alerts as notify_alerts


@job("alerts.look")
def look(services: Services) -> None:
    """Every few seconds: how do cameras, boxes, jobs and roll-outs do?"""
    now = utc_now()
    with services.database.unit_of_work() as session:
        rollouts.drive_all(session, services.settings, now)
        release_rollouts.drive_all(session, services.settings, now, since=services.started_at)
        service.look(session, services.settings, now)


@job("alerts.tell", attempts=8)
def tell(services: Services, *, alert_id: str, on_call_id: str, number: int, resolved: bool) -> None:
    """Tell one person. What can be tried again is; what cannot is on the alert's page."""
    with services.database.unit_of_work() as session:
        alert = session.get_one(Alert, uuid.UUID(alert_id))
        person = session.get_one(OnCall, uuid.UUID(on_call_id))
        if not person.active or (alert.ended_at is not None and not resolved):
            return
        message, target = _message(alert, resolved=resolved), duty.target_of(services.settings, person)
    now = utc_now()
    tracking = f"alert-{alert_id}-{on_call_id}-{number}{'-over' if resolved else ''}"
    delivery = alert_staff(services.settings, message, target, tracking_id=tracking, now=now)
    if delivery.retryable:
        raise RuntimeError(f"alert not told yet: {delivery.code}")
    with services.database.unit_of_work() as session:
        session.add(
            AlertTelling(
                alert_id=uuid.UUID(alert_id),
                on_call_id=uuid.UUID(on_call_id),
                number=number,
                resolved=resolved,
                state=delivery.state,
                code=delivery.code or "",
                at=now,
            )
        )


def _message(alert: Alert, *, resolved: bool) -> notify_alerts.Alert:
    """Without the details where they hold what might be somebody's number."""
    values: dict[str, Any] = {
        "key": f"{alert.rule}/{alert.subject}",
        "severity": alert.severity,
        "title_vi": alert.title_vi,
        "title_en": alert.title_en,
        "at": alert.ended_at if resolved and alert.ended_at is not None else alert.began_at,
        "resolved": resolved,
    }
    try:
        return notify_alerts.Alert(body_vi=alert.detail_vi, body_en=alert.detail_en, **values)
    except ValueError:
        return notify_alerts.Alert(body_vi="", body_en="", **values)
