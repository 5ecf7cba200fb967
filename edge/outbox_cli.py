"""`phatnguoi-edge outbox`: what a box still owes, and a second chance for what was refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from edge.device import DeviceError, lock_folder
from edge.outbox import Outbox


def outbox(
    *,
    data: Annotated[Path, typer.Option("--data", help="Data folder of this box.")],
    retry_parked: Annotated[
        bool, typer.Option("--retry-parked", help="Send refused reports once more (worker stopped).")
    ] = False,
) -> None:
    """Show what waits, what was delivered and what was refused for good, with the reason."""
    path = data / "outbox.sqlite3"
    if not path.is_file():
        typer.echo(f"{path}: chưa có hộp thư đi / there is no outbox yet", err=True)
        raise typer.Exit(1)
    box = Outbox(path, now=lambda: datetime.now(UTC))
    try:
        if retry_parked:
            _release(box, data)
        for state, count in box.counts().items():
            typer.echo(f"{state:9} {count}")
        for report_id in box.ids("waiting", "uploaded", "parked"):
            row = box.get(report_id)
            if row is not None:
                tried = f"{row.attempts} lần thử / attempts"
                typer.echo(f"{report_id} {row.state} {tried}: {row.last_error or '-'}")
    finally:
        box.close()


def _release(box: Outbox, data: Path) -> None:
    try:
        with lock_folder(data):
            typer.echo(f"gửi lại / to be sent again: {box.release_parked()}")
    except DeviceError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
