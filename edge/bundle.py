"""A release of the box's software as one file: what is in it, what it speaks, and who signed for it.

    manifest.json   what the release says of itself, in canonical form
    manifest.sig    Ed25519 over these bytes, in base64, by the key of whoever builds releases
    app/...         the program and what it brings along, as it lies on the box's import path

The key is not the server's: whoever has the server still cannot make a box run a line of code.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, Field, ValidationError

from edge.release_reasons import Reason
from edge.report import Sha256, Value, canonical

MANIFEST, SIGNATURE, APP = "manifest.json", "manifest.sig", "app/"
LARGEST_BYTES: Final = 512 * 1024 * 1024
LARGEST_MANIFEST_BYTES: Final = 8 * 1024 * 1024
MOST_FILES: Final = 20_000
_SIGNATURE_BYTES: Final = 1024
_LONGEST_SAID: Final = 300
_CHUNK_BYTES: Final = 1024 * 1024
_PACKED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_PYTHON: Final = re.compile(r"^(\d+)\.(\d+)$")

Version = Annotated[str, Field(pattern=r"^\d{1,6}\.\d{1,6}\.\d{1,6}((a|b|rc)\d{1,6})?$")]
"""Three numbers, and for a trial a letter and a number, as in 1.4.0rc2 (PEP 440)."""

Source = Path | IO[bytes]
FaultCode = Literal["not_a_bundle", "bad_signature", "damaged", "wrong_manifest"]


class BundleError(ValueError):
    """A bundle that nobody may run; `code` says why in one word, `reason` exactly."""

    def __init__(self, code: FaultCode, reason: Reason) -> None:
        super().__init__(reason.words)
        self.code, self.reason = code, reason


class Contract(Value):
    """What a release speaks with the backend, and the format of the outbox that it works on."""

    report: str
    heartbeat: str
    outbox: Annotated[int, Field(ge=1)]


class Part(Value):
    """One file under `app/`, fixed by its hash."""

    name: Annotated[str, Field(min_length=1, max_length=300)]
    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=0)]


class Manifest(Value):
    """What a release says of itself. `python`: the least version that runs it, as in 3.11."""

    schema_id: Literal["phatnguoi.release/1"] = "phatnguoi.release/1"
    version: Version
    made_at: AwareDatetime
    notes_vi: Annotated[str, Field(min_length=1, max_length=4000)]
    notes_en: Annotated[str, Field(min_length=1, max_length=4000)]
    contract: Contract
    python: Annotated[str, Field(pattern=_PYTHON.pattern)]
    files: Annotated[tuple[Part, ...], Field(min_length=1, max_length=MOST_FILES)]

    @property
    def weights(self) -> tuple[Part, ...]:
        """The networks among the files."""
        return tuple(one for one in self.files if one.name.endswith(".onnx"))

    @property
    def size_bytes(self) -> int:
        """What the files take on a disk."""
        return sum(one.size_bytes for one in self.files)


def order_of(version: str) -> tuple[int, int, int, int, int]:
    """A key by which versions sort: a trial comes before the release that it was for.

    Anything that is no version of ours (such as 0+unknown) sorts before all.
    """
    found = re.match(r"^(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?$", version)
    if found is None:
        return (-1, 0, 0, 0, 0)
    stage = {"a": 0, "b": 1, "rc": 2, None: 3}[found[4]]
    return (int(found[1]), int(found[2]), int(found[3]), stage, int(found[5] or 0))


def write_bundle(
    path: Path, manifest: Manifest, contents: Mapping[str, bytes], key: Ed25519PrivateKey
) -> None:
    """Write a signed bundle; the same release gives the same bytes.

    `contents`: the bytes of each file that the manifest names.
    """
    said = canonical(manifest.model_dump(mode="json"))
    parts = {APP + part.name: contents[part.name] for part in manifest.files}
    with zipfile.ZipFile(path, "x") as bundle:
        for name, content in {MANIFEST: said, SIGNATURE: base64.b64encode(key.sign(said)), **parts}.items():
            entry = zipfile.ZipInfo(name)  # of 1980, as every entry here
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, content)


def part_of(name: str, content: bytes) -> Part:
    """A file as the manifest names it."""
    return Part(name=name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))


def read_manifest(file: Source, keys: Sequence[Ed25519PublicKey]) -> Manifest:
    """What a bundle says of itself, once one of these keys has signed it. Raises BundleError, OSError."""
    with _opened(file) as bundle:
        said = _small(bundle, MANIFEST, LARGEST_MANIFEST_BYTES)
        signature = _small(bundle, SIGNATURE, _SIGNATURE_BYTES)
    if not _holds(said, signature, keys):
        raise BundleError("bad_signature", Reason("bad_signature"))
    try:
        manifest = Manifest.model_validate_json(said)
    except ValidationError as error:
        raise BundleError("wrong_manifest", Reason("wrong_manifest", times=error.error_count())) from error
    for part in manifest.files:
        _safe(part.name)
    return manifest


def check_files(file: Source, manifest: Manifest) -> None:
    """Hash every file against the manifest, and look that there is no other. Raises BundleError, OSError."""
    with _opened(file) as bundle:
        named = {APP + part.name: part for part in manifest.files}
        there = [one for one in bundle.namelist() if one not in {MANIFEST, SIGNATURE}]
        if sorted(there) != sorted(named):
            raise _damaged(Reason("other_files"))
        for name, part in named.items():
            _copy(bundle, name, part, None)


def unpack(file: Source, manifest: Manifest, folder: Path) -> None:
    """Write the files into an empty folder, each hashed on its way. Raises BundleError, OSError."""
    with _opened(file) as bundle:
        for part in manifest.files:
            target = folder / _safe(part.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(bundle, APP + part.name, part, target)


def runs_on(manifest: Manifest, python: tuple[int, int]) -> bool:
    """Whether this Python, (3, 12) for example, is new enough."""
    major, minor = manifest.python.split(".")
    return (int(major), int(minor)) <= python


def _copy(bundle: zipfile.ZipFile, name: str, part: Part, target: Path | None) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with bundle.open(name) as source:
            for chunk in _chunks(source):
                digest.update(chunk)
                size += len(chunk)
                if size > part.size_bytes:
                    break
                if target is not None:
                    with target.open("ab") as file:
                        file.write(chunk)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise _unreadable(part.name, error) from error
    if (digest.hexdigest(), size) != (part.sha256, part.size_bytes):
        raise _damaged(Reason("part_changed", name=part.name))
    if target is not None and size == 0:
        target.touch()


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK_BYTES):
        yield chunk


def _opened(file: Source) -> zipfile.ZipFile:
    try:
        bundle = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError) as error:
        raise BundleError("not_a_bundle", Reason("not_a_bundle")) from error
    entries = bundle.infolist()
    if len(entries) > MOST_FILES + 2:
        bundle.close()
        raise _damaged(Reason("too_many_files", times=len(entries)))
    if any(one.compress_type not in _PACKED for one in entries):
        bundle.close()
        raise _damaged(Reason("odd_packing"))
    return bundle


def _small(bundle: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        if bundle.getinfo(name).file_size > most:
            raise _damaged(Reason("part_too_large", name=name))
        return bundle.read(name)
    except KeyError as error:
        raise BundleError("not_a_bundle", Reason("part_missing", name=name)) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise _unreadable(name, error) from error


def _holds(said: bytes, signature_b64: bytes, keys: Iterable[Ed25519PublicKey]) -> bool:
    try:
        signature = base64.b64decode(signature_b64.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    for key in keys:
        try:
            key.verify(signature, said)
        except InvalidSignature:
            continue
        return True
    return False


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or str(path) != name:
        raise _damaged(Reason("part_misplaced", name=repr(name)[:_LONGEST_SAID]))
    return path


def _unreadable(name: str, error: Exception) -> BundleError:
    return _damaged(Reason("part_unreadable", name=name, said=str(error)[:_LONGEST_SAID]))


def _damaged(reason: Reason) -> BundleError:
    return BundleError("damaged", reason)
