"""A case as one signed ZIP: a manifest with the hash of each file, its signature, and the files. Pure.

manifest.json   who sends what to whom, and the SHA-256 and size of every other file
manifest.sig    Ed25519 over the bytes of manifest.json, in base64
dossier.json    the case: vehicle, act, owner, events, time limits, what papers and evidence there are
report.json     the report as the camera box signed it
audit.json      the lines of the sender's audit log about the case
papers/...      the papers that were issued, as signed PDF
evidence/...    pictures and video; one that is not enclosed is named in dossier.json with its hash
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Annotated, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from backend.transfers.values import (
    FORMAT,
    AuthorityId,
    Peer,
    TransferError,
    canonical,
    check_signature,
    not_for_us,
    peer_of,
    signed,
)

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
OVERHEAD_BYTES: Final = 16 * 1024 * 1024
"""Above `transfer_max_bytes`, which holds papers and evidence: for dossier.json, manifest, ZIP headers."""
_BEGINNING_OF_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_MOST_FILES: Final = 400
_MANIFEST_MOST_BYTES: Final = 1024 * 1024
_SIGNATURE_MOST_BYTES: Final = 200
_END: Final = struct.Struct("<4s4H2LH")
_LOCATOR_BYTES: Final = 20
_DIRECTORY_MOST_BYTES: Final = (_MOST_FILES + 2) * 512


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileLine(_Value):
    """One file of the package."""

    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(ge=0)]


class Manifest(_Value):
    """What the signature covers."""

    format: str
    transfer_id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    sender: AuthorityId
    receiver: AuthorityId
    created_at: AwareDatetime
    reason: Annotated[str, Field(min_length=1, max_length=4000)]
    number: Annotated[str, Field(min_length=3, max_length=40)]
    files: Annotated[tuple[FileLine, ...], Field(max_length=_MOST_FILES)]


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was checked: from whom, and each file's bytes."""

    peer: Peer
    manifest: Manifest
    files: Mapping[str, bytes]


def build(key: Ed25519PrivateKey, files: Mapping[str, bytes], **about: object) -> bytes:
    """The ZIP. The same files and words give the same bytes. `about`: the manifest's other fields."""
    lines = tuple(
        FileLine(path=path, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
        for path, content in sorted(files.items())
    )
    manifest = Manifest.model_validate({**about, "format": FORMAT, "files": lines})
    head = canonical(manifest.model_dump(mode="json"))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in {MANIFEST: head, SIGNATURE: signed(key, head).encode(), **files}.items():
            archive.writestr(zipfile.ZipInfo(path, _BEGINNING_OF_ZIP_TIME), content)
    return target.getvalue()


def read(source: IO[bytes], peers: Iterable[Peer], *, us: str, most_bytes: int) -> Package:
    """Check a package whole before anything of it is used. Raises TransferError."""
    _check_end(source)
    try:
        with zipfile.ZipFile(source) as archive:
            return _read(archive, tuple(peers), us, most_bytes)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _unreadable(str(error)) from error


def _check_end(source: IO[bytes]) -> None:
    """The directory is read whole before any signature is: refuse a long one by what the ZIP's end says.

    Nobody needs ZIP64 or a comment here; a ZIP64 locator would hold however many entries the end states.
    """
    size = source.seek(0, io.SEEK_END)
    source.seek(max(0, size - _END.size - _LOCATOR_BYTES))
    tail = source.read()
    if len(tail) < _END.size + _LOCATOR_BYTES or tail.startswith(b"PK\x06\x07"):
        raise _unreadable("it does not end as a ZIP without ZIP64")
    magic, _, _, _, entries, directory_bytes, _, comment_bytes = _END.unpack(tail[_LOCATOR_BYTES:])
    if magic != b"PK\x05\x06" or comment_bytes:
        raise _unreadable("it does not end as a ZIP")
    if entries > _MOST_FILES + 2 or directory_bytes > _DIRECTORY_MOST_BYTES:
        raise _unreadable("it has too many files")


def _read(archive: zipfile.ZipFile, peers: tuple[Peer, ...], us: str, most_bytes: int) -> Package:
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > most_bytes or len(entries) > _MOST_FILES + 2:
        raise TransferError(
            "package_too_large",
            f"Gói dữ liệu lớn hơn {most_bytes} byte hoặc có quá nhiều tệp.",
            f"The package is larger than {most_bytes} bytes or has too many files.",
        )
    sizes = {entry.filename: entry.file_size for entry in entries}
    if len(sizes) != len(entries) or sizes.get(MANIFEST, 0) > _MANIFEST_MOST_BYTES:
        raise _unreadable("a file is there twice, or the manifest is too large")
    if sizes.get(SIGNATURE, 0) > _SIGNATURE_MOST_BYTES:
        raise _unreadable("the signature is too large")
    head = archive.read(MANIFEST)
    try:
        manifest = Manifest.model_validate_json(head)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise _unreadable(f"{MANIFEST}: {where}") from error
    peer = peer_of(peers, manifest.sender)
    check_signature(peer, head, archive.read(SIGNATURE).decode("ascii", "replace"))
    if manifest.format != FORMAT:
        raise _unreadable(f"format {manifest.format}, expected {FORMAT}")
    if manifest.receiver != us:
        raise not_for_us(manifest.receiver, us)
    named = {line.path: line for line in manifest.files}
    if set(sizes) != {MANIFEST, SIGNATURE, *named}:
        raise _differ(sorted(set(sizes) ^ {MANIFEST, SIGNATURE, *named}))
    files = {path: archive.read(path) for path in named}
    changed = [
        path for path, content in files.items() if hashlib.sha256(content).hexdigest() != named[path].sha256
    ]
    if changed:
        raise _differ(changed)
    return Package(peer, manifest, files)


def _unreadable(why: str) -> TransferError:
    return TransferError(
        "package_unreadable", f"Không đọc được gói dữ liệu: {why}.", f"The package cannot be read: {why}."
    )


def _differ(paths: list[str]) -> TransferError:
    names = ", ".join(paths[:5])
    return TransferError(
        "files_differ",
        f"Tệp trong gói khác với bản kê đã ký: {names}.",
        f"Files of the package differ from the signed list: {names}.",
    )
