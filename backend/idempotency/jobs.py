from __future__ import annotations

from backend.database import utc_now
from backend.idempotency import service
from backend.jobs import job
from backend.services import Services


@job("idempotency.forget")
def forget(services: Services) -> None:
    """Delete keys of requests that are kept no longer."""
    with services.database.unit_of_work() as session:
        service.forget(session, utc_now())
