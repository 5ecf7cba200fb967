from __future__ import annotations

import uuid

from backend.database import utc_now
from backend.fleets import checking, delivery, targets, telling
from backend.jobs import job
from backend.owners.registry import Registry
from backend.services import Services


@job("fleets.check_plate")
def check_plate(services: Services, *, plate_id: str) -> None:
    """Ask the registry for one vehicle of a company; again later while it is silent."""
    registry = Registry(services.settings.registry_url, services.settings.outside_timeout_s)
    checking.check(services, uuid.UUID(plate_id), registry, utc_now())


@job("fleets.recheck")
def recheck(services: Services) -> None:
    """Have vehicles that were checked long ago asked for again."""
    with services.database.unit_of_work() as session:
        checking.ask_again(session, utc_now())


@job("fleets.tell_switched_off")
def tell_switched_off(services: Services, *, endpoint_id: str) -> None:
    """Tell a company's contact that its webhook was switched off."""
    telling.tell_switched_off(services, uuid.UUID(endpoint_id))


@job("fleets.deliver")
def deliver(services: Services, *, delivery_id: str) -> None:
    """Tell a company's endpoint; it asks for itself again, later and later."""
    networks = services.settings.fleet_webhook_networks
    delivery.deliver(
        services,
        uuid.UUID(delivery_id),
        lambda url, headers, content: targets.post(url, headers, content, networks),
        utc_now(),
    )
