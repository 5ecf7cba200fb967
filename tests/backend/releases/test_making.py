"""From wheels to one signed release, by the command that does it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

import edge
from backend.cli import app
from backend.releases.making import MakingError, make_release, read_private_key
from edge.bundle import read_manifest
from edge.release.contract import SPOKEN
from tests.release_kit import metadata

KEY = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
EDGE = Path(edge.__file__).parent


def wheel(path: Path, files: dict[str, bytes], about: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in {f"{path.stem}.dist-info/METADATA": about, **files}.items():
            made.writestr(name, content)
    return path


@pytest.fixture
def ours(tmp_path):
    """As the product's wheel is: the whole program, of which a box runs a part."""
    files = {f"edge/{one.relative_to(EDGE)}": one.read_bytes() for one in EDGE.rglob("*.py")}
    files |= {"backend/app.py": b"", "edge/weights/x.onnx": b"weights"}
    return wheel(tmp_path / "phatnguoi-9.0.0.whl", files, metadata("9.0.0"))


def made(wheels, out):
    from backend.database import utc_now

    return make_release(wheels, out, key=KEY, notes_vi="Mới", notes_en="New", now=utc_now())


def test_a_box_gets_what_it_runs_and_what_that_newly_needs(ours, tmp_path):
    about = metadata("1.0").replace(b"Name: phatnguoi", b"Name: thing")
    files = {"thing/__init__.py": b"", "thing-1.data/purelib/more.py": b"", "thing-1.data/scripts/run": b""}
    thing = wheel(tmp_path / "thing-1.whl", files, about)
    manifest = made([ours, thing], tmp_path / "out.zip")
    names = {one.name for one in manifest.files}
    assert {"edge/cli.py", "edge/weights/x.onnx", "thing/__init__.py", "more.py"} <= names
    assert not any(name.startswith("backend/") or "scripts" in name for name in names)
    assert (manifest.version, manifest.python, manifest.contract) == ("9.0.0", "3.11", SPOKEN)
    assert read_manifest(tmp_path / "out.zip", [KEY.public_key()]) == manifest


def test_what_no_release_can_be_made_of_is_said(tmp_path):
    old = wheel(tmp_path / "phatnguoi-0.0.1.whl", {"edge/__init__.py": b""}, metadata("0.0.1"))
    odd = wheel(tmp_path / "odd-1.whl", {"odd-1.data/data/etc/odd": b""}, b"Name: odd\nVersion: 1\n")
    other = {"edge/__init__.py": b"", "edge/release/__init__.py": b""}
    other["edge/release/contract.py"] = b"raise SystemExit('broken')"
    unclear = wheel(tmp_path / "phatnguoi-9.whl", other, metadata("9.0.0"))
    broken = tmp_path / "broken.whl"
    broken.write_bytes(b"no zip")
    for wheels, words in (
        ([odd], "outside the import path"),
        ([old], "knows no releases"),
        ([unclear], "does not say what it speaks: broken"),
        ([broken], "is no wheel"),
        ([], "none of these is a wheel"),
    ):
        with pytest.raises(MakingError, match=words):
            made(wheels, tmp_path / f"{words}.zip")
    (tmp_path / "key.pem").write_text("no key")
    with pytest.raises(MakingError, match="not a readable key"):
        read_private_key(tmp_path / "key.pem")


def test_the_commands(ours, tmp_path):
    def say(*words: object):
        return CliRunner().invoke(app, ["release", *map(str, words)])

    key, out = tmp_path / "release.pem", tmp_path / "9.0.0.zip"
    public = re.search(r"public_key (\S+)", say("key", key).output)[1]
    assert key.stat().st_mode & 0o077 == 0
    assert say("key", key).exit_code == 1  # never over another
    notes = ("--notes-vi", "Mới", "--notes-en", "New")
    assert "9.0.0" in say("make", ours, "--out", out, "--key", key, *notes).output
    assert SPOKEN.heartbeat in say("check", out, "--public-key", public).output
    other = say("check", out, "--public-key", "A" * 43 + "=")
    assert other.exit_code == 1
