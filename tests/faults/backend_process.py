"""The real backend as a process of its own, so that `kill -9` in the middle of an intake is real."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import uvicorn
from sqlalchemy.engine.base import RootTransaction

from backend.app import create_app
from backend.intake import service
from backend.settings import Settings
from tests.edge.box_kit import die_at


def die_after_commit() -> None:
    """End by SIGKILL when a report has just been committed and its answer has not left yet."""
    honest_take, honest_commit = service.take_violation, RootTransaction._do_commit
    taken = []

    def take(*words):
        taken.append(True)
        return honest_take(*words)

    def commit(transaction):
        honest_commit(transaction)
        if taken:
            os.kill(os.getpid(), signal.SIGKILL)

    service.take_violation, RootTransaction._do_commit = take, commit


def main(settings: dict[str, object], port: int, log: str, death: tuple[str, str, str, int] | None) -> None:
    with Path(log).open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    app = create_app(Settings(**settings))
    if death == ("after commit",):
        die_after_commit()
    elif death is not None:
        die_at(*death)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="info")
