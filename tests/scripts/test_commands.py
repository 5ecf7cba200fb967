"""The commands a stranger types first: what `make` offers, and what set-up says where it cannot go on."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*words):
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_make_alone_lists_every_target_with_its_meaning():
    listed = make().stdout
    phony = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))

    for target in phony.split()[1:]:
        assert f"make {target} " in listed


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ((), "demo-data"),
        (("ONCE=1",), "--once"),
        (("FRESH=1", "LOOP=1"), "--fresh --loop"),
        (("DATA=elsewhere",), '--data "elsewhere"'),
    ],
)
def test_make_demo_hands_its_words_on(words, options):
    line = make("--dry-run", "demo", *words).stdout.splitlines()[-1]

    assert options in " ".join(line.split())


@pytest.fixture
def copy(tmp_path):
    """The script alone, with a PATH that has the shell's own tools and the given pythons."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "scripts")
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "dirname", "rm", "touch"):
        (tools / tool).symlink_to(shutil.which(tool))

    def run(what, **environment):
        command = [str(tools / "sh"), str(tmp_path / "scripts" / "setup.sh"), what]
        return subprocess.run(
            command,
            env={"PATH": str(tools), "HOME": str(tmp_path / "no-home"), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_set_up_without_python_says_what_is_missing(copy):
    answer = copy("demo")

    assert answer.returncode != 0
    assert "Python 3.11 or newer was not found" in answer.stderr


def test_set_up_refuses_an_old_python(copy, tmp_path):
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    answer = copy("dev", PYTHON=os.fspath(old))

    assert answer.returncode != 0
    assert "Python 3.11 or newer was not found" in answer.stderr


def test_set_up_names_what_it_knows(copy):
    assert "demo|dev|render|train" in copy("everything").stderr
