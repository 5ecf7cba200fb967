"""What the demo does, shown while it happens and summed up at the end."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table


@dataclass
class Step:
    """One thing the demo does. `note` becomes what happened."""

    name: str
    note: str = ""
    seconds: float = 0.0


class Now:
    """The step under way: its bar and its note."""

    def __init__(self, step: Step, progress: Progress, total: int | None) -> None:
        self._step, self._progress = step, progress
        self._task = progress.add_task(step.name, total=total)

    def reached(self, count: int) -> None:
        self._progress.update(self._task, completed=count)

    def advance(self) -> None:
        self._progress.advance(self._task)

    def note(self, text: str) -> None:
        self._step.note = text
        self._progress.update(self._task, description=f"{self._step.name}: [dim]{text}")


class Steps:
    """Runs steps one after another and remembers how long each took."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.done: list[Step] = []

    @contextlib.contextmanager
    def step(self, name: str, *, total: int | None = None) -> Iterator[Now]:
        step, started = Step(name), time.monotonic()
        columns: list[ProgressColumn] = [SpinnerColumn(finished_text="✓"), TextColumn("{task.description}")]
        if total is not None:
            columns += [BarColumn(bar_width=24), MofNCompleteColumn()]
        try:
            quiet = not self.console.is_terminal
            columns.append(TimeElapsedColumn())
            with Progress(*columns, console=self.console, transient=True, disable=quiet) as progress:
                yield Now(step, progress, total)
        except BaseException:
            self.console.print(f"[red]✗[/] {step.name}", soft_wrap=True)
            raise
        finally:
            step.seconds = round(time.monotonic() - started, 2)
            self.done.append(step)
        note = f" [dim]{step.note}[/]" if step.note else ""
        self.console.print(f"[green]✓[/] {step.name}{note} [dim]{step.seconds:.1f} s[/]", soft_wrap=True)

    def table(self) -> Table:
        table = Table(title="Cả quá trình / The whole way", title_justify="left", expand=True)
        table.add_column("Bước / Step", ratio=1)
        table.add_column("Kết quả / What happened", ratio=1)
        table.add_column("Giây / Seconds", justify="right", no_wrap=True)
        for step in self.done:
            table.add_row(step.name, step.note, f"{step.seconds:.1f}")
        table.add_section()
        table.add_row("Tổng / Total", "", f"{sum(step.seconds for step in self.done):.1f}")
        return table

    def summary(self) -> list[dict[str, object]]:
        return [{"name": step.name, "seconds": step.seconds} for step in self.done]
