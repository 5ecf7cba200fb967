"""Pages that tell anybody whether evidence is intact: for owners, for officers, and the boxes' keys."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.guards import Officer
from backend.database import SessionDep, utc_now
from backend.dossiers.models import Dossier
from backend.errors import not_found
from backend.evidence.bundle import bundle
from backend.evidence.integrity import check
from backend.evidence.service import evidence_files
from backend.intake.models import Device, Violation
from backend.portal.pages import case_page
from backend.portal.service import OwnDossier, visit_in
from backend.review.queries import find
from backend.review.words import ROLE_NAMES, name_of
from backend.services import Services, ServicesDep
from backend.templating import render
from edge.report import key_fingerprint

router = APIRouter(include_in_schema=False)


@router.get("/ho-so/nguyen-ven")
def owner_check(
    request: Request, services: ServicesDep, session: SessionDep, dossier: OwnDossier
) -> Response:
    """The owner asks whether the evidence of his case is intact; it is checked as he looks."""
    violation = session.get_one(Violation, dossier.violation_id)
    return case_page(
        request,
        session,
        dossier,
        "what",
        template="evidence/owner.html",
        found=check(services, session, violation, actor=visit_in(request).actor, now=utc_now()),
        role_name=lambda role, lang: name_of(ROLE_NAMES, role, lang),
    )


@router.get("/ho-so/bang-chung.zip")
def owner_bundle(
    request: Request, services: ServicesDep, session: SessionDep, dossier: OwnDossier
) -> Response:
    """Everything the owner may see, with the signed list, to check at home."""
    violation = session.get_one(Violation, dossier.violation_id)
    return _zip(services, session, violation, actor=visit_in(request).actor, whole=False)


@router.get("/canh-sat/duyet/{violation_id}/nguyen-ven")
def officer_check(
    request: Request, violation_id: uuid.UUID, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """The same for an officer."""
    violation = find(session, violation_id)
    dossier = session.scalar(select(Dossier).where(Dossier.violation_id == violation.id))
    return render(
        request,
        "evidence/officer.html",
        section="dossiers" if dossier else "review",
        violation=violation,
        back=f"/canh-sat/ho-so/{dossier.id}/chung-cu" if dossier else f"/canh-sat/duyet/{violation.id}",
        found=check(services, session, violation, actor=officer.actor, now=utc_now()),
        role_name=lambda role, lang: name_of(ROLE_NAMES, role, lang),
    )


@router.get("/canh-sat/duyet/{violation_id}/chung-cu.zip")
def officer_bundle(
    violation_id: uuid.UUID, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """The whole evidence, originals too, for a court."""
    return _zip(services, session, find(session, violation_id), actor=officer.actor, whole=True)


@router.get("/xac-minh/thiet-bi/{device_id}")
def device_key(request: Request, device_id: str, session: SessionDep) -> Response:
    """The public key of a box that an operator approved, for whoever checks evidence."""
    device = session.get(Device, device_id)
    if device is None or device.approved_at is None:
        raise not_found("Không có hộp camera này", "There is no such camera box")
    return render(request, "evidence/key.html", device=device, fingerprint=key_fingerprint(device.public_key))


def _zip(services: Services, session: Session, violation: Violation, *, actor: str, whole: bool) -> Response:
    device = session.get_one(Device, violation.device_id)
    content = bundle(services, violation, device, evidence_files(session, violation.id), whole=whole)
    audit.record(
        session,
        actor=actor,
        action="evidence.taken_away",
        subject_type="violation",
        subject_id=violation.id,
        data={"whole": whole},
    )
    return Response(
        content,
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="chung-cu-{str(violation.report_id)[:8]}.zip"',
            "Cache-Control": "private, no-store",
        },
    )
