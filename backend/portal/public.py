"""The public look-up by plate: the nine fields the law publishes, and nothing else.

Circular 73/2024 Art. 24.1.c: vehicle type, plate, plate colour, time, place, act, detecting unit, handling
unit, telephone. No name, no picture, no amount. A case is published from its notice until it is settled. A
plate that nobody knows and one without a published case get the same answer.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend import audit
from backend.dossiers.assessing import assessment_of
from backend.dossiers.models import Document, DocumentKind, Dossier
from backend.errors import Problem
from backend.intake.models import Violation
from backend.portal import tickets
from backend.portal.entry import GROUPS, kinds_of
from backend.portal.models import PlateLookup
from backend.services import Services
from backend.settings import Settings
from penalty.dossier import State
from penalty.plates import COLOUR_NAMES, KIND_NAMES, canonical

WINDOW: Final = timedelta(minutes=15)
PER_ADDRESS: Final = 60
PER_PLATE: Final = 20
PUBLISHED: Final = frozenset(
    {
        State.NOTIFIED,
        State.CONTESTED,
        State.DRIVER_NAMED,
        State.TRANSFERRED,
        State.RECORDED,
        State.EXPLAINED,
        State.DECIDED,
        State.OVERDUE,
        State.ENFORCED,
    }
)
Pair = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """A question, in the form it is signed and looked up in."""

    plate: str
    group: str

    @classmethod
    def of(cls, plate: str, group: str) -> Asked | None:
        """None where the plate holds no letter or figure, or the kind is none we know."""
        text = canonical(plate)
        return cls(text, group) if text and group in GROUPS else None

    def __str__(self) -> str:
        return f"{self.plate}/{self.group}"


@dataclass(frozen=True)
class Published:
    """The nine fields of one case."""

    vehicle_type: Pair
    plate: str
    plate_colour: Pair
    happened_at: datetime
    place: str
    act: Pair
    detecting_unit: Pair
    handling_unit: Pair
    phone: str


def ticket_for(services: Services, asked: Asked, address: str, now: datetime) -> tickets.Ticket:
    """A new ticket, harder for an address that asks often."""
    key = _key(services)
    with services.database.unit_of_work() as session:
        recent = _recent(session, PlateLookup.address_hash == hashed(key, f"address\0{asker(address)}"), now)
    return tickets.issue(key, str(asked), now, harder=recent // tickets.HARDER_EVERY)


def read_ticket(services: Services, asked: Asked, text: str, now: datetime) -> tickets.Ticket | None:
    """The ticket a form brought back, if it is good for this question."""
    return tickets.read(_key(services), str(asked), text, now)


def answer(
    services: Services, asked: Asked, ticket: tickets.Ticket, address: str, now: datetime
) -> list[Published] | None:
    """What is published about this vehicle; None where the ticket was used before. Raises Problem 429.

    The same reads and writes happen whether or not there is such a vehicle.
    """
    key = _key(services)
    address_hash, plate_hash = hashed(key, f"address\0{asker(address)}"), hashed(key, f"plate\0{asked}")
    with services.database.unit_of_work() as session:
        session.execute(delete(PlateLookup).where(PlateLookup.at < now - timedelta(days=1)))
        if (
            _recent(session, PlateLookup.address_hash == address_hash, now) >= PER_ADDRESS
            or _recent(session, PlateLookup.plate_hash == plate_hash, now) >= PER_PLATE
        ):
            raise _too_many()
        used = insert(PlateLookup).values(
            ticket_hash=hashed(key, f"ticket\0{ticket.text}"),
            at=now,
            address_hash=address_hash,
            plate_hash=plate_hash,
        )
        fresh = session.execute(
            used.on_conflict_do_nothing().returning(PlateLookup.ticket_hash)
        ).one_or_none()
        if fresh is None:
            return None
        return _published(session, services.settings, asked)


def asker(address: str) -> str:
    """Whom the limits count: an IPv4 address, or the /64 that one line of IPv6 has all to itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((int(parsed), 64), strict=False))


def _published(session: Session, settings: Settings, asked: Asked) -> list[Published]:
    rows = session.execute(
        select(Dossier, Violation)
        .join(Violation, Violation.id == Dossier.violation_id)
        .where(
            Dossier.plate == asked.plate,
            Dossier.vehicle_kind.in_(kinds_of(asked.group)),
            Dossier.notified_at.is_not(None),
            Dossier.state.in_(PUBLISHED),
        )
        .order_by(Dossier.happened_at.desc())
    ).all()
    for dossier, _ in rows:
        audit.record(
            session,
            actor="public",
            action="case.looked_up",
            subject_type="dossier",
            subject_id=dossier.id,
            data={"violation_id": str(dossier.violation_id)},
        )
    return [_nine(session, settings, dossier, violation) for dossier, violation in rows]


def _nine(session: Session, settings: Settings, dossier: Dossier, violation: Violation) -> Published:
    assessment, scene = assessment_of(dossier), violation.payload["scene"]
    unit = (settings.authority_name, settings.authority_name_en)
    return Published(
        vehicle_type=KIND_NAMES.get(dossier.vehicle_kind, (dossier.vehicle_kind, dossier.vehicle_kind)),
        plate=dossier.plate_display,
        plate_colour=COLOUR_NAMES[dossier.ground_colour],
        happened_at=dossier.happened_at,
        place=f"{scene['name']}, {scene['location']}",
        act=(assessment.vi_name, assessment.en_name),
        detecting_unit=unit,
        handling_unit=_handling_unit(session, dossier) or unit,
        phone=settings.authority_phone,
    )


def _handling_unit(session: Session, dossier: Dossier) -> Pair | None:
    """The unit a case was handed to, as its transfer slip names it."""
    if dossier.state != State.TRANSFERRED:
        return None
    says = session.scalar(
        select(Document.says)
        .where(Document.dossier_id == dossier.id, Document.kind == DocumentKind.TRANSFER)
        .order_by(Document.seq.desc())
        .limit(1)
    )
    receiver = (says or {}).get("receiver")
    return (str(receiver), str(receiver)) if receiver else None


def _recent(session: Session, condition: object, now: datetime) -> int:
    query = select(func.count()).select_from(PlateLookup).where(condition, PlateLookup.at > now - WINDOW)  # type: ignore[arg-type]
    return session.scalar(query) or 0


def _key(services: Services) -> str:
    return services.settings.secret_key.get_secret_value()


def hashed(key: str, text: str) -> str:
    """Who or what was asked, so that only we can tell that it is the same again."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _too_many() -> Problem:
    minutes = int(WINDOW.total_seconds() // 60)
    return Problem(
        429,
        "too_many_lookups",
        "Đã tra cứu quá nhiều lần",
        "Too many look-ups",
        f"Hãy đợi {minutes} phút rồi thử lại. Chủ xe có thể đăng nhập hoặc dùng thông báo để xem ngay.",
        f"Wait {minutes} minutes, then try again. Owners can sign in, or use the notice, at once.",
        headers={"Retry-After": str(minutes * 60)},
    )
