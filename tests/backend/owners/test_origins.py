"""Where a field came from, and how sure that is: pure."""

from __future__ import annotations

from datetime import date

import pytest

from backend.owners.origins import by_person, of_registers
from backend.owners.outside import Found
from backend.owners.population import CurrentPerson
from backend.owners.registry import RegisteredOwner, RegisteredVehicle, Registration

TODAY = date(2026, 11, 27)


def registration(updated_on=date(2026, 1, 5), **owner):
    values = {"kind": "person", "name": "A", "id_number": "000", "phone": "0900000001", "address": "Số 1"}
    return Registration(
        updated_at=updated_on,
        vehicle=RegisteredVehicle(kind="car", colour="đỏ", ground_colour="white"),
        owner=RegisteredOwner(**{**values, **owner}),
    )


def person(**values):
    return CurrentPerson(id_number="000", name="A", **values)


def states(found):
    return {
        one["field"]: (one["state"], one["source"], one["on"], one.get("other"))
        for one in of_registers(found, TODAY)
    }


def test_all_as_one_would_wish():
    found = states(Found(registration(), person(phone="0900000001", current_address="số  1")))
    assert found["name"] == ("filled", "registry", "2026-01-05", None)
    assert found["phone"] == ("filled", "population", "2026-11-27", None)
    assert found["address"] == ("filled", "population", "2026-11-27", None)
    assert found["vehicle_brand"] == ("missing", "registry", "2026-01-05", None)
    assert len(found) == 8


@pytest.mark.parametrize(
    ("found", "field", "said"),
    [
        (
            Found(registration(), person(phone="0900000002")),
            "phone",
            ("differs", "population", "2026-11-27", "registry"),
        ),
        (Found(registration(phone=None), person()), "phone", ("missing", "registry", "2026-01-05", None)),
        (Found(registration()), "id_number", ("differs", "registry", "2026-01-05", "population")),
        (
            Found(registration(date(2014, 3, 5)), person()),
            "name",
            ("stale", "registry", "2014-03-05", None),
        ),
        (Found(registration(kind="organisation")), "name", ("filled", "registry", "2026-01-05", None)),
        (Found(None), "name", ("missing", "registry", "2026-11-27", None)),
    ],
)
def test_missing_old_and_differing(found, field, said):
    assert states(found)[field] == said


def test_a_person_corrects_what_was_there_and_enters_what_was_not():
    before = of_registers(Found(registration(phone=None), person()), TODAY)
    after = {one["field"]: one for one in by_person(before, ["phone", "name"], TODAY)}
    assert (after["phone"]["state"], after["name"]["state"]) == ("entered", "corrected")
    assert after["phone"]["source"] == "person"
    assert list(after) == [one["field"] for one in before]
    assert [one["state"] for one in by_person([], ["name"], TODAY)] == ["entered"]
