"""Days without a network on a small quota: nothing undelivered goes, and an operator is told."""

from __future__ import annotations

from edge.verify import is_whole, verify_dir
from tests.faults.conftest import wait_for


def size_of(folder) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_undelivered_evidence_is_never_dropped_for_room_and_new_events_wait(box, receiver):
    box.moments_s = [1.0]
    box.realtime = True  # killed long before the film ends: a pass that has ended is not played again
    receiver.approve_at_once = False
    box.start()
    wait_for(lambda: len(box.evidence) == 1, 60, "the size of one event's evidence")
    one = size_of(box.evidence[0])
    box.kill()

    box.realtime = False
    box.moments_s = [1.0, 2.5, 4.0, 5.0]
    box.settings = {"evidence_quota_bytes": round(1.5 * one)}
    box.start()
    wait_for(lambda: "the quota is" in box.log, 90, "the full quota to be said in the journal")
    wait_for(
        lambda: "No room" in box.status().get("disk", {}).get("alarm", ""), 60, "the alarm in the status"
    )
    wait_for(lambda: "No room" in box.status()["camera"]["detail"], 60, "the operator to be told")
    assert 1 <= len(box.evidence) <= 3
    assert all(is_whole(verify_dir(folder, None)) for folder in box.evidence)

    for device in receiver.devices.values():
        device.state = "approved"
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 4
    assert set(receiver.posts.values()) == {1}
    assert box.evidence == []
