"""`python -m benchmarks.backend_load`: how many cases a day this backend carries, and how it looks them up.

The whole product on its embedded PostgreSQL: reports are taken in, reviewed and closed by several clients
at once over HTTP, as boxes, officers and owners do it; `pgbench` runs on the same server before and after, so
that the machine cancels out of the ratio. Then the tables are filled (`--dossiers`), and the same look-ups
are timed at each size: the slowest hundredth may at most double.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from backend.demo.clip import load_clip
from backend.demo.folder import DemoFolder
from backend.demo.parts import Parts
from backend.demo.run import start_all
from backend.demo.steps import Steps
from benchmarks.backend_clients import Clients
from benchmarks.backend_fill import fill, sample
from benchmarks.pgbench import transactions_per_s

_MOST_GROWTH = 2.0


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=60, help="reports to carry to the closed case (at most 100)"
    )
    parser.add_argument("--dossiers", type=int, nargs="*", default=[10_000, 5_000_000], help="sizes, growing")
    parser.add_argument("--lookups", type=int, default=1000, help="requests of each kind at each size")
    parser.add_argument("--data", type=Path, help="an empty folder with room (5,000,000 dossiers: 15 GB)")
    given = parser.parse_args()
    console = Console(width=110)
    data = given.data or Path(tempfile.mkdtemp(prefix="backend-load-"))
    folder = DemoFolder(data)
    folder.open(fresh=True)
    parts = Parts(folder)
    try:
        start_all(folder, parts, Steps(console), [load_clip(None)])
        clients = Clients(parts, folder.secrets())
        console.print(_carry(parts, clients, given.cases))
        console.print(_look_up(parts, clients, given.dossiers, given.lookups, console))
    finally:
        parts.stop()
        folder.close()
        if given.data is None:
            shutil.rmtree(data, ignore_errors=True)


def _carry(parts: Parts, clients: Clients, cases: int) -> Table:
    url = parts.environment["DATABASE_URL"]
    before = transactions_per_s(url)
    reports = clients.prepare(cases)
    took = {
        "taken in, hashes and signature checked": _seconds(lambda: clients.take_in(reports)),
        "reviewed, every picture loaded": _seconds(clients.review),
        "noticed, accepted, decided, paid, closed": _seconds(clients.close_all),
    }
    after = transactions_per_s(url)
    tps = statistics.mean((before, after))
    table = Table(title=f"{cases} cases; pgbench {before:.0f} transactions/s before, {after:.0f} after")
    for heading in ("what", "seconds", "cases/s", "of pgbench's transactions/s"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for what, seconds in [*took.items(), ("from report to closed case", sum(took.values()))]:
        table.add_row(what, f"{seconds:.1f}", f"{cases / seconds:.2f}", f"1 : {tps / (cases / seconds):.0f}")
    return table


def _look_up(parts: Parts, clients: Clients, sizes: Sequence[int], lookups: int, console: Console) -> Table:
    table = Table(title=f"Look-ups over HTTP, milliseconds, {lookups} of each")
    table.add_column("what")
    p99: dict[str, list[float]] = {}
    rows: dict[str, list[str]] = {}
    for size in sizes:
        started = time.monotonic()
        there = fill(parts.environment["DATABASE_URL"], size)
        console.print(f"{there:,} dossiers after {time.monotonic() - started:.0f} s of filling")
        table.add_column(f"{size:,}: p50", justify="right")
        table.add_column("p99", justify="right")
        known = sample(parts.environment["DATABASE_URL"], lookups, parts.environment["SECRET_KEY"])
        for what, ask in clients.lookups().items():
            times_ms = sorted(1000 * _seconds(lambda one=one, ask=ask: ask(one)) for one in known)
            cut = statistics.quantiles(times_ms, n=100)
            p99.setdefault(what, []).append(cut[98])
            rows.setdefault(what, []).extend((f"{cut[49]:.1f}", f"{cut[98]:.1f}"))
    table.add_column("p99 grew", justify="right")
    for what, cells in rows.items():
        growth = p99[what][-1] / p99[what][0]
        table.add_row(what, *cells, f"{growth:.2f} x" + ("" if growth <= _MOST_GROWTH else " (too much)"))
    return table


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
