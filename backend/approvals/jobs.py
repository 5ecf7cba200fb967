from __future__ import annotations

from backend.approvals import service
from backend.database import utc_now
from backend.jobs import job
from backend.services import Services


@job("approvals.expire")
def expire(services: Services) -> None:
    """Void the requests that waited too long for a second person."""
    with services.database.unit_of_work() as session:
        service.expire(session, utc_now())
