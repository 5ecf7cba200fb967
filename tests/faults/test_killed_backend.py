"""The real backend, killed with -9 while it takes a report: each violation is stored exactly once."""

from __future__ import annotations

import signal
import socket
from typing import get_args

import psycopg
import pytest

from backend.embedded.ports import free_ports
from backend.evidence.store import ObjectStore
from edge.report import FileRole
from tests.faults import backend_process
from tests.faults.conftest import PROCESSES, Box, wait_for

DEATHS = {
    "after the evidence was read": ("backend.intake.service", "_require_evidence", "after", 2),
    "before the commit": ("backend.intake.service", "_note_camera", "after", 1),
    "after the commit, before the answer": ("after commit",),
}


class Backend:
    def __init__(self, settings, folder):
        self.values = settings.model_dump()
        (self.port,) = free_ports(1)
        self.log_path = folder / "backend.log"
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, death=None):
        words = (self.values, self.port, str(self.log_path), death)
        self.process = PROCESSES.Process(target=backend_process.main, args=words, daemon=True)
        self.process.start()
        wait_for(self.listens, 60, f"the backend to listen; its log: {self.log_path}")

    def listens(self):
        assert self.process.is_alive(), self.log_path.read_text()[-3000:]
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def stop(self):
        if self.process is not None and self.process.is_alive():
            self.process.kill()
            self.process.join(10)


@pytest.fixture
def backend(settings, tmp_path):
    store = ObjectStore.from_settings(settings)
    store.ensure_bucket(settings.s3_bucket, lock_days=settings.evidence_lock_days)
    backend = Backend(settings, tmp_path)
    yield backend
    backend.stop()


@pytest.fixture
def box(box_folder, clip, backend, settings, store_address):
    environment = {**store_address.environment(), "S3_BUCKET": settings.s3_bucket}
    box = Box(box_folder, clip, environment, backend.url, settings={"heartbeat_s": 60})
    yield box
    if box.is_running():
        box.kill()


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_killed_in_the_middle_of_an_intake(box, backend, database_url, death):
    backend.start(death)
    box.start()
    wait_for(lambda: rows(database_url, "SELECT 1 FROM device"), 60, "the box to introduce itself")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE device SET state = 'approved', approved_at = now()")
    backend.process.join(60)
    assert backend.process.exitcode == -signal.SIGKILL, backend.log_path.read_text()[-3000:]
    backend.start()
    assert box.finish(60) == 0, box.log
    (counts,) = rows(
        database_url,
        "SELECT (SELECT count(*) FROM violation), (SELECT count(DISTINCT plate_read) FROM violation),"
        " (SELECT count(*) FROM evidence_file),"
        " (SELECT count(*) FROM audit_entry WHERE action = 'violation.received')",
    )
    assert counts == (3, 3, 3 * len(get_args(FileRole)), 3)
    assert box.evidence == []
