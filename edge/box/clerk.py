"""Does what operators ask of a camera's process: a picture, the last lines, a rehearsal."""

from __future__ import annotations

import base64
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from edge.backend_link import BackendLink, LinkError
from edge.box.fetch import CameraFileFetch
from edge.detector.types import Image
from edge.device import Device
from edge.evidence.ring import encode_jpeg
from edge.journal import last_lines
from edge.recent import RecentTracks
from edge.rehearsal import rehearse
from edge.release.box import BoxReleases
from edge.report import sign
from edge.scene import SceneError, scene_of_text
from edge.scene_reading import FaultyFileError
from edge.upkeep import LARGEST_PICTURE_B64, LONGEST_LOG_LINES, Ask, FileFault, Orders, Reply

log = logging.getLogger(__name__)

_QUALITIES: Final = (88, 70, 50, 30)
_REMEMBERED: Final = 64


@dataclass(slots=True)
class Clerk:
    """One camera's. `take` is called with each answer to a heartbeat and never waits.

    `fetch`: asks for camera files, where they come from the backend. `file`: the one in force. `releases`:
    of the box, where it takes any.
    """

    device: Device
    camera_id: str
    folders: tuple[Path, ...]
    recent: RecentTracks
    file: Callable[[], str]
    fetch: CameraFileFetch | None = None
    releases: BoxReleases | None = None
    _asks: queue.Queue[tuple[Ask, BackendLink, Callable[[], Image | None]]] = field(
        default_factory=lambda: queue.Queue(8)
    )
    _taken: deque[str] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    _offered: str = ""

    def start(self) -> None:
        """Work in the background from now on; ends with the process."""
        threading.Thread(target=self._run, name="clerk", daemon=True).start()

    def take(self, orders: Orders, link: BackendLink, picture: Callable[[], Image | None]) -> None:
        """Note what the backend wants. An ask is repeated until it is answered, and done once."""
        offered = orders.camera_files.get(self.camera_id, "")
        if self.fetch is not None and offered not in {"", self._offered}:
            self._offered = offered
            self.fetch.wake()
        self._note_release(orders)
        for ask in orders.asks:
            if ask.camera_id != self.camera_id or ask.id in self._taken:
                continue
            try:
                self._asks.put_nowait((ask, link, picture))
            except queue.Full:
                return
            self._taken.append(ask.id)

    def _note_release(self, orders: Orders) -> None:
        if self.releases is None:
            return
        try:
            self.releases.note(orders.release)
        except OSError as error:  # it comes again with the next heartbeat
            log.warning("order cannot be kept", extra={"data": {"why": str(error)}})

    def _run(self) -> None:
        while True:
            ask, link, picture = self._asks.get()
            try:
                link.send_reply(sign(self.reply(ask, picture), self.device.key))
            except LinkError as error:
                log.warning("reply failed", extra={"data": {"ask": ask.kind, "why": str(error)}})
                self._taken.remove(ask.id)  # it comes again with the next heartbeat
            except Exception as error:  # noqa: BLE001 - the watching goes on whatever an ask does
                log.warning("ask failed", extra={"data": {"ask": ask.kind, "why": repr(error)}})

    def reply(self, ask: Ask, picture: Callable[[], Image | None]) -> Reply:
        """The answer to one ask."""
        empty = Reply(device_id=self.device.device_id, ask_id=ask.id, camera_id=self.camera_id)
        try:
            if ask.kind == "logs":
                return empty.model_copy(update={"log_lines": last_lines(self.folders, LONGEST_LOG_LINES)})
            if ask.kind == "view":
                return empty.model_copy(
                    update={
                        "picture_jpeg_b64": _jpeg_b64(picture()),
                        "camera_file": self.file(),
                        "paths": self.recent.paths(),
                    }
                )
            return empty.model_copy(
                update={"rehearsal": rehearse(scene_of_text(ask.camera_file), self.recent.latest())}
            )
        except FaultyFileError as error:
            faults = tuple(
                FileFault(line=one.line, field=one.field, message=one.message) for one in error.faults
            )
            return empty.model_copy(update={"faults": faults})
        except (SceneError, ValueError, OSError) as error:
            return empty.model_copy(update={"trouble": f"{type(error).__name__}: {error}"[:8000]})


def _jpeg_b64(image: Image | None) -> str | None:
    if image is None:
        return None
    for quality in _QUALITIES:
        found = base64.b64encode(encode_jpeg(image, quality)).decode()
        if len(found) <= LARGEST_PICTURE_B64:
            return found
    return None
