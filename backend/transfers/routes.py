from __future__ import annotations

import io
import tempfile
import uuid
from typing import IO

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from backend.accounts.guards import Officer
from backend.database import SessionDep, utc_now
from backend.errors import Problem, not_found
from backend.idempotency.routes import OnceRoute, StaffOnce
from backend.services import Services, ServicesDep
from backend.transfers import package, receiving, sending, sync
from backend.transfers.models import Transfer
from backend.transfers.schemas import DifferenceView, HandOver, Refusal, Settlement, Stored, TransferView
from backend.transfers.values import Envelope, TransferError

router = APIRouter(route_class=OnceRoute, tags=["transfers"])
_ENVELOPE_MOST_BYTES = 8 * 1024 * 1024
_IN_MEMORY_BYTES = 256 * 1024
_MOST_DIGITS = 12
_ROWS = 200


@router.post("/v1/transfers/packages", status_code=202)
async def take_package(request: Request, services: ServicesDep) -> Stored:
    """Another authority hands a case over (application/zip, signed). The same package again changes nothing.

    404 where no other authority is known. 422 with the rule that it breaks; nothing of it is kept then.
    """
    most_bytes = services.settings.transfer_max_bytes + package.OVERHEAD_BYTES
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as body:
        await _receive(request, services, body, most_bytes)
        transfer = await run_in_threadpool(_taken, services, body)
    return Stored(transfer_id=transfer.id, state=transfer.state)


@router.post("/v1/transfers/comparison")
async def compare(request: Request, services: ServicesDep) -> Envelope:
    """Our side of every transfer with the authority that asks (signed), signed."""
    body = io.BytesIO()
    await _receive(request, services, body, _ENVELOPE_MOST_BYTES)
    return await run_in_threadpool(_answered, services, body.getvalue())


@router.get("/v1/transfers")
def list_transfers(session: SessionDep, _officer: Officer) -> list[TransferView]:
    """Cases that went or came, the newest first."""
    rows = session.scalars(select(Transfer).order_by(Transfer.created_at.desc()).limit(_ROWS))
    return [TransferView.model_validate(row) for row in rows]


@router.post("/v1/dossiers/{dossier_id}/transfer", status_code=201)
def hand_over(
    dossier_id: uuid.UUID,
    given: HandOver,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
    _once: StaffOnce,
) -> TransferView:
    """Hand a case to another authority. 404 unknown authority, 409 not from this state, 412."""
    transfer = sending.hand_over(
        services,
        session,
        dossier_id,
        officer,
        peer_id=given.peer,
        reason=given.reason,
        expected_version=given.expected_version,
        now=utc_now(),
    )
    return TransferView.model_validate(transfer)


@router.post("/v1/transfers/{transfer_id}/accept")
def accept(
    transfer_id: uuid.UUID, services: ServicesDep, session: SessionDep, officer: Officer, _once: StaffOnce
) -> TransferView:
    """Take a case over. 409 `transfer_answered`, `case_known`, `package_differs`."""
    receiving.accept(services, session, transfer_id, officer, utc_now())
    return TransferView.model_validate(session.get_one(Transfer, transfer_id))


@router.post("/v1/transfers/{transfer_id}/refuse")
def refuse(
    transfer_id: uuid.UUID, given: Refusal, session: SessionDep, officer: Officer, _once: StaffOnce
) -> TransferView:
    """Send a case back with a reason; also one taken over, before a record is made."""
    done = receiving.refuse(session, transfer_id, officer, reason=given.reason, now=utc_now())
    return TransferView.model_validate(done)


@router.get("/v1/transfers/differences")
def differences(session: SessionDep, _officer: Officer) -> list[DifferenceView]:
    """Where two systems differ and a person is needed, the oldest first."""
    return [DifferenceView.model_validate(row) for row in sync.open_differences(session)]


@router.post("/v1/transfers/differences/{difference_id}/settle")
def settle(
    difference_id: uuid.UUID, given: Settlement, session: SessionDep, officer: Officer, _once: StaffOnce
) -> DifferenceView:
    """It was cleared with the other authority. It comes back when either side changes."""
    return DifferenceView.model_validate(
        sync.settle(session, difference_id, officer, note=given.note, now=utc_now())
    )


async def _receive(request: Request, services: Services, target: IO[bytes], most_bytes: int) -> None:
    """Write the body, of which nobody knows yet who sent it, to `target`. Raises Problem 404, 413."""
    if not services.settings.transfer_peers:
        raise not_found("Ở đây không nhận hồ sơ từ đơn vị khác", "No other authority is known here")
    said = request.headers.get("Content-Length", "")
    if len(said) > _MOST_DIGITS or (said.isdecimal() and int(said) > most_bytes):
        raise _too_large(most_bytes)
    async for piece in request.stream():
        if target.tell() + len(piece) > most_bytes:
            raise _too_large(most_bytes)
        target.write(piece)


def _too_large(most_bytes: int) -> Problem:
    return Problem(
        413,
        "package_too_large",
        "Gói dữ liệu quá lớn",
        "The package is too large",
        f"Tối đa {most_bytes} byte.",
        f"At most {most_bytes} bytes.",
    )


def _taken(services: Services, content: IO[bytes]) -> Transfer:
    try:
        return receiving.take_in(services, content)
    except TransferError as error:
        raise _refused(error) from error


def _answered(services: Services, content: bytes) -> Envelope:
    try:
        return sync.answer(services, content, utc_now())
    except TransferError as error:
        raise _refused(error) from error


def _refused(error: TransferError) -> Problem:
    status = 403 if error.code in {"sender_unknown", "signature_wrong"} else 422
    return Problem(
        status,
        error.code,
        "Không nhận được nội dung này",
        "This cannot be taken",
        error.message_vi,
        error.message_en,
    )
