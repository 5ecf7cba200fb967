from __future__ import annotations

import uuid

from backend.database import utc_now
from backend.jobs import job
from backend.services import Services
from backend.transfers import sending, sync


@job("transfers.send", attempts=12)
def send(services: Services, *, transfer_id: str) -> None:
    """Hand a package to the other authority; the same package again is nothing new there."""
    sending.send(services, uuid.UUID(transfer_id), utc_now())


@job("transfers.compare")
def compare(services: Services) -> None:
    """Compare with every authority that we share a case with."""
    sync.compare_all(services, utc_now())
