"""Who this box is: its data folder, its Ed25519 key, its id."""

from __future__ import annotations

import fcntl
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.durable import STAGING_PREFIX, fsync_folder, write_synced
from edge.release.places import own_version
from edge.report import public_key_b64

KEY_FILE = "device_key.pem"


class DeviceError(Exception):
    """The data folder cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Device:
    """A box and the key it signs with. The key never leaves its data folder."""

    device_id: str
    name: str
    key: Ed25519PrivateKey
    software_version: str

    @property
    def public_key_b64(self) -> str:
        """What the backend checks this box's signatures with."""
        return public_key_b64(self.key)


def load_or_create(data_folder: Path, name: str) -> Device:
    """The box that lives in this folder; on the first start its key is made (mode 0600).

    Raises DeviceError when the key is unreadable, not ours, or readable by others.
    """
    data_folder.mkdir(parents=True, exist_ok=True)
    path = data_folder / KEY_FILE
    if not path.exists():
        _create_key(path)
    key = _read_key(path)
    digest = hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()
    return Device(f"box-{digest[:12]}", name, key, own_version())


def _create_key(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    staged = path.with_name(f"{STAGING_PREFIX}{path.name}-{os.getpid()}")
    staged.unlink(missing_ok=True)
    write_synced(staged, pem, mode=0o600)
    try:
        path.hardlink_to(staged)  # never over a key that another process has just made
    except FileExistsError:
        pass
    finally:
        staged.unlink()
    fsync_folder(path.parent)


def _read_key(path: Path) -> Ed25519PrivateKey:
    if path.stat().st_mode & 0o077:
        raise DeviceError(f"{path}: other users can read the device key; run: chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise DeviceError(
            f"{path}: not a readable key ({error}); restore it, or move it away to enrol as a new box"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise DeviceError(f"{path}: expected an Ed25519 key, found another kind")
    return key


def lock_folder(data_folder: Path) -> IO[str]:
    """Keep a second worker out of this folder while the returned file is open.

    Raises DeviceError when another process holds it. The lock goes with the process, also on kill -9.
    """
    data_folder.mkdir(parents=True, exist_ok=True)
    file = (data_folder / "worker.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise DeviceError(f"{data_folder}: another worker runs on this data folder; stop it first") from error
    return file
