"""A network camera against a real RTSP server (GStreamer's): what breaks, and what the stream brings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Self

import numpy as np
import pytest

from edge.capture import CameraSource, Frame
from tests.edge.rtsp_server_kit import PACKAGES, Wire, serving, system_python

needs = pytest.mark.skipif
H264 = needs(system_python("h264") is None, reason=f"no GStreamer RTSP server: install {PACKAGES}")
H265 = needs(system_python("h265") is None, reason=f"no GStreamer RTSP server for H.265: install {PACKAGES}")
RECONNECTED_WITHIN_S = 10.0


class Viewer(threading.Thread):
    """Takes pictures from a camera as the worker's reader does."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.source = CameraSource(address)
        self.frames: list[Frame] = []
        self.arrived_s: list[float] = []
        self.start()

    def run(self) -> None:
        for frame in self.source:
            self.frames.append(frame)
            self.arrived_s.append(time.monotonic())

    def wait_for(self, what: Callable[[], object], within_s: float = 30.0) -> None:
        until_s = time.monotonic() + within_s
        while not what():
            assert time.monotonic() < until_s, (len(self.frames), self.source.status)
            time.sleep(0.02)

    def wait_for_frames(self, count: int, within_s: float = 30.0) -> None:
        wanted = len(self.frames) + count
        self.wait_for(lambda: len(self.frames) >= wanted, within_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.source.close()
        self.join(15)
        assert not self.is_alive()


@H264
def test_each_picture_has_the_streams_own_time():
    with serving("h264") as server, Viewer(server.address) as viewer:
        viewer.wait_for_frames(60)
    gaps_s = np.diff([frame.t_s for frame in viewer.frames])
    assert np.all(gaps_s > 0)
    assert np.allclose(gaps_s / 0.05, np.round(gaps_s / 0.05), atol=0.05)
    assert viewer.frames[0].image.shape == (240, 320, 3)
    assert all(frame.coded is not None for frame in viewer.frames[5:])


@H264
def test_the_cameras_own_time_comes_with_rtcp_and_is_compared_with_the_hosts():
    with serving("h264") as server, Viewer(server.address) as viewer:
        viewer.wait_for(lambda: viewer.frames and viewer.frames[-1].clock_source == "camera", 40)
        viewer.wait_for_frames(10)
    told = [frame for frame in viewer.frames if frame.clock_source == "camera"]
    before = [frame for frame in viewer.frames if frame.clock_source == "host"]
    assert before, "the first report comes seconds after the first picture"
    for frame in told:
        assert abs(frame.clock_offset_s) < 1.0
        assert frame.clock_uncertainty_s >= abs(frame.clock_offset_s)
    settled = told[2:]  # the first report may name the picture beside
    apart_s = [
        (two.captured_at - one.captured_at).total_seconds() - (two.t_s - one.t_s)
        for one, two in pairwise(settled)
    ]
    assert np.allclose(apart_s, 0, atol=0.01)


@H264
def test_a_sound_track_does_no_harm():
    with serving("h264", "audio") as server, Viewer(server.address) as viewer:
        viewer.wait_for_frames(40)
    assert viewer.frames[-1].image.shape == (240, 320, 3)
    gaps_s = np.diff([frame.t_s for frame in viewer.frames])
    assert np.all(gaps_s > 0)
    assert np.median(gaps_s) == pytest.approx(0.05, abs=0.002)


@H265
def test_h265():
    with serving("h265") as server, Viewer(server.address) as viewer:
        viewer.wait_for_frames(40)
    assert viewer.frames[-1].image.shape == (240, 320, 3)
    assert viewer.frames[-1].coded.coding.codec == "hevc"


@H264
def test_a_cut_line_is_taken_up_again_within_ten_seconds():
    with serving("h264") as server:
        wire = Wire(server.port)
        with Viewer(wire.address) as viewer:
            for number in range(3):
                viewer.wait_for_frames(20)
                epoch = viewer.frames[-1].epoch
                wire.cut()
                viewer.wait_for(lambda epoch=epoch: viewer.frames[-1].epoch > epoch, RECONNECTED_WITHIN_S)
                assert viewer.source.status.reconnects_total >= number + 1
        wire.close()
    times_s = [frame.t_s for frame in viewer.frames]
    assert times_s == sorted(set(times_s))


@H264
def test_a_stream_that_stands_still_is_taken_up_again_once_it_flows():
    with serving("h264") as server:
        wire = Wire(server.port)
        with Viewer(wire.address) as viewer:
            viewer.wait_for_frames(20)
            wire.hold()
            viewer.wait_for(lambda: viewer.source.status.state == "stalled", 15)
            seen = len(viewer.frames)
            wire.let_go()
            viewer.wait_for(lambda: len(viewer.frames) > seen + 20, RECONNECTED_WITHIN_S + 5)
        wire.close()


@H264
def test_a_server_that_is_gone_and_comes_back_is_taken_up_again():
    with serving("h264") as server:
        wire = Wire(server.port)
        with Viewer(wire.address) as viewer:
            viewer.wait_for_frames(20)
            server.process.kill()
            viewer.wait_for(lambda: viewer.source.status.state == "stalled", 15)
            with serving("h264") as again:
                wire._port = again.port
                epoch = viewer.frames[-1].epoch
                viewer.wait_for(lambda: viewer.frames[-1].epoch > epoch, RECONNECTED_WITHIN_S)
        wire.close()


@H264
def test_pictures_that_change_their_size_in_the_middle_come_in_their_own_size():
    with serving("h264") as server, Viewer(server.address) as viewer:
        viewer.wait_for_frames(20)
        server.say("size 640 480")
        viewer.wait_for(lambda: viewer.frames[-1].image.shape == (480, 640, 3), 20)
        viewer.wait_for_frames(20)
    shapes = {frame.image.shape for frame in viewer.frames}
    assert shapes == {(240, 320, 3), (480, 640, 3)}
    times_s = [frame.t_s for frame in viewer.frames]
    assert times_s == sorted(set(times_s))
