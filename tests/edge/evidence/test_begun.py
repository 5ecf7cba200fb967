"""Evidence begun while its pictures still come is the same, byte for byte, as when it is made at the end."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

import edge.evidence.begun
import edge.evidence.film
from edge.capture import FileSource, Frame
from edge.detector.types import Box
from edge.device import Device, load_or_create
from edge.evidence import Begun, Case, FrameRing, Pack, build_pack, pictures_of
from edge.evidence.reel import ClipError
from edge.evidence.sights import Sights
from edge.tracking import Seen
from tests.edge.box_kit import SCENE, case_at
from tests.edge.film_kit import EPOCH, film
from tests.edge.test_evidence_coded import CODINGS

EVENT_S, SIDE_S, FOUND_AT, LAST = 2.0, 1.5, 26, 35
EVERY = 3
H265 = {"x265-params": "keyint=10:bframes=2:log-level=none"}


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return load_or_create(tmp_path / "data", "Hộp thử")


def watched(path: Path, ring: FrameRing, sights: Sights) -> Iterator[Frame]:
    """The frames of a film, each in the ring, every third of them looked at."""
    for frame in FileSource(path, start_at=EPOCH):
        ring.add(frame, 1000 + frame.t_s)
        if frame.index % EVERY == 0:
            own = Box(8 + frame.index, 30, 40, 30)
            other = Seen(2, "motorbike", Box(90 - frame.index, 40, 20, 30), coasting=False)
            sights.note(frame.index, frame.t_s, [Seen(1, "car", own, coasting=False), other], [])
        yield frame


def played(begun: Begun | None) -> None:
    """Do whatever can be done by now."""
    while begun is not None and begun.step():
        pass


def packed(root: Path, case: Case, ring: FrameRing, device: Device, begun: Begun | None) -> Pack:
    pictures = pictures_of(case, ring, before_s=SIDE_S, after_s=SIDE_S)
    return build_pack(
        root,
        case,
        pictures,
        device=device,
        scene=SCENE,
        event_at=pictures.event_at(case.t_event_s),
        begun=begun,
    )


@pytest.mark.parametrize("options", [*CODINGS.values(), H265], ids=[*CODINGS.keys(), "H.265"])
def test_begun_ahead_is_the_same_and_leaves_little_to_do(
    tmp_path: Path, device: Device, monkeypatch: pytest.MonkeyPatch, options: dict[str, str]
) -> None:
    monkeypatch.setattr(edge.evidence.begun, "AHEAD_THREADS", 1)  # x264 counts its bits by its threads
    path = film(tmp_path / "film.mp4", 60, codec="libx265" if options is H265 else "libx264", options=options)
    ring, sights = FrameRing(seconds=60, max_bytes=10**9), Sights()
    case = dataclasses.replace(case_at(EVENT_S), sights=sights)
    begun = None
    for frame in watched(path, ring, sights):
        if frame.index == FOUND_AT:
            begun = Begun(case, ring, SCENE, before_s=SIDE_S, after_s=SIDE_S)
        played(begun)
        if frame.index == LAST + EVERY:
            break
    honest, masks = edge.evidence.film.masked, []
    monkeypatch.setattr(edge.evidence.film, "masked", lambda *of: masks.append(of) or honest(*of))
    ahead = packed(tmp_path / "ahead", case, ring, device, begun)
    left = len(masks)
    whole = packed(tmp_path / "whole", case, ring, device, None)
    assert ahead.signed == whole.signed
    for file in whole.report.files:
        assert (ahead.folder / file.name).read_bytes() == (whole.folder / file.name).read_bytes()
    assert ("may not play hevc" in "".join(whole.report.notes)) is (options is H265)
    assert left <= 5
    assert len(masks) - left > 25


def test_a_picture_is_not_masked_before_all_is_known_of_it(tmp_path: Path) -> None:
    """Who stood before the accused may only show in the next look."""
    sights = Sights()
    sights.note(0, 1.0, [Seen(1, "car", Box(0, 0, 9, 9), coasting=False)], [])
    assert sights.is_settled(1, 1.0)
    assert not sights.is_settled(1, 1.1)
    sights.note(1, 1.4, [Seen(2, "car", Box(0, 0, 9, 9), coasting=False)], [])
    assert not sights.is_settled(1, 1.1)
    assert sights.is_settled(2, 1.1)
    sights.note(2, 1.6, [Seen(1, "car", Box(0, 0, 9, 9), coasting=True)], [])
    assert sights.is_settled(1, 1.1)
    assert not sights.is_settled(1, 1.2)


def test_what_cannot_be_taken_as_it_comes_is_left_to_the_end(tmp_path: Path, device: Device) -> None:
    """Frames lost on the way to the ring."""
    path = film(tmp_path / "film.mp4", 60, options={"g": "60", "bf": "0"})
    ring, case = FrameRing(seconds=60, max_bytes=10**9), case_at(EVENT_S)
    for frame in FileSource(path, start_at=EPOCH):
        if frame.index != LAST - 5:
            ring.add(frame, frame.t_s)
    begun = Begun(case, ring, SCENE, before_s=SIDE_S, after_s=SIDE_S)
    with pytest.raises(ClipError):
        played(begun)
    pack = packed(tmp_path / "whole", case, ring, device, None)
    assert "encoded again" in "".join(pack.report.notes)


def test_a_clip_that_became_another_one_is_made_anew(tmp_path: Path, device: Device) -> None:
    """The ring let go of the first frames before the last had come: what was begun does not count."""
    path = film(tmp_path / "film.mp4", 60, options=CODINGS["no B-pictures"])
    ring, sights = FrameRing(seconds=60, max_bytes=10**9), Sights()
    case = dataclasses.replace(case_at(EVENT_S), sights=sights)
    for _ in watched(path, ring, sights):
        pass
    begun = Begun(case, ring, SCENE, before_s=SIDE_S + 0.3, after_s=SIDE_S)
    played(begun)
    pack = packed(tmp_path / "anew", case, ring, device, begun)
    assert len(pack.report.frames.clip) == 31
    assert "encoded again" not in "".join(pack.report.notes)
