"""The registry's word on a company's vehicle: is it registered, as that kind, to that company?"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from backend import audit
from backend.accounts.models import Account
from backend.fleets.models import Company, CompanyPlate, PlateState
from backend.owners.judge import same_kind
from backend.owners.registry import OutsideUnavailableError, Question, Registration, Registry
from backend.owners.service import vault_of
from backend.services import Services

PROCEDURE: Final = "PN-CSGT-DN"
REASONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "not_registered": ("Không có trong dữ liệu đăng ký xe", "Not in the registry"),
        "kind_differs": ("Đăng ký là loại xe khác", "Registered as another kind of vehicle"),
        "other_owner": ("Không đứng tên doanh nghiệp này", "Not registered to this company"),
    }
)


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
        if plate.state != PlateState.ASKED or plate.request_id != question.request_id:
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
        if plate is None or plate.state != PlateState.ASKED or plate.asked_by is None:
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
