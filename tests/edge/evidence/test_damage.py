"""One damaged packet costs the pictures that depend on it, and a case only where it rests on one of those."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from edge.capture import CameraSource, FileSource
from edge.device import load_or_create
from edge.evidence import FrameRing, build_pack, pictures_of
from edge.evidence.clip import record_clip
from edge.evidence.damage import damage_of
from edge.evidence.reel import ClipError
from edge.evidence.ring import each_picture
from edge.report import TrackPoint
from edge.verify import is_whole, verify_dir
from tests.edge.box_kit import SCENE, case_at
from tests.edge.film_kit import FPS, film, ring_of, verify_clip
from tests.edge.rtsp_kit import RtspCamera

SIZE_PX = (320, 180)
EVENT_S, SIDE_S = 4.0, 3.0
FIRST, LAST = 10, 70

Spoil = Callable[[bytes], bytes]


def noise(data: bytes) -> bytes:
    return random.Random(1).randbytes(len(data))


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def damaged(path: Path, at: int, spoil: Spoil) -> FrameRing:
    """The ring after a film of which the packet that shows picture `at` came damaged.

    What a decoder refuses never was a frame: that picture has no number of its own in a camera's count, here
    it leaves a gap.
    """
    ring = ring_of(path)
    frame = ring.by_index([at])[at]
    for gop in frame.place.gops:
        for place, packet in enumerate(gop.packets):
            if packet.pts == frame.place.pts:
                gop.packets[place] = dataclasses.replace(packet, data=spoil(packet.data))
    return ring


LEFT_OUT = [
    (("libx264", {"g": "10", "bf": "0"}), noise, 23, range(23, 30)),
    (("libx264", {"g": "10", "bf": "0"}), half, 23, range(23, 30)),
    (("libx264", {"g": "10", "bf": "0"}), noise, 29, range(29, 30)),
    (("libx264", {"g": "10", "bf": "0"}), noise, 20, range(20, 30)),
    (("libx264", {"g": "10", "bf": "2", "x264-params": "b-adapt=0"}), noise, 26, range(24, 30)),
    (
        ("libx265", {"preset": "ultrafast", "x265-params": "keyint=10:bframes=0:log-level=none"}),
        noise,
        23,
        range(23, 30),
    ),
]


@pytest.mark.parametrize(("coding", "spoil", "at", "expected"), LEFT_OUT)
def test_what_a_damaged_packet_spoils_is_left_out_and_all_else_is_what_the_camera_sent(
    tmp_path, coding, spoil, at, expected
):
    codec, options = coding
    path = film(tmp_path / "film.mp4", 90, codec=codec, options=options, size_px=SIZE_PX)
    frames = damaged(path, at, spoil).window(FIRST / FPS - 0.01, LAST / FPS + 0.01)
    damage = damage_of(frames)
    assert [frame.index for frame in damage.spoiled] == list(expected)
    assert len(damage.at_s) == 1
    assert damage.at_s[0] == pytest.approx(at / FPS, abs=0.002)
    seen = {frame.index: frame.image for frame in FileSource(path)}
    whole = [frame for frame in frames if frame not in damage.spoiled]
    for frame, picture in each_picture(whole, over_damage=True):
        assert np.array_equal(picture.bgr(), seen[frame.index])
    clip = record_clip(tmp_path / "clip.mp4", frames)
    assert clip.frames == tuple(whole)
    assert clip.damage == damage
    verify_clip(tmp_path / "clip.mp4", [frame.t_s for frame in whole])


@pytest.mark.parametrize("options", [{"g": "10", "bf": "3", "x264-params": "open-gop=1"}, {"g": "250"}])
def test_whole_packets_are_nobodys_damage(tmp_path, options):
    path = film(tmp_path / "film.mp4", 90, options=options, size_px=SIZE_PX)
    damage = damage_of(ring_of(path).window(FIRST / FPS, LAST / FPS))
    assert (damage.at_s, damage.spoiled) == ((), ())


@pytest.mark.parametrize("spoil", [noise, half])
def test_what_a_live_camera_damages_is_known_in_the_ring(spoil):
    """The reader goes on with the next picture; that and all up to the next key picture are spoiled."""
    camera = RtspCamera(
        pictures=50, spoil=lambda picture, part: part[:1] + spoil(part[1:]) if picture == 22 else part
    )
    camera.start()
    ring = FrameRing(seconds=60, max_bytes=10**9)
    source = CameraSource(camera.address)
    for frame in source:
        ring.add(frame, frame.t_s)
        if frame.t_s > 1.5:
            break
    source.close()
    camera.close()
    frames = ring.window(0, 99)
    damage = damage_of(frames)
    assert source.status.damaged_total == 1
    first = source.status.untimed_total  # the first picture of a stream has no time yet
    assert [first + round(t_s * 25) for t_s in damage.at_s] == [22]
    numbers = [first + round(frame.t_s * 25) for frame in damage.spoiled]
    assert numbers == [22, 23, 24][-len(numbers) :]
    assert len(damage.spoiled) >= 2


def case(rests_on_s: float | None = None):
    made = case_at(EVENT_S)
    if rests_on_s is None:
        return made
    box_px = (10.0, 20.0, 30.0, 30.0)
    path = (TrackPoint(t_s=rests_on_s, x_m=1.0, y_m=1.0, box_px=box_px), *made.track)
    return dataclasses.replace(made, t_start_s=rests_on_s, track=path)


def packed(folder: Path, made, at: int, spoil: Spoil):
    path = film(folder / "film.mp4", 90, options={"g": "10", "bf": "0"}, size_px=SIZE_PX)
    pictures = pictures_of(made, damaged(path, at, spoil), before_s=SIDE_S, after_s=SIDE_S)
    device = load_or_create(folder / "data", "Hộp thử")
    pack = build_pack(
        folder / "packs", made, pictures, device=device, scene=SCENE, event_at=pictures.event_at(EVENT_S)
    )
    return pack, device


@pytest.mark.parametrize("spoil", [noise, half])
def test_a_packet_damaged_before_the_event_leaves_the_case_and_is_told(tmp_path, spoil):
    pack, device = packed(tmp_path, case(), 14, spoil)
    report = pack.report
    assert report.frames.missing == tuple(range(14, 20))
    assert report.frames.still_before[0] > 20
    (why,) = [note for note in report.notes if "/" in note]
    assert "1 gói dữ liệu của camera bị hỏng (ở giây 1.400" in why
    assert "1 packets of the camera came damaged (at 1.400 s of the stream)" in why
    assert "numbers 14–19" in why
    for name in ("clip.mp4", "masked_clip.mp4"):
        with av.open(str(pack.folder / name)) as container:
            found_s = [float(one.time) for one in container.decode(video=0)]
        assert not [t_s for t_s in found_s if 0.4 - 0.001 <= t_s < 1.0 - 0.001]
        assert len(found_s) == LAST - FIRST + 1 - 6
    findings = verify_dir(pack.folder, device.key.public_key())
    assert is_whole(findings)
    assert "6 did not come whole from the camera (14, 15, 16, 17, 18…)" in findings[0].en


@pytest.mark.parametrize(
    ("made", "at"),
    [
        (case(), 36),  # the still before is 37
        (case(), 37),
        (case(), 41),  # the still after is 43
        (case(rests_on_s=1.7), 14),  # the path that was measured goes over what depends on it
    ],
)
def test_a_case_that_rests_on_a_spoiled_picture_is_withheld_with_the_reason(tmp_path, made, at):
    with pytest.raises(ClipError, match=rf"the case rests on pictures number .*at {at / FPS:.3f} s"):
        packed(tmp_path, made, at, noise)
    assert not list((tmp_path / "packs").glob("*/manifest.json"))
