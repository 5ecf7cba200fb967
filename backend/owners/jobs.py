from __future__ import annotations

import uuid

from backend.database import utc_now
from backend.jobs import job
from backend.owners.asking import run_lookup
from backend.owners.outside import Outside
from backend.services import Services


@job("owners.lookup")
def lookup(services: Services, *, lookup_id: str) -> None:
    """Ask the registers; it asks for itself again, later and later, while one of them is silent."""
    run_lookup(services, uuid.UUID(lookup_id), Outside.of(services.settings), utc_now())
