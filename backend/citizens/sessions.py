"""When a sign-in is still good. Apart from the rest, so that visits to one case can ask."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from backend.citizens.models import CitizenSession

IDLE = timedelta(minutes=15)
NOTED_EVERY = timedelta(minutes=1)


def alive(now: datetime) -> ColumnElement[bool]:
    """The condition under which a session is good."""
    return (
        CitizenSession.ended_at.is_(None)
        & (CitizenSession.expires_at > now)
        & (CitizenSession.seen_at > now - IDLE)
    )


def still_signed_in(session: Session, session_id: uuid.UUID, now: datetime) -> bool:
    """Whether it is good; looking at a case keeps it from idling away."""
    seen_at = session.scalar(
        select(CitizenSession.seen_at).where(CitizenSession.id == session_id, alive(now))
    )
    if seen_at is not None and now - seen_at >= NOTED_EVERY:
        session.execute(update(CitizenSession).where(CitizenSession.id == session_id).values(seen_at=now))
    return seen_at is not None
