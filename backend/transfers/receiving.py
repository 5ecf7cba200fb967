"""Taking in a case from another authority: checked whole, then accepted or refused by a person."""

from __future__ import annotations

import hashlib
import io
import uuid
from datetime import datetime
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.dossiers.models import Dossier
from backend.dossiers.moves import Actor, legal_move, locked, write_event
from backend.dossiers.service import open_dossier
from backend.errors import Problem
from backend.evidence.models import EvidenceFile
from backend.intake.models import Device, Violation
from backend.owners.models import LookupState, OwnerLookup
from backend.owners.service import PROCEDURE, seal_owner, vault_of
from backend.services import Services
from backend.transfers import package
from backend.transfers.contents import Case, CasePart, ReportPart, read_case
from backend.transfers.models import Transfer
from backend.transfers.package import Package
from backend.transfers.sending import ZIP, find
from backend.transfers.values import TransferError
from edge.report import MANIFEST_NAME, Signed, manifest_bytes, object_key, payload_sha256
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.dossier import DECIDABLE, OPEN_STATES, Action
from penalty.guards import Facts


def take_in(services: Services, content: IO[bytes]) -> Transfer:
    """Check a package and keep it for a person. The same again: the transfer as it stands.

    Raises TransferError.
    """
    settings = services.settings
    found = package.read(
        content,
        settings.transfer_peers,
        us=settings.authority_id,
        most_bytes=settings.transfer_max_bytes + package.OVERHEAD_BYTES,
    )
    case = read_case(found)
    content.seek(0)
    whole = content.read()
    digest, transfer_id = hashlib.sha256(whole).hexdigest(), uuid.UUID(found.manifest.transfer_id)
    key = f"transfers/in/{transfer_id}-{digest}.zip"
    with services.database.unit_of_work() as session:
        known = session.get(Transfer, transfer_id, with_for_update=True)
        if known is not None:
            if known.package_sha256 == digest:
                return known
            raise _other_content()
        services.store.put(settings.s3_documents_bucket, key, whole, ZIP)
        transfer = Transfer(
            id=transfer_id,
            direction="in",
            peer=found.peer.id,
            number=found.manifest.number,
            reason=found.manifest.reason,
            state="received",
            package_key=key,
            package_sha256=digest,
            facts=case.facts,
            summary=_summary(found, case),
        )
        session.add(transfer)
        session.flush()
        _note(session, transfer, f"authority:{found.peer.id}", "transfer.received")
        return transfer


def accept(
    services: Services, session: Session, transfer_id: uuid.UUID, officer: Account, now: datetime
) -> Dossier:
    """Take the case over: it becomes a dossier of ours, with a notice of ours to the owner.

    The limitation runs on from the recording. Raises Problem 404, 409 `transfer_answered`, `case_known`,
    `package_differs`.
    """
    transfer = unanswered(session, transfer_id)
    content = services.store.read(services.settings.s3_documents_bucket, transfer.package_key or "")
    if hashlib.sha256(content).hexdigest() != transfer.package_sha256:
        raise _package_differs()
    found = package.read(
        io.BytesIO(content),
        services.settings.transfer_peers,
        us=services.settings.authority_id,
        most_bytes=services.settings.transfer_max_bytes + package.OVERHEAD_BYTES,
    )
    if found.peer.id != transfer.peer:
        raise _package_differs()
    case = read_case(found)
    violation = _violation(services, session, found, case, officer, now)
    if case.case.owner is not None:
        _owner(services, session, violation, case.case, officer, now, transfer)
    dossier = open_dossier(services, session, violation, officer, now)
    transfer.state, transfer.dossier_id, transfer.by_account = "accepted", dossier.id, officer.id
    transfer.answered_at = now
    data = {"transfer_id": str(transfer.id), "sender": transfer.peer, "number": transfer.number}
    write_event(session, dossier, "taken_over", actor=Actor.of(officer), now=now, data=data)
    _note(session, transfer, officer.actor, "transfer.accepted")
    return dossier


def refuse(
    session: Session, transfer_id: uuid.UUID, officer: Account, *, reason: str, now: datetime
) -> Transfer:
    """Send the case back with a reason; also one taken over, as long as no record was made.

    From the record on it is dropped like any case of ours, by two persons (docs/adr/0013). Raises Problem
    404, 409 `transfer_answered`, `record_made` or what the law's table says.
    """
    transfer = find(session, transfer_id, "in", lock=True)
    if transfer.state not in {"received", "accepted"}:
        raise _answered()
    if transfer.dossier_id is not None:
        dossier = locked(session, transfer.dossier_id)
        if dossier.state in DECIDABLE:
            raise _record_made()
        facts = Facts(today=vietnam_date(now), reason=reason)
        data = {"reason": reason, "transfer_id": str(transfer.id)}
        legal_move(session, dossier, Action.DROP, actor=Actor.of(officer), facts=facts, now=now, data=data)
    transfer.state, transfer.answer, transfer.answered_at = "refused", reason, now
    transfer.by_account = officer.id
    _note(session, transfer, officer.actor, "transfer.refused")
    return transfer


def settle_ended(session: Session, now: datetime) -> int:
    """Cases taken over whose dossier has ended here are settled; how many."""
    rows = session.scalars(
        select(Transfer)
        .join(Dossier, Dossier.id == Transfer.dossier_id)
        .where(
            Transfer.direction == "in",
            Transfer.state == "accepted",
            Dossier.state.not_in(sorted(OPEN_STATES)),
        )
        .with_for_update(of=Transfer)
    ).all()
    for transfer in rows:
        transfer.state, transfer.answered_at = "settled", now
        _note(session, transfer, "system", "transfer.settled")
    return len(rows)


def _violation(  # noqa: PLR0917 - one private place for what a package holds
    services: Services, session: Session, found: Package, case: Case, officer: Account, now: datetime
) -> Violation:
    """The violation as the sender had it, with its evidence in our store under the keys the device signed."""
    report, part = case.report, case.case
    report_id = str(report.payload["report_id"])
    if session.scalar(select(Violation.id).where(Violation.report_id == report_id)) is not None:
        raise _known()
    _device(session, report, found.peer.name, now)
    plate = report.payload.get("plate") or {}
    violation = Violation(
        report_id=report_id,
        device_id=report.device_id,
        camera_id=report.payload["scene"]["camera_id"],
        rule=part.rule,
        act=part.act,
        vehicle_kind=part.vehicle_kind,
        plate_read=plate.get("text"),
        plate_display=plate.get("display"),
        plate_confidence=plate.get("confidence"),
        plate_ground_colour=plate.get("ground_colour"),
        event_at=part.happened_at,
        notify_due_on=LegalCalendar.load().due("A1", vietnam_date(part.happened_at)).due_on,
        payload=report.payload,
        payload_sha256=payload_sha256(report.payload),
        signature=report.signature,
        received_at=now,
        state="confirmed",
        plate_confirmed=part.plate,
        ground_colour_confirmed=part.ground_colour,
        vehicle_kind_confirmed=part.vehicle_kind,
        decided_by=officer.id,
        decided_at=now,
        note=f"{found.peer.id} {found.manifest.number}",
    )
    session.add(violation)
    session.flush()
    _evidence(services, session, violation, found, part, now)
    _manifest(services, report, part)
    return violation


def _device(session: Session, report: ReportPart, sender: str, now: datetime) -> None:
    """The sender's camera box, known by its key; it may not report to us."""
    known = session.get(Device, report.device_id)
    if known is None:
        session.add(
            Device(
                device_id=report.device_id,
                name=f"{report.device_name} ({sender})"[:200],
                public_key=report.public_key,
                software_version=report.software_version,
                state="revoked",
                enrolled_at=now,
            )
        )
    elif known.public_key != report.public_key:
        raise Problem(
            409,
            "device_differs",
            "Mã hộp camera trùng với một hộp khác ở đây",
            "A camera box of this id with another key is known here",
            f"Hộp {report.device_id}: liên hệ đơn vị gửi.",
            f"Box {report.device_id}: ask the sender.",
        )


def _evidence(  # noqa: PLR0917 - as above
    services: Services, session: Session, violation: Violation, found: Package, part: CasePart, now: datetime
) -> None:
    bucket, store = services.settings.s3_bucket, services.store
    for file in part.evidence:
        if file.path is None:
            continue
        stored = store.put(bucket, file.object_key, found.files[file.path], file.media_type)
        if stored.sha256 != file.sha256:
            raise Problem(
                409,
                "evidence_differs",
                "Chứng cứ trong gói khác với hồ sơ",
                "Evidence in the package is not what the case names",
                file.name,
                file.name,
            )
        session.add(
            EvidenceFile(violation_id=violation.id, verified_at=now, **file.model_dump(exclude={"path"}))
        )


def _manifest(services: Services, report: ReportPart, part: CasePart) -> None:
    signed = Signed(payload=report.payload, device_id=report.device_id, signature=report.signature)
    key = object_key(
        report.payload["scene"]["camera_id"], part.happened_at, report.payload["report_id"], MANIFEST_NAME
    )
    services.store.put(services.settings.s3_bucket, key, manifest_bytes(signed), "application/json")


def _owner(  # noqa: PLR0917 - as above
    services: Services,
    session: Session,
    violation: Violation,
    part: CasePart,
    officer: Account,
    now: datetime,
    transfer: Transfer,
) -> None:
    assert part.owner is not None
    lookup = OwnerLookup(
        violation_id=violation.id,
        plate=part.plate,
        ground_colour=part.ground_colour,
        vehicle_kind=part.vehicle_kind,
        officer_id=officer.id,
        procedure_code=PROCEDURE,
        state=LookupState.RESOLVED,
        source=f"{transfer.peer} {transfer.number}",
        fetched_at=now,
        resolved_by=officer.id,
        resolved_at=now,
        resolved_reason=f"{transfer.peer} {transfer.number}",
    )
    session.add(lookup)
    session.flush()
    seal_owner(lookup, part.owner, vault_of(services))
    session.flush()


def _summary(found: Package, case: Case) -> dict[str, Any]:
    part = case.case
    return {
        "plate": part.plate,
        "plate_display": part.plate_display,
        "ground_colour": part.ground_colour,
        "vehicle_kind": part.vehicle_kind,
        "act": part.act,
        "happened_at": part.happened_at.isoformat(),
        "notified": part.notified_at is not None,
        "owner_known": part.owner is not None,
        "papers": len(part.papers),
        "evidence": len(part.evidence),
        "enclosed": sum(one.path is not None for one in part.evidence),
        "sent_at": found.manifest.created_at.isoformat(),
    }


def _note(session: Session, transfer: Transfer, actor: str, action: str) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject_type="transfer",
        subject_id=transfer.id,
        data={"peer": transfer.peer, "number": transfer.number, "sha256": transfer.package_sha256 or ""},
    )


def unanswered(session: Session, transfer_id: uuid.UUID) -> Transfer:
    """One that came in and waits, locked. Raises Problem 404, 409 `transfer_answered`."""
    transfer = find(session, transfer_id, "in", lock=True)
    if transfer.state != "received":
        raise _answered()
    return transfer


def _answered() -> Problem:
    return Problem(
        409,
        "transfer_answered",
        "Hồ sơ chuyển đến này đã được trả lời",
        "This transfer was answered before",
        "Tải lại trang để xem.",
        "Reload the page to see.",
    )


def _record_made() -> Problem:
    return Problem(
        409,
        "record_made",
        "Đã lập biên bản, không trả lại được nữa",
        "A record was made: it can no longer be sent back",
        "Muốn loại hồ sơ thì đề nghị tại trang hồ sơ; người thứ hai phê duyệt.",
        "To end the case, ask for it at the dossier's page; a second person approves.",
    )


def _package_differs() -> Problem:
    return Problem(
        409,
        "package_differs",
        "Gói đang lưu không phải là gói đã nhận",
        "The package that is kept is not the one that was taken",
        "Trả lại kèm lý do và yêu cầu đơn vị gửi chuyển lại.",
        "Send it back with that reason and ask the sender for it again.",
    )


def _known() -> Problem:
    return Problem(
        409,
        "case_known",
        "Vụ việc này đã có ở đây",
        "This case is here already",
        "Cùng một bản ghi của camera đã có hồ sơ; trả lại kèm lý do.",
        "The same report of the camera has a dossier; send it back with that reason.",
    )


def _other_content() -> TransferError:
    return TransferError(
        "other_content",
        "Đã nhận một gói khác với cùng mã; mỗi lần chuyển có một mã riêng.",
        "Another package with this id was taken before; each transfer has an id of its own.",
    )
