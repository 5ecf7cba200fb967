"""A database and an object store for a command: those the environment names, or embedded ones."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def surroundings(data_dir: Path) -> Iterator[None]:
    """Fill DATABASE_URL and S3_* in the environment for as long as the block lasts.

    What is set stays. What is not set comes from servers under `data_dir`, started here or already running.
    Production names its own: nothing is started, and the settings say what is missing.
    """
    added: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        if os.environ.get("ENVIRONMENT") != "production":
            if not os.environ.get("DATABASE_URL"):
                from backend.embedded.postgres import EmbeddedPostgres  # noqa: PLC0415 - an optional part

                added["DATABASE_URL"] = stack.enter_context(EmbeddedPostgres(data_dir / "postgres")).url()
            if not os.environ.get("S3_ENDPOINT"):
                from backend.embedded.object_store import EmbeddedStore  # noqa: PLC0415 - an optional part

                store = stack.enter_context(EmbeddedStore(data_dir / "store"))
                added |= store.address.environment()
        os.environ.update(added)
        try:
            yield
        finally:
            for name in added:
                os.environ.pop(name, None)
