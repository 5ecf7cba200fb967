"""What was decoded is what is in the file: unit for unit, at its time, and shown from its first frame on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from edge.capture.coded import Packet
from edge.evidence.gop import gops_of
from edge.evidence.reel import ClipError, Reel, check_index_first
from tests.edge.film_kit import FPS, film, ring_of, verify_clip

FIRST, COUNT = 3, 25


def reel_of(path: Path) -> tuple[Reel, list[float], int]:
    """A reel of a film that shows from its fourth picture on, those pictures' times, and the first one's."""
    frames = ring_of(film(path / "film.mp4", COUNT)).window(0, 99)
    places = [frame.place for frame in frames if frame.place]
    reel = Reel(places[0].coding)
    for gop in gops_of(places):
        for packet in gop.packets:
            reel.add(packet)
    reel.end()
    return reel, [frame.t_s for frame in frames[FIRST:]], places[FIRST].pts


def test_a_reel_becomes_a_clip_that_shows_what_it_should(tmp_path: Path) -> None:
    reel, times_s, first = reel_of(tmp_path)
    reel.write(tmp_path / "clip.mp4", times_s, first)
    verify_clip(tmp_path / "clip.mp4", times_s)


def damaged(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


DAMAGES: dict[str, Callable[[Packet], Packet]] = {
    "other pictures": lambda one: dataclasses.replace(one, data=damaged(one.data)),
    "off its own time": lambda one: dataclasses.replace(one, pts=one.pts + 40, dts=one.dts),
}


@pytest.mark.parametrize("words", DAMAGES)
def test_a_file_with_one_packet_that_was_not_decoded_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    reel, times_s, first = reel_of(tmp_path)
    honest, mux = list(reel.packets), Reel._mux

    def lying(self: Reel, path: Path, first_pts: int) -> None:
        self.packets[12] = DAMAGES[words](honest[12])
        mux(self, path, first_pts)
        self.packets = honest

    monkeypatch.setattr(Reel, "_mux", lying)
    with pytest.raises(ClipError, match=words):
        reel.write(tmp_path / "clip.mp4", times_s, first)


def test_a_file_that_lost_a_packet_or_was_cut_is_refused(tmp_path: Path) -> None:
    reel, times_s, first = reel_of(tmp_path)
    reel.write(tmp_path / "clip.mp4", times_s, first)
    whole = (tmp_path / "clip.mp4").read_bytes()
    last = reel.packets.pop()
    with pytest.raises(ClipError, match="packets instead of"):
        reel._compare(tmp_path / "clip.mp4", first)
    reel.packets.append(last)
    for content in (whole[: len(whole) * 3 // 4], b"not a clip"):
        (tmp_path / "clip.mp4").write_bytes(content)
        with pytest.raises(ClipError):
            reel._compare(tmp_path / "clip.mp4", first)


def test_pictures_that_are_not_those_of_the_clip_are_refused(tmp_path: Path) -> None:
    reel, times_s, first = reel_of(tmp_path)
    with pytest.raises(ClipError, match="22 frames instead of 21"):
        reel.write(tmp_path / "clip.mp4", times_s[1:], first)
    with pytest.raises(ClipError, match="ms off"):
        reel.write(tmp_path / "clip.mp4", [*times_s[:-1], times_s[-1] + 0.01], first)


def test_a_clip_whose_first_frame_is_not_where_it_should_be_is_refused(tmp_path: Path) -> None:
    reel, times_s, first = reel_of(tmp_path)
    reel.write(tmp_path / "clip.mp4", times_s, first)
    with pytest.raises(ClipError, match=r"off its own time|first frame on"):
        reel._compare(tmp_path / "clip.mp4", first + 1000)


def test_a_clip_with_its_index_at_the_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "late.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for _ in range(12):
            container.mux(stream.encode(av.VideoFrame(160, 96, "yuv420p")))
        container.mux(stream.encode(None))
    with pytest.raises(ClipError, match="behind its pictures"):
        check_index_first(path.read_bytes())
