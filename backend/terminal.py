"""What commands say at a terminal, beside their results."""

from __future__ import annotations

import typer
from rich.console import Console

console = Console(stderr=True, highlight=False)


def fail(error: Exception) -> typer.Exit:
    """Say what is wrong; raise what this gives back."""
    console.print(str(error), style="red", markup=False)
    return typer.Exit(1)
