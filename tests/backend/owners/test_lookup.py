"""Look-ups against the sandbox's registers, with everything that goes wrong there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from backend.audit.models import AuditEntry
from backend.owners.asking import run_lookup
from backend.owners.models import OwnerLookup
from backend.owners.outside import Outside
from backend.owners.service import open_owner, vault_of


def lookup_of(case) -> OwnerLookup:
    return case.rows(OwnerLookup)[-1]


def needs_person(case) -> list[dict]:
    return case.officer.get("/v1/owner-lookups").json()["items"]


def test_a_good_record_is_kept_sealed_and_names_its_sources(case):
    case.notified(kind="motorbike")
    lookup = lookup_of(case)
    owner = case.registration["owner"]
    assert (lookup.state, lookup.source) == ("found", "vehicle registry, population database")
    assert lookup.fetched_at is not None
    opened = open_owner(lookup, vault_of(case.services))
    assert [opened.name, opened.id_number] == [owner["name"], owner["id_number"]]
    assert opened.phone == owner["phone"]
    with case.services.database.unit_of_work() as session:
        rows = text("SELECT owner_lookup::text, dossier::text FROM owner_lookup, dossier")
        dump = str(session.execute(rows).all())
    for clear in (owner["name"], owner["id_number"], owner["phone"]):
        assert clear not in dump
    asked = case.outside.control()["lookups"][-2:]
    assert {(line["what"], line["officer_id"], line["procedure_code"]) for line in asked} == {
        ("vehicle", "canhsat", "PN-CSGT-01"),
        ("person", "canhsat", "PN-CSGT-01"),
    }
    assert needs_person(case) == []


@pytest.mark.parametrize("fate", ["stale", "conflict", "missing"])
def test_a_doubtful_record_waits_for_a_person_and_goes_on_from_there(case, fate):
    case.confirmed(fate=fate)
    case.jobs()
    assert case.dossier().state == "owner_lookup"
    (waiting,) = needs_person(case)
    assert waiting["state"] == fate
    fields = ("kind", "name", "id_number", "phone", "address")
    owner = {key: case.registration["owner"][key] for key in fields}
    body = {"owner": owner, "reason": "đối chiếu hồ sơ giấy"}
    path = f"/v1/owner-lookups/{waiting['id']}/resolve"
    assert case.officer.post(path, json={"reason": "x"}).status_code == 422
    answer = case.officer.post(path, json=body)
    assert answer.status_code == 200, answer.text
    case.jobs()
    assert case.dossier().state == "notified"
    assert needs_person(case) == []
    again = case.officer.post(path, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "lookup_settled")
    (line,) = case.rows(AuditEntry, AuditEntry.action == "owner.resolved")
    assert (line.actor, line.data["reason"]) == ("account:canhsat", "đối chiếu hồ sơ giấy")


def test_taking_the_registered_owner_needs_one(case):
    case.confirmed(fate="missing")
    case.jobs()
    path = f"/v1/owner-lookups/{lookup_of(case).id}/resolve"
    answer = case.officer.post(path, json={"reason": "như đăng ký"})
    assert (answer.status_code, answer.json()["code"]) == (422, "owner_needed")


def test_a_silent_register_is_asked_again_later_and_later(case):
    case.outside.faults(registry_down=True)
    case.confirmed(kind="motorbike")
    lookup = lookup_of(case)
    assert (lookup.state, lookup.attempts) == ("unavailable", 1)
    now = datetime.now(UTC)
    waits = []
    for _ in range(3):
        run_lookup(case.services, lookup.id, Outside.of(case.services.settings), now)
        waits.append((lookup_of(case).next_try_at - now).total_seconds())
    assert waits == [10, 20, 40]
    assert [item["state"] for item in needs_person(case)] == ["unavailable"]
    case.outside.mend()
    run_lookup(case.services, lookup.id, Outside.of(case.services.settings), now + timedelta(minutes=1))
    case.jobs()
    assert case.dossier().state == "notified"


def test_half_an_answer_is_none(case):
    case.outside.faults(population_down=True)
    case.confirmed(kind="motorbike")
    assert (lookup_of(case).state, lookup_of(case).name_encrypted) == ("unavailable", None)


def test_a_corrected_plate_is_another_question(case):
    case.outside.registration("good", "motorbike")
    case.box.report_violation(plate="61X999999", kind="motorbike")
    item = case.officer.post("/v1/review/next").json()
    case.jobs()
    assert lookup_of(case).state == "missing"
    right = case.outside.registration("good", "motorbike")["plate"]
    body = {"expected_version": item["version"], "plate": right, "reason": "nhìn rõ trên ảnh"}
    corrected = case.officer.patch(f"/v1/review/{item['id']}", json=body).json()
    case.jobs()
    view = case.officer.get(f"/v1/review/{item['id']}").json()["owner_lookup"]
    assert view["state"] == "found"
    assert view["owner"]["name"].count("*") > 0
    assert corrected["plate"]["current"] == right
    assert needs_person(case) == []


def test_every_look_at_an_owner_is_logged_once(case):
    case.notified(kind="motorbike")
    before = len(case.rows(AuditEntry, AuditEntry.action == "owner.viewed"))
    case.officer.get(f"/v1/dossiers/{case.id}")
    lines = case.rows(AuditEntry, AuditEntry.action == "owner.viewed")
    assert len(lines) == before + 1
    last = max(lines, key=lambda line: line.seq)
    assert last.actor == "account:canhsat"
    assert case.registration["owner"]["name"] not in str(last.data)
