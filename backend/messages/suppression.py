"""Addresses that must not be used: mail came back, the box does not exist, the person said no."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.errors import Problem, not_found
from backend.messages.models import Suppression
from backend.owners.vault import Vault


def address_index(vault: Vault, channel: str, address: str) -> str:
    return vault.index(f"to/{channel}", address)


def active(session: Session, channel: str, index: str) -> Suppression | None:
    """Why this address must not be used; None where it may."""
    return session.scalar(
        select(Suppression).where(
            Suppression.channel == channel,
            Suppression.address_index == index,
            Suppression.lifted_at.is_(None),
        )
    )


def suppress(
    session: Session, channel: str, index: str, reason: str, *, message_id: uuid.UUID | None, now: datetime
) -> None:
    """From now on this address is not used. Suppressed already: nothing happens."""
    values = {
        "id": uuid.uuid4(),
        "channel": channel,
        "address_index": index,
        "reason": reason,
        "message_id": message_id,
        "at": now,
    }
    done = session.scalar(
        insert(Suppression).values(values).on_conflict_do_nothing().returning(Suppression.id)
    )
    if done is not None:
        audit.record(
            session,
            actor="system",
            action="address.suppressed",
            subject_type="suppression",
            subject_id=done,
            data={"channel": channel, "reason": reason},
        )


def lift(
    session: Session, suppression_id: uuid.UUID, account: Account, reason: str, now: datetime
) -> Suppression:
    """A person says the address is good again. Raises Problem 404, 409 where it was lifted already."""
    row = session.get(Suppression, suppression_id, with_for_update=True)
    if row is None:
        raise not_found("Không có mục này", "There is no such entry")
    if row.lifted_at is not None:
        raise Problem(409, "lifted_already", "Đã cho gửi lại từ trước", "It was lifted already")
    row.lifted_at, row.lifted_by, row.lift_reason = now, account.id, reason
    audit.record(
        session,
        actor=account.actor,
        action="address.suppression_lifted",
        subject_type="suppression",
        subject_id=row.id,
        data={"channel": row.channel, "reason": reason},
    )
    return row
