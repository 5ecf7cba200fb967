"""POST /v1/violations: every fault is refused by name, and what is stored is stored once."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from backend.audit.models import AuditEntry
from backend.evidence.models import EvidenceFile
from backend.intake.models import Camera, Device, Violation
from edge.report import Plate, Signed, public_key_b64, sign
from tests.backend.factories import Box, make_report, picture


def count(services, model) -> int:
    with services.database.unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def problem(answer, status: int, code: str, field: str | None = None) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    if field is not None:
        assert field in {error["field"] for error in body["errors"]}, body["errors"]
    return body


def test_a_good_report_is_stored_with_files_camera_and_audit(box, services):
    report, contents = make_report(rule="speeding", kind="car", plate="51A12345")
    box.upload(report, contents)

    answer = box.send(report)

    assert answer.status_code == 201
    assert answer.json()["status"] == "stored"
    with services.database.unit_of_work() as session:
        violation = session.get_one(Violation, answer.json()["violation_id"])
        assert (violation.rule, violation.act, violation.vehicle_kind) == ("speeding", "speed_10_20", "car")
        assert (violation.plate_read, violation.plate_display) == ("51A12345", "51A-123.45")
        assert violation.state == "review"
        assert violation.event_at == report.times.event_at
        assert (violation.notify_due_on - report.times.event_at.date()).days >= 10
        files = session.scalars(select(EvidenceFile).where(EvidenceFile.violation_id == violation.id)).all()
        assert {file.role: file.sha256 for file in files} == {f.role: f.sha256 for f in report.files}
        assert session.get_one(Camera, "pnt-01").device_id == box.device_id
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert "violation.received" in actions


def test_the_same_report_again_is_already_stored(box, services):
    report, contents = make_report()
    box.upload(report, contents)
    first, second = box.send(report), box.send(report)

    assert second.status_code == 200
    assert second.json() == {"status": "already_stored", "violation_id": first.json()["violation_id"]}
    assert count(services, Violation) == 1
    assert count(services, EvidenceFile) == 10


def test_the_same_report_at_the_same_moment_is_stored_once(box, services):
    report, contents = make_report()
    box.upload(report, contents)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(box.send(report))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["violation_id"] for answer in answers}) == 1
    assert count(services, Violation) == 1


def test_other_content_under_the_same_id_conflicts(box, services):
    report, contents = make_report()
    box.upload(report, contents)
    box.send(report)

    problem(box.send(report.model_copy(update={"software_version": "0.2.0"})), 409, "report_conflict")
    assert count(services, Violation) == 1


def test_unknown_device(box, services):
    stranger = Box(box.client, services, device_id="box-nobody")
    report, _ = make_report(device_id="box-nobody")

    problem(stranger.send(report), 403, "device_unknown")


def test_device_not_approved_until_an_operator_says_so(client, services):
    fresh = Box(client, services, device_id="box-new")
    assert fresh.enrol().json()["state"] == "pending"
    report, contents = make_report(device_id="box-new")
    fresh.upload(report, contents)

    problem(fresh.send(report), 403, "device_not_approved")
    fresh.approve()
    assert fresh.send(report).status_code == 201


@pytest.mark.parametrize("state", ["pending", "approved", "revoked"])
def test_whoever_enrols_again_changes_a_box_only_until_an_operator_decided(client, services, state):
    fresh = Box(client, services, device_id="box-new")
    fresh.enrol()
    with services.database.unit_of_work() as session:
        session.get_one(Device, "box-new").state = state
    again = {
        "device_id": "box-new",
        "name": "Another name",
        "public_key": public_key_b64(fresh.key),
        "software_version": "9.9.9",
    }
    said = client.post("/v1/devices", json=again).json()
    changed = (said["name"], said["software_version"]) == ("Another name", "9.9.9")
    kept = (said["name"], said["software_version"]) == ("Hộp camera thử nghiệm", "0.1.0")
    assert (changed, kept) == ((True, False) if state == "pending" else (False, True))


def test_a_forged_signature(box, services):
    report, contents = make_report()
    box.upload(report, contents)
    thief = Box(box.client, services)

    problem(box.send(sign(report, thief.key)), 401, "bad_signature")
    assert count(services, Violation) == 0


def test_a_changed_payload_no_longer_matches_its_signature(box):
    report, contents = make_report()
    box.upload(report, contents)
    signed = sign(report, box.key)
    changed = {**signed.payload, "act": "speed_over_35"}

    problem(
        box.send(Signed(payload=changed, device_id=signed.device_id, signature=signed.signature)),
        401,
        "bad_signature",
    )


def test_one_device_cannot_speak_for_another(box, client, services):
    other = Box(client, services, device_id="box-other").ready()
    report, contents = make_report(device_id=box.device_id)
    box.upload(report, contents)
    signed = sign(report, other.key)

    problem(
        box.send(Signed(payload=signed.payload, device_id="box-other", signature=signed.signature)),
        401,
        "bad_signature",
    )


def test_a_camera_belongs_to_its_box_until_that_is_revoked(box, client, services, staff):
    box.report_violation()
    other = Box(client, services, device_id="box-other").ready()
    report, contents = make_report(device_id="box-other")
    other.upload(report, contents)

    problem(other.send(report), 422, "report_invalid", "payload.scene.camera_id")
    assert staff("truc", "operator").post(f"/v1/devices/{box.device_id}/revoke").status_code == 200
    assert other.send(report).status_code == 201


def test_missing_evidence_is_named_and_cured_by_uploading(box, services):
    report, contents = make_report()
    kept = tuple(file for file in report.files if file.role != "clip")
    box.upload(report.model_copy(update={"files": kept}), contents)

    body = problem(box.send(report), 424, "evidence_missing")
    clip = next(i for i, file in enumerate(report.files) if file.role == "clip")
    assert [error["field"] for error in body["errors"]] == [f"payload.files[{clip}]"]
    assert count(services, Violation) == 0

    box.upload(report, contents)
    assert box.send(report).status_code == 201


@pytest.mark.parametrize(
    ("role", "content", "says"),
    [
        ("still_at", picture("a different one", (320, 181)), "bytes in the store"),
        ("still_at", None, "SHA-256"),
    ],
)
def test_mismatching_evidence(box, services, role, content, says):
    report, contents = make_report()
    box.upload(report, contents)
    flipped = contents[role][:-1] + bytes([contents[role][-1] ^ 1])
    key = next(file.object_key for file in report.files if file.role == role)
    services.store.put(services.settings.s3_bucket, key, content or flipped, "image/jpeg")

    body = problem(box.send(report), 424, "evidence_mismatch")
    assert says in body["errors"][0]["message"]
    assert count(services, Violation) == 0


def test_a_file_that_is_not_what_it_says(box):
    _, contents = make_report()
    report, contents = make_report(contents={**contents, "still_at": b"<html>not a picture</html>"})
    box.upload(report, contents)

    body = problem(box.send(report), 424, "evidence_mismatch")
    assert "no image/jpeg" in body["errors"][0]["message"]


@pytest.mark.parametrize("offset", [timedelta(minutes=6), timedelta(days=-366)])
def test_an_implausible_clock(box, offset):
    report, _ = make_report(event_at=datetime.now(UTC) + offset)

    problem(box.send(report), 422, "report_invalid", "payload.times.event_at")


def test_a_clock_a_little_ahead_is_taken(box):
    assert box.report_violation(event_at=datetime.now(UTC) + timedelta(minutes=4))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"act": "speed_5_10"}, "payload.act"),
        ({"rule": "speeding", "act": "red_light"}, "payload.act"),
        ({"rule": "speeding", "act": "speed_of_light"}, "payload.act"),
        (
            {
                "plate": None,
                "contents": None,
                "files": (),
            },
            "payload",
        ),
    ],
)
def test_implausible_content(box, changes, field):
    if "files" in changes:
        report, _ = make_report()
        signed = sign(report, box.key)
        payload = {**signed.payload, "files": []}
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        assert isinstance(box.key, Ed25519PrivateKey)
        answer = box.send(sign_payload(box, payload))
    else:
        report, _ = make_report(**changes)
        answer = box.send(report)
    problem(answer, 422, "report_invalid", field)


def sign_payload(box: Box, payload: dict) -> Signed:
    """A device whose software is broken: rightly signed nonsense."""
    import base64

    from edge.report import canonical

    signature = base64.b64encode(box.key.sign(canonical(payload))).decode()
    return Signed(payload=payload, device_id=box.device_id, signature=signature)


def test_a_text_that_is_no_plate(box):
    report, _ = make_report()
    wrong = Plate(**{**report.plate.model_dump(), "text": "ZZZZZZ"})

    problem(box.send(report.model_copy(update={"plate": wrong})), 422, "report_invalid", "payload.plate.text")


def test_an_object_key_that_points_elsewhere(box):
    report, _ = make_report()
    first = report.files[0].model_copy(update={"object_key": "evidence/somebody-elses.jpg"})

    problem(
        box.send(report.model_copy(update={"files": (first, *report.files[1:])})),
        422,
        "report_invalid",
        "payload.files[0].object_key",
    )


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("vehicle", "kind"), "tank", "payload.vehicle.kind"),
        (("times", "event_at"), "yesterday", "payload.times.event_at"),
        (("files", 0, "sha256"), "xyz", "payload.files[0].sha256"),
        (("measures", 0, "value"), None, "payload.measures[0].value"),
        (("surprise",), 1, "payload.surprise"),
    ],
)
def test_a_wrong_field_is_named(box, path, value, field):
    report, _ = make_report()
    payload = report.model_dump(mode="json")
    target = payload
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = value

    problem(box.send(sign_payload(box, payload)), 422, "report_invalid", field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"{}", "payload"),
        (b"\xff\xfe", "body"),
        (json.dumps({"payload": {}, "device_id": "../x", "signature": "A"}).encode(), "device_id"),
    ],
)
def test_malformed_bodies_are_answered_with_the_place(client, body, field):
    answer = client.post("/v1/violations", content=body)

    problem(answer, 422, "report_invalid", field)


def test_a_body_without_end_is_cut_off(client):
    answer = client.post("/v1/violations", content=b" " * (4 * 1024 * 1024 + 1))

    problem(answer, 413, "body_too_large")


def test_not_a_number_has_no_canonical_form(box):
    report, _ = make_report()
    signed = sign(report, box.key)
    text = signed.model_dump_json().replace('"clock_offset_s":0.012', '"clock_offset_s":NaN')

    answer = box.client.post("/v1/violations", content=text)

    assert answer.status_code == 422


def test_a_silent_store_means_try_later(box, services, app, settings):
    from backend.evidence.store import ObjectStore
    from backend.services import Services

    report, contents = make_report()
    box.upload(report, contents)
    nowhere = ObjectStore.from_settings(settings.model_copy(update={"s3_endpoint": "127.0.0.1:9"}))
    app.state.services = Services(settings, services.database, nowhere)

    answer = box.send(report)

    body = problem(answer, 503, "temporarily_unavailable")
    assert answer.headers["retry-after"]
    assert body["instance"] == "/v1/violations"
    assert count(services, Violation) == 0


def test_the_reader_chooses_the_language_of_a_problem(client):
    vietnamese = client.post("/v1/violations", content=b"{}", headers={"accept-language": "vi-VN,vi;q=0.9"})
    english = client.post("/v1/violations", content=b"{}")

    assert vietnamese.json()["title"] == "Bản tin của thiết bị không đúng"
    assert english.json()["title"] == "The device's message is not valid"
