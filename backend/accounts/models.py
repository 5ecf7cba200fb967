from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified

Role = Literal[
    "officer",
    "team_chief",
    "division",
    "commune",
    "accountant",
    "operator",
    "auditor",
    "clerk",
    "administrator",
]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
CHIEFS: Final[tuple[Role, ...]] = ("team_chief", "division")
"""Who approves what others ask for, and answers complaints."""


class Account(Identified, Base):
    """A member of staff.

    `signing_limit_vnd`: the highest maximum of a band this person may sign; 0 signs none.
    """

    __tablename__ = "account"

    username: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    signing_limit_vnd: Mapped[int] = mapped_column(BigInteger, default=0)
    active: Mapped[bool] = mapped_column(default=True)

    def has(self, *roles: Role) -> bool:
        """Whether this person holds at least one of these roles."""
        return not set(roles).isdisjoint(self.roles)

    @property
    def actor(self) -> str:
        """How the audit log names this person."""
        return f"account:{self.username}"


class AccountSession(Identified, Base):
    """A sign-in. Only the hash of the cookie's token is kept."""

    __tablename__ = "account_session"

    token_hash: Mapped[str] = mapped_column(unique=True)
    csrf_token: Mapped[str]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    client: Mapped[str]


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
