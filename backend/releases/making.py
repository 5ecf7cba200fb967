"""Making a release: from a wheel of this program, and wheels of what it newly needs, to one signed file.

The box reaches no package registry, so whatever the release needs beyond what boxes have must lie in it. A
wheel is a zip that is unpacked onto the import path; of our own only what a box runs is taken.
"""

from __future__ import annotations

import email.parser
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from edge.bundle import Contract, Manifest, part_of, write_bundle

_OURS: Final = "phatnguoi"
_TAKEN: Final = ("edge/",)
_CONTRACT: Final = "edge/release/contract.py"
_ASK_WITHIN_S: Final = 60.0


class MakingError(RuntimeError):
    """A release cannot be made of this; the message says why and what to do."""


def make_release(
    wheels: Sequence[Path],
    out: Path,
    *,
    key: Ed25519PrivateKey,
    notes_vi: str,
    notes_en: str,
    now: datetime,
) -> Manifest:
    """Write the bundle to a new file. Raises MakingError, OSError."""
    contents: dict[str, bytes] = {}
    own: Path | None = None
    for wheel in wheels:
        name = _metadata(wheel)["Name"]
        if name == _OURS:
            own = wheel
        contents |= _contents(wheel, own=name == _OURS)
    if own is None:
        raise MakingError(f"none of these is a wheel of {_OURS}; build one with: pip wheel --no-deps .")
    about = _metadata(own)
    try:
        manifest = Manifest(
            version=about["Version"],
            made_at=now,
            notes_vi=notes_vi,
            notes_en=notes_en,
            contract=contract_of(own),
            python=about["Requires-Python"].removeprefix(">="),
            files=tuple(part_of(name, contents[name]) for name in sorted(contents)),
        )
    except ValidationError as error:
        said = "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors())
        raise MakingError(f"{own}: {said}") from error
    write_bundle(out, manifest, contents, key)
    return manifest


def contract_of(wheel: Path) -> Contract:
    """What the program in a wheel says that it speaks. Raises MakingError for one from before releases."""
    with zipfile.ZipFile(wheel) as opened:
        if _CONTRACT not in opened.namelist():  # else the program that builds would answer for it
            raise MakingError(f"{wheel}: is of a version that knows no releases")
    command = [sys.executable, "-P", "-m", "edge.release.contract"]
    environment = {**os.environ, "PYTHONPATH": str(wheel.resolve())}
    done = subprocess.run(  # noqa: S603 - our own wheel, asked on the machine that builds it
        command, check=False, capture_output=True, text=True, env=environment, timeout=_ASK_WITHIN_S
    )
    if done.returncode != 0:
        raise MakingError(f"{wheel}: does not say what it speaks: {done.stderr.strip()[-300:]}")
    return Contract.model_validate_json(done.stdout)


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """The key that signs releases, from a PEM file. Raises MakingError, OSError."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise MakingError(f"{path}: not a readable key ({error})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise MakingError(f"{path}: expected an Ed25519 key; make one with: phatnguoi release key FILE")
    return key


def write_private_key(path: Path) -> Ed25519PrivateKey:
    """Make a key in a new file that only its owner can read. Raises OSError, never over another key."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return key


def _metadata(wheel: Path) -> dict[str, str]:
    try:
        with zipfile.ZipFile(wheel) as opened:
            name = next(
                one
                for one in opened.namelist()
                if one.endswith(".dist-info/METADATA") and one.count("/") == 1
            )
            found = email.parser.HeaderParser().parsestr(opened.read(name).decode())
    except (zipfile.BadZipFile, StopIteration, UnicodeDecodeError) as error:
        raise MakingError(f"{wheel}: is no wheel") from error
    return {key: found.get(key, "") for key in ("Name", "Version", "Requires-Python")}


def _contents(wheel: Path, *, own: bool) -> dict[str, bytes]:
    found = {}
    with zipfile.ZipFile(wheel) as opened:
        for one in opened.infolist():
            name = one.filename
            folder, _, below = name.partition("/")
            if one.is_dir() or (own and not name.startswith(_TAKEN) and not folder.endswith(".dist-info")):
                continue
            if folder.endswith(".data"):
                kind, _, name = below.partition("/")
                if kind in {"scripts", "headers"}:
                    continue
                if kind not in {"purelib", "platlib"}:
                    raise MakingError(f"{wheel}: {one.filename} wants a place outside the import path")
            found[name] = opened.read(one)
    return found
