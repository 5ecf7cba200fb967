"""A box that loses power at any point: every event arrives exactly once, and nothing is left half done."""

from __future__ import annotations

import random
import signal
import time

import pytest

from edge.verify import is_whole, verify_dir
from tests.edge.box_kit import plate_of
from tests.faults.test_delivery import versions

POINTS = [
    ("edge.clock:PlayBook", "mark", "after", 1),
    ("edge.evidence.files", "record_clip", "before", 1),
    ("edge.evidence.reel:Reel", "write", "after", 2),
    ("edge.durable", "fsync_folder", "before", 5),
    ("edge.outbox:Outbox", "add", "before", 1),
    ("edge.outbox:Outbox", "add", "after", 2),
    ("edge.store:EvidenceStore", "put", "before", 1),
    ("edge.store:EvidenceStore", "put", "after", 3),
    ("edge.store:EvidenceStore", "put", "after", 11),
    ("edge.outbox:Outbox", "mark_uploaded", "before", 2),
    ("edge.backend_link:BackendLink", "send_report", "before", 1),
    ("edge.backend_link:BackendLink", "send_report", "after", 2),
    ("edge.outbox:Outbox", "mark_stored", "after", 1),
    ("shutil", "rmtree", "before", 1),
    ("edge.clock:PlayBook", "mark", "before", 2),
    ("edge.clock:PlayBook", "mark", "before", 3),
]


def all_arrived_once(box, receiver):
    plates = sorted(report.plate.text for report in receiver.reports.values())
    assert plates == [plate_of(track) for track in range(1, len(box.moments_s) + 1)]
    assert box.evidence == []
    assert not [path for path in (box.data / "evidence").iterdir() if path.name.startswith(".")]
    assert not (box.data / "quarantine").exists()
    assert len(versions(receiver)) == 11 * len(box.moments_s)


@pytest.mark.parametrize("point", POINTS, ids=[f"{when}-{name}-{n}" for _, name, when, n in POINTS])
def test_killed_at_this_very_point(box, receiver, point):
    box.moments_s = [1.0, 2.5]
    box.start(die_at=dict(zip(("owner", "name", "when", "number"), point, strict=True)))
    assert box.finish() == -signal.SIGKILL, box.log
    for folder in box.evidence:
        # What stands under its final name is whole, whenever the power went.
        assert is_whole(verify_dir(folder, None))
    box.start()
    assert box.finish() == 0, box.log
    all_arrived_once(box, receiver)
    # Only a kill of another thread can cut an upload between its last byte and the store's answer.
    between_uploads = point[1] in {"put", "mark_uploaded", "send_report", "mark_stored", "rmtree"}
    assert max(versions(receiver).values()) <= (1 if between_uploads else 2)


def test_killed_again_and_again_at_random_moments(box, receiver):
    dice = random.Random(2026)
    box.moments_s = [0.8, 1.6, 2.4, 3.2, 4.0]
    # At its own pace the clip outlasts every round: a finished pass would rightly count as a new one.
    box.realtime = True
    for _ in range(6):
        box.start()
        time.sleep(dice.uniform(0.3, 2.2))
        assert box.is_running(), box.log
        box.kill()
    box.realtime = False
    box.start()
    assert box.finish() == 0, box.log
    all_arrived_once(box, receiver)
    # A kill between the last byte and the store's answer may cost one more version, never another event.
    assert max(versions(receiver).values()) <= 2
    assert len({report.times.event_at for report in receiver.reports.values()}) == 5


def test_killed_while_it_plays_a_replay_finds_the_same_events_under_the_same_ids(box, receiver):
    box.moments_s = [1.0, 2.0]
    box.start(die_at={"owner": "edge.clock:PlayBook", "name": "mark", "when": "before", "number": 2})
    assert box.finish() == -signal.SIGKILL
    first = dict(receiver.stored)
    box.start()
    assert box.finish() == 0, box.log
    assert first.items() <= receiver.stored.items()
    assert len(receiver.stored) == 2
    assert box.status()["events"] == box.status()["events"] | {"known": 2, "proven": 0}


def test_evidence_that_rotted_while_the_power_was_off_goes_to_quarantine(box, receiver):
    box.moments_s = [1.0]
    box.start(die_at={"owner": "edge.outbox:Outbox", "name": "add", "when": "before", "number": 1})
    assert box.finish() == -signal.SIGKILL
    (folder,) = box.evidence
    (folder / "clip.mp4").write_bytes(b"zeros after a power cut")
    box.start()
    assert box.finish() == 0, box.log
    assert "clip.mp4" in next(line for line in box.log.splitlines() if "quarantine" in line)
    assert (box.data / "quarantine" / folder.name / "still_at.jpg").exists()
    (report,) = receiver.reports.values()  # the replay proved it afresh
    assert report.report_id == folder.name


def test_evidence_that_vanished_is_said_loudly(box, receiver):
    box.moments_s = [1.0, 2.0]
    receiver.approve_at_once = False
    box.start(die_at={"owner": "edge.clock:PlayBook", "name": "mark", "when": "after", "number": 2})
    assert box.finish() == -signal.SIGKILL
    gone, kept = box.evidence
    for path in gone.iterdir():
        path.unlink()
    gone.rmdir()
    for device in receiver.devices.values():
        device.state = "approved"
    box.start()
    assert box.finish() == 3
    assert "evidence is gone" in box.log
    assert set(receiver.stored) == {kept.name}
