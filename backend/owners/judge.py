"""Can a registry's answer be used as it is, or must a person look? Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from backend.owners.body_colour import Paint
from backend.owners.comparing import Line, compared
from backend.owners.models import LookupState
from backend.owners.registry import Registration
from penalty.calendar import VIETNAM

# No text read sets an age; a record that nobody touched for this long is checked before a notice goes out.
STALE_AFTER_DAYS = 5 * 365

_OLD: Final = "record_old"
_SAW = {
    "kind": (
        "Camera thấy {seen}, đăng ký ghi {said}",
        "The camera saw: {seen}; the registration says: {said}",
    ),
    "ground_colour": (
        "Biển số trên ảnh có {seen}, đăng ký ghi {said}",
        "The ground of the plate in the picture is {seen}, of the registered one {said}",
    ),
    "colour": (
        "Xe trong ảnh màu {seen}, đăng ký ghi “{said}”",
        "The vehicle in the pictures is painted {seen}, the registration says “{said}”",
    ),
}
_CLONED = (": biển số bị dùng trùng, hay đọc nhầm?", ": a cloned plate, or a misread one?")


@dataclass(frozen=True)
class Doubt:
    """One reason to look twice, for people and for programs."""

    code: str
    vi: str
    en: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "vi": self.vi, "en": self.en}


_NOT_REGISTERED: Final = Doubt(
    "not_registered", "Không có biển số này trong dữ liệu đăng ký xe", "No such registration"
)
_PERSON_NOT_CONFIRMED: Final = Doubt(
    "person_not_confirmed",
    "Số định danh và họ tên của chủ xe không khớp với dữ liệu dân cư",
    "The owner's number and name do not fit the population database",
)
_FORMER_OWNER: Final = Doubt(
    "former_owner",
    "Đăng ký vẫn ghi người đã chứng minh không còn là chủ xe",
    "The registration still names the person who has shown that he had sold the vehicle",
)


@dataclass(frozen=True)
class Verdict:
    state: LookupState
    doubts: tuple[Doubt, ...] = ()


def judge(
    answer: Registration | None,
    *,
    vehicle_kind: str,
    ground_colour: str,
    colour: Paint | None = None,
    now: datetime,
    person_confirmed: bool = True,
    refuted: bool = False,
) -> Verdict:
    """Compare what the registry says with what the camera saw, and with the population database.

    Another kind of vehicle, colour of plate or paint is a conflict (a false or cloned plate), and so is an
    owner whose number and name do not belong together, or who has shown in this very case that he had sold
    (`refuted`); an old record is stale. All wait for a person. A colour the camera could not tell is no
    conflict.
    """
    if answer is None:
        return Verdict(LookupState.MISSING, (_NOT_REGISTERED,))
    lines = compared(
        answer.vehicle.model_dump(), kind=vehicle_kind, ground_colour=ground_colour, colour=colour
    )
    conflicts = tuple(_difference(line) for line in lines if line.outcome == "differs")
    if not person_confirmed:
        conflicts = (*conflicts, _PERSON_NOT_CONFIRMED)
    if refuted:
        conflicts = (*conflicts, _FORMER_OWNER)
    return _verdict((*conflicts, *_staleness(answer, now.astimezone(VIETNAM).date())))


def judge_again(doubts: Sequence[Mapping[str, str]], colour: Line) -> Verdict:
    """The verdict on an answer that had these doubts, now that another colour was seen."""
    kept = tuple(Doubt(one["code"], one["vi"], one["en"]) for one in doubts if one["code"] != _code(colour))
    return _verdict((_difference(colour), *kept) if colour.outcome == "differs" else kept)


def _verdict(doubts: tuple[Doubt, ...]) -> Verdict:
    if any(one.code != _OLD for one in doubts):
        return Verdict(LookupState.CONFLICT, doubts)
    return Verdict(LookupState.STALE if doubts else LookupState.FOUND, doubts)


def _code(line: Line) -> str:
    return f"{line.part}_differs"


def _difference(line: Line) -> Doubt:
    vi, en = _SAW[line.part]
    return Doubt(
        _code(line),
        vi.format(seen=_within(line.seen[0]), said=_within(line.registered[0])) + _CLONED[0],
        en.format(seen=_within(line.seen[1]), said=_within(line.registered[1])) + _CLONED[1],
    )


def _within(words: str) -> str:
    """The words inside a sentence."""
    return words[:1].lower() + words[1:]


def _staleness(answer: Registration, today: date) -> tuple[Doubt, ...]:
    updated = answer.updated_on
    if (today - updated).days <= STALE_AFTER_DAYS:
        return ()
    return (
        Doubt(
            _OLD,
            f"Dữ liệu đăng ký không được cập nhật từ {updated:%d/%m/%Y}",
            f"The registration was last updated on {updated:%d/%m/%Y}",
        ),
    )
