"""What companies ask for and what staff decide. Each act is in the audit log."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.citizens.eid import Citizen
from backend.database import new_id
from backend.errors import Problem, not_found, version_conflict
from backend.fleets.lists import Row
from backend.fleets.models import (
    ApiKey,
    Company,
    CompanyPaper,
    CompanyPlate,
    CompanyState,
    PlateState,
    WebhookEndpoint,
)
from backend.owners.service import vault_of
from backend.services import Services
from backend.submissions.pictures import Picture

MOST_PLATES = 5000
_MAY_ASK = frozenset({CompanyState.REFUSED, CompanyState.ENDED})


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to talk to at a company, and the number it is registered under."""

    id_number: str
    person: str
    phone: str
    email: str


def index_of(services: Services, citizen: Citizen) -> str:
    """The blind index that this organisation's registrations carry."""
    return vault_of(services).index("id_number", citizen.id_number)


def company_of(session: Session, id_number_index: str) -> Company | None:
    return session.scalar(select(Company).where(Company.id_number_index == id_number_index))


def find(session: Session, company_id: uuid.UUID, *, lock: bool = False) -> Company:
    """Raises Problem 404."""
    found = session.get(Company, company_id, with_for_update=lock)
    if found is None:
        raise not_found("Không có doanh nghiệp này", "There is no such company")
    return found


def ask(
    services: Services,
    session: Session,
    citizen: Citizen,
    contact: Contact,
    *,
    rows: Sequence[Row],
    papers: Sequence[Picture],
    now: datetime,
) -> Company:
    """Ask to subscribe, or again after a refusal. Raises Problem 409 where that is open or settled."""
    vault, index = vault_of(services), index_of(services, citizen)
    company = session.scalar(select(Company).where(Company.id_number_index == index).with_for_update())
    if company is None:
        company = Company(id=new_id(), name=citizen.name, id_number_index=index, contact_sealed=b"")
        session.add(company)
    elif company.state not in _MAY_ASK:
        raise _asked_already()
    company.name, company.state, company.asked_at = citizen.name, CompanyState.ASKED, now
    company.decided_at = company.decided_by = company.reason = None
    company.version = (company.version or 0) + 1
    company.contact_sealed = vault.seal("contact", company.id, json.dumps(asdict(contact)))
    session.flush()
    _keep_papers(services, session, company, papers)
    _log(session, company, "company.asked", company.actor, {"papers": len(papers), "plates": len(rows)})
    add_plates(session, company, rows)
    return company


def contact_of(services: Services, company: Company) -> Contact:
    """In clear. The caller logs why it looked."""
    return Contact(**json.loads(vault_of(services).open("contact", company.id, company.contact_sealed)))


def add_plates(session: Session, company: Company, rows: Sequence[Row]) -> int:
    """Put vehicles on the list; each waits for the registry. Returns how many are new or asked again."""
    known = {(one.plate, one.vehicle_kind): one for one in plates_of(session, company, removed=True)}
    on_list = sum(one.state != PlateState.REMOVED for one in known.values())
    if on_list + len(rows) > MOST_PLATES:
        raise _too_many_plates()
    added = 0
    for row in rows:
        if row.kind is None:
            raise ValueError(f"row {row.number}: a vehicle on the list needs its kind")
        there = known.get((row.plate, row.kind))
        if there is None:
            session.add(CompanyPlate(company_id=company.id, plate=row.plate, vehicle_kind=row.kind))
        elif there.state in {PlateState.REFUSED, PlateState.REMOVED}:
            there.state, there.request_id = PlateState.ASKED, uuid.uuid4()
            there.asked_by = there.reason = there.checked_at = there.last_error = None
        else:
            continue
        added += 1
    session.flush()
    if added:
        _log(session, company, "company.plates_added", company.actor, {"plates": added})
    return added


def remove_plate(session: Session, company: Company, plate_id: uuid.UUID) -> None:
    """Take a vehicle off the list: sold, or entered by mistake. Raises Problem 404."""
    plate = session.get(CompanyPlate, plate_id)
    if plate is None or plate.company_id != company.id:
        raise not_found("Không có xe này trong danh sách", "There is no such vehicle on the list")
    plate.state = PlateState.REMOVED
    _log(session, company, "company.plate_removed", company.actor, {"plate": str(plate.id)})


def plates_of(session: Session, company: Company, *, removed: bool = False) -> Sequence[CompanyPlate]:
    query = select(CompanyPlate).where(CompanyPlate.company_id == company.id).order_by(CompanyPlate.plate)
    if not removed:
        query = query.where(CompanyPlate.state != PlateState.REMOVED)
    return session.scalars(query).all()


def papers_of(session: Session, company: Company) -> Sequence[CompanyPaper]:
    query = select(CompanyPaper).where(CompanyPaper.company_id == company.id)
    return session.scalars(query.order_by(CompanyPaper.created_at)).all()


def ask_registry(session: Session, company: Company, officer: Account) -> int:
    """Ask the registry for every vehicle that waits, in this officer's name. Returns how many."""
    waiting = [one for one in plates_of(session, company) if one.state == PlateState.ASKED]
    for plate in waiting:
        plate.asked_by, plate.last_error = officer.id, None
        jobs.defer(session, "fleets.check_plate", lock=f"company_plate/{plate.id}", plate_id=str(plate.id))
    if waiting:
        _log(session, company, "company.registry_asked", officer.actor, {"plates": len(waiting)})
    return len(waiting)


def decide(
    session: Session,
    company_id: uuid.UUID,
    state: CompanyState,
    officer: Account,
    *,
    reason: str,
    expected_version: int,
    now: datetime,
) -> Company:
    """Verify, refuse, suspend or restore. Raises Problem 404, 409, 412."""
    company = find(session, company_id, lock=True)
    if company.version != expected_version:
        raise version_conflict(company.version)
    allowed = {
        CompanyState.ASKED: {CompanyState.VERIFIED, CompanyState.REFUSED},
        CompanyState.VERIFIED: {CompanyState.SUSPENDED},
        CompanyState.SUSPENDED: {CompanyState.VERIFIED},
    }
    if state not in allowed.get(CompanyState(company.state), set()):
        raise _no_such_step(company)
    if state == CompanyState.VERIFIED and not _has_verified_plate(session, company):
        raise _no_plate_verified()
    company.state, company.reason = state, reason or None
    company.decided_by, company.decided_at = officer.id, now
    company.version += 1
    _log(session, company, f"company.{state}", officer.actor, {"reason": reason})
    return company


def end(session: Session, company: Company, now: datetime) -> None:
    """The company leaves: its keys and endpoints end with it, and it may ask again."""
    company.state, company.decided_at = CompanyState.ENDED, now
    company.version += 1
    living = (ApiKey.company_id == company.id) & ApiKey.revoked_at.is_(None)
    session.execute(update(ApiKey).where(living).values(revoked_at=now))
    told = (WebhookEndpoint.company_id == company.id) & WebhookEndpoint.ended_at.is_(None)
    session.execute(update(WebhookEndpoint).where(told).values(ended_at=now, ended_why="removed"))
    _log(session, company, "company.ended", company.actor)


def companies(session: Session) -> Sequence[tuple[Company, int]]:
    """All of them, with how many of their vehicles wait for the registry; those that wait for staff first."""
    waiting = func.count(CompanyPlate.id).filter(CompanyPlate.state == PlateState.ASKED)
    rows = session.execute(
        select(Company, waiting)
        .outerjoin(CompanyPlate, CompanyPlate.company_id == Company.id)
        .group_by(Company.id)
        .order_by((Company.state == CompanyState.ASKED).desc(), waiting.desc(), Company.asked_at)
        .limit(500)
    )
    return [(company, count) for company, count in rows]


def _keep_papers(services: Services, session: Session, company: Company, papers: Sequence[Picture]) -> None:
    for picture in papers:
        paper_id = new_id()
        key = f"companies/{company.id}/{paper_id}.jpg"
        bucket = services.settings.s3_documents_bucket
        stored = services.store.put(bucket, key, picture.data, picture.media_type)
        session.add(
            CompanyPaper(
                id=paper_id,
                company_id=company.id,
                object_key=key,
                sha256=stored.sha256,
                size_bytes=stored.size_bytes,
                media_type=picture.media_type,
            )
        )


def _has_verified_plate(session: Session, company: Company) -> bool:
    return any(one.state == PlateState.VERIFIED for one in plates_of(session, company))


def _log(
    session: Session, company: Company, action: str, actor: str, data: dict[str, Any] | None = None
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject_type="company",
        subject_id=company.id,
        data=data or {},
    )


def _asked_already() -> Problem:
    return Problem(
        409,
        "asked_already",
        "Doanh nghiệp đã đăng ký",
        "The company has asked already",
        "Xem trạng thái tại /doanh-nghiep.",
        "See how it stands at /doanh-nghiep.",
    )


def _too_many_plates() -> Problem:
    return Problem(
        409,
        "too_many_plates",
        f"Danh sách có tối đa {MOST_PLATES} xe",
        f"A list has at most {MOST_PLATES} vehicles",
        "Hãy bỏ xe không còn dùng.",
        "Remove vehicles that are not yours any more.",
    )


def _no_such_step(company: Company) -> Problem:
    return Problem(
        409,
        "no_such_step",
        "Không thực hiện được bước này",
        "This step cannot be taken",
        f"Trạng thái hiện tại: {company.state}.",
        f"The company stands at: {company.state}.",
    )


def _no_plate_verified() -> Problem:
    return Problem(
        409,
        "no_plate_verified",
        "Chưa có xe nào khớp với dữ liệu đăng ký",
        "No vehicle fits the registry yet",
        "Hãy hỏi dữ liệu đăng ký trước; chỉ xác minh doanh nghiệp có ít nhất một xe đứng tên.",
        "Ask the registry first; a company is verified with at least one vehicle in its name.",
    )
