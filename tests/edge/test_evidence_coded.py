"""Evidence from the camera's own packets: the same pictures as were judged, nothing encoded again."""

from __future__ import annotations

import time
from pathlib import Path

import av
import numpy as np
import pytest

from edge.capture import CameraSource, FileSource
from edge.capture.picture import Picture
from edge.detector.types import Image
from edge.evidence import FrameRing
from edge.evidence.clip import record_clip
from edge.evidence.reel import ClipError
from edge.evidence.ring import KeptFrame, each_image, images_of, jpegs_of, weight_bytes
from edge.evidence.screening import Screening
from tests.edge.film_kit import FPS, film, ring_of, verify_clip
from tests.edge.rtsp_kit import RtspCamera

CODINGS = {
    "B-pictures": {"g": "10", "bf": "2"},
    "no B-pictures": {"g": "10", "bf": "0"},
    "one key picture": {"g": "250", "bf": "3"},
    "open runs": {"g": "10", "bf": "3", "x264-params": "open-gop=1"},
    "all key": {"g": "1"},
}


def clip_times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [round(float(frame.time), 3) for frame in container.decode(video=0)]


@pytest.mark.parametrize("options", CODINGS.values(), ids=CODINGS.keys())
def test_a_picture_is_found_again_bit_for_bit(tmp_path: Path, options: dict[str, str]) -> None:
    path = film(tmp_path / "film.mp4", 45, options=options)
    seen = [frame.image for frame in FileSource(path)]
    frames = ring_of(path).window(0, 99)
    assert len(frames) == 45
    assert all(frame.place is not None for frame in frames)
    for pick in (frames, frames[13:17], frames[::9], [frames[44], frames[3], frames[20]]):
        for frame, image in zip(pick, images_of(pick), strict=True):
            assert np.array_equal(image, seen[frame.index])
    assert [frame.index for frame, _ in each_image(frames[5:30])] == list(range(5, 30))


@pytest.mark.parametrize("options", CODINGS.values(), ids=CODINGS.keys())
@pytest.mark.parametrize(("first", "last"), [(0, 44), (3, 20), (12, 19), (20, 44), (10, 29)])
def test_a_clip_is_what_the_camera_sent(
    tmp_path: Path, options: dict[str, str], first: int, last: int
) -> None:
    """Same packets, so same pictures; from the frame asked for to the last that needs no later one."""
    path = film(tmp_path / "film.mp4", 45, options=options)
    seen = [frame.image for frame in FileSource(path)]
    frames = ring_of(path).window(first / FPS - 0.01, last / FPS + 0.01)
    clip = record_clip(tmp_path / "clip.mp4", frames)
    assert clip.encoded_again == ""
    assert clip.frames == frames[: len(clip.frames)]
    assert len(clip.frames) >= max(len(frames) - 3, 2)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        for index, shown in enumerate(container.decode(video=0)):
            assert np.array_equal(shown.to_ndarray(format="bgr24"), seen[first + index])
    assert clip_times(tmp_path / "clip.mp4") == pytest.approx(
        [frame.t_s - frames[0].t_s for frame in clip.frames], abs=0.001
    )
    content = (tmp_path / "clip.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


class Audience:
    """Notes what it sees, each showing by itself; every picture must be the one that was judged."""

    def __init__(self, seen: list[Image]) -> None:
        self.watched: list[list[int]] = []
        self._seen = seen

    def begin(self) -> None:
        self.watched.append([])

    def see(self, frame: KeptFrame, picture: Picture) -> None:
        assert np.array_equal(picture.bgr(), self._seen[frame.index])
        self.watched[-1].append(frame.index)


@pytest.mark.parametrize("broken", [False, True])
def test_who_watches_a_clip_sees_what_the_camera_sent_whichever_way_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    """While the camera's packets are checked, and once more from the first where they make no clip."""
    path = film(tmp_path / "film.mp4", 30, options=CODINGS["no B-pictures"])
    seen = [frame.image for frame in FileSource(path)]
    frames = ring_of(path).window(0.35, 1.55)
    if broken:
        honest = Screening.write

        def lying(self: Screening, to: Path) -> None:
            honest(self, to)
            raise ClipError("holds other pictures")

        monkeypatch.setattr(Screening, "write", lying)
    audience = Audience(seen)
    clip = record_clip(tmp_path / "clip.mp4", frames, audience)
    whole = [frame.index for frame in frames]
    assert audience.watched == ([whole, whole] if broken else [whole])
    assert bool(clip.encoded_again) is broken
    verify_clip(tmp_path / "clip.mp4", [frame.t_s for frame in frames])


def test_two_frames_that_need_a_later_one_are_encoded_again(tmp_path: Path) -> None:
    frames = ring_of(film(tmp_path / "film.mp4", 45, options=CODINGS["one key picture"])).window(1.35, 1.55)
    assert len(frames) == 2
    clip = record_clip(tmp_path / "clip.mp4", frames)
    assert clip.frames == frames
    assert clip.encoded_again == "its frames need later ones"


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "name", "why"),
    [
        ("libx265", "yuv420p", "film.mp4", "may not play hevc"),
        ("libx264", "yuv444p", "film.mp4", "High 4:4:4"),
        ("mjpeg", "yuvj420p", "film.mkv", "may not play mjpeg"),
    ],
)
def test_what_browsers_do_not_play_is_encoded_again_and_says_so(
    tmp_path: Path, codec: str, pix_fmt: str, name: str, why: str
) -> None:
    options = {"x265-params": "keyint=10:log-level=none"} if codec == "libx265" else {}
    path = film(tmp_path / name, 30, codec=codec, pix_fmt=pix_fmt, options=options)
    ring = ring_of(path)
    frames = ring.window(0.5, 2.0)
    clip = record_clip(tmp_path / "clip.mp4", frames)
    assert why in clip.encoded_again
    verify_clip(tmp_path / "clip.mp4", [frame.t_s for frame in frames])
    seen = [frame.image for frame in FileSource(path)]
    assert np.array_equal(frames[3].image(), seen[frames[3].index])


def test_a_hole_in_the_packets_is_bridged_with_jpeg_until_the_next_key_picture(tmp_path: Path) -> None:
    """Frames the reader threw away took their packets with them: nothing is decoded across that."""
    path = film(tmp_path / "film.mp4", 30, options={"g": "10", "bf": "0"})
    frames = ring_of(path, drop=(13,)).window(0, 99)
    lost = [frame.index for frame in frames if frame.place is None]
    assert lost == list(range(lost[0], lost[-1] + 1))
    assert 13 < lost[0] < lost[-1] < 20
    seen = [frame.image for frame in FileSource(path)]
    for frame, image in each_image(frames):
        assert np.abs(image.astype(int) - seen[frame.index]).mean() < 3
    assert "as the camera sent it" in record_clip(tmp_path / "clip.mp4", frames).encoded_again


def test_packets_stay_as_long_as_a_frame_needs_them_and_no_longer(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 60, options={"g": "10", "bf": "0"})
    ring = ring_of(path, seconds=1.5)
    frames = ring.window(0, 99)
    assert [frame.index for frame in frames] == list(range(44, 60))  # of three runs
    assert ring.size_bytes == weight_bytes(frames)
    assert images_of(frames[:1])[0].shape == (108, 192, 3)
    assert len({id(gop) for frame in frames for gop in frame.place.gops}) == 3


def test_the_ring_keeps_to_its_bytes_even_without_key_pictures(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 120, options={"g": "1000", "bf": "0"})
    whole = ring_of(path).size_bytes
    bound = max(whole // 2, 12_000)
    ring = ring_of(path, max_bytes=bound)
    assert ring.size_bytes <= bound
    assert ring.newest().index == 119
    assert ring.newest().image().shape == (108, 192, 3)


def test_the_newest_picture_is_there_without_decoding(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 12)
    ring = ring_of(path)
    assert np.array_equal(ring.newest_image(), images_of([ring.newest()])[0])


def test_stills_are_jpegs_of_the_decoded_picture(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 12)
    frames = ring_of(path).window(0.4, 0.6)
    assert all(jpeg.startswith(b"\xff\xd8") for jpeg in jpegs_of(frames))
    assert frames[0].jpeg == jpegs_of(frames)[0]


def test_a_network_cameras_packets_are_kept_too(tmp_path: Path) -> None:
    """Over RTSP, reconnected once: each picture is found again; a clip of one connection is copied."""
    camera = RtspCamera(pictures=40)
    camera.start()
    source = CameraSource(camera.address, first_pause_s=0.05)
    ring = FrameRing(seconds=600, max_bytes=10**9)
    seen = {}
    until_s = time.monotonic() + 90
    for frame in source:
        ring.add(frame, frame.t_s)
        seen[frame.index] = frame
        if (frame.epoch == 1 and len(seen) > 55) or time.monotonic() > until_s:
            break
    source.close()
    camera.close()
    frames = ring.window(-1, 1e9)
    assert len(frames) == len(seen)
    coded = [kept for kept in frames if kept.place is not None]
    assert len(coded) > len(frames) / 2
    for kept, image in each_image(coded):
        assert np.array_equal(image, seen[kept.index].image)
    first = [kept for kept in coded if seen[kept.index].epoch == 0]
    assert record_clip(tmp_path / "one.mp4", first[5:25]).encoded_again == ""
    second = [kept for kept in frames if seen[kept.index].epoch == 1]
    assert record_clip(tmp_path / "both.mp4", [*first[-5:], *second[:5]]).encoded_again
