"""Jobs belong to the transaction that asks for them, are tried again, and survive their worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend import jobs
from backend.app import create_app

ran: list[str] = []


@jobs.job("test.note")
def note(_services, *, what):
    ran.append(what)


@jobs.job("test.fail_twice", attempts=5)
def fail_twice(_services, *, key):
    ran.append(key)
    if ran.count(key) < 3:
        raise ConnectionError("not yet")


@jobs.job("test.never", attempts=2)
def never(_services):
    ran.append("never")
    raise ConnectionError("not ever")


@pytest.fixture(autouse=True)
def _clean():
    ran.clear()


def rows(services):
    with services.database.unit_of_work() as session:
        return session.execute(
            text("SELECT task_name, status::text, attempts, scheduled_at FROM procrastinate_jobs ORDER BY id")
        ).all()


def until(condition, seconds=180.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_a_job_is_there_after_the_commit_and_runs_once(services):
    with services.database.unit_of_work() as session:
        jobs.defer(session, "test.note", what="xin chào")
        assert ran == []

    jobs.run_waiting_jobs(services)
    jobs.run_waiting_jobs(services)

    assert ran == ["xin chào"]
    assert [row.status for row in rows(services)] == ["succeeded"]


def test_a_rollback_leaves_no_job(services):
    def fail():
        with services.database.unit_of_work() as session:
            jobs.defer(session, "test.note", what="never")
            raise ConnectionError("the change failed")

    with pytest.raises(ConnectionError):
        fail()

    assert rows(services) == []
    jobs.run_waiting_jobs(services)
    assert ran == []


def test_a_job_for_later_waits(services):
    with services.database.unit_of_work() as session:
        jobs.defer(session, "test.note", what="later", at=datetime.now(UTC) + timedelta(hours=1))

    jobs.run_waiting_jobs(services)

    assert ran == []
    assert [row.status for row in rows(services)] == ["todo"]


def make_due(services):
    with services.database.unit_of_work() as session:
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))


def test_a_failing_job_is_tried_again_with_growing_pauses(services):
    with services.database.unit_of_work() as session:
        jobs.defer(session, "test.fail_twice", key="again")
    pauses = []
    for _ in range(3):
        jobs.run_waiting_jobs(services)
        (row,) = rows(services)
        if row.status == "todo":
            pauses.append((row.scheduled_at - datetime.now(UTC)).total_seconds())
            make_due(services)

    assert ran == ["again"] * 3
    assert row.status == "succeeded"
    assert 0 < pauses[0] <= 1 < pauses[1] <= 2


def test_a_hopeless_job_is_given_up_and_stays_visible(services):
    with services.database.unit_of_work() as session:
        jobs.defer(session, "test.never")
    for _ in range(3):
        jobs.run_waiting_jobs(services)
        make_due(services)

    assert ran == ["never"] * 2
    assert [row.status for row in rows(services)] == ["failed"]


def test_jobs_of_one_lock_do_not_run_together(services):
    with services.database.unit_of_work() as session:
        for number in range(4):
            jobs.defer(session, "test.note", lock="one", what=str(number))

    jobs.run_waiting_jobs(services)

    assert ran == ["0", "1", "2", "3"]


def test_two_jobs_may_not_share_a_name():
    with pytest.raises(ValueError, match=r"test\.note"):
        jobs.job("test.note")(lambda _services: None)


def test_a_worker_runs_beside_the_web_application(settings, services):
    app = create_app(settings.model_copy(update={"run_worker": True}))
    with TestClient(app):
        with services.database.unit_of_work() as session:
            jobs.defer(session, "test.note", what="beside")
        until(lambda: ran == ["beside"])
        until(lambda: [row.status for row in rows(services)] == ["succeeded"])


WORKER = """
    import time
    from backend import jobs
    from backend.services import make_services
    from backend.settings import Settings

    @jobs.job("test.slow")
    def slow(services, *, seconds):
        time.sleep(seconds)

    jobs.run_worker(make_services(Settings()))
"""


def start_worker(settings):
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "S3_ENDPOINT": settings.s3_endpoint,
    }
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(WORKER)], env=environment)


def statuses(services):
    return [row.status for row in rows(services)]


def test_the_job_of_a_killed_worker_is_given_back_and_done(settings, services):
    @jobs.job("test.slow")
    def slow(_services, *, seconds):
        ran.append(f"slow {seconds}")

    first = start_worker(settings)
    try:
        with services.database.unit_of_work() as session:
            jobs.defer(session, "test.slow", seconds=60)
        until(lambda: statuses(services) == ["doing"])
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    with services.database.unit_of_work() as session:  # as if half a minute had passed
        session.execute(
            text("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '40 seconds'")
        )

    jobs.sweep(services)
    jobs.run_waiting_jobs(services)

    assert ran == ["slow 60"]
    assert statuses(services) == ["succeeded"]


def test_a_worker_process_stops_when_told(settings, services):
    worker = start_worker(settings)
    try:
        with services.database.unit_of_work() as session:
            jobs.defer(session, "test.slow", seconds=0)
        until(lambda: statuses(services) == ["succeeded"])
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(180) == 0
    finally:
        worker.kill()
        worker.wait()
