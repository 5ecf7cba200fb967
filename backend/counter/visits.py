"""Opening a visit: the person in front, the paper shown, and for whom he may speak."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.citizens.cases import Part, case_of, cases_of
from backend.counter.models import CounterVisit
from backend.dossiers.liable import speaks
from backend.dossiers.models import Dossier
from backend.dossiers.moves import OnBehalf
from backend.dossiers.numbers import running_number, typed_notice_number
from backend.errors import Problem, not_found
from backend.owners.models import OwnerLookup
from backend.owners.service import log_look, vault_of
from backend.portal.entry import Entry, kinds_of
from backend.services import Services
from penalty.dossier import State
from penalty.plates import canonical

Capacity = Literal["owner", "driver", "representative"]
Shown = Literal["id_card", "vneid", "passport"]
LIFETIME: Final = timedelta(hours=2)
CAPACITIES: Final[dict[str, tuple[str, str]]] = {
    "owner": ("Chủ xe", "Owner"),
    "driver": ("Người lái xe đã được nêu tên", "Driver who was named"),
    "representative": ("Người làm thay, có giấy ủy quyền", "Somebody else, authorised in writing"),
}
SHOWN: Final[dict[str, tuple[str, str]]] = {
    "id_card": ("Thẻ căn cước", "Identity card"),
    "vneid": ("VNeID mức 2", "VNeID, level 2"),
    "passport": ("Hộ chiếu", "Passport"),
}


@dataclass(frozen=True)
class InFront:
    """The person at the counter, as the paper shown says. `authorised`: a written authorisation was kept."""

    name: str
    id_number: str
    capacity: Capacity
    shown: Shown
    authorised: bool = False


@dataclass(frozen=True)
class Serving:
    """A clerk at work on one open visit, in one transaction."""

    services: Services
    session: Session
    visit: CounterVisit
    clerk: Account

    @property
    def behalf(self) -> OnBehalf:
        """How a move of this visit is written down."""
        return OnBehalf(clerk=self.clerk.actor, visit=self.visit.number)

    @property
    def visitor(self) -> str:
        """The visitor's name in clear."""
        return vault_of(self.services).open("visitor name", self.visit.id, self.visit.name_sealed)

    @property
    def part(self) -> Part:
        """For whom the person in front stands there: a representative for the owner."""
        return "driver" if self.visit.capacity == "driver" else "owner"

    @property
    def speaks(self) -> bool:
        """Whether the person in front may say and choose something in the case."""
        return speaks(self.part, self.dossier)

    @property
    def dossier(self) -> Dossier:
        """What the visit is about."""
        return self.session.get_one(Dossier, self.visit.dossier_id)

    def log(self, action: str, data: dict[str, object] | None = None) -> None:
        """One act of the visit in the audit log, in the clerk's name."""
        audit.record(
            self.session,
            actor=self.clerk.actor,
            action=action,
            subject_type="dossier",
            subject_id=self.visit.dossier_id,
            data={"visit": self.visit.number, **(data or {})},
        )


def by_notice(session: Session, entry: Entry, clerk: Account) -> Sequence[Dossier]:
    """The one dossier that plate, kind of vehicle and notice number all belong to, or none."""
    found = session.scalars(
        select(Dossier).where(
            Dossier.notice_number == typed_notice_number(entry.notice_number),
            Dossier.plate == canonical(entry.plate),
            Dossier.vehicle_kind.in_(kinds_of(entry.group)),
        )
    ).all()
    _log_search(session, clerk, "notice", len(found))
    return found


def by_id_number(services: Services, session: Session, id_number: str, clerk: Account) -> Sequence[Dossier]:
    """The dossiers of whoever has this identification number, as owner or as driver who was named."""
    index = vault_of(services).index("id_number", id_number.strip())
    found = [case.dossier for case in cases_of(session, index)]
    _log_search(session, clerk, "id_number", len(found))
    return found


def open_visit(  # noqa: PLR0917 - who, about what, by whom, when
    services: Services, session: Session, dossier: Dossier, person: InFront, clerk: Account, now: datetime
) -> Serving:
    """Begin a visit, in the clerk's name.

    Raises Problem 409 `owner_not_known` while the registry has not answered, 422 `not_that_person` where the
    number shown is not that of the owner or driver, 422 `authorisation_needed`.
    """
    _may_speak(services, session, dossier, person, clerk)
    visit = CounterVisit(
        id=uuid.uuid4(),
        number=running_number(session, "QV", now),
        dossier_id=dossier.id,
        clerk_id=clerk.id,
        capacity=person.capacity,
        shown=person.shown,
        name_sealed=b"",
        id_number_sealed=b"",
        opened_at=now,
    )
    vault = vault_of(services)
    visit.name_sealed = vault.seal("visitor name", visit.id, person.name)
    visit.id_number_sealed = vault.seal("visitor id", visit.id, person.id_number)
    session.add(visit)
    session.flush()
    serving = Serving(services, session, visit, clerk)
    serving.log("counter.visit_opened", {"capacity": person.capacity, "shown": person.shown})
    return serving


def current(session: Session, visit_id: uuid.UUID, clerk: Account, now: datetime) -> CounterVisit:
    """A visit this clerk has open. Raises Problem 404 for another's, 409 for one that is over."""
    visit = session.get(CounterVisit, visit_id)
    if visit is None or visit.clerk_id != clerk.id:
        raise not_found("Không có lượt phục vụ này", "There is no such visit")
    if visit.ended_at is not None or visit.opened_at + LIFETIME < now:
        raise Problem(
            409,
            "visit_over",
            "Lượt phục vụ này đã kết thúc",
            "This visit is over",
            "Mở lượt mới nếu người dân cần làm thêm việc.",
            "Open a new one if the person needs something more.",
        )
    return visit


def end(serving: Serving, now: datetime) -> None:
    """The person has left."""
    serving.visit.ended_at = now
    serving.log("counter.visit_ended")


def _may_speak(
    services: Services, session: Session, dossier: Dossier, person: InFront, clerk: Account
) -> None:
    if dossier.owner_lookup_id is None or dossier.state == State.OWNER_LOOKUP:
        raise _owner_not_known()
    lookup = session.get_one(OwnerLookup, dossier.owner_lookup_id)
    log_look(session, actor=clerk.actor, lookup=lookup, fields=["id_number"], purpose="counter")
    if person.capacity == "representative":
        if not person.authorised:
            raise _authorisation_needed()
        return
    mine = case_of(session, vault_of(services).index("id_number", person.id_number), dossier.id)
    fits = mine is not None and mine.part == person.capacity
    if person.capacity == "owner" and lookup.owner_kind == "organisation":
        fits = False
    if not fits:
        raise _not_that_person()


def _log_search(session: Session, clerk: Account, by: str, found: int) -> None:
    audit.record(
        session,
        actor=clerk.actor,
        action="counter.searched",
        subject_type="counter",
        subject_id=by,
        data={"found": found},
    )


def _owner_not_known() -> Problem:
    return Problem(
        409,
        "owner_not_known",
        "Hồ sơ chưa có chủ xe và chưa gửi thông báo",
        "The owner is not known yet and no notice was sent",
        "Chưa thể phục vụ về hồ sơ này; hẹn người dân sau khi có thông báo.",
        "Nobody can be served about it yet; it can be done once the notice is out.",
    )


def _not_that_person() -> Problem:
    return Problem(
        422,
        "not_that_person",
        "Số định danh không phải của chủ xe hoặc người lái đã nêu tên",
        "The number shown is not that of the owner or of the driver who was named",
        "Không cho xem hồ sơ. Nếu người này làm thay, chọn “Người làm thay” và lưu giấy ủy quyền.",
        "Show nothing. If this person acts for the owner, choose “authorised” and keep the authorisation.",
    )


def _authorisation_needed() -> Problem:
    return Problem(
        422,
        "authorisation_needed",
        "Cần lưu giấy ủy quyền",
        "The written authorisation is needed",
        "Chụp hoặc quét giấy ủy quyền có chữ ký của chủ xe rồi gửi lại.",
        "Scan the authorisation that the owner signed, then send again.",
    )
