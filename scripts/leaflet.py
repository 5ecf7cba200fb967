"""Leaflet, the one library of others that our pages bring: from npm, by version and SHA-256, kept as files.

`python -m scripts.leaflet` fetches it again, which needs npm; `--check` looks at the files that are here.
Another version: change the four lines below, and look at every map.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

VERSION: Final = "1.9.4"
PACKAGE_SHA256: Final = "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77"
FILES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dist/leaflet.js": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
        "dist/leaflet.css": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
        "LICENSE": "53e8dc25862014e4324741ca18fbe3611e11d42ef69f59f86ea8c5389647d4cb",
    }
)
FOLDER: Final = Path(__file__).parents[1] / "backend/static/leaflet"


def faults(folder: Path = FOLDER) -> list[str]:
    """What is not as it was published, a sentence each."""
    found = []
    for name, wanted in FILES.items():
        path = folder / Path(name).name
        if not path.is_file():
            found.append(f"{path}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            found.append(f"{path}: not the file of leaflet {VERSION}")
    return found


def renew(folder: Path = FOLDER) -> None:
    """Write the files as npm has them. Raises RuntimeError where the package is another one."""
    with tempfile.TemporaryDirectory() as there:
        asked = ["npm", "pack", f"leaflet@{VERSION}", "--silent", "--pack-destination", there]
        subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - nothing of it from outside
        unpack(next(Path(there).glob("*.tgz")), folder)


def unpack(package: Path, folder: Path) -> None:
    """Our files out of the package into the folder. Raises RuntimeError where it is another package."""
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != PACKAGE_SHA256:
        raise RuntimeError(f"leaflet {VERSION} has SHA-256 {found}, expected {PACKAGE_SHA256}")
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as archive:
        for name in FILES:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                raise RuntimeError(f"leaflet {VERSION} has no {name}")
            (folder / Path(name).name).write_bytes(member.read())


def main() -> int:
    """Renew, then check; 1 where a file is not the published one."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--check", action="store_true", help="change nothing; needs no network")
    if not options.parse_args().check:
        renew()
    wrong = faults()
    print("\n".join(wrong) or f"leaflet {VERSION}: {len(FILES)} files as published")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
