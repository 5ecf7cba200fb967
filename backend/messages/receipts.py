"""What providers post to us about messages they took: one transaction each, the same again is nothing."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from backend.database import SessionDep, utc_now
from backend.dossiers.models import Message
from backend.errors import Problem
from backend.messages import letters, outcome
from backend.services import Services, ServicesDep
from notify.receipts import Receipt, ReceiptError
from notify.webhooks import read_bounce, read_standard, read_zalo

logger = logging.getLogger(__name__)
router = APIRouter(tags=["receipts"])
_MOST_BYTES = 1024 * 1024


class Heard(BaseModel):
    """`new`: it was not known before and concerns a message of ours."""

    new: bool


async def _raw(request: Request) -> bytes:
    """The body as it was signed. Raises Problem 413."""
    taken = b""
    async for piece in request.stream():
        taken += piece
        if len(taken) > _MOST_BYTES:
            raise Problem(413, "receipt_too_large", "Thông báo quá lớn", "The receipt is too large")
    return taken


Raw = Annotated[bytes, Depends(_raw)]


@router.post("/v1/receipts/zalo")
def zalo_receipt(request: Request, body: Raw, services: ServicesDep, session: SessionDep) -> Heard:
    """Zalo's webhook (`X-ZEvent-Signature`). 401 where the signature is wrong."""
    settings = services.settings
    signature = request.headers.get("X-ZEvent-Signature", "")
    secret = settings.zalo_oa_secret.get_secret_value()
    return _hear(
        services,
        session,
        lambda: read_zalo(body, signature, app_id=settings.zalo_app_id, oa_secret=secret),
    )


@router.post("/v1/receipts/email")
def bounce(request: Request, body: Raw, services: ServicesDep, session: SessionDep) -> Heard:
    """A delivery status notification (RFC 3464) that our relay got, signed by Standard Webhooks."""
    secret = services.settings.bounce_webhook_secret.get_secret_value()
    return _hear(services, session, lambda: read_bounce(body, request.headers, secret=secret))


@router.post("/v1/receipts/{channel}")
def receipt(
    channel: Literal["sms", "vneid", "letter"],
    request: Request,
    body: Raw,
    services: ServicesDep,
    session: SessionDep,
) -> Heard:
    """A receipt of the SMS gateway, the identification app or the post, signed by Standard Webhooks."""
    settings = services.settings
    secret = {
        "sms": settings.sms_webhook_secret,
        "vneid": settings.vneid_webhook_secret,
        "letter": settings.post_webhook_secret,
    }[channel].get_secret_value()
    return _hear(services, session, lambda: read_standard(channel, body, request.headers, secret=secret))


def _hear(services: Services, session: Session, read: Callable[[], Receipt | None]) -> Heard:
    try:
        said = read()
    except ReceiptError as error:
        wrong = str(error).startswith("signature")
        raise Problem(
            401 if wrong else 422,
            "receipt_signature" if wrong else "receipt_malformed",
            "Chữ ký của thông báo không đúng" if wrong else "Thông báo không đúng mẫu",
            "The signature of the receipt is wrong" if wrong else "The receipt is malformed",
            "",
            str(error),
        ) from error
    return Heard(new=said is not None and take(services, session, said))


def take(services: Services, session: Session, said: Receipt) -> bool:
    """Act on a receipt. False for one that is known, or of no message of ours."""
    try:
        message_id = uuid.UUID(said.tracking_id.partition(".")[0])
    except ValueError:
        message_id = None
    if message_id is None or session.get(Message, message_id) is None:
        logger.warning("a receipt of %s is of no message of ours", said.channel)
        return False
    work = outcome.take_up(services, session, message_id, utc_now())
    row = work.row
    if row.channel != said.channel:
        logger.warning("a receipt of %s for a message by %s", said.channel, row.channel)
        return False
    new = outcome.after_receipt(work, said)
    if new and said.channel == "letter":
        letters.note(session, row, said)
    return new
