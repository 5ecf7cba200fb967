from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from backend.accounts.guards import Officer
from backend.database import SessionDep, utc_now
from backend.owners import correcting, figures, resolving, service
from backend.owners.models import OwnerLookup
from backend.owners.schemas import (
    ContactCorrection,
    CorrectionRow,
    LookupList,
    LookupRow,
    OwnerDataFigures,
    Resolution,
)
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
    return _row(resolving.resolve(services, session, lookup_id, body, officer=officer, now=utc_now()))


@router.post("/v1/owner-lookups/{lookup_id}/contact", tags=["owners"])
def correct_contact(
    lookup_id: uuid.UUID,
    body: ContactCorrection,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
) -> LookupRow:
    """Another phone or address of a known owner, with a reason; the registry is told."""
    return _row(
        correcting.correct_contact(services, session, lookup_id, body, officer=officer, now=utc_now())
    )


@router.get("/v1/owner-lookups/{lookup_id}/corrections", tags=["owners"])
def list_corrections(lookup_id: uuid.UUID, session: SessionDep, _officer: Officer) -> list[CorrectionRow]:
    """What was reported back to the registry about this vehicle, and what it answered."""
    service.get_lookup(session, lookup_id)
    found = correcting.of_lookup(session, lookup_id)
    return [CorrectionRow.model_validate(one, from_attributes=True) for one in found]


@router.get("/v1/owner-data/figures", tags=["owners"])
def read_figures(session: SessionDep, _officer: Officer) -> OwnerDataFigures:
    """How many fields the registers filled, and how many a person had to correct or enter."""
    return figures.read(session)
