"""Companies that subscribe to their own cases: who they are, their vehicles, their keys."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class CompanyState(StrEnum):
    ASKED = "asked"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    ENDED = "ended"


class PlateState(StrEnum):
    """`asked` waits for the registry; `removed` was taken off the list by the company."""

    ASKED = "asked"
    VERIFIED = "verified"
    REFUSED = "refused"
    REMOVED = "removed"


class Company(Identified, Base):
    """An organisation that asked to subscribe, and what staff made of it.

    `id_number_index` is the blind index its vehicles are registered under; the number itself and the person
    to talk to are sealed.
    """

    __tablename__ = "company"
    __table_args__ = (Index("company_state_asked", "state", "asked_at"),)

    name: Mapped[str]
    id_number_index: Mapped[str] = mapped_column(unique=True)
    contact_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default=CompanyState.ASKED)
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None]

    @property
    def actor(self) -> str:
        """How the audit log names it."""
        return f"company:{self.id}"


class CompanyPaper(Identified, Base):
    """A picture of a paper that shows who the company is and who may speak for it."""

    __tablename__ = "company_paper"

    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("company.id"), index=True)
    object_key: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    media_type: Mapped[str]


class CompanyPlate(Identified, Base):
    """A vehicle that a company says is its own, and what the registry said to that."""

    __tablename__ = "company_plate"
    __table_args__ = (UniqueConstraint("company_id", "plate", "vehicle_kind"),)

    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("company.id"))
    plate: Mapped[str] = mapped_column(index=True)
    vehicle_kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=PlateState.ASKED)
    request_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    """Names the question to the registry; a new question has a new one."""
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    """The officer in whose name the registry is asked; None: nobody asked it yet."""
    checked_at: Mapped[datetime | None]
    asked_again_at: Mapped[datetime | None]
    """When an old answer was last asked for anew."""
    reason: Mapped[str | None]
    last_error: Mapped[str | None]


class ApiKey(Identified, Base):
    """A key of a company's program. Shown once; what is kept cannot be turned back into it."""

    __tablename__ = "api_key"

    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("company.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKeyUse(Base):
    """How often a key was used in one minute."""

    __tablename__ = "api_key_use"

    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(default=1)


class WebhookEndpoint(Identified, Base):
    """Where a company is told. While `previous_until` lasts, messages carry a signature by either secret."""

    __tablename__ = "webhook_endpoint"

    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("company.id"), index=True)
    url: Mapped[str]
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    previous_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]
    """`removed` by the company, `gone`: it answered 410, or `failing`: it took nothing for days."""


class WebhookEvent(Identified, Base):
    """Something that happened to a company's case, written in the transaction in which it happened."""

    __tablename__ = "webhook_event"

    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("company.id"), index=True)
    type: Mapped[str]
    happened_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]


class WebhookDelivery(Identified, Base):
    """One event on its way to one endpoint: `waiting`, `delivered`, or `dead` until it is sent again."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (UniqueConstraint("event_id", "endpoint_id"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_event.id"))
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_endpoint.id"), index=True)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    sending_at: Mapped[datetime | None]
    """Set while the other side is waited for."""
    delivered_at: Mapped[datetime | None]
