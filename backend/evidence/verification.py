"""Is what lies in the store what the device signed? Every file is read back and hashed."""

from __future__ import annotations

from dataclasses import dataclass

from backend.errors import FieldError
from backend.evidence.store import Fingerprint, ObjectMissingError, ObjectStore
from edge.report import EvidenceFile

_MP4_BOX_OFFSET = 4


@dataclass(frozen=True)
class Findings:
    """Faults by kind; both empty when every file is as signed."""

    missing: tuple[FieldError, ...]
    mismatching: tuple[FieldError, ...]


def verify_files(store: ObjectStore, bucket: str, files: tuple[EvidenceFile, ...]) -> Findings:
    """Read every file back. Raises StoreUnavailableError."""
    missing: list[FieldError] = []
    mismatching: list[FieldError] = []
    for index, file in enumerate(files):
        field = f"payload.files[{index}]"
        try:
            found = store.fingerprint(bucket, file.object_key)
        except ObjectMissingError:
            missing.append(FieldError(field, f"{file.object_key} is not in the store"))
            continue
        fault = difference(file, found)
        if fault:
            mismatching.append(FieldError(field, f"{file.object_key}: {fault}"))
    return Findings(tuple(missing), tuple(mismatching))


def difference(file: EvidenceFile, found: Fingerprint) -> str | None:
    """What sets the stored file apart from the signed one; None when nothing does."""
    if found.size_bytes != file.size_bytes:
        return f"{found.size_bytes} bytes in the store, {file.size_bytes} signed"
    if found.sha256 != file.sha256:
        return f"SHA-256 {found.sha256} in the store, {file.sha256} signed"
    if not _looks_like(found.head, file.media_type):
        return f"the content is no {file.media_type}"
    return None


def _looks_like(head: bytes, media_type: str) -> bool:
    if media_type == "image/jpeg":
        return head.startswith(b"\xff\xd8\xff")
    if media_type == "image/png":
        return head.startswith(b"\x89PNG\r\n\x1a\n")
    return head[_MP4_BOX_OFFSET : _MP4_BOX_OFFSET + 4] == b"ftyp"
