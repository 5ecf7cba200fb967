"""The e-ID (VNeID) of the made-up citizens, as an OpenID Connect issuer.

Claims as public client code of the national sign-on shows them (read-secondary): SoDinhDanh, HoVaTen,
NgayThangNamSinh, LoaiTaiKhoan, TechID, loginIdp. How it names the level of assurance in a token was not
found; LoA1 and LoA2 follow the `acr_values` seen in requests.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from sandbox.oidc import Level, Subject
from sandbox.people import Person, World

LEVELS: Final = (
    Level("LoA2", "Mức độ 2 (khuôn mặt, mã bí mật)", "Level 2 (face and passcode)"),
    Level("LoA1", "Mức độ 1 (chỉ mật khẩu)", "Level 1 (password only)"),
)


def citizens(world: World, url: str) -> list[Subject]:
    """Everybody with a vehicle, and the organisations, as accounts at the issuer."""
    return [
        Subject(person.id_number, person.name, _about(world, person), claims_of(person, url))
        for person in world.people.values()
    ]


def claims_of(person: Person, url: str) -> dict[str, Any]:
    """What the user-info endpoint tells of a citizen or an organisation."""
    subject = hashlib.sha256(f"subject:{person.id_number}".encode()).hexdigest()[:32]
    born = {"NgayThangNamSinh": f"{person.birth_date:%Y%m%d}"} if person.birth_date else {}
    return {
        "sub": subject,
        "TechID": subject[:24],
        "LoaiTaiKhoan": "1" if person.kind == "person" else "2",
        "HoVaTen": person.name,
        "SoDinhDanh": person.id_number,
        **born,
        "loginIdp": "BCA",
        "userProfileUri": f"{url}/",
        "logoutUri": f"{url}/oauth2/logout",
    }


def _about(world: World, person: Person) -> str:
    plates = [r.seen.plate for r in world.registrations.values() if r.owner.id_number == person.id_number]
    return ", ".join(plates)
