"""A camera that sends pictures its file was not made for: told as a failure, tried again, never the end."""

from __future__ import annotations

import json
import threading

from edge.scene import SceneError
from edge.settings import StoreSettings, WorkerSettings
from edge.worker import Job, run_worker
from tests.edge.box_kit import SCENE, ScriptedWatcher
from tests.edge.rtsp_kit import RtspCamera
from tests.faults.conftest import wait_for


class Particular(ScriptedWatcher):
    """Refuses pictures, as the analyser does, until it is content."""

    content = threading.Event()
    seen = 0

    def feed(self, frame):
        if not self.content.is_set():
            raise SceneError("cam-thu: picture_size_px: the camera sends 96x64, the file was made for 160x96")
        type(self).seen += 1
        return []


def test_a_wrong_size_is_told_and_tried_again(box_folder, receiver, store_address, bucket):
    camera = RtspCamera(pictures=10**9, fps=10, interval_s=0.05)
    camera.start()
    settings = WorkerSettings(
        data_folder=box_folder / "data", backend_url=receiver.url, heartbeat_s=0.1, stall_s=1.0
    )
    store = StoreSettings.from_environment({**store_address.environment(), "S3_BUCKET": bucket})
    job = Job(source=camera.address, scene=SCENE, mode="follow", make_watcher=lambda: Particular([]))
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(job, settings, store), kwargs={"stop": stop})
    worker.start()

    def camera_status():
        try:
            return json.loads(settings.status_file.read_text())["camera"]
        except (OSError, ValueError):
            return {}

    try:
        wait_for(lambda: camera_status().get("state") == "failed", 60, "the failure to be told")
        wait_for(
            lambda: "the file was made for 160x96" in camera_status().get("detail", ""), 60, "its reason"
        )
        Particular.content.set()
        wait_for(lambda: Particular.seen > 3, 60, "the camera to be tried again")
        wait_for(lambda: camera_status().get("detail") == "", 60, "the reason to be gone")
        assert worker.is_alive()
    finally:
        stop.set()
        worker.join(60)
        camera.close()
    assert not worker.is_alive()
