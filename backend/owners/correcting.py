"""What a person found to be otherwise: kept with its reason, and reported back until the registry answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.errors import Problem, version_conflict
from backend.intake.models import Violation
from backend.owners import origins
from backend.owners.models import USABLE, CorrectionState, OwnerLookup, RegistryCorrection
from backend.owners.registry import CorrectionRefusedError, OutsideUnavailableError, Question, Registry
from backend.owners.schemas import ContactCorrection, OwnerGiven
from backend.owners.service import Owner, get_lookup, open_owner, seal_owner, vault_of
from backend.services import Services
from penalty.calendar import vietnam_date

RETRY_FIRST_S = 5
RETRY_MOST_S = 3600
_OPEN = frozenset({CorrectionState.WAITING, CorrectionState.TRYING})
Changes = Mapping[str, tuple[str | None, str | None]]


def changes(before: Owner | None, given: OwnerGiven) -> dict[str, tuple[str | None, str | None]]:
    """The fields that a person gave otherwise than they were, with both values."""
    found = {}
    for field in origins.OWNER_FIELDS:
        was, now = getattr(before, field, None), getattr(given, field)
        if now and now != was:
            found[field] = (was, now)
    return found


def note(
    services: Services,
    session: Session,
    lookup: OwnerLookup,
    changed: Changes,
    *,
    officer: Account,
    reason: str,
    now: datetime,
) -> RegistryCorrection | None:
    """Keep the correction in the caller's transaction and have it reported. None where nothing changed."""
    if not changed:
        return None
    lookup.fields = origins.by_person(lookup.fields, changed, vietnam_date(now))
    correction_id = uuid.uuid4()
    values = {field: {"was": was, "now": new} for field, (was, new) in changed.items()}
    correction = RegistryCorrection(
        id=correction_id,
        lookup_id=lookup.id,
        officer_id=officer.id,
        reason=reason,
        fields=sorted(changed),
        values_sealed=vault_of(services).seal(
            "correction", correction_id, json.dumps(values, ensure_ascii=False)
        ),
        asked_at=now,
    )
    session.add(correction)
    session.flush()
    _ask(session, correction, None)
    audit.record(
        session,
        actor=officer.actor,
        action="owner.corrected",
        subject_type="owner_lookup",
        subject_id=lookup.id,
        data={"fields": correction.fields, "reason": reason, "correction": str(correction.id)},
    )
    return correction


def correct_contact(
    services: Services,
    session: Session,
    lookup_id: uuid.UUID,
    given: ContactCorrection,
    *,
    officer: Account,
    now: datetime,
) -> OwnerLookup:
    """Another phone or address of a known owner; the next message goes there.

    Raises Problem 404, 409 `owner_not_known`, 412, 422 `nothing_to_correct`.
    """
    lookup = get_lookup(session, lookup_id, lock=True)
    if given.expected_version not in {None, lookup.version}:
        raise version_conflict(lookup.version)
    before = open_owner(lookup, vault_of(services))
    if before is None or lookup.state not in USABLE:
        raise not_known()
    after = OwnerGiven.model_construct(
        kind="organisation" if before.kind == "organisation" else "person",
        name=before.name,
        id_number=before.id_number,
        phone=given.phone or before.phone,
        address=given.address or before.address,
    )
    changed = changes(before, after)
    if not changed:
        raise _nothing_changes()
    seal_owner(lookup, after, vault_of(services))
    lookup.version += 1
    note(services, session, lookup, changed, officer=officer, reason=given.reason, now=now)
    return lookup


def of_lookup(session: Session, lookup_id: uuid.UUID) -> Sequence[RegistryCorrection]:
    """What was reported back about this vehicle, oldest first."""
    return session.scalars(
        select(RegistryCorrection)
        .where(RegistryCorrection.lookup_id == lookup_id)
        .order_by(RegistryCorrection.asked_at)
    ).all()


def report(services: Services, correction_id: uuid.UUID, registry: Registry, now: datetime) -> str:
    """Tell the registry; silent, it is told again later and later. Answered already: nothing happens."""
    with services.database.unit_of_work() as session:
        correction = session.get_one(RegistryCorrection, correction_id)
        if correction.state not in _OPEN:
            return correction.state
        question = _question(session, correction)
        values = json.loads(vault_of(services).open("correction", correction.id, correction.values_sealed))
        reason = correction.reason
    receipt, error, state = None, None, CorrectionState.ACCEPTED
    try:
        receipt = registry.correct(question, values, reason)
    except CorrectionRefusedError as refused:
        error, state = str(refused), CorrectionState.REFUSED
    except OutsideUnavailableError as silent:
        error, state = str(silent), CorrectionState.TRYING
    with services.database.unit_of_work() as session:
        correction = session.get_one(RegistryCorrection, correction_id, with_for_update=True)
        if correction.state not in _OPEN:
            return correction.state
        _write_down(session, correction, state, receipt, error, now)
        return correction.state


def _write_down(  # noqa: PLR0917 -- one private place for one answer
    session: Session,
    correction: RegistryCorrection,
    state: CorrectionState,
    receipt: str | None,
    error: str | None,
    now: datetime,
) -> None:
    correction.state, correction.receipt, correction.last_error = state, receipt, error
    if state == CorrectionState.TRYING:
        wait_s = min(RETRY_FIRST_S * 2**correction.attempts, RETRY_MOST_S)
        correction.next_try_at = now + timedelta(seconds=wait_s)
        _ask(session, correction, correction.next_try_at)
    else:
        correction.next_try_at, correction.answered_at = None, now
        audit.record(
            session,
            actor="system",
            action=f"owner.correction_{state}",
            subject_type="owner_lookup",
            subject_id=correction.lookup_id,
            data={"correction": str(correction.id), "receipt": receipt},
        )
    correction.attempts += 1


def _question(session: Session, correction: RegistryCorrection) -> Question:
    lookup = session.get_one(OwnerLookup, correction.lookup_id)
    return Question(
        request_id=correction.id,
        officer_id=session.get_one(Account, correction.officer_id).username,
        procedure_code=lookup.procedure_code,
        plate=lookup.plate,
        ground_colour=lookup.ground_colour,
        vehicle_kind=lookup.vehicle_kind,
        at=session.get_one(Violation, lookup.violation_id).event_at,
    )


def _ask(session: Session, correction: RegistryCorrection, at: datetime | None) -> None:
    jobs.defer(
        session,
        "owners.report_correction",
        lock=f"registry_correction/{correction.id}",
        at=at,
        correction_id=str(correction.id),
    )


def not_known() -> Problem:
    return Problem(
        409,
        "owner_not_known",
        "Chưa xác định được chủ xe",
        "The owner is not known yet",
        "Xác định chủ xe trước, rồi sửa cách liên lạc.",
        "Establish the owner first, then correct how to reach him.",
    )


def _nothing_changes() -> Problem:
    return Problem(
        422,
        "nothing_to_correct",
        "Không có gì thay đổi",
        "Nothing would change",
        "Điện thoại và địa chỉ đều như đang ghi.",
        "Telephone and address are what is kept already.",
    )
