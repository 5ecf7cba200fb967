"""The demo's folder: one demo at a time, resumed or fresh."""

from __future__ import annotations

import stat

import pytest

from backend.demo.folder import DemoError, DemoFolder


@pytest.fixture
def folder(tmp_path):
    held = DemoFolder(tmp_path / "demo")
    yield held
    held.close()


def test_the_second_run_resumes_with_the_same_secrets(folder):
    assert folder.open(fresh=False) is False
    first = folder.secrets()
    folder.close()

    assert folder.open(fresh=False) is True
    assert folder.secrets() == first
    assert stat.S_IMODE((folder.path / "secrets.json").stat().st_mode) == 0o600


def test_fresh_forgets_everything_but_the_played_demos_folder(folder):
    folder.open(fresh=False)
    first = folder.secrets()
    (folder.path / "postgres").mkdir()
    (folder.path / "once").mkdir()
    folder.close()

    assert folder.open(fresh=True) is False
    assert folder.secrets() != first
    assert not (folder.path / "postgres").exists()
    assert (folder.path / "once").exists()


def test_two_demos_cannot_share_a_folder(folder):
    folder.open(fresh=False)

    with pytest.raises(DemoError, match="runs there"):
        DemoFolder(folder.path).open(fresh=True)
    assert folder.logs.exists()
