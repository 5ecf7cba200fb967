"""Handing a case to another authority: the move, the slip, the signed package, and its way there."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

import httpx2
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.dossiers.issuer import signing_key
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import Document, DocumentKind, Dossier
from backend.dossiers.moves import Actor, due_dates, legal_move, locked
from backend.dossiers.numbers import next_number
from backend.errors import Problem, not_found
from backend.intake.models import Violation
from backend.outgoing import client
from backend.services import Services
from backend.settings import Settings
from backend.transfers import package
from backend.transfers.contents import facts_of, files_of
from backend.transfers.models import Transfer
from backend.transfers.values import Peer, TransferError, peer_of
from penalty.calendar import vietnam_date
from penalty.dossier import Action
from penalty.guards import Facts

ZIP = "application/zip"
_TIMEOUT_S = 60.0


class PeerUnavailableError(RuntimeError):
    """The other authority's system did not answer, or not as the protocol says; later may work."""


def hand_over(
    services: Services,
    session: Session,
    dossier_id: uuid.UUID,
    officer: Account,
    *,
    peer_id: str,
    reason: str,
    expected_version: int | None,
    now: datetime,
) -> Transfer:
    """Move the case to `transferred`, with its slip, and have the package sent.

    Raises Problem 404 `peer_unknown`, 409 where the law's table forbids it, 412.
    """
    peer = _peer(services.settings, peer_id)
    dossier = locked(session, dossier_id, expected_version=expected_version)
    facts = Facts(
        today=vietnam_date(now),
        receiver=peer.name,
        reason=reason,
        limitation_until=due_dates(session, dossier)["A4"].raw_due_on,
    )
    transfer = Transfer(
        direction="out",
        peer=peer.id,
        number=dossier.notice_number,
        reason=reason,
        state="waiting",
        dossier_id=dossier.id,
        by_account=officer.id,
        facts=facts_of(dossier, session.get_one(Violation, dossier.violation_id)),
    )
    session.add(transfer)
    session.flush()
    data = {"receiver": peer.id, "transfer_id": str(transfer.id), "reason": reason}
    legal_move(session, dossier, Action.TRANSFER, actor=Actor.of(officer), facts=facts, now=now, data=data)
    _ask_for_slip(session, dossier, transfer, peer, now)
    ask_to_send(session, transfer)
    return transfer


def _ask_for_slip(session: Session, dossier: Dossier, transfer: Transfer, peer: Peer, now: datetime) -> None:
    says = {"receiver": peer.name, "reason": transfer.reason, "package_id": str(transfer.id)}
    number = next_number(session, DocumentKind.TRANSFER, now)
    ask_for_document(
        session, dossier, DocumentKind.TRANSFER, number, says=says, signed_by=transfer.by_account
    )


def ask_to_send(session: Session, transfer: Transfer) -> None:
    """Have the package sent, again where it was sent before."""
    jobs.defer(session, "transfers.send", lock=f"transfer/{transfer.id}", transfer_id=str(transfer.id))


def send(services: Services, transfer_id: uuid.UUID, now: datetime) -> str:
    """Pack it where that was not done yet, and hand it over. The other side takes the same package twice.

    Returns the transfer's state. Raises PeerUnavailableError, and LookupError while the slip is being made.
    """
    with services.database.unit_of_work() as session:
        transfer = session.get_one(Transfer, transfer_id, with_for_update=True)
        if transfer.direction != "out":
            return transfer.state
        if transfer.package_key is None:
            _pack(services, session, transfer, now)
        key, peer_id = transfer.package_key or "", transfer.peer
    content = services.store.read(services.settings.s3_documents_bucket, key)
    refused = _post(peer_of(services.settings.transfer_peers, peer_id), content)
    with services.database.unit_of_work() as session:
        transfer = session.get_one(Transfer, transfer_id, with_for_update=True)
        transfer.attempts += 1
        transfer.last_error = refused
        if refused is None and transfer.state == "waiting":
            transfer.state = "sent"
            audit.record(
                session,
                actor="system",
                action="transfer.sent",
                subject_type="dossier",
                subject_id=transfer.dossier_id,
                data={"transfer_id": str(transfer.id), "sha256": transfer.package_sha256 or ""},
            )
        return transfer.state


def _pack(services: Services, session: Session, transfer: Transfer, now: datetime) -> None:
    settings = services.settings
    dossier = session.get_one(Dossier, transfer.dossier_id)
    slip = select(Document).where(
        Document.dossier_id == dossier.id,
        Document.kind == DocumentKind.TRANSFER,
        Document.says["package_id"].astext == str(transfer.id),
    )
    made = session.scalars(slip).one()
    if made.made_at is None:
        raise LookupError(f"transfer {transfer.id}: its slip is being made")
    content = package.build(
        signing_key(settings),
        files_of(services, session, dossier, most_bytes=settings.transfer_max_bytes),
        transfer_id=str(transfer.id),
        sender=settings.authority_id,
        receiver=transfer.peer,
        created_at=now,
        reason=transfer.reason,
        number=dossier.notice_number,
    )
    transfer.package_key = f"transfers/out/{transfer.id}.zip"
    transfer.package_sha256 = hashlib.sha256(content).hexdigest()
    services.store.put(settings.s3_documents_bucket, transfer.package_key, content, ZIP)


def _post(peer: Peer, content: bytes) -> str | None:
    """None where the other side has stored it, else why it will not take it."""
    try:
        answer = client().post(
            f"{peer.url.rstrip('/')}/v1/transfers/packages",
            content=content,
            headers={"Content-Type": ZIP},
            timeout=_TIMEOUT_S,
        )
    except httpx2.HTTPError as error:
        raise PeerUnavailableError(f"{peer.id}: {type(error).__name__}") from error
    if answer.status_code in {200, 201, 202}:
        return None
    if (
        answer.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR
        or answer.status_code == httpx2.codes.NOT_FOUND
    ):
        raise PeerUnavailableError(f"{peer.id}: HTTP {answer.status_code}")
    return f"HTTP {answer.status_code} {answer.text[:300]}"


def _peer(settings: Settings, peer_id: str) -> Peer:
    try:
        return peer_of(settings.transfer_peers, peer_id)
    except TransferError as error:
        raise Problem(
            404,
            "peer_unknown",
            "Không có đơn vị nhận này",
            "There is no such authority",
            error.message_vi,
            error.message_en,
        ) from error


def find(session: Session, transfer_id: uuid.UUID, direction: str, *, lock: bool = False) -> Transfer:
    """Raises Problem 404."""
    found = session.get(Transfer, transfer_id, with_for_update=lock)
    if found is None or found.direction != direction:
        raise not_found("Không có lần chuyển hồ sơ này", "There is no such transfer")
    return found
