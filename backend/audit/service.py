"""Writing and verifying the audit log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from backend.audit.chain import GENESIS, Line, first_fault
from backend.audit.models import AuditEntry
from backend.database import utc_now

_PENDING = "audit.pending"
_LOCK_KEY = 0x61756469  # "audi": writers of the chain queue up on this advisory lock


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    subject_type: str,
    subject_id: object,
    data: dict[str, Any] | None = None,
) -> None:
    """Log one act in the session's transaction. Keep personal data out of `data`.

    The line is chained just before the commit, so that the lock on the chain's end is held last and shortly.

    Args:
        session: the transaction that performs the act; rolled back, the line goes with it.
        actor: "account:<username>", "device:<device_id>", "owner:<dossier id>" or "system".
        action: noun and verb, e.g. "violation.confirmed".
        subject_type: what was acted on, e.g. "violation".
        subject_id: its id.
        data: JSON values that make the line understandable later.
    """
    session.info.setdefault(_PENDING, []).append(
        (utc_now(), actor, action, subject_type, str(subject_id), data or {})
    )


@event.listens_for(Session, "before_commit")
def _write_pending(session: Session) -> None:
    pending = session.info.pop(_PENDING, [])
    if not pending:
        return
    session.flush()
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    last = session.execute(
        select(AuditEntry.seq, AuditEntry.entry_hash).order_by(AuditEntry.seq.desc()).limit(1)
    ).one_or_none()
    seq, previous = (last.seq, last.entry_hash) if last else (0, GENESIS)
    for at, actor, action, subject_type, subject_id, data in pending:
        seq += 1
        line = Line(seq, at, actor, action, subject_type, subject_id, data, previous)
        previous = line.digest()
        session.add(AuditEntry(**vars(line), entry_hash=previous))
    session.flush()


@event.listens_for(Session, "after_rollback")
def _drop_pending(session: Session) -> None:
    session.info.pop(_PENDING, None)


def verify(session: Session) -> str | None:
    """Recompute the whole chain. None when it holds, else where it breaks."""
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000))
    return first_fault((_line(entry), entry.entry_hash) for entry in entries)


def _line(entry: AuditEntry) -> Line:
    return Line(
        entry.seq,
        entry.at,
        entry.actor,
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.data,
        entry.previous_hash,
    )
