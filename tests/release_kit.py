"""Signed releases for tests: tiny programs that stand where a box's program does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.bundle import Contract, Manifest, part_of, write_bundle
from edge.outbox import FORMAT
from edge.release.places import BAD_BOX_FILE
from edge.report import REPORT_SCHEMA
from edge.upkeep import HEARTBEAT_SCHEMA

SPOKEN = Contract(report=REPORT_SCHEMA, heartbeat=HEARTBEAT_SCHEMA, outbox=FORMAT)


def metadata(version: str) -> bytes:
    return f"Metadata-Version: 2.4\nName: phatnguoi\nVersion: {version}\nRequires-Python: >=3.11\n".encode()


def bundle(
    path: Path,
    key: Ed25519PrivateKey,
    version: str = "9.0.0",
    *,
    files: dict[str, bytes] | None = None,
    contract: Contract = SPOKEN,
    python: str = "3.11",
) -> Manifest:
    """A release of these files, and of what names its version."""
    contents = {f"phatnguoi-{version}.dist-info/METADATA": metadata(version), **(files or {})}
    manifest = Manifest(
        version=version,
        made_at=datetime(2026, 11, 27, 5, 0, tzinfo=UTC),
        notes_vi="Bản thử",
        notes_en="A trial",
        contract=contract,
        python=python,
        files=tuple(part_of(name, content) for name, content in sorted(contents.items())),
    )
    write_bundle(path, manifest, contents, key)
    return manifest


_PROGRAM = '''"""Stands where the box's program does; says that it ran, and does what its version is for."""
import json, os, signal, subprocess, sys, time
from pathlib import Path

VERSION, DEED, DATA = {version!r}, {deed!r}, Path({data!r})
if "--self-test" in sys.argv:
    if DEED == "fails its test":
        sys.exit("no network could be loaded")
    print("[]" if DEED == "says nothing of use" else json.dumps({{"version": VERSION, "took_s": 0.1}}))
    sys.exit(0)
with (DATA / "ran.log").open("a") as log:
    log.write(f"{{VERSION}} {{os.getpid()}}\\n")
if DEED == "crashes":
    sys.exit("KeyError: password=hunter2 the new version is broken")
CONFIG = DATA / "box.toml"
if DEED == "cannot read" or (CONFIG.exists() and "unusable" in CONFIG.read_text()):
    sys.exit({bad_file})
if DEED == "confirms":
    from edge.release.state import change, confirmed
    change(DATA / "releases", lambda state: confirmed(state, VERSION, "2026-11-27T05:00:00+00:00"))
if DEED == "leaves a camera":
    camera = subprocess.Popen(["sleep", "300"])
    (DATA / "camera.pid").write_text(str(camera.pid))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while True:
    time.sleep(0.05)
'''


def program(version: str, deed: str, data: Path) -> dict[str, bytes]:
    """The files of a version that only crashes, hangs, confirms itself or runs, with `edge` beneath it."""
    import edge

    above = f"__path__.append({str(Path(edge.__file__).parent)!r})\n"
    return {
        "edge/__init__.py": above.encode(),
        "edge/cli.py": _PROGRAM.format(
            version=version, deed=deed, data=str(data), bad_file=BAD_BOX_FILE
        ).encode(),
    }


def install(releases: Path, version: str, files: dict[str, bytes]) -> None:
    """Put a version on a box's disk as if it had been unpacked there."""
    for name, content in files.items():
        path = releases / version / "app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
