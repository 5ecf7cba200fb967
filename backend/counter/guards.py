"""Who serves at the counter, and the visit that an address names."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import Depends, Request

from backend.accounts.guards import Clerk
from backend.accounts.models import Account
from backend.counter import visits
from backend.counter.visits import Serving
from backend.database import SessionDep, utc_now
from backend.services import ServicesDep

__all__ = ["Clerk", "OpenVisit", "staff_words"]


def _serving(visit_id: uuid.UUID, services: ServicesDep, session: SessionDep, clerk: Clerk) -> Serving:
    return Serving(services, session, visits.current(session, visit_id, clerk, utc_now()), clerk)


OpenVisit = Annotated[Serving, Depends(_serving)]
"""A visit that this clerk has open; Problem 404 or 409."""


def staff_words(request: Request, clerk: Account) -> dict[str, Any]:
    """What every page of the counter needs of who is signed in."""
    return {"account": clerk, "csrf_token": request.state.csrf_token, "section": "counter"}
