from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from backend.accounts.guards import Officer
from backend.database import SessionDep, utc_now
from backend.owners import service
from backend.owners.models import OwnerLookup
from backend.owners.schemas import LookupList, LookupRow, Resolution
from backend.services import ServicesDep

router = APIRouter()


def _row(lookup: OwnerLookup) -> LookupRow:
    return LookupRow(
        id=lookup.id,
        violation_id=lookup.violation_id,
        state=lookup.state,
        version=lookup.version,
        plate=lookup.plate,
        ground_colour=lookup.ground_colour,
        vehicle_kind=lookup.vehicle_kind,
        requested_at=lookup.requested_at,
        attempts=lookup.attempts,
        warnings=lookup.warnings,
        has_record=lookup.name_encrypted is not None,
    )


@router.get("/v1/owner-lookups", tags=["owners"])
def list_owner_lookups(
    session: SessionDep,
    _officer: Officer,
    state: Annotated[Literal["needs_person", "any"], Query()] = "needs_person",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> LookupList:
    """Lookups that wait for a person (or all), oldest first; nobody is named here."""
    found = service.list_lookups(session, needs_person=state == "needs_person", limit=limit)
    return LookupList(items=[_row(lookup) for lookup in found])


@router.post("/v1/owner-lookups/{lookup_id}/resolve", tags=["owners"])
def resolve_owner_lookup(
    lookup_id: uuid.UUID, body: Resolution, services: ServicesDep, session: SessionDep, officer: Officer
) -> LookupRow:
    """Settle a doubtful lookup with a reason; the dossier that waits for it goes on by itself."""
    return _row(service.resolve(services, session, lookup_id, body, officer=officer, now=utc_now()))
