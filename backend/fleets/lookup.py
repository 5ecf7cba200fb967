"""A company's cases: of vehicles that the registry said are its own, and where it is the owner of the case.

A vehicle that was sold since then has its new owner in its later cases: those are not shown. A plate that is
not on the list gets one and the same answer, whoever's it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from backend import audit
from backend.citizens.cases import Case
from backend.citizens.views import line
from backend.dossiers.models import Dossier
from backend.errors import not_found
from backend.fleets.lists import Read, Row
from backend.fleets.models import Company, CompanyPlate, PlateState
from backend.fleets.schemas import CaseView, RowView
from backend.intake.models import Violation
from backend.owners.models import OwnerLookup
from penalty.dossier import LABELS, State


def own(company: Company) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a case is this company's to see; to be joined with OwnerLookup."""
    verified = select(CompanyPlate.plate).where(
        CompanyPlate.company_id == company.id, CompanyPlate.state == PlateState.VERIFIED
    )
    return (
        OwnerLookup.id_number_index == company.id_number_index,
        Dossier.notified_at.is_not(None),
        Dossier.plate.in_(verified),
    )


def cases(
    session: Session, company: Company, *, after: uuid.UUID | None = None, limit: int = 100
) -> list[CaseView]:
    """The company's cases in the order they were opened, after the one named."""
    query = _query(company).order_by(Dossier.id).limit(limit)
    if after is not None:
        query = query.where(Dossier.id > after)
    return _read(session, query)


def newest(session: Session, company: Company, limit: int) -> list[CaseView]:
    """The company's newest cases, the newest act first."""
    return _read(session, _query(company).order_by(Dossier.happened_at.desc()).limit(limit))


def case(session: Session, company: Company, dossier_id: uuid.UUID) -> CaseView:
    """Raises Problem 404 for one that is not this company's."""
    found = _read(session, _query(company).where(Dossier.id == dossier_id))
    if not found:
        raise not_found("Không có vụ việc này trong các vụ việc của doanh nghiệp", "Not one of your cases")
    return found[0]


def look_up(session: Session, company: Company, asked: Read, *, actor: str) -> list[RowView]:
    """An answer for each row, in the order of the list."""
    listed = session.execute(
        select(CompanyPlate.plate, CompanyPlate.vehicle_kind).where(
            CompanyPlate.company_id == company.id, CompanyPlate.state == PlateState.VERIFIED
        )
    )
    ours = {(plate, kind) for plate, kind in listed}
    plates = {plate for plate, _ in ours} & {row.plate for row in asked.rows}
    found: dict[str, list[CaseView]] = {}
    for one in _read(session, _query(company).where(Dossier.plate.in_(plates)).order_by(Dossier.id)):
        found.setdefault(one.plate, []).append(one)
    answers = [_answer(row, ours, plates, found) for row in asked.rows]
    answers += [
        RowView(row=one.number, text=one.text, code=one.code, vi=one.vi, en=one.en, cases=())
        for one in asked.faults
    ]
    audit.record(
        session,
        actor=actor,
        action="company.looked_up",
        subject_type="company",
        subject_id=company.id,
        data={"rows": len(answers), "not_yours": sum(one.code == "not_yours" for one in answers)},
    )
    return sorted(answers, key=lambda one: one.row)


def _answer(
    row: Row, ours: set[tuple[str, str]], plates: set[str], found: dict[str, list[CaseView]]
) -> RowView:
    if row.plate not in plates or (row.kind is not None and (row.plate, row.kind) not in ours):
        return RowView(
            row=row.number,
            text=row.plate,
            code="not_yours",
            vi="Không có trong danh sách xe đã xác minh của doanh nghiệp.",
            en="Not on the company's list of verified vehicles.",
            cases=(),
        )
    mine = tuple(one for one in found.get(row.plate, ()) if row.kind in {None, one.vehicle_kind})
    vi = f"{len(mine)} vụ việc." if mine else "Không có vụ việc."
    en = "No case." if not mine else "1 case." if len(mine) == 1 else f"{len(mine)} cases."
    return RowView(row=row.number, text=row.plate, code="ok", vi=vi, en=en, cases=mine)


def _query(company: Company) -> Select[Dossier, Violation]:
    return (
        select(Dossier, Violation)
        .join(Violation, Violation.id == Dossier.violation_id)
        .join(OwnerLookup, OwnerLookup.id == Dossier.owner_lookup_id)
        .where(*own(company))
    )


def _read(session: Session, query: Select[Dossier, Violation]) -> list[CaseView]:
    return [_case(session, dossier, violation) for dossier, violation in session.execute(query)]


def _case(session: Session, dossier: Dossier, violation: Violation) -> CaseView:
    seen, scene = line(session, Case(dossier, "owner")), violation.payload["scene"]
    state_vi, state_en = LABELS[State(dossier.state)]
    if dossier.notified_at is None:
        raise LookupError(f"dossier {dossier.id}: not notified yet, and nobody's to see")
    return CaseView(
        id=dossier.id,
        notice_number=dossier.notice_number,
        plate=dossier.plate,
        vehicle_kind=dossier.vehicle_kind,
        act=dossier.act,
        act_vi=seen.assessment.vi_name,
        act_en=seen.assessment.en_name,
        happened_at=dossier.happened_at,
        place=f"{scene['name']}, {scene['location']}",
        state=dossier.state,
        state_vi=state_vi,
        state_en=state_en,
        next_step=seen.next_step,
        act_by=seen.by,
        due_vnd=seen.due_vnd,
        notified_at=dossier.notified_at,
        version=dossier.version,
    )


HEAD: Sequence[str] = (
    "row", "plate", "status", "message", "case_id", "notice_number", "act", "happened_at", "place", "state",
    "next_step", "act_by", "due_vnd",
)  # fmt: skip


def table(answers: Sequence[RowView], language: str) -> list[list[object]]:
    """Under `HEAD`: one line for each case, and one for each row without any."""
    lines: list[list[object]] = []
    for answer in answers:
        front = [answer.row, answer.text, answer.code, answer.vi if language == "vi" else answer.en]
        lines += [
            [
                *front,
                one.id,
                one.notice_number,
                one.act_vi if language == "vi" else one.act_en,
                one.happened_at.isoformat(),
                one.place,
                one.state_vi if language == "vi" else one.state_en,
                one.next_step,
                one.act_by,
                one.due_vnd,
            ]
            for one in answer.cases
        ] or [[*front, *[""] * (len(HEAD) - len(front))]]
    return lines
