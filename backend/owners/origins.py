"""Where each field of an owner and his vehicle came from, and how sure that is. Pure; no values in here.

An origin is kept as JSON beside the sealed values: `field`, `source` (registry, population, person), `on`
(the source's own day), `state`, and `other` where another source says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal

from backend.owners.judge import STALE_AFTER_DAYS
from backend.owners.outside import Found
from backend.owners.registry import Registration

Source = Literal["registry", "population", "person"]
State = Literal["filled", "stale", "differs", "missing", "corrected", "entered"]
Origins = list[dict[str, str]]

OWNER_FIELDS: Final = ("name", "id_number", "phone", "address")
VEHICLE_FIELDS: Final = ("vehicle_kind", "vehicle_colour", "vehicle_brand", "ground_colour")
CORRECTABLE: Final = ("phone", "address")
"""What may be corrected at any time; who the owner is, only while the lookup waits for a person."""


def of_registers(found: Found, today: date) -> Origins:
    """The origin of each field as the registers filled it, all missing where nothing is registered."""
    answer = found.registration
    if answer is None:
        return [_origin(field, "registry", today, "missing") for field in OWNER_FIELDS + VEHICLE_FIELDS]
    old = (today - answer.updated_on).days > STALE_AFTER_DAYS
    return [
        *(_identity(field, answer, found, old=old) for field in ("name", "id_number")),
        *(_contact(field, answer, found, today, old=old) for field in CORRECTABLE),
        *(_registered(field, value, answer.updated_on, old=old) for field, value in _vehicle(answer).items()),
    ]


def by_person(before: Sequence[Mapping[str, str]], fields: Iterable[str], today: date) -> Origins:
    """The same after a person gave these fields: corrected where a register had filled them, else entered."""
    had = {one["field"]: one["state"] for one in before}
    given = {
        field: _origin(
            field, "person", today, "entered" if had.get(field, "missing") == "missing" else "corrected"
        )
        for field in fields
    }
    kept = [dict(one) for one in before if one["field"] not in given]
    return sorted([*kept, *given.values()], key=lambda one: _ORDER.index(one["field"]))


_ORDER: Final = (*OWNER_FIELDS, *VEHICLE_FIELDS)


def _identity(field: str, answer: Registration, found: Found, *, old: bool) -> dict[str, str]:
    if not found.person_confirmed:
        return _origin(field, "registry", answer.updated_on, "differs", other="population")
    return _registered(field, getattr(answer.owner, field), answer.updated_on, old=old)


def _contact(field: str, answer: Registration, found: Found, today: date, *, old: bool) -> dict[str, str]:
    """Where the person is reached today: the population database goes before the registration."""
    registered = getattr(answer.owner, field)
    current = None
    if found.person is not None:
        current = found.person.phone if field == "phone" else found.person.current_address
    if not current:
        return _registered(field, registered, answer.updated_on, old=old)
    if registered and _plain(registered) != _plain(current):
        return _origin(field, "population", today, "differs", other="registry")
    return _origin(field, "population", today, "filled")


def _registered(field: str, value: str | None, on: date, *, old: bool) -> dict[str, str]:
    if not value:
        return _origin(field, "registry", on, "missing")
    return _origin(field, "registry", on, "stale" if old else "filled")


def _vehicle(answer: Registration) -> dict[str, str | None]:
    vehicle = answer.vehicle
    values = (vehicle.kind, vehicle.colour, vehicle.brand, vehicle.ground_colour)
    return dict(zip(VEHICLE_FIELDS, values, strict=True))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _origin(
    field: str, source: Source, on: date, state: State, other: Source | None = None
) -> dict[str, str]:
    said = {"field": field, "source": source, "on": on.isoformat(), "state": state}
    return {**said, "other": other} if other else said
