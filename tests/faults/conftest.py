from __future__ import annotations

import json
import multiprocessing
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx2
import pytest
import uvicorn
from minio.commonconfig import GOVERNANCE
from minio.objectlockconfig import DAYS, ObjectLockConfig

from backend.accounts.models import Account
from backend.database import utc_now
from backend.intake.devices import decide
from backend.intake.models import Device
from tests.backend.factories import make_account, sign_in
from tests.edge import box_kit
from tests.faults.receiver import Receiver

# Real processes, started from one that has the libraries loaded already: a fresh interpreter takes seconds.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([box_kit.__name__, "tests.faults.backend_process"])


def wait_for(what: Callable[[], object], within_s: float, words: str) -> None:
    until_s = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until_s, f"not within {within_s} s: {words}"
        time.sleep(0.02)


@pytest.fixture
def backend_url(app) -> Iterator[str]:
    """A real backend that listens, in this process."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    wait_for(lambda: server.started, 20, "the backend listens")
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@contextmanager
def operator_at(backend_url: str, services) -> Iterator[httpx2.Client]:
    """An operator who has signed in and approves the one box there is, as soon as it enrols."""
    with services.database.unit_of_work() as session:
        make_account(session, "truc", "operator")

    def approve() -> bool:
        with services.database.unit_of_work() as session:
            device = session.query(Device).first()
            if device is not None:
                person = session.query(Account).filter_by(username="truc").one()
                decide(session, device.device_id, approve=True, operator=person, now=utc_now())
            return device is not None

    wait_for(approve, 90, "the box enrols")
    with httpx2.Client(base_url=backend_url, timeout=20) as client:
        sign_in(client, "truc")
        yield client


@pytest.fixture(scope="session")
def clip(tmp_path_factory) -> Path:
    """Six seconds, sixty frames."""
    return box_kit.make_clip(tmp_path_factory.mktemp("clip") / "road.mp4", 6.0)


def make_bucket(client, name: str) -> str:
    client.make_bucket(name, object_lock=True)
    client.set_object_lock_config(name, ObjectLockConfig(GOVERNANCE, 1, DAYS))
    return name


@pytest.fixture
def bucket(store_address) -> str:
    return make_bucket(store_address.client(), f"evidence-{secrets.token_hex(4)}")


@pytest.fixture
def receiver(store_address, bucket) -> Iterator[Receiver]:
    receiver = Receiver(store_address.client(), bucket)
    receiver.start()
    yield receiver
    receiver.stop()


@dataclass
class Box:
    """A worker process on a data folder of its own, and what to do to it."""

    folder: Path
    source: Path
    environment: dict[str, str]
    backend_url: str
    moments_s: list[float] = field(default_factory=lambda: [1.0, 2.5, 4.0])
    mode: str = "once"
    realtime: bool = False
    settings: dict[str, object] = field(default_factory=dict)
    process: BaseProcess | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def evidence(self) -> list[Path]:
        """Whole evidence folders on the box's disk."""
        return sorted((self.data / "evidence").glob("[!.]*"))

    def start(self, **script: object) -> None:
        """`script`: what the worker should suffer, see `box_kit.main`."""
        settings = {
            "data_folder": str(self.data),
            "backend_url": self.backend_url,
            "retry_first_s": 0.05,
            "retry_cap_s": 0.4,
            "request_timeout_s": 5,
            "drain_deadline_s": 30,
            "heartbeat_s": 0.2,
            "clip_before_s": 1.0,
            "clip_after_s": 1.0,
            "minimum_free_bytes": 0,
        }
        script |= {
            "source": str(self.source),
            "moments_s": self.moments_s,
            "mode": self.mode,
            "realtime": self.realtime,
            "settings": settings | self.settings,
        }
        words = (script, str(self.folder / "worker.log"), self.environment)
        self.process = PROCESSES.Process(target=box_kit.main, args=words, daemon=True)
        self.process.start()

    def is_running(self) -> bool:
        return self.process is not None and self.process.is_alive()

    def kill(self) -> None:
        """Power off: no handler runs."""
        self.process.kill()
        self.process.join(10)

    def ask_to_stop(self) -> int:
        self.process.terminate()
        return self.finish()

    def finish(self, within_s: float = 40.0) -> int:
        self.process.join(within_s)
        if self.is_running():
            self.kill()
            pytest.fail(f"worker did not end within {within_s} s:\n{self.log[-3000:]}")
        return self.process.exitcode

    @property
    def log(self) -> str:
        return (self.folder / "worker.log").read_text()

    def status(self) -> dict:
        path = self.data / "status.json"
        return json.loads(path.read_text()) if path.exists() else {}


@pytest.fixture
def box_folder() -> Iterator[Path]:
    """In memory where that is possible: a killed process leaves the same behind there as on a disk."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="box-", dir=memory, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def box(box_folder, clip, store_address, bucket, receiver) -> Iterator[Box]:
    environment = {**store_address.environment(), "S3_BUCKET": bucket}
    box = Box(box_folder, clip, environment, receiver.url)
    yield box
    if box.is_running():
        box.kill()
