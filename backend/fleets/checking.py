"""The registry's word on a company's vehicle: is it registered, as that kind, to that company?"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.fleets.models import Company, CompanyPlate, CompanyState, PlateState
from backend.owners.comparing import same_kind
from backend.owners.registry import OutsideUnavailableError, Question, Registration, Registry
from backend.owners.service import vault_of
from backend.services import Services

PROCEDURE: Final = "PN-CSGT-DN"
RECHECKED_AFTER: Final = timedelta(days=30)
"""How long the registry's word on a vehicle is good for: it may have been sold."""
_ASKED_AGAIN_AFTER: Final = timedelta(days=1)
_AT_ONCE: Final = 50
REASONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "not_registered": ("Không có trong dữ liệu đăng ký xe", "Not in the registry"),
        "kind_differs": ("Đăng ký là loại xe khác", "Registered as another kind of vehicle"),
        "other_owner": ("Không đứng tên doanh nghiệp này", "Not registered to this company"),
    }
)


_ASKABLE: Final = frozenset({PlateState.ASKED, PlateState.VERIFIED})


def check(services: Services, plate_id: uuid.UUID, registry: Registry, now: datetime) -> None:
    """Ask and write down the answer; asked by nobody or answered already: nothing happens.

    The question is asked outside any transaction. Raises OutsideUnavailableError after noting it, so that
    the job comes again.
    """
    question = _question(services, plate_id, now)
    if question is None:
        return
    try:
        answer = registry.find(question)
    except OutsideUnavailableError as error:
        with services.database.unit_of_work() as session:
            session.get_one(CompanyPlate, plate_id).last_error = str(error)
        raise
    with services.database.unit_of_work() as session:
        plate = session.get_one(CompanyPlate, plate_id, with_for_update=True)
        if plate.state not in _ASKABLE or plate.request_id != question.request_id:
            return
        company = session.get_one(Company, plate.company_id)
        owner = vault_of(services).index("id_number", answer.owner.id_number) if answer else None
        plate.reason = fault(answer, plate.vehicle_kind, ours=owner == company.id_number_index)
        plate.state = PlateState.REFUSED if plate.reason else PlateState.VERIFIED
        plate.checked_at, plate.last_error = now, None
        audit.record(
            session,
            actor="system",
            action=f"company.plate_{plate.state}",
            subject_type="company",
            subject_id=company.id,
            data={"plate": str(plate.id), "reason": plate.reason, "request_id": str(plate.request_id)},
        )


def ask_again(session: Session, now: datetime) -> int:
    """Ask for verified vehicles whose answer has become old, in the name of the officer who asked before.

    They stay the company's until the registry says otherwise. One whose officer is no longer here waits for
    another, and is the company's no more until then: nobody is asked about in nobody's name. How many.
    """
    old = session.scalars(
        select(CompanyPlate)
        .join(Company, Company.id == CompanyPlate.company_id)
        .where(
            CompanyPlate.state == PlateState.VERIFIED,
            CompanyPlate.checked_at < now - RECHECKED_AFTER,
            func.coalesce(CompanyPlate.asked_again_at, CompanyPlate.checked_at) < now - _ASKED_AGAIN_AFTER,
            Company.state == CompanyState.VERIFIED,
        )
        .order_by(CompanyPlate.checked_at)
        .limit(_AT_ONCE)
        .with_for_update(of=CompanyPlate, skip_locked=True)
    ).all()
    for plate in old:
        officer = session.get(Account, plate.asked_by) if plate.asked_by else None
        plate.request_id, plate.asked_again_at = uuid.uuid4(), now
        if officer is None or not officer.active:
            plate.state, plate.asked_by = PlateState.ASKED, None
            continue
        jobs.defer(session, "fleets.check_plate", lock=f"company_plate/{plate.id}", plate_id=str(plate.id))
    return len(old)


def fault(answer: Registration | None, vehicle_kind: str, *, ours: bool) -> str | None:
    """Why the registry does not bear out what the company says; None where it does."""
    if answer is None:
        return "not_registered"
    if not ours:
        return "other_owner"
    return None if same_kind(answer.vehicle.kind, vehicle_kind) else "kind_differs"


def _question(services: Services, plate_id: uuid.UUID, now: datetime) -> Question | None:
    with services.database.unit_of_work() as session:
        plate = session.get(CompanyPlate, plate_id)
        if plate is None or plate.state not in _ASKABLE or plate.asked_by is None:
            return None
        return Question(
            request_id=plate.request_id,
            officer_id=session.get_one(Account, plate.asked_by).username,
            procedure_code=PROCEDURE,
            plate=plate.plate,
            ground_colour="unknown",
            vehicle_kind=plate.vehicle_kind,
            at=now,
        )
