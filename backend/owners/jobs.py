from __future__ import annotations

import uuid

from backend.database import utc_now
from backend.jobs import job
from backend.owners import correcting
from backend.owners.asking import run_lookup
from backend.owners.outside import Outside
from backend.owners.registry import Registry
from backend.services import Services


@job("owners.report_correction")
def report_correction(services: Services, *, correction_id: str) -> None:
    """Tell the registry what a person found; it asks for itself again while the registry is silent."""
    settings = services.settings
    registry = Registry(settings.registry_url, settings.outside_timeout_s)
    correcting.report(services, uuid.UUID(correction_id), registry, utc_now())


@job("owners.lookup")
def lookup(services: Services, *, lookup_id: str) -> None:
    """Ask the registers; it asks for itself again, later and later, while one of them is silent."""
    run_lookup(services, uuid.UUID(lookup_id), Outside.of(services.settings), utc_now())
