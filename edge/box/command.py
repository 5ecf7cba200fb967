"""`phatnguoi-edge box`: several cameras from one box file."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from edge.analysis_watch import WatcherMaker
from edge.backend_link import signed_by
from edge.box.check import Concern, concerns
from edge.box.clerk import Clerk
from edge.box.config import BoxFile, CameraEntry, load_box_file
from edge.box.fetch import CameraFileFetch
from edge.box.notify import Notifier
from edge.box.orphan import end_with_parent
from edge.box.supervise import Supervisor
from edge.capture import is_stream
from edge.device import Device, load_or_create, lock_folder
from edge.journal import log_to_stderr
from edge.metrics import serve_metrics
from edge.recent import RecentTracks
from edge.release.box import launched_releases
from edge.release.places import FOLDER_VARIABLE
from edge.reload import SceneReload
from edge.scene import Scene, SceneError, load_scene
from edge.settings import StoreSettings, WorkerSettings
from edge.status import read_status
from edge.worker import Job, Mode, run_worker

log = logging.getLogger(__name__)


def run_box(config: Path) -> int:
    """Watch all cameras of a box file until a SIGTERM or SIGINT; 0.

    Raises SettingsError, DeviceError, OSError.
    """
    box = load_box_file(config)
    log_to_stderr(keep=box.data)
    stop = _stop_on_signals()
    with lock_folder(box.data):
        device = load_or_create(box.data, box.name)
        folders = {one.id: box.folder(one.id) for one in box.camera}
        server, _ = serve_metrics(folders, port=box.metrics_port, address=box.metrics_address)
        safe = ["-P"] if sys.flags.safe_path else []
        command = [sys.executable, *safe, "-m", "edge.cli", "box", str(config.resolve()), "--only"]

        def spawn(camera_id: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen([*command, camera_id])  # noqa: S603 - this program itself

        cameras = [(camera_id, folder / "status.json") for camera_id, folder in folders.items()]
        releases = launched_releases(box)
        supervisor = Supervisor(cameras, spawn, stop, Notifier(), is_launched=FOLDER_VARIABLE in os.environ)
        updater = releases.updater(box, config.resolve(), device, supervisor, stop) if releases else None
        if updater is not None:
            updater.start()
        supervisor.run()
        if updater is not None:
            updater.stop()
        server.shutdown()
    return 0


def check_box(config: Path) -> int:
    """Print what needs a person, a line each; 1 when anything does. Raises SettingsError, SceneError."""
    box, now = load_box_file(config), datetime.now(UTC)
    found: list[Concern] = []
    for one in box.camera:
        load_scene(one.file)
        found += concerns(one.id, read_status(box.folder(one.id)), now)
    for concern in found:
        print(f"{concern.camera_id}: {concern.vi} / {concern.en}")  # noqa: T201 - the answer
    return 1 if found else 0


def run_one(config: Path, camera_id: str) -> int:
    """Watch one camera of a box file, as the box starts it; the worker's exit code. Raises as the worker."""
    end_with_parent()
    box = load_box_file(config)
    entry = box.entry(camera_id)
    log_to_stderr(camera=camera_id, keep=box.folder(camera_id))
    path = box.camera_file(camera_id)
    scene = load_scene(path)
    if scene.id != camera_id:
        raise SceneError(f"{path}: id: it says {scene.id}, the box file says {camera_id}")
    address = entry.address(os.environ)
    threads = box.threads or max(1, (os.cpu_count() or 1) // len(box.camera))
    recent = RecentTracks()
    make = WatcherMaker(hurried=is_stream(address), threads=threads, recorder=recent)
    device = load_or_create(box.data, box.name)
    fetch = _fetch(box, entry, device)
    releases = launched_releases(box)
    reload = _reload(box, entry, scene, make)
    clerk = Clerk(
        device=device,
        camera_id=camera_id,
        folders=(box.data, box.folder(camera_id)),
        recent=recent,
        file=lambda: _text_in_force(reload, path),
        fetch=fetch,
        releases=releases,
    )
    job = Job(
        source=address,
        scene=scene.reported(),
        mode=entry.play,
        make_watcher=make(scene),
        reload=reload,
        orders=clerk,
        release=(lambda: releases.state(device.software_version)) if releases else _takes_none,
    )
    if fetch is not None:
        fetch.start()
    clerk.start()
    return run_worker(job, box.settings(camera_id), box.store_settings())


def run_alone(camera: Path, source: str, *, mode: Mode, realtime: bool, settings: WorkerSettings) -> int:
    """Watch one camera without a box file; the worker's exit code. Raises as the worker.

    What operators ask of the camera is answered as a box does; newer camera files come by hand.
    """
    scene = load_scene(camera)
    device = load_or_create(settings.data_folder, settings.device_name)
    log_to_stderr(camera=scene.id, keep=settings.data_folder)
    recent = RecentTracks()
    make = WatcherMaker(hurried=is_stream(source), recorder=recent)
    reload = SceneReload(camera, scene, make)
    clerk = Clerk(
        device=device,
        camera_id=scene.id,
        folders=(settings.data_folder,),
        recent=recent,
        file=lambda: _text_in_force(reload, camera),
    )
    job = Job(
        source=source,
        scene=scene.reported(),
        mode=mode,
        make_watcher=make(scene),
        realtime=realtime,
        reload=reload,
        orders=clerk,
    )
    clerk.start()
    return run_worker(job, settings, StoreSettings.from_environment())


def _takes_none() -> None:
    return None


def _fetch(box: BoxFile, entry: CameraEntry, device: Device) -> CameraFileFetch | None:
    """Asks for newer camera files, where they come from a server; signed where that is the backend."""
    address = box.file_address(entry.id)
    if address is None:
        return None
    offered = box.offered_file(entry.id)
    offered.parent.mkdir(parents=True, exist_ok=True)
    if entry.file_url is not None:
        return CameraFileFetch(address, offered)
    return CameraFileFetch(address, offered, headers=lambda: signed_by(device, "GET", address))


def _reload(box: BoxFile, entry: CameraEntry, scene: Scene, make: WatcherMaker) -> SceneReload:
    """Looks at the camera file, or at the one that is fetched."""
    if box.file_address(entry.id) is None:
        return SceneReload(entry.file, scene, make)
    offered, kept = box.offered_file(entry.id), box.kept_file(entry.id)
    return SceneReload(offered, scene, make, keep=kept, optional=True)


def _text_in_force(reload: SceneReload, begun_with: Path) -> str:
    """The camera file that is in force, word for word. Raises OSError where it is gone."""
    wanted = reload.current.file_sha256
    for path in (reload.path, reload.keep, begun_with):
        if path is not None and path.exists():
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == wanted:
                return content.decode()
    raise OSError("the camera file in force is no longer on the disk")


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop
