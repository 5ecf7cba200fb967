from __future__ import annotations

import uuid

from backend.database import utc_now
from backend.jobs import job
from backend.payments import asking
from backend.services import Services


@job("payments.settle", attempts=3)
def settle(services: Services, *, payment_id: str) -> None:
    """Ask the provider how one attempt ended; ended already: nothing happens."""
    asking.settle(services, uuid.UUID(payment_id), utc_now())
