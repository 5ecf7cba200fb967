from __future__ import annotations

import uuid

from fastapi import APIRouter, Request, Response

from backend.accounts.guards import Officer
from backend.database import SessionDep, utc_now
from backend.evidence.service import evidence_file, note_view
from backend.evidence.streaming import file_response
from backend.services import ServicesDep
from edge.report import FileRole

router = APIRouter(tags=["evidence"])


@router.get("/v1/evidence/{violation_id}/{role}", response_class=Response)
def read_evidence(
    violation_id: uuid.UUID,
    role: FileRole,
    request: Request,
    *,
    session: SessionDep,
    services: ServicesDep,
    officer: Officer,
) -> Response:
    """One evidence file for an officer; Range is honoured, the look is logged."""
    file = evidence_file(session, violation_id, role)
    response = file_response(request, services, file)
    note_view(session, file, actor=officer.actor, piece="range" in request.headers, now=utc_now())
    return response
