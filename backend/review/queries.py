"""What the review screens and API show."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.cameras import spells
from backend.errors import not_found
from backend.evidence.service import evidence_files
from backend.intake.models import Camera, Device, Violation
from backend.owners.service import lookup_view
from backend.rechecks import holds
from backend.rechecks.models import RUNNING, Recheck
from backend.review.models import ReviewAct
from backend.review.schemas import ActView, Detail, FileView, PlateView, Queue, QueueItem
from backend.review.where import places
from backend.services import Services
from edge.report import key_fingerprint
from penalty import catalogue, plates
from penalty.calendar import vietnam_date
from penalty.catalogue import CatalogueError, NeedsOfficerError

SIMILAR_WITHIN = timedelta(minutes=10)


def queue(session: Session, viewer: Account, *, now: datetime, limit: int) -> Queue:
    """Undecided reports: first what the viewer holds, then by deadline, then by age."""
    mine = and_(Violation.state == "claimed", Violation.claimed_by == viewer.id)
    free = or_(Violation.state == "review", and_(Violation.state == "claimed", Violation.claimed_until < now))
    rows = session.execute(
        select(Violation, Camera.name, Account.full_name)
        .outerjoin(Camera, Camera.camera_id == Violation.camera_id)
        .outerjoin(Account, Account.id == Violation.claimed_by)
        .where(Violation.state.in_(("review", "claimed")))
        .order_by(mine.desc(), Violation.notify_due_on, Violation.event_at, Violation.id)
        .limit(limit)
    ).all()
    counts = session.execute(
        select(func.count().filter(free), func.count().filter(~free)).where(
            Violation.state.in_(("review", "claimed"))
        )
    ).one()
    items = [_item(violation, camera, holder, viewer, now) for violation, camera, holder in rows]
    return Queue(items=items, waiting=counts[0], claimed=counts[1])


def _item(
    violation: Violation, camera: str | None, holder: str | None, viewer: Account, now: datetime
) -> QueueItem:
    held = violation.state == "claimed" and (violation.claimed_until or now) >= now
    mine = violation.state == "claimed" and violation.claimed_by == viewer.id
    return QueueItem(
        id=violation.id,
        state="claimed" if held or mine else "review",
        rule=violation.rule,
        act=violation.act,
        vehicle_kind=violation.vehicle_kind_current,
        plate_display=current_display(violation),
        camera_id=violation.camera_id,
        camera_name=camera or violation.camera_id,
        event_at=violation.event_at,
        notify_due_on=violation.notify_due_on,
        claimed_by=holder if held or mine else None,
        mine=mine,
    )


def current_display(violation: Violation) -> str | None:
    """The plate as people read it."""
    plate = violation.plate_current
    if plate is None:
        return None
    return plates.display(
        plate,
        vehicle_kind=violation.vehicle_kind_current,
        ground_colour=violation.ground_colour_current,
    )


def find(session: Session, violation_id: uuid.UUID) -> Violation:
    """Raises Problem 404."""
    violation = session.get(Violation, violation_id)
    if violation is None:
        raise not_found("Không có hồ sơ này", "There is no such report")
    return violation


def detail(services: Services, session: Session, violation: Violation, viewer: Account) -> Detail:
    """Everything about one report. The look at the owner is logged by the owners noun.

    Raises Problem 409 `second_review_blind` for who is looking at it for the second time.
    """
    session.flush()
    holds.refuse_second(session, violation.id, viewer.id)
    holder = session.get(Account, violation.claimed_by) if violation.claimed_by else None
    return Detail(
        **_evidence(session, violation),
        state=violation.state,
        version=violation.version,
        mine=holder is not None and holder.id == viewer.id,
        claimed_by=holder.full_name if holder else None,
        claimed_until=violation.claimed_until,
        similar=_similar(session, violation),
        owner_lookup=lookup_view(services, session, violation.id, viewer),
        acts=_acts(session, violation),
        reject_code=violation.reject_code,
        note=violation.note,
    )


_OFFICERS = frozenset(
    {
        *("plate_confirmed", "ground_colour_confirmed", "vehicle_kind_confirmed", "vehicle_colour_confirmed"),
        *("reject_code", "note"),
    }
)


def blind_detail(session: Session, violation: Violation) -> Detail:
    """The report as the box sent it: nothing that an officer saw, said or did, and no owner."""
    columns = [column.key for column in Violation.__table__.columns if column.key not in _OFFICERS]
    sent = Violation(**{key: getattr(violation, key) for key in columns})
    return Detail(
        **_evidence(session, sent),
        state="review",
        version=0,
        mine=True,
        claimed_by=None,
        claimed_until=None,
        similar=[],
        owner_lookup={},
        acts=[],
        reject_code=None,
        note=None,
    )


def _evidence(session: Session, violation: Violation) -> dict[str, Any]:
    device = session.get_one(Device, violation.device_id)
    return {
        "id": violation.id,
        "rule": violation.rule,
        "act": violation.act,
        "vehicle_kind": violation.vehicle_kind_current,
        "vehicle_colour": violation.vehicle_colour_current,
        "event_at": violation.event_at,
        "received_at": violation.received_at,
        "notify_due_on": violation.notify_due_on,
        "plate": _plate(violation),
        "files": _files(session, violation),
        "report": violation.payload,
        "payload_sha256": violation.payload_sha256,
        "signature": violation.signature,
        "device": {
            "device_id": device.device_id,
            "name": device.name,
            "key_fingerprint": key_fingerprint(device.public_key),
        },
        "law": law(violation),
        "places": places(session, violation.camera_id),
        "camera_fault": _fault(session, violation),
    }


def _plate(violation: Violation) -> PlateView:
    plate = violation.plate_current
    colour, kind = violation.ground_colour_current, violation.vehicle_kind_current
    return PlateView(
        read=violation.plate_read,
        confidence=violation.plate_confidence,
        looks=len((violation.payload.get("plate") or {}).get("looks", ())),
        current=plate,
        current_display=current_display(violation),
        ground_colour=colour,
        fits_kind=plate is not None and bool(plates.classify(plate, vehicle_kind=kind, ground_colour=colour)),
    )


def _files(session: Session, violation: Violation) -> dict[str, FileView]:
    return {
        role: FileView(
            url=f"/v1/evidence/{violation.id}/{role}",
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
        )
        for role, file in evidence_files(session, violation.id).items()
    }


def law(violation: Violation) -> dict[str, Any] | None:
    """What the catalogue in force on that day says about a private owner; None where it says nothing."""
    try:
        found = catalogue.load().assess(
            violation.act, violation.vehicle_kind_current, vietnam_date(violation.event_at)
        )
    except (CatalogueError, NeedsOfficerError):
        return None
    return {
        "name_vi": found.vi_name,
        "name_en": found.en_name,
        "ref_vi": found.legal_ref,
        "ref_en": found.legal_ref_en,
        "min_vnd": found.min_vnd,
        "max_vnd": found.max_vnd,
        "fine_vnd": found.fine_vnd,
        "points": found.points,
    }


def _fault(session: Session, violation: Violation) -> str | None:
    spell = spells.covering(session, violation.camera_id, violation.event_at)
    return spell.fault if spell is not None else None


def _similar(session: Session, violation: Violation) -> list[uuid.UUID]:
    """Other reports of the same plate and rule at nearly the same time: perhaps one act seen twice."""
    if violation.plate_current is None:
        return []
    current = func.coalesce(Violation.plate_confirmed, Violation.plate_read)
    found = session.scalars(
        select(Violation.id).where(
            Violation.id != violation.id,
            Violation.rule == violation.rule,
            current == violation.plate_current,
            Violation.event_at.between(
                violation.event_at - SIMILAR_WITHIN, violation.event_at + SIMILAR_WITHIN
            ),
        )
    )
    return list(found)


def _acts(session: Session, violation: Violation) -> list[ActView]:
    rows = session.execute(
        select(ReviewAct, Account.full_name)
        .join(Account, Account.id == ReviewAct.account_id)
        .where(ReviewAct.violation_id == violation.id)
        .order_by(ReviewAct.created_at)
    )
    return [
        ActView(
            at=act.created_at, by=name, act=act.act, reason=act.reason, before=act.before, after=act.after
        )
        for act, name in rows
    ]


def decided(session: Session, viewer: Account, *, limit: int) -> list[Violation]:
    """The latest decisions, without those that the viewer may yet be asked to look at for the second time."""
    blind = select(Recheck.violation_id).where(Recheck.state.in_(RUNNING), Recheck.first_by != viewer.id)
    return list(
        session.scalars(
            select(Violation)
            .where(Violation.state.in_(("confirmed", "rejected")), Violation.id.not_in(blind))
            .order_by(Violation.decided_at.desc())
            .limit(limit)
        )
    )
