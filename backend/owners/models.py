"""What the registry said about one vehicle, and what a person made of it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class LookupState(StrEnum):
    """`found` and `resolved` let a dossier go on; the four in the middle wait for a person."""

    WAITING = "waiting"
    FOUND = "found"
    STALE = "stale"
    CONFLICT = "conflict"
    MISSING = "missing"
    UNAVAILABLE = "unavailable"
    RESOLVED = "resolved"


USABLE = frozenset({LookupState.FOUND, LookupState.RESOLVED})
JUDGED = frozenset({LookupState.FOUND, LookupState.STALE, LookupState.CONFLICT})
"""The registry has answered, and no person has said otherwise yet."""
NEEDS_PERSON = frozenset(
    {LookupState.STALE, LookupState.CONFLICT, LookupState.MISSING, LookupState.UNAVAILABLE}
)


class OwnerLookup(Identified, Base):
    """One question to the registry. A plate names a vehicle only together with its colour and kind.

    Everything that names the owner is encrypted field by field; the identification number and the phone
    have a blind index beside them, so that they can be found again without being readable.
    """

    __tablename__ = "owner_lookup"
    __table_args__ = (
        Index("owner_lookup_violation", "violation_id", "requested_at"),
        Index("owner_lookup_state", "state", "requested_at"),
    )

    violation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("violation.id"))
    plate: Mapped[str]
    ground_colour: Mapped[str]
    vehicle_kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=LookupState.WAITING)
    version: Mapped[int] = mapped_column(default=1)

    request_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    procedure_code: Mapped[str]
    requested_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    last_error: Mapped[str | None]

    source: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
    registry_updated_on: Mapped[date | None]
    vehicle: Mapped[dict[str, Any] | None]
    warnings: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)

    fields: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")
    """Where each field came from, without its value: see `backend.owners.origins`."""
    owner_kind: Mapped[str | None]
    name_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_index: Mapped[str | None] = mapped_column(index=True)
    id_number_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_index: Mapped[str | None] = mapped_column(index=True)
    phone_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[str | None] = mapped_column(index=True)
    address_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    age_band: Mapped[str | None]
    """That person's age on the day of the act as `penalty.minors` has it; `unknown` to the registers."""

    resolved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    resolved_at: Mapped[datetime | None]
    resolved_reason: Mapped[str | None]


class CorrectionState(StrEnum):
    WAITING = "waiting"
    TRYING = "trying"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class RegistryCorrection(Identified, Base):
    """What a person found to be otherwise than the registry says, reported back to it until it answers."""

    __tablename__ = "registry_correction"
    __table_args__ = (Index("registry_correction_open", "state", "asked_at"),)

    lookup_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("owner_lookup.id"), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    fields: Mapped[list[str]]
    values_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default=CorrectionState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    next_try_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    receipt: Mapped[str | None]
