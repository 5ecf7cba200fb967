"""A bundle on its way to the box: goes on where it was cut off, and never takes the room of evidence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from edge.durable import fsync_folder, sync_file

_TIMEOUT_S: Final = 30.0
_LOOK_EVERY_BYTES: Final = 4 * 1024 * 1024
_OK, _PARTIAL, _UNSATISFIABLE = 200, 206, 416
_PLACE: Final = re.compile(r"^bytes (\d+)-\d+/\d+$")


class NotYetError(Exception):
    """It cannot be done now; trying again later may do."""


@dataclass(frozen=True, slots=True)
class BundleFetch:
    """One file of a known size and hash.

    Args:
        address: answers GET, with a Range too.
        target: where the file is, only once it is whole, hashed and flushed.
        size_bytes: how large it is.
        sha256: what its bytes hash to.
        headers: the signature of a request, made anew for each.
        need_room: called with the bytes still to come; raises NotYetError where the disk has no room.
        told: called now and then with the bytes that are here.
    """

    address: str
    target: Path
    size_bytes: int
    sha256: str
    headers: Callable[[], Mapping[str, str]]
    need_room: Callable[[int], None]
    told: Callable[[int], None] = lambda _bytes: None

    @property
    def part(self) -> Path:
        """What has come so far."""
        return self.target.with_name(f"{self.target.name}.part")

    def fetch(self) -> None:
        """Bring the file; what came of it stays in `part` when it is cut off, and is gone on with.

        Raises:
            NotYetError: no network, no room, another answer than wanted, or wrong bytes.
            OSError: the disk.
        """
        self.target.parent.mkdir(parents=True, exist_ok=True)
        have = self.part.stat().st_size if self.part.exists() else 0
        if have > self.size_bytes:
            self.part.unlink()
            have = 0
        self.need_room(self.size_bytes - have)
        if have < self.size_bytes:
            self._append(have)
        with self.part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != self.sha256:
            self.part.unlink()
            raise NotYetError("what came is not what was ordered; it is fetched again")
        sync_file(self.part)
        self.part.replace(self.target)
        fsync_folder(self.target.parent)

    def _append(self, have: int) -> None:
        asked = {**self.headers(), "Accept-Encoding": "identity"}
        if have:
            asked["Range"] = f"bytes={have}-"
        looked = have
        try:
            with httpx2.stream("GET", self.address, headers=asked, timeout=_TIMEOUT_S) as answer:
                have = self._begins_at(answer, have)
                with self.part.open("ab") as file:
                    for piece in answer.iter_raw():
                        have += len(piece)
                        if have > self.size_bytes:
                            raise NotYetError("more came than was ordered")
                        file.write(piece)
                        if have - looked >= _LOOK_EVERY_BYTES:
                            looked = have
                            self.need_room(self.size_bytes - have)
                            self.told(have)
        except httpx2.HTTPError as error:
            raise NotYetError(f"{type(error).__name__}: {error}") from error
        if have < self.size_bytes:
            raise NotYetError(f"cut off after {have} of {self.size_bytes} bytes")

    def _begins_at(self, answer: httpx2.Response, have: int) -> int:
        """Where in the file the answer's first byte belongs. Raises NotYetError."""
        if answer.status_code == _OK:
            self.part.unlink(missing_ok=True)
            return 0
        place = _PLACE.match(answer.headers.get("Content-Range", ""))
        if answer.status_code == _PARTIAL and place is not None and int(place[1]) == have:
            return have
        if answer.status_code in {_PARTIAL, _UNSATISFIABLE}:
            self.part.unlink(missing_ok=True)
        raise NotYetError(f"the backend answered {answer.status_code}")
