"""`python -m benchmarks.review_keys`: how long an officer waits from the deciding key to the next evidence.

The whole product on this machine, reports of full size, and one officer at the keyboard of a real browser:
confirm, confirm, reject, and so on through the queue. Timed in the page, from the key that decides until the
next report is painted, pictures decoded. The 95th hundredth must stay under the limit.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from backend.demo.clip import load_clip
from backend.demo.folder import DemoFolder
from backend.demo.parts import Parts
from backend.demo.run import start_all
from backend.demo.staff import OFFICER
from backend.demo.steps import Steps
from benchmarks.backend_clients import Clients

_LIMIT_MS: Final = 300.0
_REJECT_EVERY: Final = 3
_FEWEST: Final = 7  # two of each decision
_BOUNCE_MS: Final = 450  # the dialog takes no key that comes with the one that opened it
_POLL_MS: Final = 20  # not wait_for_function: it evaluates text, which the page's policy forbids
_FLAGS: Final = ("--no-sandbox", "--disable-gpu")
_WAITED: Final = """() => {
    const last = (name) => performance.getEntriesByName(name).at(-1).startTime;
    const found = last("next-evidence") - last("decision-key");
    performance.clearMarks();
    return found;
}"""


def main() -> None:
    """Measure, print a table; exit code 1 where the limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=40, help="reports in the queue (at least 7)")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser to drive")
    given = parser.parse_args()
    if given.reports < _FEWEST:
        parser.error(f"--reports: at least {_FEWEST}")
    if not given.chromium:
        parser.error("--chromium: no chromium found; install it or name it")
    console = Console(width=100)
    data = Path(tempfile.mkdtemp(prefix="review-keys-"))
    folder = DemoFolder(data)
    folder.open(fresh=True)
    parts = Parts(folder)
    try:
        start_all(folder, parts, Steps(console), [load_clip(None)])
        clients = Clients(parts, folder.secrets())
        clients.take_in(clients.prepare(given.reports))
        waits_ms = _work(parts.site, folder.secrets().officer_password, given.reports, given.chromium)
    finally:
        parts.stop()
        folder.close()
        shutil.rmtree(data, ignore_errors=True)
    console.print(_table(waits_ms))
    worst = max(statistics.quantiles(times, n=20, method="inclusive")[18] for times in waits_ms.values())
    sys.exit(0 if worst < _LIMIT_MS else 1)


def _work(site: str, password: str, reports: int, chromium: str) -> dict[str, list[float]]:
    """Milliseconds from key to evidence, by what the officer decided."""
    waits_ms: dict[str, list[float]] = {"confirm": [], "reject": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*_FLAGS])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="vi-VN")
        page.goto(f"{site}/dang-nhap?next=/canh-sat")
        page.fill("#username", OFFICER.username)
        page.fill("#password", password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}/canh-sat")
        page.keyboard.press("n")
        page.wait_for_url("**/canh-sat/duyet/**")
        for number in range(reports - 1):  # after the last one there is no next
            page.locator('[data-open="confirm"]:enabled').wait_for()
            page.locator("[data-ahead=ready]").wait_for()
            act = "reject" if number % _REJECT_EVERY == _REJECT_EVERY - 1 else "confirm"
            _decide(page, act)
            while not page.evaluate("performance.getEntriesByName('next-evidence').length"):
                page.wait_for_timeout(_POLL_MS)
            waits_ms[act].append(page.evaluate(_WAITED))
        browser.close()
    return waits_ms


def _decide(page: Page, act: str) -> None:
    page.keyboard.press("c" if act == "confirm" else "r")
    page.locator(f"dialog#{act}[open]").wait_for()
    page.wait_for_timeout(_BOUNCE_MS)
    if act == "reject":
        page.keyboard.press("Space")
    page.keyboard.press("Enter")


def _table(waits_ms: dict[str, list[float]]) -> Table:
    count = sum(map(len, waits_ms.values()))
    table = Table(title=f"From the key that decides to the next evidence, {count} reports, milliseconds")
    for heading in ("decision", "times", "p50", "p95", "longest", "limit"):
        table.add_column(heading, justify="left" if heading == "decision" else "right")
    for act, times in waits_ms.items():
        cut = statistics.quantiles(times, n=20, method="inclusive")
        cells = (cut[9], cut[18], max(times), _LIMIT_MS)
        table.add_row(act, str(len(times)), *(f"{cell:.0f}" for cell in cells))
    return table


if __name__ == "__main__":
    main()
