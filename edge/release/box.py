"""The releases of one box, as its processes see them."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edge.backend_link import signed_by
from edge.box.config import BoxFile, ReleasesEntry
from edge.box.supervise import Supervisor
from edge.device import Device
from edge.release.orders import note_order, reported
from edge.release.places import BASE_VARIABLE, FOLDER_VARIABLE
from edge.release.updater import Updater
from edge.report import load_public_key
from edge.status import read_status
from edge.upkeep import ReleaseOrder, ReleaseState

_ROOM_FACTOR = 4
"""How many times the least that evidence needs must stay free on a disk that also holds releases."""


@dataclass(frozen=True, slots=True)
class BoxReleases:
    """Where they lie, what the box was installed with, and whose signature counts."""

    folder: Path
    base: str
    entry: ReleasesEntry

    def state(self, running: str) -> ReleaseState | None:
        """How the box stands, for its heartbeat."""
        return reported(self.folder, running, self.base)

    def note(self, order: ReleaseOrder | None) -> None:
        """Hear what the backend wants. Raises OSError."""
        note_order(self.folder, order)

    def updater(
        self, box: BoxFile, config: Path, device: Device, supervisor: Supervisor, stop: threading.Event
    ) -> Updater:
        """Who follows the orders, beside this supervisor."""
        ids = [one.id for one in box.camera]
        return Updater(
            folder=self.folder,
            config=config,
            version=device.software_version,
            base=self.base,
            keys=tuple(load_public_key(key) for key in self.entry.keys),
            backend=box.backend,
            signed=lambda address: signed_by(device, "GET", address),
            statuses=lambda: {one: read_status(box.folder(one)) for one in ids},
            pids=supervisor.pids,
            make_way=stop.set,
            keep_free_bytes=_ROOM_FACTOR * box.settings(ids[0]).minimum_free_bytes,
            steady_for_s=self.entry.steady_for_s,
        )


def launched_releases(box: BoxFile, environment: Mapping[str, str] | None = None) -> BoxReleases | None:
    """None where the box was not begun by the launcher, or trusts nobody's releases."""
    values = os.environ if environment is None else environment
    folder, base = values.get(FOLDER_VARIABLE), values.get(BASE_VARIABLE)
    if not folder or not base or box.releases is None:
        return None
    return BoxReleases(Path(folder), base, box.releases)
