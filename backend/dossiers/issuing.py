"""Asking for papers and for the messages that bring them; jobs make and send them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import jobs
from backend.dossiers.models import Document, DocumentKind, Dossier, Message


def ask_for_document(
    session: Session,
    dossier: Dossier,
    kind: DocumentKind,
    number: str,
    *,
    says: dict[str, Any] | None = None,
    signed_by: uuid.UUID | None = None,
    owner_lookup_id: uuid.UUID | None = None,
) -> Document:
    """A numbered paper, to be typeset by a job; see `Document` for what the rest is."""
    before = select(func.count()).where(Document.dossier_id == dossier.id, Document.kind == kind)
    document = Document(
        dossier_id=dossier.id,
        kind=kind,
        seq=1 + (session.scalar(before) or 0),
        number=number,
        says=says or {},
        signed_by=signed_by,
        owner_lookup_id=owner_lookup_id or dossier.owner_lookup_id,
    )
    session.add(document)
    session.flush()
    jobs.defer(session, "dossiers.render", lock=f"document/{document.id}", document_id=str(document.id))
    return document


def ask_for_message(
    session: Session,
    dossier: Dossier,
    *,
    document: Document,
    force: str,
    channel: str,
    purpose: str | None = None,
) -> None:
    """One message about a paper on one channel, sent by a job; a letter waits for the post's batch.

    `purpose` is the kind of the paper where nothing else is said. Repeated: nothing happens.
    """
    purpose = purpose or document.kind
    known = select(Message.id).where(
        Message.document_id == document.id, Message.channel == channel, Message.purpose == purpose
    )
    if session.scalar(known) is not None:
        return
    by_hand = channel == "letter"
    message = Message(
        dossier_id=dossier.id,
        document_id=document.id,
        purpose=purpose,
        force=force,
        channel=channel,
        state="to_post" if by_hand else "waiting",
    )
    session.add(message)
    session.flush()
    if by_hand:
        return
    jobs.defer(session, "dossiers.send", lock=f"message/{message.id}", message_id=str(message.id))
