"""The review over HTTP; the screens call the same addresses."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response

from backend.accounts.guards import Reviewer
from backend.database import SessionDep, utc_now
from backend.idempotency.routes import OnceRoute, StaffOnce
from backend.intake.models import Violation
from backend.review import queries, service
from backend.review.schemas import (
    Confirmation,
    Confirmed,
    Correction,
    Decided,
    Detail,
    Queue,
    QueueFilter,
    Rejection,
    RejectReasonView,
)
from backend.review.words import REJECT_REASONS
from backend.services import ServicesDep

router = APIRouter(route_class=OnceRoute, prefix="/v1/review", tags=["review"])


@router.get("/queue")
def read_queue(session: SessionDep, officer: Reviewer, page: Annotated[QueueFilter, Query()]) -> Queue:
    """Undecided reports, the most urgent first."""
    return queries.queue(session, officer, now=utc_now(), limit=page.limit)


@router.get("/reject-reasons")
def read_reject_reasons(_officer: Reviewer) -> list[RejectReasonView]:
    return [RejectReasonView(**asdict(reason)) for reason in REJECT_REASONS]


@router.post("/next", response_model=Detail, responses={204: {"description": "The queue is empty"}})
def take_next(
    session: SessionDep,
    services: ServicesDep,
    officer: Reviewer,
    after: Annotated[uuid.UUID | None, Query()] = None,
) -> Detail | Response:
    """Take up the most urgent report that nobody holds; no two officers get the same.

    `after`: the one on the screen now, so that the next can be made ready meanwhile.
    """
    lease_s = services.settings.claim_lease_s
    violation = service.claim_next(session, officer, now=utc_now(), lease_s=lease_s, after=after)
    if violation is None:
        return Response(status_code=204)
    return queries.detail(services, session, violation, officer)


@router.get("/{violation_id}")
def read_detail(
    violation_id: uuid.UUID, session: SessionDep, services: ServicesDep, officer: Reviewer
) -> Detail:
    return queries.detail(services, session, queries.find(session, violation_id), officer)


@router.post("/{violation_id}/claim")
def claim(violation_id: uuid.UUID, session: SessionDep, services: ServicesDep, officer: Reviewer) -> Detail:
    violation = service.claim(
        session, violation_id, officer, now=utc_now(), lease_s=services.settings.claim_lease_s
    )
    return queries.detail(services, session, violation, officer)


@router.post("/{violation_id}/release")
def release(violation_id: uuid.UUID, session: SessionDep, officer: Reviewer) -> Decided:
    return _decided(service.release(session, violation_id, officer))


@router.patch("/{violation_id}")
def correct(
    violation_id: uuid.UUID,
    correction: Correction,
    session: SessionDep,
    services: ServicesDep,
    officer: Reviewer,
) -> Detail:
    violation = service.correct(session, violation_id, officer, correction)
    return queries.detail(services, session, violation, officer)


@router.post("/{violation_id}/confirm")
def confirm(
    violation_id: uuid.UUID,
    confirmation: Confirmation,
    session: SessionDep,
    services: ServicesDep,
    officer: Reviewer,
    _once: StaffOnce,
) -> Confirmed:
    dossier = service.confirm(
        services, session, violation_id, officer, confirmation=confirmation, now=utc_now()
    )
    return Confirmed(violation_id=violation_id, dossier_id=dossier.id)


@router.post("/{violation_id}/reject")
def reject(
    violation_id: uuid.UUID,
    rejection: Rejection,
    session: SessionDep,
    services: ServicesDep,
    officer: Reviewer,
    _once: StaffOnce,
) -> Decided:
    violation = service.reject(services, session, violation_id, officer, rejection=rejection, now=utc_now())
    return _decided(violation)


def _decided(violation: Violation) -> Decided:
    return Decided(violation_id=violation.id, state=violation.state, version=violation.version)
