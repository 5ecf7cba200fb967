"""A person corrects what the registers say, and the registry is told until it answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.audit.models import AuditEntry
from backend.owners.correcting import report
from backend.owners.models import OwnerLookup, RegistryCorrection
from backend.owners.registry import Registry
from backend.owners.service import open_owner, vault_of


def resolved(case, fate, **changes):
    case.confirmed(fate=fate)
    case.jobs()
    lookup = case.rows(OwnerLookup)[-1]
    owner = {
        key: case.registration["owner"][key] for key in ("kind", "name", "id_number", "phone", "address")
    }
    body = {"owner": {**owner, **changes}, "reason": "Theo hồ sơ giấy số 12"}
    answer = case.officer.post(f"/v1/owner-lookups/{lookup.id}/resolve", json=body)
    assert answer.status_code == 200, answer.text
    return lookup.id


def told(case):
    return case.outside.control()["corrections"]


@pytest.mark.parametrize("fate", ["missing", "stale", "conflict"])
def test_what_a_person_found_is_reported_back_with_officer_and_reason(case, fate):
    already = len(told(case))
    lookup_id = resolved(case, fate, phone="0900000777")
    case.jobs()
    [row] = case.officer.get(f"/v1/owner-lookups/{lookup_id}/corrections").json()
    assert (row["state"], row["receipt"][:3]) == ("accepted", "HC-")
    assert "phone" in row["fields"]
    assert (len(row["fields"]) == 4) == (fate == "missing")
    new = told(case)[already:]
    assert [(one["officer_id"], one["reason"]) for one in new] == [("canhsat", "Theo hồ sơ giấy số 12")]
    assert {"field": "phone", "now": "0900000777"}.items() <= next(
        one for one in new[0]["fields"] if one["field"] == "phone"
    ).items()
    [line] = case.rows(AuditEntry, AuditEntry.action == "owner.corrected")
    assert "0900000777" not in str(line.data)


def test_a_silent_registry_is_told_again_and_takes_it_once(case):
    lookup_id = resolved(case, "missing")
    case.outside.faults(registry_down=True)
    case.jobs()
    [row] = case.rows(RegistryCorrection, RegistryCorrection.lookup_id == lookup_id)
    assert (row.state, row.attempts, row.last_error) == ("trying", 1, "registry: HTTP 503")
    assert timedelta(0) < row.next_try_at - datetime.now(UTC) <= timedelta(seconds=5)
    case.outside.mend()
    registry = Registry(case.services.settings.registry_url, 5)
    assert report(case.services, row.id, registry, datetime.now(UTC)) == "accepted"
    assert report(case.services, row.id, registry, datetime.now(UTC)) == "accepted"
    assert [one["request_id"] for one in told(case)].count(str(row.id)) == 1


def test_a_known_owner_is_reached_otherwise(case):
    case.notified(kind="motorbike")
    lookup = case.rows(OwnerLookup)[-1]
    path = f"/v1/owner-lookups/{lookup.id}/contact"
    body = {"phone": "0900000888", "reason": "Chủ xe gọi đến báo"}
    assert case.officer.post(path, json={**body, "expected_version": 0}).status_code == 412
    assert case.officer.post(path, json=body).status_code == 200
    assert case.officer.post(path, json=body).json()["code"] == "nothing_to_correct"
    lookup = case.rows(OwnerLookup)[-1]
    assert open_owner(lookup, vault_of(case.services)).phone == "0900000888"
    [phone] = [one for one in lookup.fields if one["field"] == "phone"]
    assert (phone["source"], phone["state"]) == ("person", "corrected")

    figures = case.officer.get("/v1/owner-data/figures").json()
    [row] = [one for one in figures["fields"] if one["field"] == "phone"]
    assert (row["corrected"], row["person"], row["population"]) == (1, 1, 0)
    assert figures["corrections"] == {"waiting": 1}


def test_an_unknown_owner_is_established_before_he_is_corrected(case):
    case.confirmed(fate="missing")
    case.jobs()
    lookup = case.rows(OwnerLookup)[-1]
    answer = case.officer.post(
        f"/v1/owner-lookups/{lookup.id}/contact", json={"phone": "0900000888", "reason": "thử sửa"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "owner_not_known")
