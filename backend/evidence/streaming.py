"""Handing an evidence file to a browser, whole or by range, without holding it in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from backend.errors import Problem
from backend.evidence.models import EvidenceFile
from backend.evidence.store import ObjectMissingError
from backend.services import Services

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class ByteRange:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class RangeNotSatisfiableError(ValueError):
    """The range lies outside the file."""


def parse_range(header: str | None, size_bytes: int) -> ByteRange | None:
    """One `Range` header for a file of this size (RFC 9110 section 14).

    None: send the whole file, as for no header, several ranges or a unit we do not know.
    Raises RangeNotSatisfiableError.
    """
    match = _RANGE.fullmatch((header or "").strip())
    if match is None or match.groups() == ("", ""):
        return None
    first_text, last_text = match.groups()
    if not first_text:
        suffix = int(last_text)
        if suffix == 0 or size_bytes == 0:
            raise RangeNotSatisfiableError
        return ByteRange(max(0, size_bytes - suffix), size_bytes - 1)
    first = int(first_text)
    last = min(int(last_text), size_bytes - 1) if last_text else size_bytes - 1
    if first >= size_bytes:
        raise RangeNotSatisfiableError
    return None if last < first else ByteRange(first, last)


@dataclass(frozen=True)
class StoredFile:
    """A file in the object store as somebody asks for it."""

    bucket: str
    object_key: str
    name: str
    sha256: str
    size_bytes: int
    media_type: str


def file_response(request: Request, services: Services, file: EvidenceFile) -> Response:
    """The file as 200, 206, 304 or 416. Who may see it is the caller's to decide and to log."""
    stored = StoredFile(
        services.settings.s3_bucket,
        file.object_key,
        file.name,
        file.sha256,
        file.size_bytes,
        file.media_type,
    )
    return stored_response(request, services, stored, lost=evidence_lost)


def stored_response(
    request: Request, services: Services, file: StoredFile, *, lost: Callable[[], Problem]
) -> Response:
    """Any file of the store as 200, 206, 304 or 416. `lost`: what to raise where it is gone."""
    etag = f'"{file.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600, immutable",
        "ETag": etag,
        "Content-Disposition": f'inline; filename="{file.name}"',
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range") if request.headers.get("if-range", etag) == etag else None
    try:
        part = parse_range(wanted, file.size_bytes)
    except RangeNotSatisfiableError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{file.size_bytes}"})
    chunks = _opened(services, file, part, lost)
    if part is None:
        headers["Content-Length"] = str(file.size_bytes)
        return StreamingResponse(chunks, 200, headers, file.media_type)
    headers["Content-Length"] = str(part.length)
    headers["Content-Range"] = f"bytes {part.first}-{part.last}/{file.size_bytes}"
    return StreamingResponse(chunks, 206, headers, file.media_type)


def _opened(
    services: Services, file: StoredFile, part: ByteRange | None, lost: Callable[[], Problem]
) -> Iterator[bytes]:
    """Fetch the first piece now, so that a missing object is an error answer and no broken body."""
    offset, length = (part.first, part.length) if part else (0, 0)
    chunks = services.store.chunks(file.bucket, file.object_key, offset=offset, length=length)
    try:
        first = next(chunks, b"")
    except ObjectMissingError as error:
        raise lost() from error

    def rest() -> Iterator[bytes]:
        yield first
        yield from chunks

    return rest()


def evidence_lost() -> Problem:
    """A file that was stored and locked is not there any more."""
    return Problem(
        500,
        "evidence_lost",
        "Tệp chứng cứ không còn trong kho",
        "The evidence file is no longer in the store",
        "Báo ngay bộ phận vận hành; không quyết định hồ sơ này.",
        "Tell the operators at once; do not decide this case.",
    )
