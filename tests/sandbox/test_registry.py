"""The vehicle register and the population database, asked over HTTP."""

from __future__ import annotations

import pytest


@pytest.fixture
def ask(sandbox):
    def send(path="/v1/vehicles/lookup", **change):
        question = {
            "request_id": "r-1",
            "officer_id": "canhsat",
            "procedure_code": "PN-1",
            "plate": "61A72814",
            "ground_colour": "white",
            "vehicle_kind": "car",
            "at": "2026-11-23T09:30:00+07:00",
        }
        return sandbox.client.post(sandbox.at["registry"]["url"] + path, json=question | change)

    return send


def plate_of(sandbox, fate):
    return next(r for r in sandbox.control()["registrations"] if r["fate"] == fate and r["violates"])


def test_a_registered_plate_has_an_owner(ask):
    answer = ask()

    assert answer.status_code == 200
    assert answer.json()["vehicle"]["kind"] == "car"
    assert answer.json()["owner"]["id_number"].startswith("000")


def test_a_company_owns_the_bus(ask):
    owner = ask(plate="61B05172", ground_colour="yellow", vehicle_kind="bus").json()["owner"]

    assert owner["kind"] == "organisation"
    assert owner["birth_date"] is None


def test_the_same_characters_on_another_ground_are_another_vehicle(ask):
    assert ask(ground_colour="yellow").status_code == 404
    assert ask(ground_colour="unknown").status_code == 200


def test_a_missing_record_is_404_and_a_paper_file_knows_the_owner(ask, sandbox):
    missing = plate_of(sandbox, "missing")

    assert ask(plate=missing["plate"]).status_code == 404
    url = f"{sandbox.at['registry']['url']}/control/paper-files/{missing['plate']}"
    assert sandbox.client.get(url).json()["owner"] == missing["owner"]


def test_a_stale_record_is_years_old_and_has_another_address(ask, sandbox):
    stale = plate_of(sandbox, "stale")
    answer = ask(plate=stale["plate"]).json()

    assert answer["updated_at"] == "2014-03-05"
    assert answer["owner"]["address"] != stale["owner"]["address"]


def test_a_conflicting_record_names_another_kind_of_vehicle(ask, sandbox):
    conflict = plate_of(sandbox, "conflict")

    assert ask(plate=conflict["plate"]).json()["vehicle"]["kind"] != conflict["kind"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"officer_id": "system"}, 403),
        ({"officer_id": " "}, 403),
        ({"procedure_code": ""}, 422),
        ({"plate": "61A-728.14"}, 422),
        ({"ground_colour": "green"}, 422),
        ({"at": "2026-11-23T09:30:00"}, 422),
        ({"more": "x"}, 422),
    ],
)
def test_a_question_without_a_real_officer_or_with_bad_fields_is_refused(ask, change, status):
    assert ask(**change).status_code == status


def test_every_lookup_is_logged_with_who_asked_and_without_the_person(ask, sandbox):
    ask(request_id="logged-1")
    line = next(line for line in sandbox.control()["lookups"] if line["request_id"] == "logged-1")

    assert line["officer_id"] == "canhsat"
    assert set(line) == {"what", "request_id", "officer_id", "procedure_code", "result", "at"}


def test_the_register_can_be_down(ask, sandbox):
    sandbox.faults(registry_down=True)

    assert ask().status_code == 503


def test_an_unknown_fault_is_refused(sandbox):
    answer = sandbox.client.patch(
        f"{sandbox.at['registry']['url']}/control/faults", json={"regitsry_down": True}
    )

    assert answer.status_code == 422


@pytest.fixture
def person(sandbox):
    return next(r["owner"] for r in sandbox.control()["registrations"] if r["kind"] == "car")


@pytest.fixture
def ask_person(sandbox, person):
    def send(**change):
        question = {
            "request_id": "r-2",
            "officer_id": "canhsat",
            "procedure_code": "PN-1",
            "id_number": person["id_number"],
            "name": person["name"],
            "birth_date": person["birth_date"],
            "fields": ["permanent_address", "phone"],
        }
        return sandbox.client.post(
            f"{sandbox.at['population']['url']}/v1/persons/lookup", json=question | change
        )

    return send


def test_only_the_fields_asked_for_are_answered(ask_person, person):
    assert ask_person().json() == {
        "status": "found",
        "person": {"permanent_address": person["address"], "phone": person["phone"]},
    }


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"fields": ["phone", "religion"]}, 403),
        ({"fields": []}, 422),
        ({"officer_id": "system"}, 403),
        ({"name": "NGƯỜI KHÁC"}, 404),
        ({"birth_date": "1900-01-01"}, 404),
        ({"birth_date": None}, 200),
        ({"id_number": "000000999999"}, 404),
    ],
)
def test_a_number_alone_proves_nobody_and_other_fields_are_refused(ask_person, change, status):
    assert ask_person(**change).status_code == status
