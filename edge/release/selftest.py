"""`phatnguoi-edge box BOX.toml --self-test`: can this version do this box's work? Asked before it may begin.

It touches nothing: no camera is opened, no outbox changed, nobody told.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from edge.analysis_watch import asks_for_riders, open_eyes
from edge.box.config import BoxFile, load_box_file
from edge.detector.errors import ModelError
from edge.detector.images import read_image
from edge.detector.selftest import PICTURE
from edge.device import DeviceError
from edge.outbox import FORMAT
from edge.release.places import own_version
from edge.scene import load_scene


@dataclass(frozen=True, slots=True)
class Passed:
    """Who passed the test, and how long it took, in seconds. `look_s`: one look at the test picture."""

    version: str
    took_s: float
    look_s: float


def self_test(config: Path) -> Passed:
    """Read all this box is set up with, load its networks and look at a picture with traffic in it.

    Raises SettingsError, SceneError, OSError; ModelError also where it sees nothing, DeviceError where an
    outbox has another format.
    """
    began_s = time.monotonic()
    box = load_box_file(config)
    box.store_settings()
    scenes = [load_scene(box.camera_file(one.id)) for one in box.camera]
    for one in box.camera:
        one.address(os.environ)
        _know_outbox(box, one.id)
    eyes = open_eyes(threads=box.threads or 1, riders=any(asks_for_riders(scene) for scene in scenes))
    picture = read_image(PICTURE)
    looked_s = time.monotonic()
    if not eyes.vehicles.detect(picture):
        raise ModelError(
            "no vehicle is found in the test picture",
            where=str(PICTURE),
            remedy="This version is not begun; roll out one whose networks see.",
        )
    now_s = time.monotonic()
    return Passed(own_version(), round(now_s - began_s, 3), round(now_s - looked_s, 3))


def print_self_test(config: Path) -> int:
    """The command: one line of JSON. Raises as `self_test`."""
    print(json.dumps(asdict(self_test(config))))  # noqa: T201 - the answer
    return 0


def _know_outbox(box: BoxFile, camera_id: str) -> None:
    path = box.settings(camera_id).outbox_file
    if not path.exists():
        return
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as outbox:
        (found,) = outbox.execute("PRAGMA user_version").fetchone()
    if found not in {0, FORMAT}:
        raise DeviceError(f"{path}: format {found}, this version knows {FORMAT}")
