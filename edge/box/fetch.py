"""A camera file that a server hands out: fetched and kept, and never trusted blindly.

What comes is only put beside the worker, which checks it as it checks a file that a person has changed, and
refuses it with line and field. Without a network the one that was kept stays in force.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import httpx2

from edge.capture import redacted
from edge.durable import replace_file

log = logging.getLogger(__name__)

_EVERY_S: Final = 30.0
_TIMEOUT_S: Final = 10.0
_LARGEST_BYTES: Final = 256 * 1024
_OK, _NOT_MODIFIED = 200, 304


class CameraFileFetch:
    """Asks for one camera file every half minute and keeps the newest at `path`.

    `headers`: what each request carries besides, such as a device's signature.
    """

    def __init__(
        self,
        address: str,
        path: Path,
        *,
        every_s: float = _EVERY_S,
        headers: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._address, self._path, self._every_s, self._headers = address, path, every_s, headers
        self._tag = ""
        self._trouble = ""
        self._stop, self._wake = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Ask in the background from now on."""
        self._thread = threading.Thread(target=self._run, name="camera-file", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_TIMEOUT_S)

    def wake(self) -> None:
        """Ask now: somebody said that there is another one."""
        self._wake.set()

    def fetch(self) -> bool:
        """Ask now; whether another file came and was kept. Trouble is logged once, and changes nothing."""
        try:
            content = self._ask()
            if content is None or (self._path.exists() and self._path.read_bytes() == content):
                return False
            replace_file(self._path, content)
        except (httpx2.HTTPError, OSError, ValueError) as error:
            self._say(f"{type(error).__name__}: {error}")
            return False
        log.info("camera file fetched", extra={"data": {"from": redacted(self._address)}})
        return True

    def _ask(self) -> bytes | None:
        headers = dict(self._headers())
        if self._tag and self._path.exists():
            headers["If-None-Match"] = self._tag
        with httpx2.stream("GET", self._address, headers=headers, timeout=_TIMEOUT_S) as answer:
            if answer.status_code == _NOT_MODIFIED:
                self._trouble = ""
                return None
            if answer.status_code != _OK:
                raise ValueError(f"answered {answer.status_code}")
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > _LARGEST_BYTES:
                    raise ValueError(f"is larger than {_LARGEST_BYTES} bytes")
            self._tag, self._trouble = answer.headers.get("ETag", ""), ""
        return bytes(content)

    def _say(self, words: str) -> None:
        if words != self._trouble:
            where = {"from": redacted(self._address), "why": words}
            log.warning("camera file cannot be fetched; the one that is there stays", extra={"data": where})
        self._trouble = words

    def _run(self) -> None:
        while not self._stop.is_set():
            self.fetch()
            self._wake.wait(self._every_s)
            self._wake.clear()
