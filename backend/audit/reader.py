"""Reading the audit log: by who, what, about what and when, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.audit.models import AuditEntry

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty field asks for nothing. Days are Vietnam's, both included.

    `actor` and `action` match from their beginning: "account:", "session." find whole families. `actors` are
    whole ones, and ask for any of them.
    """

    actor: str = ""
    actors: tuple[str, ...] = ()
    action: str = ""
    subject_ids: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None


def entries(session: Session, wanted: Wanted, *, before: int | None, limit: int) -> Sequence[AuditEntry]:
    """The newest entries that fit, of those with a number below `before`."""
    query = _fitting(wanted).order_by(AuditEntry.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    return session.scalars(query).all()


def exported(session: Session, *, after: int, limit: int) -> Sequence[AuditEntry]:
    """Entries in the order of the chain, for who recomputes it."""
    query = select(AuditEntry).where(AuditEntry.seq > after).order_by(AuditEntry.seq).limit(limit)
    return session.scalars(query).all()


def _fitting(wanted: Wanted) -> Select[AuditEntry]:
    query = select(AuditEntry)
    if wanted.actors:
        query = query.where(AuditEntry.actor.in_(wanted.actors))
    elif wanted.actor:
        query = query.where(AuditEntry.actor.startswith(wanted.actor, autoescape=True))
    if wanted.action:
        query = query.where(AuditEntry.action.startswith(wanted.action, autoescape=True))
    if wanted.subject_ids:
        query = query.where(AuditEntry.subject_id.in_(wanted.subject_ids))
    if wanted.first is not None:
        query = query.where(AuditEntry.at >= _midnight(wanted.first))
    if wanted.last is not None and wanted.last < date.max:
        query = query.where(AuditEntry.at < _midnight(wanted.last + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=_VIETNAM)
