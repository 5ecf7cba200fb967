"""Acts that need two persons, over HTTP."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from backend.accounts.guards import ApprovalAsker, ApprovalReader, Reviewing, TeamChief
from backend.accounts.models import Account
from backend.approvals import evading, service
from backend.approvals.acts import ACTS
from backend.approvals.rules import Kind
from backend.approvals.schemas import ActApproved, ActAsked, ActRefused, ApprovalView, EvasionAsked
from backend.database import SessionDep, utc_now
from backend.dossiers.moves import locked
from backend.idempotency.routes import OnceRoute, StaffOnce
from penalty.dossier import State

router = APIRouter(route_class=OnceRoute, tags=["approvals"])


@router.get("/v1/approvals")
def list_approvals(
    session: SessionDep,
    _reader: ApprovalReader,
    state: Annotated[Literal["waiting", "decided"], Query()] = "waiting",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> list[ApprovalView]:
    """What waits for a second person, the soonest to expire first; or what was decided, newest first."""
    found = service.listed(session, waiting=state == "waiting", now=utc_now(), limit=limit)
    return [ApprovalView.model_validate(one) for one in found]


@router.post("/v1/dossiers/{dossier_id}/annulment", status_code=202)
def ask_to_annul(
    dossier_id: uuid.UUID, body: ActAsked, session: SessionDep, officer: Reviewing, _once: StaffOnce
) -> ApprovalView:
    """Ask for the decision to be cancelled. Another person with the power approves it."""
    return _ask(session, dossier_id, body, officer, "annul_decision")


@router.post("/v1/dossiers/{dossier_id}/dropping", status_code=202)
def ask_to_drop(
    dossier_id: uuid.UUID, body: ActAsked, session: SessionDep, officer: Reviewing, _once: StaffOnce
) -> ApprovalView:
    """Ask for the dossier to be dropped without a penalty. Another person with the power approves it."""
    return _ask(session, dossier_id, body, officer, "drop_dossier")


@router.post("/v1/dossiers/{dossier_id}/evasion", status_code=202)
def ask_to_record_evasion(
    dossier_id: uuid.UUID, body: EvasionAsked, session: SessionDep, officer: Reviewing, _once: StaffOnce
) -> ApprovalView:
    """Ask that deliberate evasion is recorded; the limitation counts anew from its end (LHAV Art. 6, 74).

    Another person with the power approves it. 409 `no_limitation`, 422 `evasion_days`.
    """
    return ApprovalView.model_validate(evading.ask(session, dossier_id, officer, body, utc_now()))


@router.post("/v1/approvals/{approval_id}/approval")
def approve(
    approval_id: uuid.UUID, body: ActApproved, session: SessionDep, chief: TeamChief, _once: StaffOnce
) -> ApprovalView:
    """Approve what somebody else asked for; it is done at once. 403 `same_person`, 409, 412."""
    done = service.approve(
        session, approval_id, chief, ACTS, expected_version=body.expected_version, now=utc_now()
    )
    return ApprovalView.model_validate(done)


@router.post("/v1/approvals/{approval_id}/refusal")
def refuse(
    approval_id: uuid.UUID, body: ActRefused, session: SessionDep, chief: TeamChief, _once: StaffOnce
) -> ApprovalView:
    """Refuse what somebody else asked for, with a reason."""
    return ApprovalView.model_validate(
        service.refuse(session, approval_id, chief, note=body.note, now=utc_now())
    )


@router.post("/v1/approvals/{approval_id}/withdrawal")
def withdraw(
    approval_id: uuid.UUID, session: SessionDep, officer: ApprovalAsker, _once: StaffOnce
) -> ApprovalView:
    """Take back what one asked for oneself."""
    return ApprovalView.model_validate(service.withdraw(session, approval_id, officer, utc_now()))


def _ask(
    session: SessionDep, dossier_id: uuid.UUID, body: ActAsked, officer: Account, kind: Kind
) -> ApprovalView:
    dossier = locked(session, dossier_id, expected_version=body.expected_version)
    service.refuse_impossible(State(dossier.state), kind)
    asked = service.ask(
        session, kind, dossier, officer, subject_id=dossier.id, reason=body.reason, now=utc_now()
    )
    return ApprovalView.model_validate(asked)
