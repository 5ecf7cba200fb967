"""A box against a real store and a real HTTP server: each documented answer, and who waits for what."""

from __future__ import annotations

import io
import json
import time

import pytest

from tests.edge.box_kit import plate_of
from tests.faults.conftest import wait_for


def versions(receiver):
    """How many versions each object has."""
    found: dict[str, int] = {}
    for item in receiver.store.list_objects(receiver.bucket, recursive=True, include_version=True):
        found[item.object_name] = found.get(item.object_name, 0) + 1
    return found


def test_every_event_arrives_once_with_all_its_files(box, receiver):
    box.start()
    assert box.finish() == 0, box.log
    plates = sorted(report.plate.text for report in receiver.reports.values())
    assert plates == [plate_of(1), plate_of(2), plate_of(3)]
    assert set(receiver.posts.values()) == {1}
    found = versions(receiver)
    assert len(found) == 3 * 11
    assert set(found.values()) == {1}
    for report in receiver.reports.values():
        key = next(key for key in found if report.report_id in key and key.endswith("manifest.json"))
        assert json.loads(receiver.content(key))["payload"]["report_id"] == report.report_id
    assert box.evidence == []
    assert box.status()["outbox"] == {"waiting": 0, "uploaded": 0, "stored": 3, "parked": 0}
    assert receiver.heartbeats
    assert receiver.heartbeats[-1]["cameras"][0]["violations_total"] == 3


def test_a_finished_pass_is_a_new_pass_when_played_again(box, receiver):
    box.moments_s = [2.0]
    for _ in range(2):
        box.start()
        assert box.finish() == 0, box.log
        # Played faster than life, two passes may lie so close that their events rightly count as one.
        time.sleep(1.0)
    assert len(receiver.stored) == 2


def test_an_unapproved_box_works_and_stores_and_delivers_once_approved(box, receiver):
    receiver.approve_at_once = False
    box.start()
    wait_for(lambda: len(box.evidence) == 3, 30, "evidence of three events on disk")
    assert not receiver.posts
    assert box.is_running()
    for device in receiver.devices.values():
        device.state = "approved"
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 3
    assert box.evidence == []


def test_a_box_revoked_in_the_middle_keeps_its_evidence(box, receiver):
    receiver.script.extend([(403, {"code": "device_not_approved"})] * 2)
    box.start()
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 3


def test_a_backend_that_forgot_the_box_is_introduced_again(box, receiver):
    box.moments_s = [1.0]
    receiver.script.append((403, {"code": "device_unknown"}))
    box.start()
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 1


@pytest.mark.parametrize("status", [500, 503, 429, 404])
def test_a_server_in_trouble_is_tried_again(box, receiver, status):
    box.moments_s = [1.0]
    receiver.script.extend([(status, {"title": "later"})] * 2)
    box.start()
    assert box.finish() == 0, box.log
    assert receiver.statuses == [status, status, 201]


def test_a_lost_answer_does_not_double_the_report(box, receiver):
    box.moments_s = [1.0]
    receiver.lose_answers = 2
    box.start()
    assert box.finish() == 0, box.log
    assert receiver.statuses == [201, 200, 200]
    assert len(receiver.stored) == 1


def test_evidence_the_backend_finds_wrong_is_uploaded_again_whatever_the_store_says(box, receiver):
    """The store shows the right name, size and tag, but holds other bytes."""
    box.moments_s = [1.0]
    receiver.approve_at_once = False
    box.start()
    wait_for(lambda: len(box.evidence) == 1, 20, "the evidence on disk")
    report = json.loads((box.evidence[0] / "manifest.json").read_text())["payload"]
    clip = next(file for file in report["files"] if file["role"] == "clip")
    receiver.store.put_object(
        receiver.bucket,
        clip["object_key"],
        io.BytesIO(b"x" * clip["size_bytes"]),
        clip["size_bytes"],
        metadata={"sha256": clip["sha256"]},
    )
    for device in receiver.devices.values():
        device.state = "approved"
    assert box.finish() == 0, box.log
    assert receiver.statuses == [424, 201]
    assert versions(receiver)[clip["object_key"]] == 2


@pytest.mark.parametrize(
    ("status", "code"), [(409, "report_conflict"), (422, "report_invalid"), (401, "bad_signature")]
)
def test_a_refused_report_is_parked_loudly_and_never_deleted(box, receiver, status, code):
    receiver.script.append((status, {"code": code, "detail": "scripted"}))
    box.start()
    assert box.finish() == 3
    assert len(receiver.stored) == 2
    (kept,) = box.evidence
    assert (kept / "clip.mp4").stat().st_size > 0
    assert box.status()["outbox"]["parked"] == 1
    (loud,) = [json.loads(line) for line in box.log.splitlines() if "parked" in line and '"error"' in line]
    assert code in loud["why"]


def test_evidence_changed_on_the_disk_is_never_sent(box, receiver):
    box.moments_s = [1.0]
    receiver.approve_at_once = False
    box.start()
    wait_for(lambda: len(box.evidence) == 1, 20, "the evidence on disk")
    still = box.evidence[0] / "still_at.jpg"
    content = bytearray(still.read_bytes())
    content[100] ^= 1
    still.write_bytes(content)
    for device in receiver.devices.values():
        device.state = "approved"
    assert box.finish() == 3
    assert not receiver.posts
    assert "still_at.jpg" in box.log


def test_delivered_evidence_is_kept_when_asked(box, receiver):
    box.moments_s = [1.0]
    box.settings = {"keep_delivered": True}
    box.start()
    assert box.finish() == 0, box.log
    assert len(box.evidence) == 1


def test_a_missing_bucket_and_wrong_keys_are_said_and_nothing_is_lost(box, receiver):
    box.moments_s = [1.0]
    box.environment["S3_SECRET_KEY"] = "khong-dung"
    box.settings = {"drain_deadline_s": 1.5}
    box.start()
    assert box.finish() == 3
    assert "store refused" in box.log
    assert "khong-dung" not in box.log
    assert len(box.evidence) == 1
    box.environment["S3_SECRET_KEY"] = receiver.store._provider.retrieve().secret_key
    box.start()
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 1


def test_a_source_that_is_not_there_is_said_in_words(box, tmp_path):
    box.source = tmp_path / "không-có.mp4"
    box.start()
    assert box.finish() == 1
    assert "không-có.mp4" in box.log


def test_asked_to_stop_it_stops_and_goes_on_later_under_the_same_moments(box, receiver):
    box.realtime = True
    box.start()
    wait_for(lambda: receiver.stored, 20, "the first report")
    assert box.ask_to_stop() == 0
    first = dict(receiver.stored)
    assert len(first) < 3
    box.realtime = False
    box.start()
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 3
    assert first.items() <= receiver.stored.items()


def test_a_loop_makes_a_new_pass_each_time(box, receiver):
    box.moments_s = [2.0]
    box.mode = "loop"
    box.start()
    wait_for(lambda: len(receiver.stored) >= 3, 30, "three passes")
    assert box.ask_to_stop() == 0
    moments = {report.times.event_at for report in receiver.reports.values()}
    assert len(moments) == len(receiver.reports)
