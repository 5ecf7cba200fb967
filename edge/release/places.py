"""Where on a box releases lie: `releases/VERSION/app` beside the cameras' data. Standard library only."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

FOLDER_VARIABLE: Final = "PHATNGUOI_RELEASES"
"""Set by the launcher for what it starts; whoever finds it unset runs by hand and takes no releases."""
BASE_VARIABLE: Final = "PHATNGUOI_BASE_VERSION"
BAD_BOX_FILE: Final = 78
"""How a version ends that cannot read the box file (EX_CONFIG of sysexits.h): a person must mend that."""


def folder_of(data: Path) -> Path:
    """Where the releases of a box lie."""
    return data / "releases"


def app_of(folder: Path, name: str) -> Path:
    """Where the program of a version lies; it is there only once it is whole."""
    return folder / name / "app"


def own_version() -> str:
    """The version of the program that is running."""
    try:
        return version("phatnguoi")
    except PackageNotFoundError:
        return "0+unknown"
