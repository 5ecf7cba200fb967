"""Letters: what the post and people say of them."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.database import utc_now
from backend.dossiers.models import DocumentKind, Message
from backend.errors import Problem, not_found
from backend.messages import outcome
from backend.messages.models import PostLetter
from backend.rechecks import holds
from backend.services import Services
from notify.receipts import Receipt


def posted_by_hand(
    services: Services, session: Session, dossier_id: uuid.UUID, message_id: uuid.UUID, *, officer: Account
) -> None:
    """A person put the printed letter in the post. Raises Problem 404, or 409 where no letter waits."""
    found = session.get(Message, message_id)
    if found is None or found.dossier_id != dossier_id:
        raise not_found("Không có thư này", "There is no such letter")
    work = outcome.take_up(services, session, message_id, utc_now())
    if work.row.state != "to_post":
        raise Problem(409, "no_letter_waits", "Không có thư nào chờ gửi", "No letter waits to be posted")
    if work.row.purpose == DocumentKind.NOTICE:
        holds.refuse_held(holds.of_violation(session, work.dossier.violation_id), work.now)
    work.row.address_index = outcome.index_of(services, work.contact(), "letter")
    posted(work, actor=officer.actor)


def posted(work: outcome.Work, *, actor: str) -> None:
    """The letter is in the post: for the law, that is when it was sent."""
    row = work.row
    row.state, row.sent_at = "sent", work.now
    row.attempts += 1
    work.write("posted", actor=actor)
    audit.record(
        work.session,
        actor=actor,
        action="letter.posted",
        subject_type="dossier",
        subject_id=row.dossier_id,
        data={"purpose": row.purpose},
    )
    outcome.legally_sent(work)


def note(session: Session, row: Message, said: Receipt) -> None:
    """What the post says of a letter, beside its registered number."""
    newest = select(PostLetter).where(PostLetter.message_id == row.id).order_by(PostLetter.created_at.desc())
    letter = session.scalars(newest.limit(1)).first()
    if letter is not None:
        letter.state, letter.told_at, letter.reason = row.state, said.at, said.detail or None
