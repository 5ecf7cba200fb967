"""A small real HTTP server that answers a box as the backend is documented to."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from minio import Minio
from minio.error import S3Error

from edge.report import Signed, ViolationReport, is_signed_by, load_public_key, payload_sha256


@dataclass
class Device:
    public_key: str
    state: str


@dataclass
class Receiver:
    """Keeps what it was told. `script`: answers for the next reports instead of the honest one."""

    store: Minio
    bucket: str
    approve_at_once: bool = True
    port: int = 0
    devices: dict[str, Device] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)
    reports: dict[str, ViolationReport] = field(default_factory=dict)
    posts: Counter = field(default_factory=Counter)
    statuses: list[int] = field(default_factory=list)
    heartbeats: list[dict] = field(default_factory=list)
    script: deque = field(default_factory=deque)
    lose_answers: int = 0
    _server: ThreadingHTTPServer | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def start(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = receiver.answer(self.path, body)
                if answer is None:  # the network breaks after the backend has done its work
                    self.close_connection = True
                    self.connection.close()
                    return
                status, said = answer
                content = json.dumps(said).encode() if status != 204 else b""
                self.send_response(status)
                self.send_header("Content-Type", f"application/{'problem+' if status >= 400 else ''}json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a box that is killed breaks its connections

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path, body):
        with self._lock:
            if path == "/v1/devices":
                return self._enrol(body)
            signed = Signed.model_validate(body)
            if path == "/v1/heartbeats":
                self.heartbeats.append(signed.payload)
                return 204, {}
            status, said = self._report(signed)
            self.statuses.append(status)
            if status in {200, 201} and self.lose_answers:
                self.lose_answers -= 1
                return None
            return status, said

    def _enrol(self, body):
        known = self.devices.get(body["device_id"])
        if known is None:
            state = "approved" if self.approve_at_once else "pending"
            self.devices[body["device_id"]] = Device(body["public_key"], state)
            return 201, {"state": state}
        if known.public_key != body["public_key"]:
            return 409, {"code": "device_conflict", "title": "known under another key"}
        return 200, {"state": known.state}

    def _report(self, signed: Signed):
        device = self.devices.get(signed.device_id)
        if device is None:
            return 403, {"code": "device_unknown"}
        if device.state != "approved":
            return 403, {"code": "device_not_approved"}
        if not is_signed_by(signed, load_public_key(device.public_key)):
            return 401, {"code": "bad_signature"}
        report = ViolationReport.model_validate(signed.payload)
        self.posts[report.report_id] += 1
        return self.script.popleft() if self.script else self._take(report, signed)

    def _take(self, report: ViolationReport, signed: Signed):
        digest = payload_sha256(signed.payload)
        if report.report_id in self.stored:
            if self.stored[report.report_id] != digest:
                return 409, {"code": "report_conflict"}
            return 200, {"status": "already_stored", "violation_id": "v"}
        for file in report.files:
            content = self.content(file.object_key)
            if content is None or hashlib.sha256(content).hexdigest() != file.sha256:
                code = "evidence_missing" if content is None else "evidence_mismatch"
                return 424, {"code": code, "detail": file.name}
        self.stored[report.report_id] = digest
        self.reports[report.report_id] = report
        return 201, {"status": "stored", "violation_id": f"v-{len(self.stored)}"}

    def content(self, key: str) -> bytes | None:
        try:
            response = self.store.get_object(self.bucket, key)
        except S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise
        try:
            return response.read()
        finally:
            response.close()
            response.release_conn()
