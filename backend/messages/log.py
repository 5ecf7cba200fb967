"""The history of a message: one line for each try, receipt and decision of a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.database import new_id
from backend.dossiers.models import Message
from backend.messages.models import MessageEvent

RECEIPT = "receipt_"


def write(
    session: Session,
    row: Message,
    kind: str,
    *,
    at: datetime,
    code: str = "",
    detail: str = "",
    actor: str = "system",
    provider_event: str | None = None,
    resend: int | None = None,
) -> bool:
    """Add a line; False where the provider's event is written already."""
    values = {
        "id": new_id(),
        "message_id": row.id,
        "at": at,
        "kind": kind,
        "resend": row.resends if resend is None else resend,
        "code": code or None,
        "detail": detail[:300] or None,
        "actor": actor,
        "provider_event": provider_event,
    }
    added = insert(MessageEvent).values(values).on_conflict_do_nothing().returning(MessageEvent.id)
    return session.scalar(added) is not None
