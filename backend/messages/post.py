"""The post: one batch a day, printed, kept, handed over; each letter with its registered-mail number."""

from __future__ import annotations

import io
import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.database import new_id
from backend.dossiers.holding import may_be_posted
from backend.dossiers.models import Dossier, Message
from backend.dossiers.purposes import GUARDIAN
from backend.errors import Problem
from backend.messages import letters, outcome, returned, suppression
from backend.messages.models import LETTER_NUMBERS, PostBatch, PostLetter
from backend.outgoing import http_send
from backend.owners.models import OwnerLookup
from backend.owners.service import log_look
from backend.services import Services
from notify.channels import Send
from notify.message import Delivery
from notify.post import Batch, Letter, LetterError, Return, hand_over, print_batch, registered_number
from notify.quiet import VIETNAM
from notify.routing import wait_s
from penalty.calendar import vietnam_date

logger = logging.getLogger(__name__)
MOST_LETTERS = 500


def due(services: Services, session: Session, now: datetime) -> bool:
    """Whether today's batch is to be made by itself: the hour has come, letters wait, none was made."""
    settings = services.settings
    begins = time.fromisoformat(settings.post_batch_at)
    if not settings.post_url or now.astimezone(VIETNAM).time() < begins:
        return False
    made = session.scalar(select(PostBatch.id).where(PostBatch.day == vietnam_date(now)))
    waits = session.scalar(select(Message.id).where(Message.state == "to_post").limit(1))
    return made is None and waits is not None


def ask_for_batch(services: Services, session: Session, now: datetime, *, actor: str) -> PostBatch:
    """Close today's batch: the letters that wait now go into it, with a number each.

    Raises Problem 409 `post_not_set_up`, `batch_made_today` or `no_letter_waits`.
    """
    if not services.settings.post_url:
        raise _refused("post_not_set_up", "Chưa nối với bưu điện", "No post is set up (POST_URL)")
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("post_batch"))))
    day = vietnam_date(now)
    if session.scalar(select(PostBatch.id).where(PostBatch.day == day)) is not None:
        raise _refused("batch_made_today", "Lô thư hôm nay đã lập", "Today's batch was made already")
    waiting = select(Message.id).where(Message.state == "to_post").order_by(Message.asked_at)
    found = session.scalars(waiting.limit(MOST_LETTERS)).all()
    batch = PostBatch(id=new_id(), day=day, state="asked", asked_by=actor)
    chosen = [work for one in sorted(found) if (work := _ready(services, session, one, now)) is not None]
    if not chosen:
        raise _refused("no_letter_waits", "Không có thư nào chờ gửi", "No letter waits to be posted")
    session.add(batch)
    session.flush()
    for work in chosen:
        work.row.state = "in_batch"
        work.write("in_batch", actor=actor)
        serial = services.settings.post_number_first + int(session.scalar(LETTER_NUMBERS.next_value()) or 0)
        number = registered_number(serial, service=services.settings.post_number_service)
        session.add(PostLetter(batch_id=batch.id, message_id=work.row.id, number=number))
    batch.letters = len(chosen)
    audit.record(
        session,
        actor=actor,
        action="post.batch_asked",
        subject_type="post_batch",
        subject_id=batch.id,
        data={"letters": batch.letters},
    )
    jobs.defer(session, "messages.post_batch", lock=f"post_batch/{batch.id}", batch_id=str(batch.id))
    return batch


def some_can_go(services: Services, session: Session, now: datetime) -> bool:
    """Whether a letter that waits can go; each that cannot is put before a person."""
    waiting = session.scalars(select(Message.id).where(Message.state == "to_post")).all()
    ready = [_ready(services, session, one, now) for one in sorted(waiting)]
    return any(ready)


def _ready(services: Services, session: Session, message_id: uuid.UUID, now: datetime) -> outcome.Work | None:
    """A letter that can go; one without an address, or whose address sent mail back, goes to a person."""
    work = outcome.take_up(services, session, message_id, now)
    if work.row.state != "to_post" or not may_be_posted(session, work.row, now):
        return None
    contact = work.contact()
    work.row.address_index = outcome.index_of(services, contact, "letter")
    reason = _why_not(work)
    if reason:
        work.row.state, work.row.code, work.row.last_error = "dead", reason, reason
        work.write("dead", code=reason)
        return None
    return work


def _why_not(work: outcome.Work) -> str:
    if work.row.address_index is None:
        return "no_address"
    found = suppression.active(work.session, "letter", work.row.address_index)
    must_try = returned.counts_for_the_law(work.dossier, work.row)  # three times, whatever came back before
    if found is not None and not must_try:
        return found.reason
    try:
        _letter_of(work, b"", 1, "").window()
    except LetterError:
        return "address_too_long"
    return ""


def _letter_of(work: outcome.Work, pdf: bytes, pages: int, number: str) -> Letter:
    owner = work.contact().owner
    guardian = work.row.purpose == GUARDIAN
    name = f"Cha mẹ hoặc người giám hộ của {owner.name}" if guardian else owner.name
    return Letter(number, outcome.tracking_id(work.row), name, owner.address or "", pdf, pages)


def send_batch(services: Services, batch_id: uuid.UUID, now: datetime, send: Send | None = None) -> str:
    """Print the batch where it is not printed yet, hand it over, and note what the post said.

    Killed at any point it begins again: what was printed is kept before the post sees it, and every further
    try hands over those bytes, for the post takes a batch's id once, with one content. A letter counts as
    posted with the commit that says so.
    """
    with services.database.unit_of_work() as session:
        batch = session.get_one(PostBatch, batch_id, with_for_update=True)
        if batch.state == "handed_over":
            return batch.state
        printed = _print(services, session, batch, now)
        day = batch.day
    settings = services.settings
    delivery = hand_over(
        printed,
        batch_id=str(batch_id),
        customer=settings.post_customer,
        day=day,
        base_url=settings.post_url,
        token=settings.post_token.get_secret_value(),
        send=send or http_send,
    )
    with services.database.unit_of_work() as session:
        batch = session.get_one(PostBatch, batch_id, with_for_update=True)
        if batch.state == "handed_over":
            return batch.state
        _note_answer(services, session, batch, delivery, now)
        return batch.state


def _note_answer(
    services: Services, session: Session, batch: PostBatch, delivery: Delivery, now: datetime
) -> None:
    """What the post said: taken, or asked again later."""
    batch.attempts += 1
    if delivery.state == "accepted":
        batch.last_error = None
        _handed_over(services, session, batch, now)
        return
    batch.last_error = f"{delivery.code} {delivery.detail}".strip()
    batch.state = "trying"
    jobs.defer(
        session,
        "messages.post_batch",
        lock=f"post_batch/{batch.id}",
        at=now + timedelta(seconds=wait_s(batch.attempts, chance=outcome.chance(), asked_s=5.0)),
        batch_id=str(batch.id),
    )


def _print(services: Services, session: Session, batch: PostBatch, now: datetime) -> Batch:
    """The batch as it was kept when it was first printed, or printed and kept now."""
    settings, bucket = services.settings, services.settings.s3_documents_bucket
    rows = _letters(session, batch)
    letters = [_printed_letter(services, session, row, now) for row in rows]
    if batch.object_key is not None:
        places = tuple((row.first_page or 0, row.last_page or 0) for row in rows)
        return Batch(tuple(letters), services.store.read(bucket, batch.object_key), places)
    dated = datetime.combine(batch.day, time(), VIETNAM)
    printed = print_batch(letters, Return(settings.authority_name, settings.authority_address), dated)
    key = f"post/{batch.day.isoformat()}-{batch.id}-{printed.sha256[:12]}.pdf"
    services.store.put(bucket, key, printed.pdf, "application/pdf")
    batch.object_key, batch.sha256, batch.made_at = key, printed.sha256, now
    batch.pages = printed.places[-1][1]
    for row, (first, last) in zip(rows, printed.places, strict=True):
        row.first_page, row.last_page = first, last
    return printed


def _printed_letter(services: Services, session: Session, row: PostLetter, now: datetime) -> Letter:
    message = session.get_one(Message, row.message_id)
    dossier = session.get_one(Dossier, message.dossier_id)
    work = outcome.Work(services, session, message, dossier, now)
    document = work.document
    pdf = services.store.read(services.settings.s3_documents_bucket, document.object_key or "")
    lookup = session.get_one(OwnerLookup, document.owner_lookup_id or dossier.owner_lookup_id)
    purpose = f"{message.purpose} by letter"
    log_look(session, actor="system", lookup=lookup, fields=["name", "address"], purpose=purpose)
    return _letter_of(work, pdf, pages_of(pdf), row.number)


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return int(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"])


def _letters(session: Session, batch: PostBatch) -> Sequence[PostLetter]:
    rows = select(PostLetter).where(PostLetter.batch_id == batch.id).order_by(PostLetter.number)
    return session.scalars(rows).all()


def _handed_over(services: Services, session: Session, batch: PostBatch, now: datetime) -> None:
    batch.state, batch.handed_over_at = "handed_over", now
    for row in sorted(_letters(session, batch), key=lambda one: one.message_id):
        if row.state == "waiting":
            row.state = "posted"
        work = outcome.take_up(services, session, row.message_id, now)
        if work.row.state == "in_batch":
            letters.posted(work, actor="system")
    audit.record(
        session,
        actor="system",
        action="post.batch_handed_over",
        subject_type="post_batch",
        subject_id=batch.id,
        data={"letters": batch.letters, "sha256": batch.sha256},
    )


def _refused(code: str, vi: str, en: str) -> Problem:
    return Problem(409, code, vi, en)
