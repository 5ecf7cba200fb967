from __future__ import annotations

import dataclasses
import hashlib
import os
from datetime import UTC, datetime, timedelta

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.capture import Frame
from edge.device import load_or_create
from edge.evidence import (
    ClipError,
    EvidenceMissing,
    FrameRing,
    build_pack,
    load_pack,
    pictures_of,
    record_clip,
    report_id_of,
)
from edge.report import is_signed_by
from tests.edge.box_kit import FPS, SCENE, case_at, picture
from tests.edge.film_kit import verify_clip

EPOCH = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def frame(index: int, t_s: float | None = None, image: np.ndarray | None = None) -> Frame:
    t_s = index / FPS if t_s is None else t_s
    image = picture(index) if image is None else image
    return Frame(index, t_s, image, EPOCH + timedelta(seconds=t_s), "file", 0.0)


def filled(count: int = 80, **changes) -> FrameRing:
    ring = FrameRing(**({"seconds": 60, "max_bytes": 10**9} | changes))
    for index in range(count):
        ring.add(frame(index), steady_s=1000 + index / FPS)
    return ring


# -- ring ----------------------------------------------------------------------------------------------------


def test_the_ring_is_bounded_in_time_and_in_bytes():
    ring = filled(80, seconds=2.0)
    assert [kept.index for kept in ring.window(0, 99)] == list(range(59, 80))
    small = filled(80, max_bytes=10_000)
    assert small.size_bytes <= 10_000
    assert small.newest().index == 79
    assert small.size_bytes == sum(len(kept.jpeg) for kept in small.window(0, 99))


def test_the_newest_picture_stays_even_when_it_alone_is_too_large():
    assert len(filled(3, max_bytes=1)) == 1


def test_stream_time_must_go_forward():
    ring = filled(3)
    with pytest.raises(ValueError, match="went back"):
        ring.add(frame(3, t_s=0.1), 0.0)


def test_the_ring_says_when_a_moment_was_seen_or_never_will_be():
    ring = filled(10)
    assert ring.reaches(0.9)
    assert not ring.reaches(1.0)
    ring.end()
    assert ring.reaches(1.0)


@given(st.floats(-1, 9), st.floats(-1, 9))
def test_a_window_holds_exactly_the_frames_between(from_s, to_s):
    ring = WHOLE
    expected = [index for index in range(80) if from_s <= index / FPS <= to_s]
    assert [kept.index for kept in ring.window(from_s, to_s)] == expected


WHOLE = filled()


# -- clip ----------------------------------------------------------------------------------------------------


def uneven_frames(size_px=(96, 160)):
    """A camera that stutters: no two gaps alike, one pause of more than a second."""
    ring = FrameRing(seconds=60, max_bytes=10**9)
    t_s = 5.0
    for index in range(30):
        t_s += 0.033 + (index % 5) * 0.0113 + (1.2 if index == 17 else 0)
        image = np.full((*size_px, 3), 40 + index * 5, np.uint8)
        ring.add(frame(index, t_s, image), t_s)
    return ring.window(0, 99)


@pytest.mark.parametrize("size_px", [(96, 160), (97, 161)])
def test_a_clip_keeps_each_frames_own_time_and_plays_in_browsers(tmp_path, size_px):
    path, frames = tmp_path / "clip.mp4", uneven_frames(size_px)
    clip = record_clip(path, frames)
    assert clip.frames == frames
    times_s = [kept.t_s for kept in frames]
    verify_clip(path, times_s)
    with av.open(str(path)) as container:
        pictures = list(container.decode(video=0))
    assert [round(shown.time, 3) for shown in pictures] == [round(t_s - times_s[0], 3) for t_s in times_s]
    for shown, kept in zip(pictures, frames, strict=True):
        assert abs(shown.to_ndarray(format="gray").mean() - kept.image().mean()) < 6
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_clip_of_one_frame_or_of_two_sizes_is_refused(tmp_path):
    frames = uneven_frames()
    with pytest.raises(ClipError, match="at least 2"):
        record_clip(tmp_path / "one.mp4", frames[:1])
    with pytest.raises(ClipError, match="another size"):
        record_clip(tmp_path / "two.mp4", [*frames[:3], *uneven_frames((120, 160))[3:6]])


# -- pack ----------------------------------------------------------------------------------------------------


@pytest.fixture
def device(tmp_path):
    return load_or_create(tmp_path / "data", "Hộp thử")


def packed(root, device, case=None, ring=None):
    root.mkdir(exist_ok=True)
    case = case or case_at(4.0)
    pictures = pictures_of(case, ring or WHOLE, before_s=3, after_s=3)
    return build_pack(
        root, case, pictures, device=device, scene=SCENE, event_at=pictures.event_at(case.t_event_s)
    )


def test_a_pack_holds_what_its_signed_manifest_says(tmp_path, device):
    pack = packed(tmp_path / "evidence", device)
    assert is_signed_by(pack.signed, device.key.public_key())
    names = {file.name for file in pack.report.files}
    assert {path.name for path in pack.folder.iterdir()} == names | {"manifest.json"}
    for file in pack.report.files:
        content = (pack.folder / file.name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file.sha256, file.size_bytes)
        assert pack.report.report_id in file.object_key
    assert load_pack(pack.folder) == pack
    assert pack.report.times.event_at == EPOCH + timedelta(seconds=4)
    assert pack.manifest_key == f"evidence/cam-thu/2026/11/23/{pack.report.report_id}/manifest.json"


def test_stills_are_the_named_frames_and_the_crop_is_what_was_read(tmp_path, device):
    case = case_at(4.0, step=5)
    pack = packed(tmp_path / "evidence", device, case)
    for role, index in (("still_before", 35), ("still_at", 40), ("still_after", 45)):
        shown = cv2.imread(str(pack.folder / f"{role}.jpg"))
        assert shown.shape == picture(index).shape
        assert np.abs(shown.astype(int) - picture(index)).mean() < 2
    assert np.array_equal(cv2.imread(str(pack.folder / "plate_crop.png")), case.plate_crop)


def test_the_clip_runs_three_seconds_to_either_side(tmp_path, device):
    pack = packed(tmp_path / "evidence", device)
    verify_clip(pack.folder / "clip.mp4", [index / FPS for index in range(10, 71)])


@pytest.mark.parametrize(("fps", "step"), [(12.5, 1), (25, 2), (30, 2)])
def test_the_copy_for_others_moves_at_fifteen_pictures_a_second_at_most(tmp_path, device, fps, step):
    ring = FrameRing(seconds=60, max_bytes=10**9)
    for index in range(60):
        ring.add(frame(index, index / fps), steady_s=index / fps)
    pack = packed(tmp_path / "evidence", device, case_at(1.0), ring)
    shown_s = [t_s for _, t_s in pack.report.frames.clip]
    verify_clip(pack.folder / "clip.mp4", shown_s)
    verify_clip(pack.folder / "masked_clip.mp4", shown_s[::step])


def test_an_event_without_a_readable_plate_has_no_crop(tmp_path, device):
    pack = packed(tmp_path / "evidence", device, case_at(4.0, plate=None))
    assert pack.report.plate is None
    assert not (pack.folder / "plate_crop.png").exists()


def test_at_the_edge_of_the_clip_what_exists_is_taken(tmp_path, device):
    pack = packed(tmp_path / "evidence", device, case_at(0.5))
    verify_clip(pack.folder / "clip.mp4", [index / FPS for index in range(36)])


def test_without_its_pictures_nothing_is_claimed():
    with pytest.raises(EvidenceMissing, match="still_before"):
        pictures_of(case_at(1.0), filled(80, seconds=5), before_s=3, after_s=3)
    same = dataclasses.replace(case_at(4.0), still_frames=(40, 40, 43))
    with pytest.raises(EvidenceMissing, match="three different"):
        pictures_of(same, WHOLE, before_s=3, after_s=3)


def test_a_picture_without_a_wall_clock_proves_no_moment():
    ring = FrameRing(seconds=60, max_bytes=10**9)
    for index in range(60):
        ring.add(dataclasses.replace(frame(index), captured_at=None), 0.0)
    pictures = pictures_of(case_at(3.0), ring, before_s=3, after_s=3)
    with pytest.raises(EvidenceMissing, match="wall clock"):
        pictures.event_at(3.0)


def test_the_same_pack_cannot_be_built_over_an_existing_one(tmp_path, device):
    first = packed(tmp_path / "evidence", device)
    before = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    with pytest.raises(OSError, match="not empty"):
        packed(tmp_path / "evidence", device)
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == before
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == [first.folder.name]


def test_a_failure_half_way_leaves_nothing_behind(tmp_path, device, monkeypatch):
    monkeypatch.setattr(
        os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space"):
        packed(tmp_path / "evidence", device)
    assert list((tmp_path / "evidence").iterdir()) == []


# -- identity ------------------------------------------------------------------------------------------------


def test_report_ids_are_stable_and_tell_events_apart():
    again = report_id_of("box-1", "cam", "red_light", EPOCH, 7)
    assert report_id_of("box-1", "cam", "red_light", EPOCH + timedelta(milliseconds=100), 7) == again
    others = {
        report_id_of("box-2", "cam", "red_light", EPOCH, 7),
        report_id_of("box-1", "cam2", "red_light", EPOCH, 7),
        report_id_of("box-1", "cam", "speeding", EPOCH, 7),
        report_id_of("box-1", "cam", "red_light", EPOCH, 8),
        report_id_of("box-1", "cam", "red_light", EPOCH + timedelta(seconds=1), 7),
    }
    assert again not in others
    assert len(others) == 5
