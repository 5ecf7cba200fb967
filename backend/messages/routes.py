from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from backend import audit
from backend.accounts.guards import MessageKeeper, Officer
from backend.database import SessionDep, utc_now
from backend.dossiers.models import Message
from backend.errors import not_found
from backend.messages import post, queries, resend, suppression
from backend.messages.models import PostBatch
from backend.messages.schemas import (
    BatchList,
    BatchRow,
    ChannelList,
    ChannelRow,
    EventList,
    EventRow,
    Lift,
    MessageList,
    MessageRow,
    SuppressionList,
    SuppressionRow,
)
from backend.services import ServicesDep

router = APIRouter(tags=["messages"])
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/v1/messages")
def list_messages(
    session: SessionDep,
    _account: MessageKeeper,
    which: Literal["needs_person", "underway"] = "needs_person",
    limit: Limit = 100,
) -> MessageList:
    """Messages that need a person (dead, returned, unknown), or those underway; the oldest first."""
    states = queries.NEEDS_PERSON if which == "needs_person" else queries.UNDERWAY
    found = queries.by_state(session, states, limit)
    return MessageList(items=[MessageRow.model_validate(row) for row, _ in found])


@router.get("/v1/messages/channels")
def list_channels(session: SessionDep, _account: MessageKeeper) -> ChannelList:
    """How each channel is: what waits and since when, failures of the last hour, a lost token."""
    return ChannelList(items=[ChannelRow.model_validate(one) for one in queries.health(session, utc_now())])


@router.get("/v1/messages/{message_id}/events")
def list_events(message_id: uuid.UUID, session: SessionDep, _account: MessageKeeper) -> EventList:
    """Every try, receipt and decision of a person about one message. 404 where there is none."""
    if session.get(Message, message_id) is None:
        raise not_found("Không có tin này", "There is no such message")
    return EventList(items=[EventRow.model_validate(one) for one in queries.events(session, message_id)])


@router.post("/v1/messages/{message_id}/resend")
def send_again(
    message_id: uuid.UUID, services: ServicesDep, session: SessionDep, account: MessageKeeper
) -> MessageRow:
    """Send a message again to where the person can be reached now.

    409 `not_to_resend` for one on its way or arrived, 409 `address_suppressed`.
    """
    row = resend.resend(services, session, message_id, account=account, now=utc_now())
    return MessageRow.model_validate(row)


@router.get("/v1/suppressions")
def list_suppressions(session: SessionDep, _account: MessageKeeper, limit: Limit = 100) -> SuppressionList:
    """Addresses out of use, newest first."""
    found = queries.suppressions(session, limit)
    return SuppressionList(items=[SuppressionRow.model_validate(one) for one in found])


@router.post("/v1/suppressions/{suppression_id}/lift", status_code=204)
def lift(suppression_id: uuid.UUID, body: Lift, session: SessionDep, account: MessageKeeper) -> None:
    """Use an address again, with a reason. 404, 409 `lifted_already`."""
    suppression.lift(session, suppression_id, account, body.reason, utc_now())


@router.get("/v1/post/batches")
def list_batches(session: SessionDep, _account: MessageKeeper, limit: Limit = 30) -> BatchList:
    """The days' letters, newest first."""
    return BatchList(items=[BatchRow.model_validate(one) for one in queries.batches(session, limit)])


@router.post("/v1/post/batches", status_code=201)
def make_batch(services: ServicesDep, session: SessionDep, officer: Officer) -> BatchRow:
    """Close today's batch before its hour. 409 where it was made, no letter waits, or no post is set up."""
    batch = post.ask_for_batch(services, session, utc_now(), actor=officer.actor)
    return BatchRow.model_validate(batch)


@router.get("/v1/post/batches/{batch_id}.pdf")
def batch_pdf(batch_id: uuid.UUID, services: ServicesDep, session: SessionDep, officer: Officer) -> Response:
    """The letters as they were printed; the look is in the audit log. 404 until they are printed."""
    batch = session.get(PostBatch, batch_id)
    if batch is None or batch.object_key is None:
        raise not_found("Chưa có lô thư này", "There is no such batch yet")
    audit.record(
        session,
        actor=officer.actor,
        action="post.batch_viewed",
        subject_type="post_batch",
        subject_id=batch.id,
        data={"letters": batch.letters},
    )
    pdf = services.store.read(services.settings.s3_documents_bucket, batch.object_key)
    name = f"thu-{batch.day.isoformat()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)
