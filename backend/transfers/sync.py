"""How each transfer stands on our side, and making the two sides agree again.

Looks at states, not at messages: whatever was lost, doubled or late, the next comparison finds it. What takes
no decision mends itself; the rest is listed until a person has settled it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.dossiers.issuer import signing_key
from backend.dossiers.models import Dossier
from backend.dossiers.moves import SYSTEM, locked, move, write_event
from backend.errors import Problem, not_found
from backend.intake.models import Violation
from backend.outgoing import client
from backend.services import Services
from backend.transfers import receiving, sending
from backend.transfers.comparison import Difference, DifferenceKind, compare
from backend.transfers.contents import facts_of
from backend.transfers.models import Transfer, TransferDifference
from backend.transfers.sending import PeerUnavailableError
from backend.transfers.values import Entry, Envelope, Peer, TransferError, opened
from penalty.calendar import vietnam_date
from penalty.dossier import OPEN_STATES, Action, IllegalMoveError, State
from penalty.guards import Facts

logger = logging.getLogger(__name__)

_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one comparison with one authority found."""

    peer: str
    compared: int
    mended: int
    waiting: int


def entries(session: Session, peer_id: str) -> list[Entry]:
    """Our side of every transfer with this authority, either way."""
    rows = session.execute(
        select(Transfer, Dossier, Violation)
        .outerjoin(Dossier, Dossier.id == Transfer.dossier_id)
        .outerjoin(Violation, Violation.id == Dossier.violation_id)
        .where(Transfer.peer == peer_id)
        .order_by(Transfer.id)
    )
    return [_entry(row[0], row[1], row[2]) for row in rows]


def _entry(transfer: Transfer, dossier: Dossier | None, violation: Violation | None) -> Entry:
    sender = transfer.direction == "out"
    known = dossier is not None and violation is not None
    return Entry(
        transfer_id=str(transfer.id),
        role="sender" if sender else "receiver",
        state=transfer.state,
        dossier_state=dossier.state if dossier else None,
        open=dossier is not None and dossier.state in OPEN_STATES and dossier.state != State.TRANSFERRED,
        facts=facts_of(dossier, violation) if known and dossier and violation else transfer.facts,
        reason=(transfer.reason if sender else transfer.answer) or "",
        decision_number=dossier.decision_number if dossier and not sender else None,
        fine_vnd=dossier.fine_vnd if dossier and not sender else None,
        paid_vnd=dossier.paid_vnd if dossier and not sender else None,
    )


def answer(services: Services, text: bytes, now: datetime) -> Envelope:
    """Our entries for an authority that asks. Raises TransferError."""
    settings = services.settings
    peer, _ = opened(text, settings.transfer_peers, us=settings.authority_id, kind="comparison", now=now)
    with services.database.unit_of_work() as session:
        receiving.settle_ended(session, now)
    with services.database.unit_of_work() as session:
        return _sealed(services, session, peer, now)


def compare_all(services: Services, now: datetime) -> list[Outcome]:
    """Compare with every authority that we share a case with; one that is silent does not stop the others."""
    with services.database.unit_of_work() as session:
        receiving.settle_ended(session, now)
        shared = set(session.scalars(select(Transfer.peer).distinct()))
    outcomes = []
    for peer in services.settings.transfer_peers:
        if peer.id not in shared:
            continue
        try:
            outcomes.append(compare_with(services, peer, now))
        except (PeerUnavailableError, TransferError) as error:
            logger.warning("comparison with %s failed; trying again: %s", peer.id, error)
    return outcomes


def compare_with(services: Services, peer: Peer, now: datetime) -> Outcome:
    """One comparison, mended where that takes no decision. Raises PeerUnavailableError, TransferError."""
    theirs = _asked(services, peer, now)
    with services.database.unit_of_work() as session:
        ours = entries(session, peer.id)
        seen = {
            str(row.id): row.theirs_digest
            for row in session.scalars(select(Transfer).where(Transfer.peer == peer.id))
        }
    found = compare(ours, theirs, seen=seen)
    mended = sum(_mend(services, one, now) for one in found if one.safe)
    with services.database.unit_of_work() as session:
        waiting = _write_down(session, peer, found, now)
    return Outcome(peer.id, len({one.transfer_id for one in (*ours, *theirs)}), mended, waiting)


def _asked(services: Services, peer: Peer, now: datetime) -> list[Entry]:
    settings = services.settings
    with services.database.unit_of_work() as session:
        question = _sealed(services, session, peer, now, kind="comparison")
    try:
        answered = client().post(
            f"{peer.url.rstrip('/')}/v1/transfers/comparison",
            content=question.model_dump_json(),
            headers={"Content-Type": "application/json"},
            timeout=_TIMEOUT_S,
        )
    except httpx2.HTTPError as error:
        raise PeerUnavailableError(f"{peer.id}: {type(error).__name__}") from error
    if answered.status_code != httpx2.codes.OK:
        raise PeerUnavailableError(f"{peer.id}: HTTP {answered.status_code} {answered.text[:200]}")
    _, envelope = opened(
        answered.content, settings.transfer_peers, us=settings.authority_id, kind="entries", now=now
    )
    if envelope.sender != peer.id:
        raise PeerUnavailableError(f"{peer.id}: {envelope.sender} answered")
    try:
        return [Entry.model_validate(one) for one in envelope.body["entries"]]
    except (KeyError, TypeError, ValidationError) as error:
        raise PeerUnavailableError(f"{peer.id}: its entries are not understood") from error


def _sealed(
    services: Services, session: Session, peer: Peer, now: datetime, *, kind: Any = "entries"
) -> Envelope:
    ours = entries(session, peer.id) if kind == "entries" else []
    return Envelope.sealed(
        signing_key(services.settings),
        sender=services.settings.authority_id,
        receiver=peer.id,
        kind=kind,
        at=now,
        body={"entries": [one.model_dump(mode="json") for one in ours]},
    )


def _mend(services: Services, difference: Difference, now: datetime) -> bool:
    """Whether it was mended by itself."""
    transfer_id = uuid.UUID(difference.transfer_id)
    if difference.kind is DifferenceKind.MISSING_THERE:
        with services.database.unit_of_work() as session:
            sending.ask_to_send(session, session.get_one(Transfer, transfer_id))
        return True
    assert difference.theirs is not None
    with services.database.unit_of_work() as session:
        transfer = session.get_one(Transfer, transfer_id)
        return _take_over(session, transfer, difference.theirs, now)


def _take_over(session: Session, transfer: Transfer, theirs: Entry, now: datetime) -> bool:
    """What the other side did becomes what ours says; False where the dossier's table forbids it."""
    dossier = locked(session, transfer.dossier_id or uuid.UUID(int=0))
    session.refresh(transfer, with_for_update=True)
    data = {"transfer_id": str(transfer.id), "receiver": transfer.peer, "state": theirs.state}
    reason = theirs.reason or f"{transfer.peer}: {theirs.dossier_state or theirs.state}"
    facts = Facts(today=vietnam_date(now), reason=reason, notified=dossier.notified_at is not None)
    back = Action.RETURN if dossier.notified_at is not None else Action.RETURN_UNNOTIFIED
    action = {"refused": back, "settled": Action.SETTLE_ELSEWHERE}.get(theirs.state)
    if action is not None and dossier.state == State.TRANSFERRED:
        try:
            move(
                session,
                dossier,
                action,
                actor=SYSTEM,
                facts=facts,
                now=now,
                data={**data, "reason": reason, "outcome": theirs.dossier_state or ""},
            )
        except IllegalMoveError:
            logger.exception("transfer %s: %s cannot be taken over", transfer.id, theirs.state)
            return False
    elif theirs.state == "accepted" and transfer.state != "accepted":
        write_event(session, dossier, "transfer_accepted", actor=SYSTEM, now=now, data=data)
    if theirs.state != "received":
        transfer.state = theirs.state
        transfer.answer, transfer.answered_at = theirs.reason or transfer.answer, now
    elif transfer.state == "waiting":
        transfer.state = "sent"
    transfer.theirs, transfer.theirs_digest, transfer.theirs_at = (
        theirs.model_dump(mode="json"),
        theirs.digest,
        now,
    )
    return True


def _write_down(session: Session, peer: Peer, found: Sequence[Difference], now: datetime) -> int:
    """Keep what was found: what was mended as ended, the rest until a person settles it; how many wait."""
    rows = {
        (row.transfer_ref, row.kind): row
        for row in session.scalars(
            select(TransferDifference).where(
                TransferDifference.peer == peer.id, TransferDifference.ended_at.is_(None)
            )
        )
    }
    open_ones = {(one.transfer_id, str(one.kind)) for one in found if not one.safe}
    for at, row in rows.items():
        if at not in open_ones:
            row.ended_at, row.how = now, "gone"
    session.flush()
    for one in found:
        at = (one.transfer_id, str(one.kind))
        if at in rows or (not one.safe and _settled(session, peer, one)):
            continue
        session.add(
            TransferDifference(
                peer=peer.id,
                transfer_ref=one.transfer_id,
                kind=one.kind,
                ours=one.ours.model_dump(mode="json") if one.ours else None,
                theirs=one.theirs.model_dump(mode="json") if one.theirs else None,
                digests=_digests(one),
                found_at=now,
                ended_at=now if one.safe else None,
                how="by_itself" if one.safe else None,
            )
        )
    session.flush()
    return len(open_differences(session, peer.id))


def _digests(one: Difference) -> str:
    return f"{one.ours.digest if one.ours else '-'} {one.theirs.digest if one.theirs else '-'}"


def _settled(session: Session, peer: Peer, one: Difference) -> bool:
    """Whether a person has settled just this; it comes back once either side changes."""
    known = select(TransferDifference.id).where(
        TransferDifference.peer == peer.id,
        TransferDifference.transfer_ref == one.transfer_id,
        TransferDifference.kind == one.kind,
        TransferDifference.how == "by_person",
        TransferDifference.digests == _digests(one),
    )
    return session.scalar(known.limit(1)) is not None


def open_differences(session: Session, peer_id: str | None = None) -> Sequence[TransferDifference]:
    """What waits for a person, oldest first."""
    rows = select(TransferDifference).where(TransferDifference.ended_at.is_(None))
    if peer_id is not None:
        rows = rows.where(TransferDifference.peer == peer_id)
    return session.scalars(rows.order_by(TransferDifference.found_at)).all()


def settle(
    session: Session, difference_id: uuid.UUID, officer: Account, *, note: str, now: datetime
) -> TransferDifference:
    """A person has cleared it with the other authority. Raises Problem 404, 409."""
    row = session.get(TransferDifference, difference_id, with_for_update=True)
    if row is None:
        raise not_found("Không có khác biệt này", "There is no such difference")
    if row.ended_at is not None:
        raise Problem(
            409, "difference_ended", "Khác biệt này đã được giải quyết", "This difference was settled before"
        )
    row.ended_at, row.how, row.note, row.ended_by = now, "by_person", note, officer.id
    audit.record(
        session,
        actor=officer.actor,
        action="transfer.difference_settled",
        subject_type="transfer",
        subject_id=row.transfer_ref,
        data={"peer": row.peer, "kind": row.kind},
    )
    return row
