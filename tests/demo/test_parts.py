"""The box that a demo plays its clips on."""

from __future__ import annotations

import pytest

from backend.demo.clip import FIRST, load_all
from backend.demo.parts import box_file, outside_settings
from edge.box.config import load_box_file


@pytest.mark.parametrize("loop", [True, False])
def test_every_sample_clip_is_a_camera_of_the_box(tmp_path, loop):
    clips = load_all()
    assert clips[0].folder.name == FIRST
    path = tmp_path / "box.toml"
    text = box_file(clips, backend="http://127.0.0.1:8000", data=tmp_path / "box", loop=loop)
    path.write_text(text, encoding="utf-8")
    box = load_box_file(path)
    assert [camera.id for camera in box.camera] == [clip.camera_id for clip in clips]
    assert {camera.play for camera in box.camera} == {"loop" if loop else "follow"}
    assert len({clip.camera_id for clip in clips}) == len(clips)


class _Named(dict):
    """Says of each entry where it stands."""

    def __missing__(self, key: str) -> object:
        return _Named(name=key) if "name" not in self else f"{self['name']}.{key}"


def test_the_backend_is_told_where_every_part_of_the_sandbox_is():
    told = set(outside_settings(_Named()).values())
    parts = ("registry", "population", "eid", "momo", "portal", "zalo", "sms", "vneid", "post")
    assert {f"{part}.url" for part in parts} <= told
