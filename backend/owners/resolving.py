"""A person settles a lookup that the registers left in doubt."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.errors import Problem, version_conflict
from backend.owners import correcting
from backend.owners.models import NEEDS_PERSON, LookupState, OwnerLookup
from backend.owners.schemas import OwnerGiven, Resolution
from backend.owners.service import LABELS, get_lookup, open_owner, seal_owner, vault_of, was_refuted
from backend.services import Services


def resolve(
    services: Services,
    session: Session,
    lookup_id: uuid.UUID,
    resolution: Resolution,
    *,
    officer: Account,
    now: datetime,
) -> OwnerLookup:
    """A person settles a doubtful lookup, with a reason; a dossier that waits for it goes on.

    Raises Problem 404, 409 `lookup_settled`, 412 `version_conflict`, 422 `owner_needed`.
    """
    lookup = get_lookup(session, lookup_id, lock=True)
    if resolution.expected_version not in {None, lookup.version}:
        raise version_conflict(lookup.version)
    if lookup.state not in NEEDS_PERSON:
        raise _settled(lookup)
    changed = _enter(services, lookup, resolution.owner)
    if was_refuted(session, lookup, lookup.id_number_index):
        raise _refuted()
    lookup.state = LookupState.RESOLVED
    lookup.resolved_by, lookup.resolved_at, lookup.resolved_reason = officer.id, now, resolution.reason
    lookup.version += 1
    correcting.note(services, session, lookup, changed, officer=officer, reason=resolution.reason, now=now)
    audit.record(
        session,
        actor=officer.actor,
        action="owner.resolved",
        subject_type="owner_lookup",
        subject_id=lookup.id,
        data={
            "reason": resolution.reason,
            "basis": "entered" if resolution.owner else "registry record",
            "doubts": [doubt["code"] for doubt in lookup.warnings],
        },
    )
    jobs.defer(session, "dossiers.owner_known", violation_id=str(lookup.violation_id))
    return lookup


def _enter(services: Services, lookup: OwnerLookup, owner: OwnerGiven | None) -> correcting.Changes:
    """Write down the owner whom the papers name, if any; returns what that changes."""
    if owner is None:
        if lookup.name_encrypted is None:
            raise _owner_needed()
        return {}
    changed = correcting.changes(open_owner(lookup, vault_of(services)), owner)
    seal_owner(lookup, owner, vault_of(services))
    lookup.age_band = None  # of whom the register had named
    return changed


def _settled(lookup: OwnerLookup) -> Problem:
    vi, en = LABELS[lookup.state]
    return Problem(
        409,
        "lookup_settled",
        "Lần tra cứu này không chờ cán bộ xử lý",
        "This lookup does not wait for a person",
        f"Trạng thái hiện tại: {vi}.",
        f"It now stands at: {en}.",
    )


def _owner_needed() -> Problem:
    return Problem(
        422,
        "owner_needed",
        "Chưa có thông tin chủ xe",
        "There is no owner to accept",
        "Dữ liệu đăng ký không có bản ghi; hãy nhập chủ xe theo giấy tờ.",
        "The registry has no record; enter the owner from the papers (`owner`).",
    )


def _refuted() -> Problem:
    return Problem(
        422,
        "former_owner",
        "Người này đã chứng minh không còn là chủ xe",
        "This person has shown not to be the owner any more",
        "Nhập người mua theo giấy tờ kèm đơn; nếu không xác định được, kết thúc hồ sơ kèm lý do.",
        "Enter the buyer from the papers that came with the statement, or end the case with a reason.",
    )
