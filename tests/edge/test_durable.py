from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from edge.durable import remove_leftovers, replace_file, staged_folder, write_synced


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "status.json"
    replace_file(path, b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"torn")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_never_overwrites(tmp_path):
    write_synced(tmp_path / "key", b"1", mode=0o600)
    with pytest.raises(FileExistsError):
        write_synced(tmp_path / "key", b"2")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_folder_appears_whole(tmp_path):
    with staged_folder(tmp_path / "pack") as staged:
        (staged / "a").write_text("1")
        assert not (tmp_path / "pack").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_a_failed_folder_leaves_nothing(tmp_path):
    def fill():
        with staged_folder(tmp_path / "pack") as staged:
            (staged / "a").write_text("1")
            raise ValueError("bad picture")

    with pytest.raises(ValueError, match="bad picture"):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_leaves_is_swept_and_nothing_else(tmp_path):
    code = (
        "import os, signal, sys, pathlib; from edge.durable import staged_folder\n"
        "with staged_folder(pathlib.Path(sys.argv[1]) / 'pack') as staged:\n"
        "    (staged / 'a').write_text('1'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    (tmp_path / "whole").mkdir()
    died = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 2
    assert remove_leftovers(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]
