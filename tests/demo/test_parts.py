"""The box that a demo plays its clips on."""

from __future__ import annotations

from datetime import date

import pytest

from backend.demo.cameras import with_certificate
from backend.demo.clip import FIRST, load_all
from backend.demo.parts import box_file, outside_settings
from edge.box.config import load_box_file
from edge.scene import load_scene


@pytest.mark.parametrize("loop", [True, False])
def test_every_sample_clip_is_a_camera_of_the_box(tmp_path, loop):
    clips = load_all()
    assert clips[0].folder.name == FIRST
    path = tmp_path / "box.toml"
    files = [with_certificate(clip, tmp_path / "cameras", date(2026, 11, 27)) for clip in clips]
    text = box_file(clips, files=files, backend="http://127.0.0.1:8000", data=tmp_path / "box", loop=loop)
    path.write_text(text, encoding="utf-8")
    box = load_box_file(path)
    assert [camera.id for camera in box.camera] == [clip.camera_id for clip in clips]
    assert {camera.play for camera in box.camera} == {"loop" if loop else "follow"}
    assert len({clip.camera_id for clip in clips}) == len(clips)


def test_a_demo_camera_has_a_paper_that_says_it_is_none_and_is_otherwise_its_clips(tmp_path):
    for clip in load_all():
        plain = load_scene(clip.camera_file)
        dressed = load_scene(with_certificate(clip, tmp_path, date(2026, 11, 27)))
        paper = dressed.file.certificate
        assert paper.number == f"TRINH-DIEN-{clip.camera_id.upper()}-2026"
        assert "DEMO" in paper.issued_by
        assert paper.valid_from <= date(2026, 11, 27) <= paper.valid_to
        assert paper.calibrated_on == date(2026, 1, 1)
        assert dressed.file.model_copy(update={"certificate": None}) == plain.file


class _Named(dict):
    """Says of each entry where it stands."""

    def __missing__(self, key: str) -> object:
        return _Named(name=key) if "name" not in self else f"{self['name']}.{key}"


def test_the_backend_is_told_where_every_part_of_the_sandbox_is():
    told = set(outside_settings(_Named()).values())
    parts = ("registry", "population", "eid", "momo", "portal", "zalo", "sms", "vneid", "post")
    assert {f"{part}.url" for part in parts} <= told
