"""The camera file changes while the worker runs: each report names the file it was judged by."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

from edge.reload import View
from edge.settings import StoreSettings, WorkerSettings
from edge.worker import Job, run_worker
from tests.edge.box_kit import SCENE, ScriptedWatcher

CHANGED = SCENE.model_copy(update={"camera_file_sha256": "ef" * 32})


class ReloadAt:
    """Another camera file from this picture on."""

    trouble = refused_why = ""
    refused_sha256 = None
    current = SimpleNamespace(file=SimpleNamespace(rules=("red_light",)))

    def __init__(self, poll: int, moments_s: list[float]) -> None:
        self._left, self._moments_s = poll, moments_s

    def poll(self) -> View | None:
        self._left -= 1
        return View(CHANGED, lambda: ScriptedWatcher(self._moments_s)) if self._left == 0 else None


def test_each_report_names_the_file_it_was_judged_by(box_folder, clip, receiver, store_address, bucket):
    settings = WorkerSettings(
        data_folder=box_folder / "data",
        backend_url=receiver.url,
        clip_before_s=1.0,
        clip_after_s=1.0,
        minimum_free_bytes=0,
        heartbeat_s=0.2,
    )
    store = StoreSettings.from_environment({**store_address.environment(), "S3_BUCKET": bucket})
    job = Job(
        source=str(clip),
        scene=SCENE,
        mode="once",
        make_watcher=lambda: ScriptedWatcher([1.0, 2.9]),  # the second one is still in hand at the change
        realtime=False,
        reload=ReloadAt(31, [4.5]),
    )
    code = []
    worker = threading.Thread(
        target=lambda: code.append(run_worker(job, settings, store, stop=threading.Event()))
    )
    worker.start()
    until_s = time.monotonic() + 60
    while worker.is_alive():
        assert time.monotonic() < until_s
        worker.join(0.1)
    assert code == [0]
    by_time = {
        round(one.times.t_event_s, 1): one.scene.camera_file_sha256 for one in receiver.reports.values()
    }
    assert by_time == {1.0: "ab" * 32, 2.9: "ab" * 32, 4.5: "ef" * 32}
