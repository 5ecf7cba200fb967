"""The blind second review by the API: who sees what, what a difference stops, and what a chief undoes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from backend.audit.models import AuditEntry
from backend.dossiers.models import Dossier, Message
from backend.intake.models import Violation
from backend.rechecks.models import Recheck
from backend.review.models import ReviewAct


@pytest.fixture
def settings(settings):
    """Every report is drawn here."""
    from backend.settings import Settings

    plain = {name: getattr(settings, name) for name in Settings.model_fields}
    return Settings(**{**plain, "second_review_share": 1})


def take_second(client):
    return client.post("/v1/second-reviews/next")


def verdict(client, item, word="confirmed", **body):
    given = {"expected_version": item["version"], "verdict": word, **body}
    return client.post(f"/v1/second-reviews/{item['id']}/verdict", json=given)


def settle(client, difference, for_whom):
    body = {"expected_version": difference["version"], "for_whom": for_whom, "reason": "Xem lại cùng tổ"}
    return client.post(f"/v1/second-reviews/{difference['id']}/settlement", json=body)


def seen(case):
    return {"plate": case.registration["plate"], "vehicle_kind": case.registration["kind"]}


def notice(case):
    return [one.state for one in case.rows(Message, Message.purpose == "notice", Message.force == "legal")]


@pytest.fixture
def second(staff):
    return staff("canhsat2", "officer")


def test_the_notice_waits_for_the_second_officer_and_goes_when_they_agree(case, second):
    case.confirmed(kind="motorbike")
    case.jobs()
    assert case.dossier().state == "owner_lookup"
    assert notice(case) == ["waiting"]
    assert take_second(case.officer).status_code == 204  # one's own decision is nobody's second review

    item = take_second(second).json()
    assert verdict(second, item, **seen(case)).json() == {"id": item["id"], "version": item["version"] + 1}
    case.jobs()

    assert case.dossier().state == "notified"
    quality = case.owner.get("/v1/review-quality").json()  # without a sign-in
    assert (quality["drawn"], quality["confirmed"]["checked"], quality["confirmed"]["wrong"]) == (1, 1, 0)
    assert quality["confirmed"]["upper_95"] == pytest.approx(0.7935, abs=1e-3)


def test_the_second_officer_does_not_see_the_first_verdict(case, second):
    case.confirmed(kind="motorbike")
    violation_id = case.dossier().violation_id
    item = take_second(second).json()
    assert set(item) == {"id", "version"}
    for path in (f"/v1/review/{violation_id}", f"/v1/dossiers/{case.id}"):
        answer = second.get(path)
        assert (answer.status_code, answer.json()["code"]) == (409, "second_review_blind")
    assert str(violation_id) not in second.get("/canh-sat").text
    assert second.get("/v1/second-reviews/differences").status_code == 403


def test_a_difference_stops_the_notice_and_a_chief_drops_the_case(case, second):
    case.confirmed(kind="motorbike")
    case.jobs()
    item = take_second(second).json()
    assert verdict(second, item, "rejected", reason_code="no_violation").status_code == 200
    with case.services.database.unit_of_work() as session:  # the waiting time is over: it still must not go
        session.execute(update(Recheck).values(notice_waits_until=datetime.now(UTC) - timedelta(hours=1)))
    message = case.rows(Message)[0]
    from backend.dossiers.delivery import send_message

    assert send_message(case.services, message.id, datetime.now(UTC)) == "waiting"

    [difference] = case.chief.get("/v1/second-reviews/differences").json()
    assert (difference["first_verdict"], difference["second_verdict"]) == ("confirmed", "rejected")
    answer = settle(case.chief, difference, "second")
    assert answer.json()["consequence"] == "dropped"
    assert case.dossier().state == "rejected"
    assert send_message(case.services, message.id, datetime.now(UTC)) == "cancelled"
    quality = case.owner.get("/v1/review-quality").json()
    assert (quality["confirmed"]["checked"], quality["confirmed"]["wrong"]) == (1, 1)
    acts = [entry.action for entry in case.rows(AuditEntry, AuditEntry.subject_type == "recheck")]
    assert acts == [f"second_review.{act}" for act in ("drawn", "claimed", "differs", "settled")]


def test_a_chief_may_find_the_first_right_and_the_notice_goes(case, second):
    case.confirmed(kind="motorbike")
    case.jobs()
    item = take_second(second).json()
    verdict(second, item, "rejected", reason_code="evidence_poor")
    [difference] = case.chief.get("/v1/second-reviews/differences").json()
    settle(case.chief, difference, "first")
    case.jobs()
    assert case.dossier().state == "notified"
    again = settle(case.chief, {**difference, "version": difference["version"] + 1}, "first")
    assert again.json()["code"] == "nothing_differs"


def test_another_plate_is_a_difference(case, second):
    case.confirmed(kind="motorbike")
    item = take_second(second).json()
    verdict(second, item, plate="59X199999", vehicle_kind="motorbike")
    [difference] = case.chief.get("/v1/second-reviews/differences").json()
    assert (difference["first_plate"], difference["second_plate"]) == (
        case.registration["plate"],
        "59X199999",
    )


def test_who_reviewed_does_not_settle(case, staff):
    case.confirmed(kind="motorbike")
    item = take_second(case.chief).json()
    verdict(case.chief, item, "rejected", reason_code="no_violation")
    [difference] = case.chief.get("/v1/second-reviews/differences").json()
    assert not difference["may_settle"]
    answer = settle(case.chief, difference, "second")
    assert (answer.status_code, answer.json()["code"]) == (403, "one_of_the_two")
    assert settle(staff("doitruong2", "team_chief"), difference, "second").status_code == 200


def test_a_wrong_rejection_is_reviewed_again_and_not_drawn_twice(case, second):
    case.box.report_violation(plate="59X112345")
    item = case.officer.post("/v1/review/next").json()
    body = {"expected_version": item["version"], "reason_code": "no_violation", "dwell_s": 7.5}
    case.officer.post(f"/v1/review/{item['id']}/reject", json=body)
    looked = take_second(second).json()
    verdict(second, looked, plate="59X112345", vehicle_kind="motorbike", dwell_s=3600)
    [difference] = case.chief.get("/v1/second-reviews/differences").json()
    assert settle(case.chief, difference, "second").json()["consequence"] == "reopened"

    item = case.officer.post("/v1/review/next").json()
    assert item["reject_code"] is None
    case.officer.post(f"/v1/review/{item['id']}/reject", json={**body, "expected_version": item["version"]})
    assert len(case.rows(Recheck)) == 1
    quality = case.owner.get("/v1/review-quality").json()
    assert (quality["rejected"]["checked"], quality["rejected"]["wrong"]) == (1, 1)
    # no dwell time is longer than the report was held
    assert all(one.dwell_s < 60 for one in case.rows(Recheck))
    dwell = [act.dwell_s for act in case.rows(ReviewAct, ReviewAct.act == "rejected")]
    assert all(0 <= one < 7.5 for one in dwell)


def test_after_the_decision_it_is_too_late_to_drop(case, second):
    case.confirmed(kind="motorbike")
    with case.services.database.unit_of_work() as session:
        session.execute(update(Recheck).values(notice_waits_until=None))
    case.jobs()
    case.enter()
    case.owner.post("/ho-so/chap-nhan", data={"driver": "yes", "electronic": "yes", "no_explanation": "yes"})
    case.chief.post(f"/v1/dossiers/{case.id}/decision", json={"expected_version": case.dossier().version})
    assert case.dossier().state == "decided"
    item = take_second(second).json()
    verdict(second, item, "rejected", reason_code="no_violation")
    [difference] = case.chief.get("/v1/second-reviews/differences").json()
    assert settle(case.chief, difference, "second").json()["consequence"] == "too_late"
    assert case.dossier().state == "decided"


def test_what_a_second_verdict_needs(case, second):
    case.confirmed(kind="motorbike")
    item = take_second(second).json()
    for body, code in (
        ({"word": "confirmed"}, "verdict_incomplete"),
        ({"word": "confirmed", "plate": "khong phai", "vehicle_kind": "car"}, "plate_invalid"),
        ({"word": "rejected"}, "reason_unknown"),
        ({"word": "rejected", "reason_code": "other"}, "note_needed"),
    ):
        assert verdict(second, item, **body).json()["code"] == code
    assert verdict(second, {**item, "version": 0}, **seen(case)).status_code == 412
    assert second.post(f"/v1/second-reviews/{item['id']}/release").status_code == 200
    assert verdict(second, item, **seen(case)).json()["code"] == "not_claimed"


def test_many_officers_at_once_never_share_a_report_and_what_is_left_open_returns(case, staff):
    """Six officers press "next" together until the queue of twelve is empty."""
    for number in range(12):
        case.box.report_violation(plate=f"59X1{10001 + number}")
    officers = [staff(f"cs{n}", "officer") for n in range(6)]
    got, start = [], threading.Barrier(6)

    def work(client):
        start.wait(30)
        mine = client.post("/v1/review/next").json()["id"]
        got.append((client, mine))
        got.append((client, client.post(f"/v1/review/next?after={mine}").json()["id"]))

    threads = [threading.Thread(target=work, args=(client,)) for client in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(got) == 12
    assert len({violation for _, violation in got}) == 12
    assert case.officer.post("/v1/review/next").status_code == 204

    with case.services.database.unit_of_work() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(Violation).where(Violation.id == got[0][1]).values(claimed_until=past))
    assert case.officer.post("/v1/review/next").json()["id"] == got[0][1]
    assert got[0][0].post(f"/v1/review/{got[0][1]}/claim").json()["code"] == "held_by_another"
    assert case.rows(Dossier) == []
