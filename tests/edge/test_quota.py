"""What goes first when evidence takes too much disk: what the backend has; nothing else is deleted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edge.outbox import Outbox, Sighting
from edge.quota import Quota, Room
from edge.settings import WorkerSettings


class Disk:
    def __init__(self, folder, quota_bytes):
        self.settings = WorkerSettings(
            data_folder=folder,
            backend_url="http://127.0.0.1:9",
            keep_delivered=True,
            evidence_quota_bytes=quota_bytes,
            minimum_free_bytes=0,
        )
        self.settings.evidence_folder.mkdir()
        self.outbox = Outbox(self.settings.outbox_file, now=lambda: datetime.now(UTC))
        self.quota = Quota(self.settings, self.outbox)

    def add(self, number, size_bytes, *, stored):
        name = f"report-{number}"
        folder = self.settings.evidence_folder / name
        folder.mkdir()
        (folder / "clip.mp4").write_bytes(b"x" * size_bytes)
        self.outbox.add(
            Sighting(name, "cam", "red_light", 1000.0 + number * 10, None, (0, 0, 1, 1)), "0" * 64
        )
        if stored:
            self.outbox.mark_stored(name, "v")

    def left(self):
        return sorted(path.name for path in self.settings.evidence_folder.iterdir())


@pytest.fixture
def disk(tmp_path):
    disk = Disk(tmp_path, 1000)
    yield disk
    disk.outbox.close()


def test_delivered_copies_go_first_and_the_oldest_of_them(disk):
    disk.add(1, 300, stored=False)
    for number in (2, 3, 4):
        disk.add(number, 300, stored=True)
    disk.quota.need_room()
    assert disk.left() == ["report-1", "report-3", "report-4"]
    assert disk.quota.dropped_total == 1


def test_what_was_not_delivered_is_never_deleted_and_an_operator_is_told(disk):
    for number in (1, 2, 3):
        disk.add(number, 300, stored=False)
    disk.quota.need_room()
    assert "running out" in disk.quota.room.alarm
    disk.add(4, 300, stored=False)
    with pytest.raises(OSError, match=r"evidence takes 1200 bytes, the quota is 1000"):
        disk.quota.need_room()
    assert len(disk.left()) == 4
    assert "No room" in disk.quota.room.alarm
    disk.outbox.mark_stored("report-1", "v")
    disk.quota.need_room()
    assert disk.left() == ["report-2", "report-3", "report-4"]


@pytest.mark.parametrize(
    ("used", "quota", "free", "least", "full", "alarm"),
    [
        (0, 0, 10**9, 10**6, False, ""),
        (10**12, 0, 10**9, 10**6, False, ""),
        (799, 1000, 10**9, 0, False, ""),
        (801, 1000, 10**9, 0, False, "Room for evidence is running out"),
        (1000, 1000, 10**9, 0, True, "No room"),
        (0, 0, 999, 1000, True, "No room"),
        (0, 0, 2000, 1000, False, "running out"),
        (0, 0, 0, 0, False, "running out"),
    ],
)
def test_when_an_operator_is_told(used, quota, free, least, full, alarm):  # noqa: PLR0917
    room = Room(used, quota, free, least)
    assert room.is_full == full
    assert (alarm in room.alarm) if alarm else room.alarm == ""
