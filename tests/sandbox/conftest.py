"""One real sandbox process for the folder, and a small merchant that listens for call-backs."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from hypothesis import settings

settings.register_profile("busy", deadline=None)
settings.load_profile("busy")

TRUTH = {
    "vehicles": [
        {"id": "a", "class": "motorbike", "plate": {"text": "61X190583", "ground_colour": "white"}},
        {"id": "b", "class": "car", "plate": {"text": "61H85346", "ground_colour": "white"}},
        {"id": "c", "class": "car", "plate": {"text": "61L29754", "ground_colour": "white"}},
        {"id": "d", "class": "motorbike", "plate": {"text": "61S275106", "ground_colour": "white"}},
        {"id": "e", "class": "bus", "plate": {"text": "61B05172", "ground_colour": "yellow"}},
        {"id": "f", "class": "car", "plate": {"text": "61A72814", "ground_colour": "white"}},
        {"id": "g", "class": "car", "plate": None},
    ],
    "violations": [{"vehicle": name} for name in "abcd"],
}


class Merchant:
    """Answers each IPN with `answers`, the last one for ever, and keeps what it was told."""

    def __init__(self):
        self.told: list[dict[str, str]] = []
        self.answers = ["00"]
        self.arrived = threading.Condition()
        merchant = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                code = merchant.answers.pop(0) if len(merchant.answers) > 1 else merchant.answers[0]
                body = json.dumps({"RspCode": code, "Message": ""}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                with merchant.arrived:
                    merchant.told.append(dict(parse_qsl(urlsplit(self.path).query)))
                    merchant.arrived.notify_all()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ipn"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, count: int) -> list[dict[str, str]]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.told) >= count, timeout=20)
            return self.told


class Sandbox:
    def __init__(self, folder, ipn_url):
        truth = folder / "clip" / "truth.json"
        truth.parent.mkdir(exist_ok=True)
        truth.write_text(json.dumps(TRUTH))
        command = [sys.executable, "-m", "sandbox", "--truth", str(folder), "--data", str(folder / "data")]
        self.process = subprocess.Popen(
            [*command, "--ipn-url", ipn_url, "--ipn-retry-s", "0.1"], stdout=subprocess.PIPE
        )
        self.at = json.loads(self.process.stdout.readline())
        self.client = httpx2.Client(timeout=10)

    def faults(self, **change):
        answer = self.client.patch(f"{self.at['registry']['url']}/control/faults", json=change)
        assert answer.status_code == 200, answer.text

    def control(self):
        return self.client.get(f"{self.at['registry']['url']}/control").json()

    def stop(self):
        self.client.close()
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture(scope="session")
def merchant_server():
    merchant = Merchant()
    yield merchant
    merchant.server.shutdown()
    merchant.server.server_close()


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory, merchant_server):
    running = Sandbox(tmp_path_factory.mktemp("sandbox"), merchant_server.url)
    yield running
    running.stop()


@pytest.fixture
def merchant(merchant_server):
    merchant_server.told.clear()
    merchant_server.answers = ["00"]
    return merchant_server


@pytest.fixture
def sandbox(sandbox_process):
    yield sandbox_process
    sandbox_process.client.delete(f"{sandbox_process.at['registry']['url']}/control/faults")
