"""Finding the owner of a vehicle: asked once for each vehicle seen, and where in doubt left to a person."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.errors import not_found
from backend.intake.models import Violation
from backend.owners.body_colour import colour_shown, words_for
from backend.owners.comparing import Line, compared
from backend.owners.judge import judge_again
from backend.owners.models import JUDGED, NEEDS_PERSON, USABLE, LookupState, OwnerLookup
from backend.owners.registry import RegisteredOwner
from backend.owners.schemas import OwnerGiven
from backend.owners.vault import Vault, masked_id, masked_name, masked_phone
from backend.services import Services

PROCEDURE = "PN-CSGT-01"  # the code under which the police audit look-ups for camera cases

LABELS: dict[str, tuple[str, str]] = {
    LookupState.WAITING: ("Đang tra cứu", "Looking it up"),
    LookupState.FOUND: ("Đã tìm thấy chủ xe", "Owner found"),
    LookupState.STALE: ("Dữ liệu đăng ký đã cũ", "The registration is old"),
    LookupState.CONFLICT: ("Đăng ký không khớp với ảnh", "The registration does not match the picture"),
    LookupState.MISSING: ("Không có trong dữ liệu đăng ký", "Not in the registry"),
    LookupState.UNAVAILABLE: ("Cơ sở dữ liệu đăng ký chưa trả lời", "The registry does not answer"),
    LookupState.RESOLVED: ("Cán bộ đã xác định chủ xe", "Established by an officer"),
}


@dataclass(frozen=True)
class Owner:
    """The owner in clear. Lives in memory only, for as long as a page, paper or message is made."""

    kind: str
    name: str
    id_number: str
    phone: str | None
    address: str | None


def vault_of(services: Services) -> Vault:
    return Vault(services.settings.secret_key.get_secret_value())


def current_lookup(session: Session, violation: Violation) -> OwnerLookup | None:
    """The newest lookup for the vehicle as it is described now; one for a plate since corrected is not it."""
    return session.scalar(
        select(OwnerLookup)
        .where(
            OwnerLookup.violation_id == violation.id,
            OwnerLookup.plate == violation.plate_current,
            OwnerLookup.ground_colour == violation.ground_colour_current,
            OwnerLookup.vehicle_kind == violation.vehicle_kind_current,
        )
        .order_by(OwnerLookup.requested_at.desc())
        .limit(1)
    )


def request_lookup(session: Session, violation: Violation, officer: Account) -> OwnerLookup | None:
    """Ask for the owner in this transaction. None without a plate; asked already: that lookup again."""
    if violation.plate_current is None:
        return None
    return current_lookup(session, violation) or request_new_lookup(session, violation, officer)


def request_new_lookup(session: Session, violation: Violation, officer: Account) -> OwnerLookup:
    """Ask again although it was asked before: the owner then found is not the one.

    Raises LookupError without a plate.
    """
    if violation.plate_current is None:
        raise LookupError(f"violation {violation.id}: no plate to ask for")
    lookup = OwnerLookup(
        violation_id=violation.id,
        plate=violation.plate_current,
        ground_colour=violation.ground_colour_current,
        vehicle_kind=violation.vehicle_kind_current,
        officer_id=officer.id,
        procedure_code=PROCEDURE,
    )
    session.add(lookup)
    session.flush()
    jobs.defer(session, "owners.lookup", lock=f"owner_lookup/{lookup.id}", lookup_id=str(lookup.id))
    audit.record(
        session,
        actor=officer.actor,
        action="owner.lookup_requested",
        subject_type="owner_lookup",
        subject_id=lookup.id,
        data={
            "violation_id": str(violation.id),
            "procedure": PROCEDURE,
            "request_id": str(lookup.request_id),
        },
    )
    return lookup


def was_refuted(session: Session, lookup: OwnerLookup, id_number_index: str | None) -> bool:
    """Whether an earlier lookup for this vehicle found this same person, who then was not the owner."""
    earlier = select(OwnerLookup.id).where(
        OwnerLookup.violation_id == lookup.violation_id,
        OwnerLookup.plate == lookup.plate,
        OwnerLookup.id_number_index == id_number_index,
        OwnerLookup.state.in_(USABLE),
        OwnerLookup.requested_at < lookup.requested_at,
    )
    return id_number_index is not None and session.scalar(earlier.limit(1)) is not None


def seal_owner(lookup: OwnerLookup, owner: RegisteredOwner | OwnerGiven, vault: Vault) -> None:
    def sealed(field: str, text: str | None) -> bytes | None:
        return vault.seal(field, lookup.id, text) if text else None

    lookup.owner_kind = owner.kind
    lookup.name_index = name_index(vault, owner.name)
    lookup.name_encrypted = sealed("name", owner.name)
    lookup.id_number_encrypted = sealed("id_number", owner.id_number)
    lookup.phone_encrypted = sealed("phone", owner.phone)
    lookup.address_encrypted = sealed("address", owner.address)
    lookup.id_number_index = vault.index("id_number", owner.id_number)
    lookup.phone_index = vault.index("phone", owner.phone) if owner.phone else None


def name_index(vault: Vault, name: str) -> str:
    """The blind index of a name: whole, whatever its case, spaces or way of writing accents."""
    return vault.index("name", " ".join(unicodedata.normalize("NFC", name).split()).casefold())


def open_owner(lookup: OwnerLookup, vault: Vault) -> Owner | None:
    """The owner in clear; None where the lookup has no record. The caller logs why it looked."""
    if lookup.name_encrypted is None or lookup.id_number_encrypted is None:
        return None

    def opened(field: str, value: bytes | None) -> str | None:
        return vault.open(field, lookup.id, value) if value is not None else None

    return Owner(
        kind=lookup.owner_kind or "person",
        name=vault.open("name", lookup.id, lookup.name_encrypted),
        id_number=vault.open("id_number", lookup.id, lookup.id_number_encrypted),
        phone=opened("phone", lookup.phone_encrypted),
        address=opened("address", lookup.address_encrypted),
    )


def masked_owner(lookup: OwnerLookup, vault: Vault) -> dict[str, str | None] | None:
    """The owner as staff screens show him."""
    owner = open_owner(lookup, vault)
    return masked(owner) if owner is not None else None


def masked(owner: Owner) -> dict[str, str | None]:
    """A person as staff screens show him."""
    return {
        "kind": owner.kind,
        "name": owner.name if owner.kind == "organisation" else masked_name(owner.name),
        "id_number": masked_id(owner.id_number),
        "phone": masked_phone(owner.phone) if owner.phone else None,
        "has_address": "yes" if owner.address else None,
    }


def log_look(
    session: Session, *, actor: str, lookup: OwnerLookup, fields: Sequence[str], purpose: str
) -> None:
    """Every look at a person's data leaves a line that the person can be shown."""
    audit.record(
        session,
        actor=actor,
        action="owner.viewed",
        subject_type="owner_lookup",
        subject_id=lookup.id,
        data={"violation_id": str(lookup.violation_id), "fields": list(fields), "purpose": purpose},
    )


def lookup_view(
    services: Services, session: Session, violation_id: uuid.UUID, viewer: Account
) -> dict[str, Any]:
    """What the review screen shows about the owner, masked; the look is logged where there is one."""
    violation = session.get_one(Violation, violation_id)
    lookup = current_lookup(session, violation)
    if lookup is None:
        return {**_nothing_asked(violation), **_seen_on_the_road(violation)}
    owner = masked_owner(lookup, vault_of(services))
    if owner is not None:
        log_look(session, actor=viewer.actor, lookup=lookup, fields=[*owner], purpose="review")
    vi, en = LABELS[lookup.state]
    return {
        "id": str(lookup.id),
        "state": lookup.state,
        "label_vi": vi,
        "label_en": en,
        "vehicle": lookup.vehicle,
        "owner": owner,
        "warnings": lookup.warnings,
        "seen": {"kind": lookup.vehicle_kind, "ground_colour": lookup.ground_colour},
        "compared": lines_compared(violation, lookup),
        **_seen_on_the_road(violation),
        "fields": lookup.fields,
        "attempts": lookup.attempts,
        "next_try_at": _iso(lookup.next_try_at),
    }


def lines_compared(violation: Violation, lookup: OwnerLookup | None) -> list[dict[str, Any]]:
    """The vehicle seen beside the one this lookup found registered; empty where it found none."""
    return [line.as_dict() for line in _lines(violation, lookup)]


def judge_colour_again(session: Session, violation: Violation) -> None:
    """An officer saw another paint: what the registry has answered already is compared with that one."""
    lookup = current_lookup(session, violation)
    if lookup is None or lookup.state not in JUDGED:
        return
    for line in _lines(violation, lookup):
        if line.part == "colour":
            verdict = judge_again(lookup.warnings, line)
            lookup.state, lookup.warnings = verdict.state, [one.as_dict() for one in verdict.doubts]
            lookup.version += 1
    if lookup.state in USABLE:
        jobs.defer(session, "dossiers.owner_known", violation_id=str(violation.id))


def _lines(violation: Violation, lookup: OwnerLookup | None) -> tuple[Line, ...]:
    if lookup is None or not lookup.vehicle:
        return ()
    return compared(
        lookup.vehicle,
        kind=lookup.vehicle_kind,
        ground_colour=lookup.ground_colour,
        colour=colour_shown(violation.payload, violation.vehicle_colour_confirmed),
    )


def _seen_on_the_road(violation: Violation) -> dict[str, Any]:
    colour = colour_shown(violation.payload, violation.vehicle_colour_confirmed)
    vi, en = words_for(colour)
    return {"colour_seen": {"vi": vi, "en": en}, "swatch": colour.swatch if colour else None}


def _nothing_asked(violation: Violation) -> dict[str, Any]:
    no_plate = {
        "code": "no_plate",
        "vi": "Chưa đọc được biển số; hãy nhập biển số",
        "en": "No plate was read; enter it",
    }
    vi, en = LABELS[LookupState.MISSING if violation.plate_current is None else LookupState.WAITING]
    return {
        "id": None,
        "state": LookupState.MISSING if violation.plate_current is None else LookupState.WAITING,
        "label_vi": vi,
        "label_en": en,
        "vehicle": None,
        "owner": None,
        "warnings": [no_plate] if violation.plate_current is None else [],
        "seen": None,
        "compared": [],
        "fields": [],
        "attempts": 0,
        "next_try_at": None,
    }


def list_lookups(session: Session, *, needs_person: bool, limit: int) -> Sequence[OwnerLookup]:
    """Lookups, oldest first. `needs_person`: those in doubt, for the vehicle as it is described now."""
    query = select(OwnerLookup).order_by(OwnerLookup.requested_at).limit(limit)
    if needs_person:
        query = (
            query.where(OwnerLookup.state.in_(NEEDS_PERSON))
            .join(Violation)
            .where(
                Violation.state != "rejected",
                OwnerLookup.plate == _current(Violation.plate_confirmed, Violation.plate_read),
                OwnerLookup.vehicle_kind
                == _current(Violation.vehicle_kind_confirmed, Violation.vehicle_kind),
            )
        )
    return session.scalars(query).all()


def _current(confirmed: Any, read: Any) -> Any:
    return func.coalesce(confirmed, read)


def get_lookup(session: Session, lookup_id: uuid.UUID, *, lock: bool = False) -> OwnerLookup:
    """Raises Problem 404."""
    found = session.get(OwnerLookup, lookup_id, with_for_update=lock)
    if found is None:
        raise not_found("Không có lần tra cứu này", "There is no such lookup")
    return found


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
