"""A notice that must not leave: its case is looked at a second time, or has been ended meanwhile."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import jobs
from backend.dossiers.models import DocumentKind, Dossier, Message
from backend.rechecks import holds
from backend.rechecks.models import RUNNING
from penalty.dossier import END_STATES

_UNSENT = ("waiting", "trying")


def may_leave(session: Session, message: Message, now: datetime) -> bool:
    """Whether this message may go out now; one that waits is asked for again at the end of its wait."""
    if message.purpose != DocumentKind.NOTICE or message.state not in _UNSENT:
        return True
    dossier = session.get_one(Dossier, message.dossier_id)
    if dossier.state in END_STATES:
        message.state = "cancelled"
        return False
    recheck = holds.of_violation(session, dossier.violation_id)
    if not holds.holds_notice(recheck, now):
        return True
    if recheck is not None and recheck.state in RUNNING and recheck.notice_waits_until is not None:
        _ask_again(session, message, recheck.notice_waits_until)
    return False


def may_be_posted(session: Session, message: Message, now: datetime) -> bool:
    """As `may_leave`, of a letter that waits for the post's batch: held, it waits for the next one."""
    if message.purpose != DocumentKind.NOTICE:
        return True
    dossier = session.get_one(Dossier, message.dossier_id)
    if dossier.state in END_STATES:
        message.state = "cancelled"
        return False
    return not holds.holds_notice(holds.of_violation(session, dossier.violation_id), now)


def let_go(session: Session, violation_id: uuid.UUID) -> None:
    """The second review is over: what waited for it goes out."""
    waiting = session.scalars(
        select(Message)
        .join(Dossier, Dossier.id == Message.dossier_id)
        .where(
            Dossier.violation_id == violation_id,
            Message.purpose == DocumentKind.NOTICE,
            Message.state.in_(_UNSENT),
        )
    )
    for message in waiting:
        _ask_again(session, message, None)


def _ask_again(session: Session, message: Message, at: datetime | None) -> None:
    jobs.defer(session, "dossiers.send", lock=f"message/{message.id}", at=at, message_id=str(message.id))
