from __future__ import annotations

import uuid
from typing import Annotated

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import APIRouter, Query, Response

from backend.accounts.guards import Officer, TeamChief
from backend.database import SessionDep, utc_now
from backend.dossiers import driver_age, queries, recording, service, steps
from backend.dossiers.authority import authority_of
from backend.dossiers.files import pdf_response
from backend.dossiers.issuer import signing_key
from backend.dossiers.models import DocumentKind
from backend.dossiers.schemas import (
    DecisionAsked,
    DossierDetail,
    DossierList,
    EnforcementAsked,
    OwnerLiable,
    RecordSigned,
)
from backend.dossiers.screens import router as screens_router
from backend.idempotency.routes import OnceRoute, StaffOnce
from backend.messages import letters
from backend.services import ServicesDep
from penalty.dossier import State

router = APIRouter(route_class=OnceRoute)
router.include_router(screens_router)


@router.get("/v1/dossiers", tags=["dossiers"])
def list_dossiers(
    session: SessionDep,
    _officer: Officer,
    state: Annotated[State | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DossierList:
    """Dossiers in one state, those that wait longest first; without a state, the newest first."""
    found = queries.dossiers(session, state=state, limit=limit)
    return DossierList(items=[queries.row(dossier) for dossier in found])


@router.get("/v1/papers/authority.pem", tags=["dossiers"])
def paper_authority(services: ServicesDep) -> Response:
    """The root certificate that papers are signed under: with it anybody checks a paper without us."""
    pem = authority_of(services.settings).root.public_bytes(Encoding.PEM)
    return Response(pem, media_type="application/x-pem-file")


@router.get("/v1/papers/qr-key.pem", tags=["dossiers"])
def paper_key(services: ServicesDep) -> Response:
    """The Ed25519 key that the QR codes of papers, and packages to other authorities, are signed with."""
    key = signing_key(services.settings).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Response(pem, media_type="application/x-pem-file")


@router.get("/v1/dossiers/{dossier_id}", tags=["dossiers"])
def get_dossier(
    dossier_id: uuid.UUID, services: ServicesDep, session: SessionDep, officer: Officer, response: Response
) -> DossierDetail:
    """One dossier whole. `ETag` is its version; the look at the owner is logged."""
    found = queries.detail(services, session, queries.find(session, dossier_id), officer)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.post("/v1/dossiers/{dossier_id}/decision", tags=["dossiers"])
def decide(
    dossier_id: uuid.UUID,
    body: DecisionAsked,
    *,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    response: Response,
    _once: StaffOnce,
) -> DossierDetail:
    """Sign the penalty decision.

    403 `no_signing_power` where the maximum of the band is above this officer's power, 409 where the dossier
    does not stand at `recorded` or the time to decide is over, 412 where it was changed since it was read.
    """
    dossier = service.decide(
        session,
        dossier_id,
        expected_version=body.expected_version,
        officer=officer,
        now=utc_now(),
        circumstances=body.circumstances,
    )
    found = queries.detail(services, session, dossier, officer)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.post("/v1/dossiers/{dossier_id}/record", tags=["dossiers"])
def record(
    dossier_id: uuid.UUID,
    body: RecordSigned,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    _once: StaffOnce,
) -> DossierDetail:
    """The person liable signed the record at the station.

    409 where the dossier does not stand so, a driver was named who has not been heard, or whose age on the
    day of the act nobody knows (`driver_age_unknown`), a register is being asked for (`age_pending`), takes a
    second person (`age_conflict`) or allows no penalty (`driver_under_age`).
    """
    driver_age.ask_before_record(services, dossier_id, officer)
    dossier = recording.record_at_station(
        session,
        dossier_id,
        officer,
        waives_explanation=body.waives_explanation,
        driver_born_on=body.driver_born_on,
        now=utc_now(),
    )
    return queries.detail(services, session, dossier, officer)


@router.post("/v1/dossiers/{dossier_id}/owner-liable", tags=["dossiers"])
def owner_liable(
    dossier_id: uuid.UUID,
    body: OwnerLiable,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    _once: StaffOnce,
) -> DossierDetail:
    """No answer within the 20 days: the record is made against the owner (Art. 47.8.b). 409 before."""
    dossier = recording.record_liable_owner(session, dossier_id, officer, reason=body.reason, now=utc_now())
    return queries.detail(services, session, dossier, officer)


@router.post("/v1/dossiers/{dossier_id}/enforcement", tags=["dossiers"])
def enforce(
    dossier_id: uuid.UUID,
    body: EnforcementAsked,
    *,
    services: ServicesDep,
    session: SessionDep,
    chief: TeamChief,
    response: Response,
    _once: StaffOnce,
) -> DossierDetail:
    """Order that an overdue fine is enforced, by whoever could have signed the decision.

    403 `no_signing_power`, 409 `paying_later` while a deferral or instalments run, `relief_waits` while they
    are asked for, `enforcement_late`, or from another state, 412.
    """
    dossier = steps.enforce(
        session,
        dossier_id,
        chief,
        measure=body.measure,
        reason=body.reason,
        now=utc_now(),
        expected_version=body.expected_version,
    )
    found = queries.detail(services, session, dossier, chief)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.post("/v1/dossiers/{dossier_id}/messages/{message_id}/posted", tags=["dossiers"], status_code=204)
def letter_posted(
    dossier_id: uuid.UUID,
    message_id: uuid.UUID,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    _once: StaffOnce,
) -> None:
    """A person put the printed letter in the post: for the law, that is when it was sent."""
    letters.posted_by_hand(services, session, dossier_id, message_id, officer=officer)


@router.get("/v1/dossiers/{dossier_id}/documents/{kind}", tags=["dossiers"])
def get_document(
    dossier_id: uuid.UUID,
    kind: DocumentKind,
    *,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    seq: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """A paper as PDF; without `seq` the newest of its kind. 404 while it is being made."""
    dossier = queries.find(session, dossier_id)
    found = queries.document(session, dossier, kind, seq)
    return pdf_response(services, session, found, actor=officer.actor)
