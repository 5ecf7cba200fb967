"""A second database beside the first, and a server on it: both are asked in turn, under the same load."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2
import psycopg
from psycopg import sql

from backend.demo.client import wait_for
from backend.embedded.ports import preferred_port
from backend.embedded.process import spawn
from benchmarks.pgbench import program

_FIRST_PORT = 8300


def copied(url: str, name: str) -> str:
    """A copy of the database of `url` on the same server, while others use it; the copy's URL."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        version = connection.info.server_version // 10_000
        host, user, source = connection.info.host, connection.info.user, connection.info.dbname
    dump, environment = program(version, "pg_dump")
    restore, _ = program(version, "psql")
    who = (f"--host={host}", f"--username={user}")
    taken = subprocess.run([dump, *who, source], check=True, capture_output=True, env=environment)  # noqa: S603 -- from the wheel
    subprocess.run(  # noqa: S603 -- from the wheel
        [restore, *who, "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={name}"],
        check=True,
        input=taken.stdout,
        stdout=subprocess.DEVNULL,
        env=environment,
    )
    return url.replace(f"/{source}?", f"/{name}?")


@contextlib.contextmanager
def server_on(url: str, settings: Mapping[str, str], log: Path) -> Iterator[str]:
    """A backend on the database of `url`, without a worker, as long as it is wanted; its address."""
    port = preferred_port(_FIRST_PORT)
    site = f"http://127.0.0.1:{port}"
    own = {"DATABASE_URL": url, "RUN_WORKER": "false", "PUBLIC_URL": site}
    child = spawn(
        log.stem,
        [sys.executable, "-P", "-m", "backend.cli", "serve", "--port", str(port)],
        log=log,
        environment={**os.environ, **settings, **own},
    )
    try:
        wait_for(f"{site} to answer", lambda: _answers(site), within_s=60)
        yield site
    finally:
        child.stop(within_s=20)


def _answers(site: str) -> bool | None:
    try:
        found = httpx2.get(f"{site}/v1/openapi.json", timeout=10, trust_env=False).status_code
    except httpx2.HTTPError:
        return None
    return True if found == httpx2.codes.OK else None
