"""The embedded PostgreSQL: real servers, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from backend.embedded.postgres import EmbeddedPostgres
from backend.embedded.process import Deadline, EmbeddedError


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def has_ended(pid: int) -> bool:
    """Gone, or a zombie that a lazy init has not collected yet."""
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


@pytest.fixture
def postgres(tmp_path):
    with EmbeddedPostgres(tmp_path / "pg") as server:
        yield server


def test_a_new_folder_becomes_a_server_that_speaks_utf8_and_utc(postgres):
    run(postgres.url(), "CREATE TABLE names (name text)")
    run(postgres.url(), "INSERT INTO names VALUES ('NGUYỄN VĂN MẪU')")

    assert run(postgres.url(), "SELECT lower(name) FROM names") == [("nguyễn văn mẫu",)]
    assert run(postgres.url(), "SHOW timezone") == [("UTC",)]
    assert run(postgres.url(), "SHOW fsync") == [("on",)]


def test_it_listens_on_no_network_address_and_its_socket_is_private(postgres):
    assert run(postgres.url(), "SHOW listen_addresses") == [("",)]
    assert (postgres.data_dir / "socket").stat().st_mode & 0o777 == 0o700


def test_committed_rows_survive_kill_9_and_a_restart(postgres):
    run(postgres.url(), "CREATE TABLE kept (id int)")
    run(postgres.url(), "INSERT INTO kept VALUES (1)")
    os.kill(postgres.pid, signal.SIGKILL)

    again = EmbeddedPostgres(postgres.data_dir)
    url = again.start()

    assert run(url, "SELECT id FROM kept") == [(1,)]
    again.stop()


def test_a_second_handle_attaches_and_leaves_the_server_running_when_it_stops(postgres):
    second = EmbeddedPostgres(postgres.data_dir)

    assert second.start() == postgres.url()
    assert second.pid is None
    second.stop()
    assert run(postgres.url(), "SELECT 1") == [(1,)]


def test_a_database_is_made_once(postgres):
    postgres.create_database("another one")
    postgres.create_database("another one")

    assert run(postgres.url("another one"), "SELECT current_database()") == [("another one",)]


def test_a_folder_too_deep_for_a_socket_gets_a_short_one(tmp_path):
    deep = tmp_path / ("d" * 120)
    with EmbeddedPostgres(deep) as server:
        socket_dir = server.url().split("host=")[1]
        assert len(socket_dir) < 60
        assert run(server.url(), "SELECT 1") == [(1,)]
    assert not Path(socket_dir).exists()


def test_a_broken_folder_is_an_error_that_names_the_log(tmp_path):
    with EmbeddedPostgres(tmp_path) as server:
        cluster = tmp_path / "cluster"
        log = server.log
    (cluster / "global" / "pg_control").unlink()

    with pytest.raises(EmbeddedError, match=str(log)):
        EmbeddedPostgres(tmp_path, start_within_s=5).start()


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_it_ends_when_its_starter_is_killed(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from backend.embedded.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1])); server.start(); print(server.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as starter:
        pid = int(starter.stdout.readline())
        starter.kill()

    deadline = Deadline(15)
    while deadline.tick():
        if has_ended(pid):
            return
    pytest.fail(f"process {pid} outlived its starter")
