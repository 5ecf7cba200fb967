"""A camera file that is changed while the worker runs: checked, then taken over between two pictures."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from edge import report
from edge.durable import replace_file
from edge.scene import Scene, SceneError, load_scene
from edge.watching import Watcher

log = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class View:
    """What the worker watches with: the scene as reports state it, and fresh analysers for it."""

    scene: report.Scene
    make_watcher: Callable[[], Watcher]


@dataclass(slots=True)
class SceneReload:
    """Looks at the camera file once a second. A wrong file is refused, told, and the old one stays in force.

    `watchers`: fresh analysers for a scene. `keep`: where a file that was taken over is copied to, so that
    the worker begins with it the next time, when `path` is only what somebody offers; then it is `optional`:
    there need not be one. `trouble`: why the file as it stands is refused; empty when it is in force.
    `refused_sha256`, `refused_why`: which one that is, and what is wrong, without its place on this disk.
    """

    path: Path
    current: Scene
    watchers: Callable[[Scene], Callable[[], Watcher]]
    steady: Callable[[], float] = time.monotonic
    keep: Path | None = None
    optional: bool = False
    trouble: str = ""
    refused_sha256: str | None = None
    refused_why: str = ""
    _looked_s: float = float("-inf")
    _stamp: tuple[int, int, int] | None = field(default=None)

    def poll(self) -> View | None:
        """The new view, once, when the file has changed to another that is right."""
        now_s = self.steady()
        if now_s - self._looked_s < _LOOK_EVERY_S:
            return None
        self._looked_s = now_s
        stamp = self._stamp_now()
        if stamp == self._stamp or (stamp is None and self.optional):
            return None
        self._stamp = stamp
        return self._take()

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _take(self) -> View | None:
        try:
            scene = load_scene(self.path)
            self._must_fit(scene)
        except SceneError as error:
            self.trouble = (
                f"Tệp camera bị từ chối, vẫn dùng tệp cũ / Camera file refused, the old one stays: {error}"
            )
            self.refused_sha256, self.refused_why = (
                self._hash(),
                str(error).replace(f"{self.path}", "camera.toml"),
            )
            log.error("camera file refused", extra={"data": {"why": str(error)}})  # noqa: TRY400 - it says all
            return None
        self.trouble, self.refused_sha256, self.refused_why = "", None, ""
        if scene.file_sha256 == self.current.file_sha256:
            return None
        log.info(
            "camera file taken over",
            extra={"data": {"before": self.current.file_sha256, "now": scene.file_sha256}},
        )
        self.current = scene
        self._keep()
        return View(scene.reported(), self.watchers(scene))

    def _hash(self) -> str | None:
        try:
            return hashlib.sha256(self.path.read_bytes()).hexdigest()
        except OSError:
            return None

    def _keep(self) -> None:
        if self.keep is None:
            return
        try:
            content = self.path.read_bytes()
            if hashlib.sha256(content).hexdigest() == self.current.file_sha256:
                replace_file(self.keep, content)
        except OSError as error:
            log.warning("camera file in force cannot be kept", extra={"data": {"why": str(error)}})

    def _must_fit(self, scene: Scene) -> None:
        if scene.id != self.current.id:
            raise SceneError(f"{self.path}: id: this worker watches {self.current.id}, not {scene.id}")
