"""A camera file handed out by a server: fetched once for each version, kept without a network."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from edge.box.fetch import CameraFileFetch


class Office:
    """A web server with one camera file."""

    def __init__(self) -> None:
        self.content, self.status, self.asked = b"id = 1", 200, []
        office = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                tag = f'"{hash(office.content)}"'
                known = self.headers.get("If-None-Match") == tag
                status = 304 if known and office.status == 200 else office.status
                office.asked.append(status)
                self.send_response(status)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(office.content) if status == 200 else 0))
                self.end_headers()
                if status == 200:
                    self.wfile.write(office.content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/pnt-01.toml"


@pytest.fixture
def office():
    office = Office()
    yield office
    office.server.shutdown()


def test_each_version_is_fetched_once(office, tmp_path):
    path = tmp_path / "camera.toml"
    fetch = CameraFileFetch(office.address, path)
    assert fetch.fetch()
    assert not fetch.fetch()
    office.content = b"id = 2"
    assert fetch.fetch()
    assert path.read_bytes() == b"id = 2"
    assert office.asked == [200, 304, 200]


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_server_that_has_none_changes_nothing(office, tmp_path, status):
    path = tmp_path / "camera.toml"
    path.write_bytes(b"id = 0")
    office.status = status
    assert not CameraFileFetch(office.address, path).fetch()
    assert path.read_bytes() == b"id = 0"


def test_a_file_that_is_too_large_is_not_taken(office, tmp_path):
    office.content = b"#" * 300_000
    assert not CameraFileFetch(office.address, tmp_path / "camera.toml").fetch()
    assert not (tmp_path / "camera.toml").exists()


def test_it_asks_in_the_background_and_survives_an_office_that_is_closed(office, tmp_path):
    path = tmp_path / "camera.toml"
    fetch = CameraFileFetch(office.address, path, every_s=0.05)
    fetch.start()
    until_s = time.monotonic() + 30
    while not path.exists() or office.asked.count(304) < 2:
        assert time.monotonic() < until_s
        time.sleep(0.02)
    office.server.shutdown()
    office.server.server_close()
    time.sleep(0.2)
    fetch.stop()
    assert path.read_bytes() == b"id = 1"
