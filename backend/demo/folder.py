"""Where a demo keeps everything, so that the next one can go on from there."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO


class DemoError(RuntimeError):
    """The demo cannot go on; the message says why, and which log tells more."""


@dataclass(frozen=True)
class Secrets:
    """Made up once for a data folder."""

    secret_key: str
    officer_password: str
    chief_password: str
    operator_password: str


class DemoFolder:
    """The data folder, held by one demo at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: IO[str] | None = None

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def open(self, *, fresh: bool) -> bool:
        """Take the folder; whether an earlier demo goes on. Raises DemoError where another one runs here."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        resumed = (self.path / "secrets.json").exists()
        if fresh and resumed:
            self._empty()
        self.logs.mkdir(exist_ok=True)
        return resumed and not fresh

    def close(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def secrets(self) -> Secrets:
        path = self.path / "secrets.json"
        if not path.exists():
            made = Secrets(secrets.token_hex(32), *(secrets.token_urlsafe(9) for _ in range(3)))
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(asdict(made)), encoding="utf-8")
            fresh.rename(path)
        return Secrets(**json.loads(path.read_text(encoding="utf-8")))

    def _take_lock(self) -> None:
        lock = (self.path / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise DemoError(
                f"Một bản trình diễn khác đang chạy trong {self.path} (tiến trình {holder}). "
                f"Another demo (process {holder}) runs there: stop it, or choose another folder (--data)."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _empty(self) -> None:
        """Everything but the lock, which is held, and the played demo's own folder."""
        for entry in self.path.iterdir():
            if entry.name in ("lock", "once"):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
