"""A decision that the post brings back: tried three times, then it counts as delivered.

Decree 118/2021 Art. 17a.5 (deadlines.csv D7, read-secondary). A return for an objective reason (a storm, a
closed road) does not count. That the post names such a return `objective` is our assumption: none of its
documents was at hand. That one at an address since corrected does not count is our rule.
"""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend.dossiers.models import Document, DocumentKind, Dossier, Message
from backend.messages import log
from backend.messages.models import MessageEvent
from backend.owners import correcting
from notify.receipts import OBJECTIVE
from penalty.dossier import State
from penalty.guards import RETURNS_BEFORE_DEEMED


def begin_anew(row: Message) -> None:
    """Another sending of the same message, which the provider knows by another tracking id."""
    row.resends += 1
    row.state = "to_post" if row.channel == "letter" else "waiting"
    row.attempts, row.give_up_at, row.next_try_at, row.sending_at = 0, None, None, None
    row.code = row.last_error = row.sent_at = row.delivered_at = None


def returns_that_count(session: Session, row: Message, document: Document) -> int:
    """How often the post brought it back from where the person is held to live, but for objective reasons."""
    found = select(func.count()).where(
        MessageEvent.message_id == row.id,
        MessageEvent.kind == f"{log.RECEIPT}returned",
        or_(MessageEvent.code.is_(None), MessageEvent.code != OBJECTIVE),
    )
    lookup_id = document.owner_lookup_id
    corrections = correcting.of_lookup(session, lookup_id) if lookup_id else ()
    moved = [one.asked_at for one in corrections if "address" in one.fields]
    if moved:
        found = found.where(MessageEvent.at > max(moved))
    return session.scalar(found) or 0


def counts_for_the_law(dossier: Dossier, row: Message) -> bool:
    """Whether this is a decision by post that has not been delivered yet."""
    return (
        row.channel == "letter"
        and row.purpose == DocumentKind.DECISION
        and row.force == "legal"
        and dossier.state == State.DECIDED
        and dossier.delivered_at is None
    )


def is_tried_again(returns: int) -> bool:
    return returns < RETURNS_BEFORE_DEEMED
