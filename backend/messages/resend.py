"""What a person does about messages that did not reach anybody."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.dossiers.models import Message
from backend.errors import Problem, not_found
from backend.messages import outcome, returned, suppression
from backend.services import Services

RESENDABLE = frozenset({"dead", "unknown", "returned", "failed"})


def resend(
    services: Services, session: Session, message_id: uuid.UUID, *, account: Account, now: datetime
) -> Message:
    """Send it again, to where the person can be reached now, as a message of its own to the provider.

    Raises Problem 404, 409 `not_to_resend` for one that is on its way or arrived, 409 `address_suppressed`
    where the address must first be allowed again or corrected.
    """
    if session.get(Message, message_id) is None:
        raise not_found("Không có tin này", "There is no such message")
    work = outcome.take_up(services, session, message_id, now)
    row = work.row
    if row.state not in RESENDABLE:
        raise _not_to_resend()
    index = outcome.index_of(services, work.contact(), work.channel)
    if index is not None and suppression.active(session, row.channel, index) is not None:
        raise _suppressed()
    returned.begin_anew(row)
    work.write("resent", actor=account.actor)
    audit.record(
        session,
        actor=account.actor,
        action="message.resent",
        subject_type="message",
        subject_id=row.id,
        data={"purpose": row.purpose, "channel": row.channel, "resend": row.resends},
    )
    if row.channel != "letter":
        jobs.defer(session, "dossiers.send", lock=f"message/{row.id}", message_id=str(row.id))
    return row


def _not_to_resend() -> Problem:
    return Problem(
        409,
        "not_to_resend",
        "Tin này không cần gửi lại",
        "This message is not to be sent again",
        "Tin đang trên đường hoặc đã đến nơi.",
        "It is on its way, or it arrived.",
    )


def _suppressed() -> Problem:
    return Problem(
        409,
        "address_suppressed",
        "Địa chỉ này đang ngừng sử dụng",
        "This address is not in use",
        "Sửa địa chỉ của chủ xe, hoặc cho dùng lại địa chỉ với lý do, rồi gửi lại.",
        "Correct the owner's address, or allow the address again with a reason; then send again.",
    )
