"""Can a registry's answer be used as it is, or must a person look? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from backend.owners.models import LookupState
from backend.owners.registry import Registration
from penalty.calendar import VIETNAM

# No text read sets an age; a record that nobody touched for this long is checked before a notice goes out.
STALE_AFTER_DAYS = 5 * 365

# The registration knows finer kinds than a camera; these pairs are no contradiction.
_SAME_KIND = {"moped": "motorbike", "van": "car", "pickup": "truck", "coach": "bus"}


@dataclass(frozen=True)
class Doubt:
    """One reason to look twice, for people and for programs."""

    code: str
    vi: str
    en: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "vi": self.vi, "en": self.en}


@dataclass(frozen=True)
class Verdict:
    state: LookupState
    doubts: tuple[Doubt, ...] = ()


def judge(
    answer: Registration | None,
    *,
    vehicle_kind: str,
    ground_colour: str,
    now: datetime,
    person_confirmed: bool = True,
    refuted: bool = False,
) -> Verdict:
    """Compare what the registry says with what the camera saw, and with the population database.

    Another kind of vehicle or another colour of plate is a conflict (a false or cloned plate), and so is an
    owner whose number and name do not belong together, or who has shown in this very case that he had sold
    (`refuted`); an old record is stale. All wait for a person. A colour the camera could not tell is no
    conflict.
    """
    if answer is None:
        return Verdict(
            LookupState.MISSING,
            (
                Doubt(
                    "not_registered", "Không có biển số này trong dữ liệu đăng ký xe", "No such registration"
                ),
            ),
        )
    conflicts = _conflicts(answer, vehicle_kind, ground_colour)
    if not person_confirmed:
        conflicts = (
            *conflicts,
            Doubt(
                "person_not_confirmed",
                "Số định danh và họ tên của chủ xe không khớp với dữ liệu dân cư",
                "The owner's number and name do not fit the population database",
            ),
        )
    if refuted:
        conflicts = (
            *conflicts,
            Doubt(
                "former_owner",
                "Đăng ký vẫn ghi người đã chứng minh không còn là chủ xe",
                "The registration still names the person who has shown that he had sold the vehicle",
            ),
        )
    stale = _staleness(answer, now.astimezone(VIETNAM).date())
    if conflicts:
        return Verdict(LookupState.CONFLICT, (*conflicts, *stale))
    return Verdict(LookupState.STALE if stale else LookupState.FOUND, stale)


def same_kind(registered: str, seen: str) -> bool:
    """Whether the registration's kind of vehicle is the one that was seen or said."""
    return _SAME_KIND.get(registered, registered) == seen


def _conflicts(answer: Registration, vehicle_kind: str, ground_colour: str) -> tuple[Doubt, ...]:
    found = []
    if not same_kind(answer.vehicle.kind, vehicle_kind):
        found.append(
            Doubt(
                "kind_differs",
                f"Camera thấy “{vehicle_kind}”, đăng ký ghi “{answer.vehicle.kind}”",
                f"The camera saw a {vehicle_kind}, the registration says {answer.vehicle.kind}",
            )
        )
    plate_ground = answer.vehicle.ground_colour
    if plate_ground and ground_colour not in {"unknown", plate_ground}:
        found.append(
            Doubt(
                "ground_colour_differs",
                f"Nền biển số trên ảnh là “{ground_colour}”, đăng ký ghi “{plate_ground}”",
                f"The plate in the picture is {ground_colour}, the registration says {plate_ground}",
            )
        )
    return tuple(found)


def _staleness(answer: Registration, today: date) -> tuple[Doubt, ...]:
    updated = answer.updated_on
    if (today - updated).days <= STALE_AFTER_DAYS:
        return ()
    return (
        Doubt(
            "record_old",
            f"Dữ liệu đăng ký không được cập nhật từ {updated:%d/%m/%Y}",
            f"The registration was last updated on {updated:%d/%m/%Y}",
        ),
    )
