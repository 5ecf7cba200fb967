"""Signed papers of a visit, kept as pictures made anew from their pixels."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.counter.models import CounterPaper, CounterVisit
from backend.counter.visits import Serving
from backend.submissions.pictures import Picture


def keep(
    serving: Serving, picture: Picture, *, purpose: str, submission_id: uuid.UUID | None = None
) -> CounterPaper:
    """Store one scan; `purpose` is what was signed: `authorisation`, `accept`, or a kind of statement."""
    paper_id, visit, services = uuid.uuid4(), serving.visit, serving.services
    key = f"counter/{visit.dossier_id}/{visit.id}/{paper_id}.jpg"
    stored = services.store.put(services.settings.s3_documents_bucket, key, picture.data, picture.media_type)
    paper = CounterPaper(
        id=paper_id,
        visit_id=visit.id,
        purpose=purpose,
        submission_id=submission_id,
        object_key=key,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        media_type=picture.media_type,
    )
    serving.session.add(paper)
    serving.log("counter.paper_kept", {"purpose": purpose, "sha256": stored.sha256})
    return paper


def of_visit(session: Session, visit: CounterVisit) -> Sequence[CounterPaper]:
    """All signed papers of a visit, oldest first."""
    return session.scalars(
        select(CounterPaper).where(CounterPaper.visit_id == visit.id).order_by(CounterPaper.created_at)
    ).all()
