"""The review by the API that the screens use."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from backend.audit.models import AuditEntry
from backend.dossiers.models import Dossier
from backend.intake.models import Violation
from backend.owners.models import OwnerLookup
from backend.review.models import ReviewAct
from tests.backend.factories import PICTURES


def take(client):
    answer = client.post("/v1/review/next")
    assert answer.status_code == 200, answer.text
    return answer.json()


def confirm(client, item, **changes):
    body = {
        "expected_version": item["version"],
        "plate": item["plate"]["current"],
        "vehicle_kind": item["vehicle_kind"],
    }
    return client.post(f"/v1/review/{item['id']}/confirm", json={**body, **changes})


def correct(client, item, **changes):
    body = {"expected_version": item["version"], "reason": "nhìn rõ trên ảnh"}
    return client.patch(f"/v1/review/{item['id']}", json={**body, **changes})


def reject(client, item, code="no_violation", **changes):
    body = {"expected_version": item["version"], "reason_code": code}
    return client.post(f"/v1/review/{item['id']}/reject", json={**body, **changes})


def problem(answer, status, code):
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    return answer.json()


def dossiers(services):
    with services.database.unit_of_work() as session:
        return session.scalars(select(Dossier).order_by(Dossier.id)).all()


@pytest.fixture
def officer(staff):
    return staff("canhsat", "officer")


def test_the_queue_is_ordered_by_deadline_then_age(box, officer):
    now = datetime.now(UTC).replace(microsecond=0)
    ages = {"new": timedelta(minutes=1), "old": timedelta(days=12), "middle": timedelta(days=2)}
    ids = {name: box.report_violation(event_at=now - age) for name, age in ages.items()}

    queue = officer.get("/v1/review/queue").json()

    assert [item["id"] for item in queue["items"]] == [ids["old"], ids["middle"], ids["new"]]
    assert (queue["waiting"], queue["claimed"]) == (3, 0)
    assert queue["items"][0]["plate_display"] == "59-X1 123.45"
    assert take(officer)["id"] == ids["old"]


def test_an_empty_queue(officer):
    assert officer.post("/v1/review/next").status_code == 204
    assert officer.get("/v1/review/queue").json() == {"items": [], "waiting": 0, "claimed": 0}


def test_taking_up_asks_for_the_owner_and_shows_everything(box, officer, services):
    box.report_violation(rule="speeding", kind="car", plate="51A12345")

    item = take(officer)

    assert item["mine"] is True
    assert item["state"] == "claimed"
    assert item["plate"]["current_display"] == "51A-123.45"
    assert item["plate"]["fits_kind"] is True
    assert set(item["files"]) == {*PICTURES, "plate_crop", "clip", "masked_clip"}
    assert item["report"]["measures"][0]["lower_95"] == 64.9
    assert item["law"]["fine_vnd"] > 0
    assert item["owner_lookup"]["state"] == "waiting"
    assert officer.get(item["files"]["plate_crop"]["url"]).status_code == 200
    with services.database.unit_of_work() as session:
        assert session.scalars(select(OwnerLookup.plate)).all() == ["51A12345"]


def test_an_officer_gets_the_same_report_back_until_it_is_decided(box, officer):
    box.report_violation(plate="59X112345")
    box.report_violation(plate="59X212345")

    assert take(officer)["id"] == take(officer)["id"]


def test_two_officers_never_get_the_same(box, staff):
    ids = {box.report_violation() for _ in range(6)}
    clients = [staff(f"cs{number}", "officer") for number in range(6)]
    taken: list[str] = []
    start = threading.Barrier(6)

    def work(client):
        start.wait()
        taken.append(take(client)["id"])

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 6
    assert set(taken) == ids


def test_a_report_that_one_holds_is_closed_to_others_until_the_lease_ends(box, officer, staff, services):
    violation_id = box.report_violation()
    item = take(officer)
    other = staff("khac", "officer")

    assert other.post("/v1/review/next").status_code == 204
    problem(other.post(f"/v1/review/{violation_id}/claim"), 409, "held_by_another")
    problem(confirm(other, item), 409, "held_by_another")
    problem(reject(other, item), 409, "held_by_another")
    with services.database.unit_of_work() as session:
        session.execute(update(Violation).values(claimed_until=datetime.now(UTC) - timedelta(seconds=1)))
    assert take(other)["id"] == violation_id
    problem(confirm(officer, item), 409, "held_by_another")


def test_confirming_opens_the_dossier_in_one_act(box, officer, services):
    violation_id = box.report_violation()
    item = take(officer)

    answer = confirm(officer, item, plate="59-X1 123.45")

    assert answer.status_code == 200, answer.text
    (dossier,) = dossiers(services)
    assert answer.json() == {"violation_id": violation_id, "dossier_id": str(dossier.id)}
    with services.database.unit_of_work() as session:
        violation = session.get_one(Violation, uuid.UUID(violation_id))
        assert (violation.state, violation.plate_confirmed) == ("confirmed", "59X112345")
        assert violation.decided_at is not None
        assert violation.claimed_by is None
        assert [a.act for a in session.scalars(select(ReviewAct).order_by(ReviewAct.created_at))] == [
            "claimed",
            "confirmed",
        ]
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert "violation.confirmed" in actions
    problem(confirm(officer, item), 409, "already_decided")
    assert len(dossiers(services)) == 1


def test_a_confirmation_that_fails_half_way_leaves_nothing(box, officer, services, monkeypatch):
    box.report_violation()
    item = take(officer)

    def broken(*_args, **_kwargs):
        raise RuntimeError("the dossier could not be opened")

    monkeypatch.setattr("backend.review.service.open_dossier", broken)
    with pytest.raises(RuntimeError):
        confirm(officer, item)
    monkeypatch.undo()

    again = officer.get(f"/v1/review/{item['id']}").json()
    assert (again["state"], again["version"]) == ("claimed", item["version"])
    assert dossiers(services) == []
    assert confirm(officer, again).status_code == 200


def test_a_stale_version_is_refused(box, officer, services):
    box.report_violation()
    item = take(officer)
    assert correct(officer, item, plate="59X199999").status_code == 200

    for answer in (confirm(officer, item), reject(officer, item), correct(officer, item, plate="59X188888")):
        body = problem(answer, 412, "version_conflict")
        assert str(item["version"] + 1) in body["detail"]
    assert dossiers(services) == []


def test_a_correction_keeps_the_reason_and_both_values_and_asks_for_the_new_owner(box, officer, services):
    box.report_violation(plate="59X112345")
    item = take(officer)

    after = correct(officer, item, plate="59-X1 123.46", ground_colour="white").json()

    assert after["plate"]["current"] == "59X112346"
    assert after["plate"]["read"] == "59X112345"
    assert after["version"] == item["version"] + 1
    act = after["acts"][-1]
    assert (act["act"], act["reason"]) == ("corrected", "nhìn rõ trên ảnh")
    assert (act["before"]["plate"], act["after"]["plate"]) == ("59X112345", "59X112346")
    with services.database.unit_of_work() as session:
        asked = session.scalars(select(OwnerLookup.plate).order_by(OwnerLookup.requested_at)).all()
    assert asked == ["59X112345", "59X112346"]
    problem(confirm(officer, after, plate="59X112345"), 409, "seen_differs")
    assert confirm(officer, after).status_code == 200


def test_a_plate_that_is_none_or_of_another_kind(box, officer):
    box.report_violation(plate="59X112345", kind="motorbike")
    item = take(officer)

    problem(correct(officer, item, plate="KHONG-DOC"), 422, "plate_invalid")
    problem(correct(officer, item), 422, "nothing_to_correct")
    as_car = correct(officer, item, vehicle_kind="car").json()
    assert as_car["plate"]["fits_kind"] is False
    problem(confirm(officer, as_car), 422, "plate_does_not_fit_kind")


def test_without_a_plate_nothing_is_confirmed(box, officer):
    box.report_violation(plate=None)
    item = take(officer)

    problem(confirm(officer, item, plate="59X112345"), 422, "plate_needed")
    after = correct(officer, item, plate="59X112345", ground_colour="white").json()
    assert confirm(officer, after).status_code == 200


def test_rejecting_needs_a_reason_of_the_list(box, officer, services):
    box.report_violation()
    item = take(officer)

    problem(reject(officer, item, "because"), 422, "reason_unknown")
    problem(reject(officer, item, "other"), 422, "note_needed")
    answer = reject(officer, item, "other", note="Xe cứu thương chưa bật đèn")
    assert answer.json()["state"] == "rejected"
    assert dossiers(services) == []
    with services.database.unit_of_work() as session:
        violation = session.get_one(Violation, uuid.UUID(item["id"]))
        assert (violation.reject_code, violation.note) == ("other", "Xe cứu thương chưa bật đèn")
    problem(reject(officer, item), 409, "already_decided")
    codes = {reason["code"] for reason in officer.get("/v1/review/reject-reasons").json()}
    assert {"plate_unreadable", "no_violation", "other"} <= codes


def test_giving_back(box, officer, staff):
    box.report_violation()
    item = take(officer)

    assert officer.post(f"/v1/review/{item['id']}/release").json()["state"] == "review"
    problem(confirm(officer, {**item, "version": item["version"] + 1}), 409, "not_claimed")
    assert take(staff("khac", "officer"))["id"] == item["id"]


def test_one_act_seen_twice_is_pointed_out(box, officer):
    now = datetime.now(UTC).replace(microsecond=0)
    first = box.report_violation(event_at=now - timedelta(minutes=4))
    second = box.report_violation(event_at=now - timedelta(minutes=2))
    box.report_violation(event_at=now - timedelta(hours=2))

    assert officer.get(f"/v1/review/{first}").json()["similar"] == [second]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/review/queue"),
        ("POST", "/v1/review/next"),
        ("GET", "/v1/review/{id}"),
        ("PATCH", "/v1/review/{id}"),
        ("POST", "/v1/review/{id}/confirm"),
        ("POST", "/v1/review/{id}/reject"),
        ("POST", "/v1/review/{id}/claim"),
    ],
)
def test_only_officers_review(staff, new_client, method, path):
    path = path.format(id=uuid.uuid4())

    assert staff("dieuhanh", "operator").request(method, path, json={}).status_code == 403
    assert new_client().request(method, path, json={}).status_code == 401


def test_an_unknown_report(officer):
    problem(officer.get(f"/v1/review/{uuid.uuid4()}"), 404, "not_found")
    problem(officer.post(f"/v1/review/{uuid.uuid4()}/claim"), 404, "not_found")
