"""Writes that a power cut cannot tear: whole and on disk, or not there at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

STAGING_PREFIX = ".staging-"


def fsync_folder(folder: Path) -> None:
    """Make the names inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_synced(path: Path, content: bytes, mode: int = 0o640) -> None:
    """Write a new file and flush it to disk. Raises OSError (disk full, file exists)."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Flush a file somebody else has written."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes, mode: int = 0o640) -> None:
    """Put `content` at `path` in one step, whatever was there before."""
    staged = path.with_name(f"{STAGING_PREFIX}{path.name}-{uuid.uuid4().hex[:8]}")
    try:
        write_synced(staged, content, mode)
        staged.replace(path)
    except OSError:
        staged.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


@contextlib.contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `target` in one step when the block ends well.

    Every file and folder in it is flushed first. When the block raises, or `target` is there already
    (OSError), the staged folder is removed and the error goes on.
    """
    staged = target.with_name(f"{STAGING_PREFIX}{target.name}-{uuid.uuid4().hex[:8]}")
    staged.mkdir(parents=True)
    try:
        yield staged
        for path in staged.rglob("*"):
            if path.is_dir():
                fsync_folder(path)
            else:
                sync_file(path)
        fsync_folder(staged)
        staged.rename(target)  # refuses a target that has files in it
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    fsync_folder(target.parent)


def remove_leftovers(folder: Path) -> int:
    """Remove what a killed process left half written in `folder`; the number of things removed."""
    leftovers = [path for path in folder.iterdir() if path.name.startswith(STAGING_PREFIX)]
    for path in leftovers:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(leftovers)
