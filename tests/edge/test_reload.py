"""A camera file that changes is taken over between two pictures; a wrong one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.reload import SceneReload
from edge.scene import load_scene

CAMERA = Path(__file__).parents[2] / "sample_videos" / "pham_ngoc_thach" / "camera.toml"


class Setup:
    def __init__(self, folder):
        self.path = folder / "camera.toml"
        self.path.write_bytes(CAMERA.read_bytes())
        self.now_s = 0.0
        self.made = []
        self.reload = SceneReload(self.path, load_scene(self.path), self.watchers, steady=lambda: self.now_s)
        assert self.poll() is None

    def watchers(self, scene):
        self.made.append(scene.file_sha256)
        return lambda: scene

    def write(self, before, after):
        text = self.path.read_text()
        assert before in text
        replaced = self.path.with_suffix(".new")
        replaced.write_text(text.replace(before, after))
        replaced.replace(self.path)

    def poll(self):
        self.now_s += 1.5
        return self.reload.poll()


@pytest.fixture
def setup(tmp_path):
    return Setup(tmp_path)


def test_a_changed_file_is_taken_over_once(setup):
    before = setup.reload.current.file_sha256
    setup.write('location = "', 'location = "Ngã tư ')
    view = setup.poll()
    assert view.scene.location.startswith("Ngã tư ")
    assert view.scene.camera_file_sha256 != before
    assert view.make_watcher().file_sha256 == view.scene.camera_file_sha256
    assert setup.poll() is None
    assert setup.reload.trouble == ""


def test_a_wrong_file_is_refused_with_line_and_field_and_the_old_one_stays(setup):
    kept = setup.reload.current
    setup.write("direction_m", "direction")
    assert setup.poll() is None
    assert setup.reload.current is kept
    line = next(n for n, text in enumerate(setup.path.read_text().splitlines(), 1) if "direction" in text)
    assert f"camera.toml:{line}: road.direction" in setup.reload.trouble
    assert "vẫn dùng tệp cũ / Camera file refused, the old one stays" in setup.reload.trouble
    assert setup.made == []
    setup.write("direction =", "direction_m =")
    assert setup.poll() is None  # the same as before: nothing to take over
    assert setup.reload.trouble == ""


def test_a_file_of_another_camera_is_refused(setup):
    setup.write(f'id = "{setup.reload.current.id}"', 'id = "another-camera"')
    assert setup.poll() is None
    assert "this worker watches" in setup.reload.trouble


def test_a_file_that_is_away_for_a_while_changes_nothing(setup):
    content = setup.path.read_bytes()
    setup.path.unlink()
    assert setup.poll() is None
    assert "there is no such camera file" in setup.reload.trouble
    setup.path.write_bytes(content)
    assert setup.poll() is None
    assert setup.reload.trouble == ""


def test_the_file_is_looked_at_once_a_second_only(setup):
    setup.write('location = "', 'location = "Ngã tư ')
    setup.now_s += 0.5
    assert setup.reload.poll() is None
    setup.now_s += 0.6
    assert setup.reload.poll() is not None


def test_an_offered_file_is_kept_once_it_is_in_force_and_a_wrong_one_never(setup, tmp_path):
    offered, kept = tmp_path / "offered.toml", tmp_path / "kept.toml"
    reload = SceneReload(
        offered,
        setup.reload.current,
        setup.watchers,
        steady=lambda: setup.now_s,
        keep=kept,
        optional=True,
    )
    for text, trouble, is_kept in (
        (None, False, False),
        (CAMERA.read_text().replace("direction_m", "direction"), True, False),
        (CAMERA.read_text().replace('location = "', 'location = "Ngã tư '), False, True),
        ("", True, True),
    ):
        if text is not None:
            offered.write_text(text)
        setup.now_s += 1.5
        reload.poll()
        assert (reload.trouble != "", kept.exists()) == (trouble, is_kept)
    assert "Ngã tư" in kept.read_text()
