"""A packet that does not decode: a camera goes on with the next, a film says that it is damaged."""

from __future__ import annotations

import av.error
import pytest

from edge.capture import SourceStatus, decode
from edge.capture.decode import shots
from edge.capture.frame import SourceError

STREAM = "rtsp://127.0.0.1/live"


class Shown:
    time_base = 1
    width, height = 64, 48
    planes = ()
    colorspace = color_range = 0

    class format:  # noqa: A001, N801
        name = "gray"

    def __init__(self, pts):
        self.pts = pts
        self.is_corrupt = pts == 3


class Packet:
    """One picture a packet; the third is refused, of the fourth a part is missing."""

    size = 0

    def __init__(self, pts):
        self.pts = pts

    def has_sidedata(self, _kind):
        return False

    def decode(self):
        if self.pts == 2:
            raise av.error.InvalidDataError(1094995529, "Invalid data found when processing input")
        return [Shown(self.pts)]


class Context:
    name, profile, pix_fmt, extradata, thread_count = "mpeg4", "", "gray", b"", 1


class Stream:
    codec_context = Context()
    width, height, time_base, duration, average_rate = 64, 48, 1, None, 1
    thread_type = ""


class Container:
    class streams:  # noqa: N801
        video = (Stream(),)

    def demux(self, _stream):
        return map(Packet, range(5))

    def close(self):
        pass


@pytest.fixture(autouse=True)
def _opened(monkeypatch):
    monkeypatch.setattr(decode, "open_container", lambda _address, _options: Container())


def test_a_camera_goes_on_with_the_next_packet_and_counts():
    status = SourceStatus()
    found = list(shots(STREAM, {}, status, threads=1))
    assert [one.t_s for one in found] == [0, 1, 3, 4]
    assert (status.damaged_total, status.frames_total) == (2, 4)


def test_a_film_says_that_it_is_damaged():
    with pytest.raises(SourceError, match=r"film.mp4: is damaged after 1.00 s"):
        list(shots("film.mp4", {}, SourceStatus(), threads=1))
