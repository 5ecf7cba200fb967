"""Files and cameras: every picture with its own time, every failure in words."""

from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from edge.capture import CameraSource, FileSource, SourceError, is_stream, open_source, redacted
from tests.edge.rtsp_kit import RtspCamera


def film(
    path: Path, times_s: list[float], *, size: tuple[int, int] = (64, 96), format_: str | None = None
) -> None:
    """A grey film whose brightness counts up, with exactly these picture times."""
    with av.open(str(path), "w", format=format_, options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=30, options={"bf": "0", "g": "5"})
        stream.height, stream.width = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for index, t_s in enumerate(times_s):
            picture = np.full((*size, 3), 40 + index * 4 % 180, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = round(t_s * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def test_each_picture_has_its_own_time(tmp_path: Path) -> None:
    """Uneven times, as an overloaded camera makes them; the nominal rate says 30."""
    told = [0.0, 0.04, 0.08, 0.2, 0.24, 0.5, 0.54]
    film(tmp_path / "uneven.mp4", told)
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    source = open_source(str(tmp_path / "uneven.mp4"), start_at=start)
    frames = list(source)
    assert [frame.t_s for frame in frames] == pytest.approx(told, abs=0.002)
    assert [frame.index for frame in frames] == list(range(7))
    assert [frame.image.shape for frame in frames] == [(64, 96, 3)] * 7
    assert (frames[3].captured_at - start).total_seconds() == pytest.approx(0.2, abs=0.002)
    assert source.status.state == "ended"
    assert source.status.frames_total == 7


def test_a_file_is_played_at_its_own_pace(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4", [0.0, 0.1, 0.4, 0.5])
    now = [100.0]
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    source = FileSource(tmp_path / "film.mp4", realtime=True, steady=lambda: now[0], wait=wait)
    for frame in source:
        assert now[0] - 100.0 >= frame.t_s - 1e-6
        now[0] += 0.05 if frame.index != 1 else 0.6
    assert waits == pytest.approx([0.05], abs=0.003)


def test_closing_ends_the_pictures(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4", [index / 10 for index in range(30)])
    source = FileSource(tmp_path / "film.mp4")
    seen = []
    for frame in source:
        seen.append(frame.index)
        if frame.index == 3:
            source.close()
    assert seen == [0, 1, 2, 3]


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere.mp4: there is no such file"):
        open_source(str(tmp_path / "nowhere.mp4"))


@pytest.mark.parametrize("content", [b"", b"hello, this is no film\n" * 100], ids=["empty", "text"])
def test_not_a_video(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "text.mp4").write_bytes(content)
    with pytest.raises(SourceError, match="this is not a video"):
        list(open_source(str(tmp_path / "text.mp4")))


def test_sound_only(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sound.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(SourceError, match="no video in it"):
        open_source(str(tmp_path / "sound.wav"))


def test_a_film_cut_short_says_so(tmp_path: Path) -> None:
    film(tmp_path / "whole.mp4", [index / 10 for index in range(100)])
    content = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: len(content) // 2])
    source = open_source(str(tmp_path / "cut.mp4"))
    seen = []
    with pytest.raises(SourceError, match=r"cut\.mp4.*(cut short|damaged)"):
        seen.extend(source)
    assert 0 < len(seen) < 100
    assert source.status.state == "failed"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://admin:s3cret@10.0.0.5:554/live", "rtsp://***@10.0.0.5:554/live"),
        ("rtsp://10.0.0.5/live", "rtsp://10.0.0.5/live"),
        ("clip.mp4", "clip.mp4"),
    ],
)
def test_no_password_is_shown(address: str, shown: str) -> None:
    assert redacted(address) == shown


def test_streams_are_told_from_files() -> None:
    assert is_stream("rtsp://10.0.0.5/live")
    assert not is_stream("/data/rtsp/clip.mp4")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_camera_that_drops_the_line_is_taken_up_again() -> None:
    camera = RtspCamera(pictures=40)
    camera.start()
    source = CameraSource(camera.address, first_pause_s=0.05)
    deadline = time.monotonic() + 60
    frames = []
    for frame in source:
        frames.append(frame)
        if (frame.epoch == 1 and frame.index > 50) or time.monotonic() > deadline:
            break
    source.close()
    camera.close()
    times = [frame.t_s for frame in frames]
    assert {frame.epoch for frame in frames} == {0, 1}
    assert times == sorted(set(times))
    for epoch in (0, 1):
        gaps = np.diff([frame.t_s for frame in frames if frame.epoch == epoch])
        assert np.round(gaps / 0.04, 2) == pytest.approx(np.round(gaps / 0.04), abs=0.02)
    assert all(frame.clock_source == "host" and frame.captured_at is not None for frame in frames)
    assert source.status.reconnects_total >= 1


def test_a_camera_that_is_not_there_is_tried_again_and_can_be_left() -> None:
    source = CameraSource(f"rtsp://user:pass@127.0.0.1:{free_port()}/live", first_pause_s=0.02)
    seen: list[object] = []
    consumer = threading.Thread(target=lambda: seen.extend(source))
    consumer.start()
    deadline = time.monotonic() + 20
    while not source.status.detail and time.monotonic() < deadline:
        time.sleep(0.02)
    assert source.status.state == "stalled"
    assert "pass" not in source.status.detail
    source.close()
    consumer.join(20)
    assert not consumer.is_alive()
    assert seen == []
