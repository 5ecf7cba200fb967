"""The second review over HTTP. The published error rate needs no sign-in: it names nobody."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response

from backend.accounts.guards import Reviewer, TeamChief
from backend.database import SessionDep, utc_now
from backend.rechecks import queries, service
from backend.rechecks.models import Recheck
from backend.rechecks.schemas import (
    Difference,
    Ended,
    Quality,
    QualityFilter,
    SecondVerdict,
    Settled,
    Settlement,
)
from backend.services import ServicesDep

router = APIRouter(tags=["second review"])


@router.post(
    "/v1/second-reviews/next", response_model=Ended, responses={204: {"description": "Nothing waits"}}
)
def take_next(session: SessionDep, services: ServicesDep, officer: Reviewer) -> Ended | Response:
    """Take up a second review of somebody else's decision; its page shows the evidence and no verdict."""
    found = service.claim_next(session, officer, now=utc_now(), lease_s=services.settings.claim_lease_s)
    return Response(status_code=204) if found is None else _ended(found)


@router.post("/v1/second-reviews/{recheck_id}/claim", status_code=204)
def renew(recheck_id: uuid.UUID, session: SessionDep, services: ServicesDep, officer: Reviewer) -> None:
    """Keep what is being looked at; left alone it goes back after the lease."""
    service.renew(session, recheck_id, officer, now=utc_now(), lease_s=services.settings.claim_lease_s)


@router.post("/v1/second-reviews/{recheck_id}/release")
def release(recheck_id: uuid.UUID, session: SessionDep, officer: Reviewer) -> Ended:
    return _ended(service.release(session, recheck_id, officer))


@router.post("/v1/second-reviews/{recheck_id}/verdict")
def decide(recheck_id: uuid.UUID, verdict: SecondVerdict, session: SessionDep, officer: Reviewer) -> Ended:
    """The second verdict, given without the first. Whether the two agree is not said here."""
    return _ended(service.decide(session, recheck_id, officer, verdict, utc_now()))


@router.get("/v1/second-reviews/differences")
def read_differences(session: SessionDep, chief: TeamChief) -> list[Difference]:
    """Verdicts that differ, for a chief who gave neither."""
    return queries.differences(session, chief)


@router.post("/v1/second-reviews/{recheck_id}/settlement")
def settle(recheck_id: uuid.UUID, settlement: Settlement, session: SessionDep, chief: TeamChief) -> Settled:
    """Say whose verdict stands. A wrongly confirmed case is dropped where the law still lets it."""
    recheck = service.settle(session, recheck_id, chief, settlement, utc_now())
    return Settled(
        id=recheck.id, state=recheck.state, consequence=recheck.consequence, version=recheck.version
    )


@router.get("/v1/review-quality")
def read_quality(
    session: SessionDep, services: ServicesDep, days: Annotated[QualityFilter, Query()]
) -> Quality:
    """How often a first verdict did not stand, by a blind second look at a random sample; for anybody."""
    return queries.quality(
        session,
        since=days.since,
        until=days.until,
        share_drawn=services.settings.second_review_share,
        now=utc_now(),
    )


def _ended(recheck: Recheck) -> Ended:
    return Ended(id=recheck.id, version=recheck.version)
