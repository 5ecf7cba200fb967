"""Made-up people, and the vehicles registered to them. Deterministic: the same plates give the same people.

Names say that they are samples, identification numbers start with 000 (no such place), phones with 0900 000.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

SURNAMES = ("NGUYỄN", "TRẦN", "LÊ", "PHẠM", "HOÀNG", "VŨ", "ĐẶNG", "BÙI", "ĐỖ", "HỒ")
GIVEN_MALE = ("VĂN MẪU", "VĂN VÍ DỤ", "VĂN TRÌNH DIỄN", "VĂN MÔ PHỎNG")
GIVEN_FEMALE = ("THỊ THỬ NGHIỆM", "THỊ GIẢ ĐỊNH", "THỊ MINH HỌA", "THỊ MẪU")
TODAY = date(2026, 11, 1)  # fixed: what is registered must not change from one day to the next
STALE_SINCE = date(2014, 3, 5)
COLOURS = {
    "black": "đen",
    "blue": "xanh",
    "brown": "nâu",
    "crimson": "đỏ",
    "green": "xanh",
    "grey": "xám",
    "navy": "xanh",
    "orange": "cam",
    "pink": "hồng",
    "red": "đỏ",
    "silver": "bạc",
    "sky": "xanh",
    "teal": "xanh",
    "white": "trắng",
    "yellow": "vàng",
}
OTHER_KIND = {"motorbike": "car", "car": "motorbike", "bus": "truck", "truck": "bus"}
COMPANY_KINDS = ("bus", "truck")

Fate = Literal["good", "missing", "stale", "conflict"]
FATE_NOTES: dict[Fate, str] = {
    "good": "registered as seen",
    "missing": "not in the register: only the paper file knows the owner",
    "stale": "last updated in 2014: old address, old phone",
    "conflict": "registered as another kind of vehicle, of another colour",
}


@dataclass(frozen=True)
class Person:
    """A citizen, or an organisation with the person who stands for it."""

    kind: Literal["person", "organisation"]
    id_number: str
    name: str
    birth_date: date | None
    sex: Literal["male", "female"] | None
    phone: str
    address: str
    uses_zalo: bool

    def as_owner(self) -> dict[str, Any]:
        """As a vehicle registration names its owner."""
        return {
            "kind": self.kind,
            "id_number": self.id_number,
            "name": self.name,
            "birth_date": self.birth_date.isoformat() if self.birth_date else None,
            "phone": self.phone,
            "address": self.address,
        }


@dataclass(frozen=True)
class SeenVehicle:
    """A vehicle of a truth file."""

    plate: str
    kind: str
    ground_colour: str
    colour: str
    violates: bool


@dataclass(frozen=True)
class Registration:
    """What the register and the paper file say of one plate."""

    seen: SeenVehicle
    fate: Fate
    owner: Person

    def answer(self) -> dict[str, Any] | None:
        """The register's answer, or None where it knows nothing."""
        if self.fate == "missing":
            return None
        owner = self.owner.as_owner()
        updated = TODAY - timedelta(days=30 + _number(self.seen.plate, "age") % 600)
        if self.fate == "stale":
            updated = STALE_SINCE
            owner |= {"address": "Số 9 đường Cũ, phường Đã Sáp Nhập", "phone": "0900000999"}
        kind, colour = self.seen.kind, COLOURS.get(self.seen.colour, "không rõ")
        if self.fate == "conflict":
            kind, colour = OTHER_KIND.get(kind, "car"), "trắng" if colour == "đỏ" else "đỏ"
        return {
            "status": "found",
            "registered_at": (updated - timedelta(days=400)).isoformat(),
            "updated_at": updated.isoformat(),
            "vehicle": {
                "plate": self.seen.plate,
                "ground_colour": self.seen.ground_colour,
                "kind": kind,
                "colour": colour,
                "brand": "HÃNG MẪU",
            },
            "owner": owner,
        }


class World:
    """Everybody there is, and every registration."""

    def __init__(self, seen: Iterable[SeenVehicle]) -> None:
        vehicles = sorted({vehicle.plate: vehicle for vehicle in seen}.values(), key=lambda v: v.plate)
        fates = _fates([vehicle.plate for vehicle in vehicles if vehicle.violates])
        placed = dict(enumerate(vehicles, start=1))
        company = _company(min((p for p, one in placed.items() if one.kind in COMPANY_KINDS), default=0))
        self.registrations = {
            vehicle.plate: Registration(
                vehicle,
                fates.get(vehicle.plate, "good"),
                company if vehicle.kind in COMPANY_KINDS else _owner(place, vehicle),
            )
            for place, vehicle in placed.items()
        }
        self.people = {r.owner.id_number: r.owner for r in self.registrations.values()}
        self.people |= {one.id_number: one for one in map(minor, (13, 15, 17))}
        self.phones = {person.phone: person for person in self.people.values()}


def read_truth(paths: Iterable[Path]) -> list[SeenVehicle]:
    """The vehicles with a plate of every truth file given, or found as `truth.json` under a folder given."""
    files: list[Path] = []
    for path in paths:
        files += sorted(path.rglob("truth.json")) if path.is_dir() else [path]
    return [vehicle for file in files for vehicle in _vehicles(json.loads(file.read_text(encoding="utf-8")))]


def _vehicles(truth: dict[str, Any]) -> list[SeenVehicle]:
    guilty = {str(violation["vehicle"]) for violation in truth.get("violations", [])}
    return [
        SeenVehicle(
            plate=vehicle["plate"]["text"],
            kind=vehicle["class"],
            ground_colour=vehicle["plate"].get("ground_colour", "white"),
            colour=str(vehicle.get("colour", "")),
            violates=str(vehicle["id"]) in guilty,
        )
        for vehicle in truth["vehicles"]
        if vehicle.get("plate")
    ]


def _fates(violators: list[str]) -> dict[str, Fate]:
    """One violator each whom the register does not know, knows from long ago, or has as something else.

    Three of four or more; the first of them always stays good, so that every outcome is there to be seen.
    """
    order = sorted(violators, key=lambda plate: _number(plate, "fate"))
    troubles: tuple[Fate, ...] = ("missing", "stale", "conflict")
    return dict(zip(order[1:], troubles, strict=False))


def _owner(place: int, vehicle: SeenVehicle) -> Person:
    """The owner of the `place`-th plate; the place keeps identification numbers and phones apart."""
    female = _number(vehicle.plate, "sex") % 2 == 1
    born = date(1962 + _number(vehicle.plate, "year") % 42, 1, 1) + timedelta(days=place * 7)
    century = (0 if born.year < 2000 else 2) + int(female)  # noqa: PLR2004 - the turn of the century
    given = (GIVEN_FEMALE if female else GIVEN_MALE)[_number(vehicle.plate, "given") % 4]
    return Person(
        kind="person",
        id_number=f"000{century}{born.year % 100:02d}{place:06d}",
        name=f"{SURNAMES[_number(vehicle.plate, 'surname') % len(SURNAMES)]} {given}",
        birth_date=born,
        sex="female" if female else "male",
        phone=_phone(place),
        address=_address(place),
        uses_zalo=_number(vehicle.plate, "zalo") % 4 != 0,
    )


def minor(age: int) -> Person:
    """Somebody who owns no vehicle and is this old all this year, born on New Year: a driver to be named."""
    born = date(datetime.now(UTC).year - age, 1, 1)
    place = 900 + age
    return Person(
        kind="person",
        id_number=f"0002{born.year % 100:02d}{place:06d}",
        name=f"{SURNAMES[age % len(SURNAMES)]} VĂN THIẾU NIÊN",
        birth_date=born,
        sex="male",
        phone=_phone(place),
        address=_address(place),
        uses_zalo=False,
    )


def _company(place: int) -> Person:
    """The one company that all buses and lorries belong to: a fleet to subscribe with."""
    name = f"CÔNG TY TNHH VẬN TẢI MẪU SỐ {place}"
    return Person(
        kind="organisation",
        id_number=f"0000000{place:03d}",
        name=name,
        birth_date=None,
        sex=None,
        phone=_phone(place),
        address=_address(place),
        uses_zalo=False,
    )


def _address(place: int) -> str:
    return f"Số {place} đường Ví Dụ, phường Mẫu, Thành phố Hồ Chí Minh"


def _phone(place: int) -> str:
    return f"0900000{place:03d}"


def _number(plate: str, what: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{what}:{plate}".encode()).digest()[:4], "big")
