from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.accounts.roles import CHIEFS, ROLES, WHOLE, Role
from backend.database import Base, Identified, utc_now
from penalty.calendar import vietnam_date
from penalty.catalogue import load as load_catalogue


class Appointment(Identified, Base):
    """An office (chức danh) that a person holds, or acts for, by a written decision, for some days."""

    __tablename__ = "appointment"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    position: Mapped[str]
    basis: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Jurisdiction(Identified, Base):
    """An area whose cases a person works on, from one day to another. WHOLE: all of the authority's."""

    __tablename__ = "jurisdiction"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    area_code: Mapped[str]
    basis: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Account(Identified, Base):
    """A member of staff: signs in here (`password_hash`), or at an issuer alone (`issuer`, `subject`).

    What a person may sign follows from the offices held, by the law's own table (`signing_power_vnd`).
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    username: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str]
    roles: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    issuer: Mapped[str | None]
    subject: Mapped[str | None]

    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_since: Mapped[datetime | None]
    """When the second factor was confirmed."""
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)

    appointments: Mapped[list[Appointment]] = relationship(
        order_by=Appointment.valid_from, lazy="selectin", viewonly=True
    )
    jurisdictions: Mapped[list[Jurisdiction]] = relationship(
        order_by=Jurisdiction.valid_from, lazy="selectin", viewonly=True
    )

    def signing_power_vnd(self, on: date) -> int:
        """The highest maximum of a band this person may sign on that day; 0 signs none (LHAV Art. 52)."""
        held = {one.position for one in self.appointments if one.valid(on)}
        powers = (power for power in load_catalogue().signing_powers if power.in_force(on))
        return max((power.max_vnd for power in powers if power.signatory in held), default=0)

    @property
    def signing_limit_vnd(self) -> int:
        """Today's signing power, for pages; a decision asks for that of its own day."""
        return self.signing_power_vnd(vietnam_date(utc_now()))

    def areas(self, on: date) -> frozenset[str]:
        """Codes of the areas this person works on that day."""
        return frozenset(one.area_code for one in self.jurisdictions if one.valid(on))

    def has(self, *roles: Role) -> bool:
        """Whether this person holds at least one of these roles."""
        return not set(roles).isdisjoint(self.roles)

    @property
    def actor(self) -> str:
        """How the audit log names this person."""
        return f"account:{self.username}"


class AccountSession(Identified, Base):
    """A sign-in. Only the hash of the cookie's token is kept.

    `stage` is `full`; before that `second_factor` (a code is still owed), `enrolment` (a second factor must
    be set) or `password` (the first password must be replaced), which open the pages for that alone.
    """

    __tablename__ = "account_session"

    token_hash: Mapped[str] = mapped_column(unique=True)
    csrf_token: Mapped[str]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    stage: Mapped[str] = mapped_column(default="full")
    method: Mapped[str] = mapped_column(default="password")
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    client: Mapped[str]
    agent: Mapped[str] = mapped_column(default="")
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A second factor's secret that waits for its first code; no other session is shown it."""


class RecoveryCode(Identified, Base):
    """Opens once where the second factor is lost. Only its hash is kept."""

    __tablename__ = "recovery_code"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """A refused sign-in, counted to slow down guessing."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_username_at", "username", "at"),
        Index("ix_sign_in_failure_client_at", "client", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    username: Mapped[str]
    client: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


__all__ = [
    "CHIEFS",
    "ROLES",
    "WHOLE",
    "Account",
    "AccountSession",
    "Appointment",
    "Jurisdiction",
    "RecoveryCode",
    "Role",
    "SignInFailure",
]
