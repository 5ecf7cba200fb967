"""`python -m benchmarks.backend_load`: how many cases a day this backend carries, and how it looks them up.

The whole product on its embedded PostgreSQL: reports are taken in, reviewed and closed by several clients
at once over HTTP, as boxes, officers and owners do it; `pgbench` runs on the same server before and after, so
that the machine cancels out of the ratio. Then a database for each of `--dossiers` is filled to that size,
with a server on each, and every look-up is asked of one after the other in turn: what else the machine does
meanwhile meets all sizes alike. The slowest hundredth may at most double.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from backend.demo.clip import load_clip
from backend.demo.folder import DemoFolder
from backend.demo.parts import Parts
from backend.demo.run import start_all
from backend.demo.steps import Steps
from benchmarks.backend_beside import copied, server_on
from benchmarks.backend_clients import Clients, Lookups
from benchmarks.backend_fill import Known, fill, sample
from benchmarks.pgbench import transactions_per_s
from penalty.calendar import vietnam_date

_MOST_GROWTH = 2.0


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=60, help="reports to carry to the closed case (at most 100)"
    )
    parser.add_argument("--dossiers", type=int, nargs="*", default=[10_000, 5_000_000], help="sizes, growing")
    parser.add_argument("--lookups", type=int, default=1000, help="requests of each kind at each size")
    parser.add_argument("--data", type=Path, help="an empty folder with room (5,000,000 dossiers: 30 GB)")
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
        console.print(_look_up(parts, clients, given.dossiers, given.lookups, console, logs=folder.logs))
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


def _look_up(
    parts: Parts, clients: Clients, sizes: Sequence[int], lookups: int, console: Console, *, logs: Path
) -> Table:
    url, key = parts.environment["DATABASE_URL"], parts.environment["SECRET_KEY"]
    with contextlib.ExitStack() as stack:
        sides = []
        for size, own in [(size, copied(url, f"load_{size}")) for size in sizes]:
            started = time.monotonic()
            there = fill(own, size)
            console.print(f"{there:,} dossiers after {time.monotonic() - started:.0f} s of filling")
            site = stack.enter_context(server_on(own, parts.environment, logs / f"load-{size}.log"))
            sides.append((sample(own, lookups, key), clients.lookups(site)))
        table = Table(title=f"Look-ups over HTTP, milliseconds, {lookups} of each")
        table.add_column("what")
        for size in sizes:
            table.add_column(f"{size:,}: p50", justify="right")
            table.add_column("p99", justify="right")
        table.add_column("p99 grew", justify="right")
        for what in sides[0][1]:
            table.add_row(what, *_cells(_in_turn(what, sides)))
        for span, count in clients.figures(site, vietnam_date(datetime.now(UTC))).items():
            console.print(f"all figures of {span} at {sizes[-1]:,}: {_seconds(count):.1f} s")
        return table


def _in_turn(what: str, sides: Sequence[tuple[Sequence[Known], Lookups]]) -> list[list[float]]:
    """Milliseconds of each look-up on each side; who goes first changes from one to the next."""
    times_ms: list[list[float]] = [[] for _ in sides]
    numbered = list(enumerate(sides))
    for number in range(len(sides[0][0])):
        for side, (known, asks) in numbered if number % 2 else reversed(numbered):
            one, ask = known[number], asks[what]
            times_ms[side].append(1000 * _seconds(lambda one=one, ask=ask: ask(one)))  # type: ignore[misc]
    return times_ms


def _cells(times_ms: Sequence[Sequence[float]]) -> Iterator[str]:
    cuts = [statistics.quantiles(times, n=100) for times in times_ms]
    for cut in cuts:
        yield f"{cut[49]:.1f}"
        yield f"{cut[98]:.1f}"
    growth = cuts[-1][98] / cuts[0][98]
    yield f"{growth:.2f} x" + ("" if growth <= _MOST_GROWTH else " (too much)")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
