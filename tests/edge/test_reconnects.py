"""A thousand reconnections: the camera is taken up each time, and nothing is left behind in memory."""

from __future__ import annotations

import gc
import threading
import time

import pytest

from edge.capture import CameraSource
from edge.evidence import FrameRing
from edge.status import resident_bytes
from tests.edge.rtsp_kit import RtspCamera

GROWN_BYTES = 24 * 1024 * 1024


@pytest.mark.slow
def test_memory_is_flat_after_a_thousand_reconnections():
    camera = RtspCamera(pictures=4, fps=10, interval_s=0.0)
    camera.start()
    source = CameraSource(camera.address, first_pause_s=0.0)
    ring = FrameRing(seconds=20, max_bytes=10_000_000)
    memory: dict[int, int] = {}

    def view():
        for frame in source:
            ring.add(frame, time.monotonic())
            done = source.status.reconnects_total
            if done and done % 100 == 0 and done not in memory:
                gc.collect()
                memory[done] = resident_bytes()

    viewer = threading.Thread(target=view, daemon=True)
    viewer.start()
    until_s = time.monotonic() + 1500
    while source.status.reconnects_total < 1001:
        assert time.monotonic() < until_s, source.status
        assert viewer.is_alive()
        time.sleep(0.1)
    source.close()
    camera.close()
    viewer.join(20)
    assert threading.active_count() < 12
    assert memory[1000] - memory[200] < GROWN_BYTES, memory
