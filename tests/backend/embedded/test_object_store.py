"""The embedded S3: real stores, killed and started again."""

from __future__ import annotations

import io
import os
import signal
import socket
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import urllib3
from minio.commonconfig import COMPLIANCE
from minio.error import S3Error
from minio.retention import Retention

from backend.embedded import object_store
from backend.embedded.object_store import EmbeddedStore


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with EmbeddedStore(tmp_path_factory.mktemp("store")) as started:
        yield started


@pytest.fixture(scope="module")
def client(store):
    return store.address.client()


def put(client, bucket, name, content, **options):
    return client.put_object(bucket, name, io.BytesIO(content), len(content), **options)


def test_a_locked_version_cannot_be_deleted(client):
    client.make_bucket("locked", object_lock=True)
    until = datetime.now(UTC) + timedelta(days=1)
    version = put(client, "locked", "a", b"proof", retention=Retention(COMPLIANCE, until)).version_id

    with pytest.raises(S3Error):
        client.remove_object("locked", "a", version_id=version)
    assert client.get_object("locked", "a").data == b"proof"


def test_nobody_reads_without_credentials(client, store):
    client.make_bucket("closed")
    put(client, "closed", "a", b"x")

    answer = urllib3.request("GET", f"http://{store.address.endpoint}/closed/a")

    assert answer.status == 403


def test_the_credentials_file_is_private(store):
    assert stat.S_IMODE((store.data_dir / "s3.json").stat().st_mode) == 0o600


def test_every_listening_socket_is_on_the_loopback(store):
    process = Path(f"/proc/{store.pid}")
    targets = [str(descriptor.readlink()) for descriptor in (process / "fd").iterdir()]
    own = {target[len("socket:[") : -1] for target in targets if target.startswith("socket:[")}
    rows = [line.split() for name in ("tcp", "tcp6") for line in (process / "net" / name).open()]
    listening = "0A"
    addresses = {row[1].split(":")[0] for row in rows if row[3] == listening and row[9] in own}

    assert addresses == {"0100007F"}


def test_files_survive_kill_9_and_the_address_stays(tmp_path, monkeypatch):
    store = EmbeddedStore(tmp_path)
    address = store.start()
    address.client().make_bucket("kept", object_lock=True)
    put(address.client(), "kept", "a", b"before")
    os.kill(store.pid, signal.SIGKILL)

    again = EmbeddedStore(tmp_path)
    assert again.start() == address
    assert address.client().get_object("kept", "a").data == b"before"
    put(address.client(), "kept", "b", b"after")
    assert address.client().get_object("kept", "b").data == b"after"

    again.stop()
    monkeypatch.setattr(object_store, "PORTS_FREE_WITHIN_S", 0.2)  # this holder will not let go
    with socket.create_server(("127.0.0.1", int(address.endpoint.split(":")[1]))), again:
        assert again.address.endpoint != address.endpoint
        assert again.address.client().get_object("kept", "a").data == b"before"


def test_a_second_handle_uses_the_running_store_and_leaves_it_running(store):
    second = EmbeddedStore(store.data_dir)

    assert second.start() == store.address
    assert second.pid is None
    second.stop()
    assert store.address.client().list_buckets() is not None
