"""What opens a case without an account: what a person types off the notice, or a scanner reads off it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs, urlsplit

GROUPS: Final[Mapping[str, tuple[frozenset[str], str, str]]] = MappingProxyType(
    {
        "motorbike": (frozenset({"motorbike"}), "Mô tô, xe gắn máy", "Motorbike"),
        "car": (frozenset({"car", "bus", "truck"}), "Ô tô (con, khách, tải)", "Car, bus or truck"),
        "special_machine": (frozenset({"special_machine"}), "Xe máy chuyên dùng", "Special machine"),
    }
)
"""The kinds of vehicle that a person tells apart: those of the registry, Vietnamese, English."""
_QR_PARTS: Final = 9


def kinds_of(group: str) -> frozenset[str]:
    """The registry's kinds in this group; empty for a group that we do not know."""
    return GROUPS[group][0] if group in GROUPS else frozenset()


def group_of(kind: str) -> str:
    """The group of a vehicle with a plate. Raises StopIteration for one without (a bicycle)."""
    return next(name for name in GROUPS if kind in kinds_of(name))


@dataclass(frozen=True)
class Entry:
    """What a person typed on the look-up page; `group` is one of `GROUPS`."""

    plate: str = ""
    notice_number: str = ""
    secret: str = ""
    group: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that are empty, and `group` also where it is none we know; as the form has them."""
        typed = {"plate": self.plate, "group": self.group if self.group in GROUPS else ""}
        typed |= {"notice_number": self.notice_number, "secret": self.secret}
        return tuple(name for name, value in typed.items() if not value.strip())


def scanned(entry: Entry) -> tuple[Entry, str]:
    """What a hand scanner typed into the number field, and the pass that it held, if it held one.

    A paper's signed QR names plate and number; the address in a letter's has the number and the pass. Kind of
    vehicle and secret are in neither.
    """
    text = entry.notice_number.strip()
    parts = text.split("*")
    if len(parts) == _QR_PARTS and parts[0].upper() == "PN1":
        return replace(entry, plate=entry.plate.strip() or parts[4], notice_number=parts[2]), ""
    asked = parse_qs(urlsplit(text).query) if "so=" in text else {}
    number, letter = (asked.get(name, [""])[0] for name in ("so", "t"))
    return replace(entry, notice_number=number or entry.notice_number), letter
