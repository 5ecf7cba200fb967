"""Follows the backend's order for another version: fetches it, tries it, and makes way for it.

Runs beside the supervisor of a box, in a thread of its own. Until the very last step everything happens next
to the running version, which goes on watching; the last step is one write of the state, after which the
supervisor ends and the launcher begins the other version. The first thing that one does is this module again:
it confirms itself once all its cameras are well, or is gone back from by the launcher.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from edge.box.orphan import end_with_parent
from edge.bundle import BundleError, Manifest, check_files, order_of, read_manifest, runs_on, unpack
from edge.durable import staged_folder
from edge.journal import redacted
from edge.outbox import FORMAT
from edge.release.fetch import BundleFetch, NotYetError
from edge.release.judge import fps_of_well, lower_fps, trouble_of
from edge.release.orders import read_order
from edge.release.places import app_of
from edge.release.state import (
    Trial,
    begun,
    change,
    confirmed,
    fallen,
    is_settled,
    lost,
    read_state,
    refused,
)
from edge.release_reasons import Reason
from edge.upkeep import ReleaseOrder

log = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 1.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 5.0, 600.0
_SELF_TEST_WITHIN_S: Final = 600.0
_BACK_WITHIN_S: Final = 900.0
"""For so long a way back waits for the disk; longer it must not, as what is gone back from may fill it."""
_UNPACKED_SHARE: Final = 3
_NICE: Final = 10
_LONGEST_SAID: Final = 1500
_LONGEST_NAME: Final = 200
DOWNLOADS: Final = "downloads"


class RefusedError(Exception):
    """A wanted version that this box will not run under this order, and why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.words)


@dataclass(slots=True)
class Updater:
    """One box's. `statuses`, `pids`: of the cameras' processes. `make_way`: ends the supervisor.

    `keep_free_bytes`: what the disk must have left for evidence when all is done. `steady_for_s`: how long a
    version on trial must be well without a break.
    """

    folder: Path
    config: Path
    version: str
    base: str
    keys: tuple[Ed25519PublicKey, ...]
    backend: str
    signed: Callable[[str], Mapping[str, str]]
    statuses: Callable[[], Mapping[str, Mapping[str, Any] | None]]
    pids: Callable[[], Collection[int]]
    make_way: Callable[[], None]
    keep_free_bytes: int
    steady_for_s: float = 20.0
    steady: Callable[[], float] = time.monotonic
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    _well_since_s: float | None = None
    _again_s: float = float("-inf")
    _pause_s: float = _FIRST_PAUSE_S
    _order_id: str = ""
    _ordered_s: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Work in the background from now on; ends with the process."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._tidy()
        threading.Thread(target=self._run, name="updater", daemon=True).start()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_EVERY_S):
            try:
                self.step()
            except Exception as error:  # noqa: BLE001 - the watching goes on whatever a release does
                self._wait()
                with contextlib.suppress(OSError):
                    self._trouble(repr(error))

    def step(self) -> None:
        """Confirm this version when it is on trial; else see whether another one is wanted."""
        state, own = read_state(self.folder), self._name(self.version)
        if state.trial is not None:
            self._judge(state.trial)
            return
        if state.current != own and not app_of(self.folder, state.current).is_dir():
            change(self.folder, lambda now: lost(now, own, _now()))
            return
        order = read_order(self.folder)
        if order is None or is_settled(state, self._name(order.version), order.order_id):
            return
        if order.order_id != self._order_id:
            self._order_id, self._ordered_s = order.order_id, self.steady()
            self._again_s, self._pause_s = float("-inf"), _FIRST_PAUSE_S
        if self.steady() >= self._again_s:
            self._follow(order)

    def _wait(self) -> None:
        self._again_s = self.steady() + self._pause_s
        self._pause_s = min(2.0 * self._pause_s, _LONGEST_PAUSE_S)

    def _follow(self, order: ReleaseOrder) -> None:
        try:
            self._install(order)
            if self._is_withdrawn(order):
                return
            earlier = fps_of_well(self.statuses())
            selftest_s = self._self_test(order.version)
            self._spare_cases(order)
        except NotYetError as error:
            self._wait()
            self._trouble(str(error))
            return
        except (RefusedError, BundleError) as error:
            why = error.reason
            log.error("release refused", extra={"data": {"version": order.version, "why": why.words}})  # noqa: TRY400
            change(self.folder, lambda now: refused(now, order.version, order.order_id, why, _now()))
            return
        if self._stop.is_set() or self._is_withdrawn(order):
            return
        before = lower_fps(earlier, fps_of_well(self.statuses()))
        trial = Trial(self._name(order.version), order.order_id, selftest_s=selftest_s, before_fps=before)
        change(self.folder, lambda now: begun(now, trial))
        self._stop.set()  # from here on the launcher and the other version decide
        log.info("release goes on trial", extra={"data": {"version": order.version, "test_s": selftest_s}})
        self.make_way()

    def _is_withdrawn(self, order: ReleaseOrder) -> bool:
        if read_order(self.folder) == order:
            return False
        self._phase("idle")
        return True

    def _spare_cases(self, order: ReleaseOrder) -> None:
        """A switch would lose the cases that wait in memory for the disk. Raises NotYetError."""
        is_back = self._name(order.version) == read_state(self.folder).previous
        if is_back and self.steady() - self._ordered_s > _BACK_WITHIN_S:
            return
        self._need_room(0)
        pids = self.pids()
        for camera_id, status in self.statuses().items():
            if status is None or status.get("pid") not in pids:
                continue
            if trouble := status.get("events", {}).get("disk_trouble"):
                raise NotYetError(f"{camera_id}: {trouble}")

    def _install(self, order: ReleaseOrder) -> None:
        """Have the version whole on the disk. Raises NotYetError, RefusedError, BundleError, OSError."""
        if self._name(order.version) == "" or app_of(self.folder, order.version).is_dir():
            return
        if order.sha256 is None or order.size_bytes is None:
            raise RefusedError(Reason("not_here", wanted=order.version))
        if order_of(order.version) < order_of(self.base):
            raise RefusedError(Reason("older", wanted=order.version, found=self.base))
        self._phase("fetching")
        bundle = self.folder / DOWNLOADS / f"{order.version}-{order.sha256[:12]}.zip"
        if not bundle.exists():
            self._fetch(order, order.sha256, order.size_bytes, bundle)
        try:
            manifest = self._checked(bundle, order)
            self._need_room(manifest.size_bytes)
            with staged_folder(self.folder / order.version) as staged:
                unpack(bundle, manifest, staged / "app")
        except (RefusedError, BundleError):
            bundle.unlink()
            raise
        bundle.unlink()

    def _fetch(self, order: ReleaseOrder, sha256: str, size_bytes: int, bundle: Path) -> None:
        address = f"{self.backend.rstrip('/')}/v1/releases/{order.version}/bundle"
        BundleFetch(
            address=address,
            target=bundle,
            size_bytes=size_bytes,
            sha256=sha256,
            headers=lambda: self.signed(address),
            need_room=lambda to_come: self._need_room(to_come + _UNPACKED_SHARE * size_bytes),
            told=lambda have: self._note(f"{100 * have // size_bytes} %"),
        ).fetch()

    def _checked(self, bundle: Path, order: ReleaseOrder) -> Manifest:
        manifest = read_manifest(bundle, self.keys)
        if manifest.version != order.version:
            raise RefusedError(Reason("other_release", wanted=order.version, found=manifest.version))
        if manifest.contract.outbox != FORMAT:
            raise RefusedError(
                Reason("other_outbox", wanted=str(manifest.contract.outbox), found=str(FORMAT))
            )
        if not runs_on(manifest, sys.version_info[:2]):
            here = sys.version.split()[0]
            raise RefusedError(Reason("needs_python", wanted=manifest.python[:_LONGEST_NAME], found=here))
        check_files(bundle, manifest)
        return manifest

    def _need_room(self, bytes_: int) -> None:
        free = self.free_bytes(self.folder)
        if free - bytes_ < self.keep_free_bytes:
            raise NotYetError(
                f"no room: {bytes_} bytes are needed and {self.keep_free_bytes} must stay free for evidence,"
                f" the disk has {free}"
            )

    def _self_test(self, version: str) -> float:
        """Seconds that the version's own test took. Raises RefusedError."""
        self._phase("testing")
        command = [sys.executable, "-P", "-m", "edge.cli", "box", str(self.config), "--self-test"]
        began_s = self.steady()
        try:
            done = subprocess.run(  # noqa: S603 - the version that was signed for
                command,
                check=False,
                capture_output=True,
                text=True,
                env=self._environment(version),
                timeout=_SELF_TEST_WITHIN_S,
                preexec_fn=_quietly,
            )
        except subprocess.TimeoutExpired as error:
            raise RefusedError(Reason("self_test_slow", within_s=round(_SELF_TEST_WITHIN_S))) from error
        said = done.stdout.strip().splitlines()
        if done.returncode != 0 or not said:
            words = redacted(" ".join(done.stderr.strip().splitlines()[-5:]))[:_LONGEST_SAID]
            raise RefusedError(Reason("self_test_failed", exit_code=done.returncode, said=words))
        itself = _version_in(said[-1])
        if itself != version:
            found = redacted(itself or said[-1])[:_LONGEST_NAME]
            raise RefusedError(Reason("calls_itself", wanted=version, found=found))
        return round(self.steady() - began_s, 3)

    def _environment(self, version: str) -> dict[str, str]:
        """As the launcher would start it."""
        named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        path = [one for one in named if one and not Path(one).is_relative_to(self.folder)]
        if self._name(version):
            path.insert(0, str(app_of(self.folder, version)))
        return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}

    def _judge(self, trial: Trial) -> None:
        own = self._name(self.version)
        if trial.version != own:  # the launcher could not begin it, or could not write that it had failed
            change(self.folder, lambda now: fallen(now, Reason("not_begun"), _now()))
            return
        trouble = trouble_of(self.statuses(), self.pids(), self.version, trial.before_fps)
        if trouble:
            self._well_since_s = None
            self._note(trouble)
            return
        now_s = self.steady()
        self._well_since_s = now_s if self._well_since_s is None else self._well_since_s
        if now_s - self._well_since_s >= self.steady_for_s:
            change(self.folder, lambda now: confirmed(now, own, _now()))
            log.info("release confirmed", extra={"data": {"version": self.version}})
            self._tidy()

    def _name(self, version: str) -> str:
        """As the state has it: what the box was installed with has no name there."""
        return "" if version == self.base else version

    def _phase(self, phase: str) -> None:
        change(self.folder, lambda now: replace(now, phase=phase, trouble=""))

    def _note(self, words: str) -> None:
        change(self.folder, lambda now: replace(now, trouble=redacted(words)[:2000]))

    def _trouble(self, words: str) -> None:
        if read_state(self.folder).trouble != redacted(words)[:2000]:
            log.warning("release not taken yet", extra={"data": {"why": words}})
            self._note(words)

    def _tidy(self) -> None:
        """Remove versions that nobody would go back to, and what a cut left half written."""
        state = read_state(self.folder)
        kept = {state.current, state.previous, state.trial.version if state.trial else None}
        order = read_order(self.folder)
        kept.add(order.version if order is not None else None)
        for path in self.folder.iterdir():
            if path.is_dir() and path.name not in {DOWNLOADS, *kept}:
                shutil.rmtree(path, ignore_errors=True)
        for path in (self.folder / DOWNLOADS).glob("*"):
            if order is None or not path.name.startswith(f"{order.version}-"):
                path.unlink(missing_ok=True)


def _version_in(line: str) -> str | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    found = said.get("version") if isinstance(said, dict) else None
    return found if isinstance(found, str) else None


def _quietly() -> None:
    end_with_parent()
    os.nice(_NICE)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
