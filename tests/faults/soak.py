"""Hours in minutes: real workers under a supervisor, a real store, and faults thrown in by chance.

    make soak            (or: python -m tests.faults.soak --minutes 60 --seed 1)

Workers are killed with -9, backend and store go down, the disk fills, clocks are set, a camera is cut,
silent or frozen. At the end every event must have arrived exactly once or been kept back for a reason that
stands in the journal, and the memory of the worker that ran all along must not have grown.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from backend.embedded.object_store import EmbeddedStore
from edge.box.supervise import Supervisor
from tests.edge.box_kit import make_clip
from tests.edge.rtsp_kit import RtspCamera
from tests.faults.receiver import Receiver
from tests.faults.soak_account import Account, journal, of_clip, of_live

CLIP_S = 12.0
MOMENTS_S = [1.5, 4.0, 6.5, 9.0]
DISK_BYTES = 48 * 1024 * 1024
DRAIN_WITHIN_S = 180.0
MEMORY_EVERY_S = 5.0
WARM_SHARE = 0.25
GROWN_SHARE, GROWN_BYTES = 1.10, 12 * 1024 * 1024
ROOT = Path(__file__).parents[2]


@dataclass
class Soak:
    """The whole world of one soak, in one folder."""

    folder: Path
    disk: Path
    clips: int = 3
    receiver: Receiver = field(init=False)
    store: EmbeddedStore = field(init=False)
    camera: RtspCamera = field(init=False)
    supervisor: Supervisor = field(init=False)
    faults: Counter = field(default_factory=Counter)
    memory: dict[int, list[tuple[float, int]]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def clip_ids(self) -> list[str]:
        return [f"clip-{number}" for number in range(1, self.clips + 1)]

    @property
    def ids(self) -> list[str]:
        return [*self.clip_ids, "live-1"]

    @property
    def spared(self) -> tuple[str, str]:
        """Never killed: the last clip, which shows memory, and the live camera, which cannot play again."""
        return self.clip_ids[-1], "live-1"

    def start(self) -> None:
        self.store = EmbeddedStore(self.folder / "store")
        address = self.store.start()
        client = address.client()
        client.make_bucket("evidence", object_lock=True)
        self.receiver = Receiver(client, "evidence")
        self.receiver.start()
        self.camera = RtspCamera(pictures=10**9, fps=10, interval_s=0.1)
        self.camera.start()
        clip = make_clip(self.folder / "road.mp4", CLIP_S)
        for camera_id in self.ids:
            self._write_job(camera_id, str(clip) if camera_id in self.clip_ids else self.camera.address)
        environment = {**os.environ, **address.environment(), "S3_BUCKET": "evidence", "OMP_NUM_THREADS": "1"}

        def spawn(camera_id: str) -> subprocess.Popen[bytes]:
            with (self.folder / f"{camera_id}.log").open("ab") as log:
                return subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.soak_worker", str(self._job(camera_id))],
                    env=environment,
                    cwd=ROOT,
                    stderr=log,
                )

        cameras = [(camera_id, self.disk / camera_id / "data" / "status.json") for camera_id in self.ids]
        self.supervisor = Supervisor(cameras, spawn, self.stop)
        threading.Thread(target=self.supervisor.run, name="supervisor").start()
        threading.Thread(target=self._remember_memory, name="memory", daemon=True).start()

    def _job(self, camera_id: str) -> Path:
        return self.disk / camera_id / "job.json"

    def _write_job(self, camera_id: str, source: str) -> None:
        self._job(camera_id).parent.mkdir(parents=True)
        settings = {
            "data_folder": str(self.disk / camera_id / "data"),
            "backend_url": self.receiver.url,
            "device_name": camera_id,
            "retry_first_s": 0.2,
            "retry_cap_s": 3.0,
            "request_timeout_s": 5,
            "heartbeat_s": 1.0,
            "clip_before_s": 1.0,
            "clip_after_s": 1.0,
            "minimum_free_bytes": 1024 * 1024,
            "clock_settle_s": 1.0,
        }
        words = {"camera_id": camera_id, "source": source, "moments_s": MOMENTS_S, "settings": settings}
        self._job(camera_id).write_text(json.dumps(words))

    def _remember_memory(self) -> None:
        begun_s = time.monotonic()
        while not self.stop.wait(MEMORY_EVERY_S):
            for child in self.supervisor.children.values():
                if child.process is not None and (rss := resident_bytes(child.process.pid)):
                    self.memory.setdefault(child.process.pid, []).append((time.monotonic() - begun_s, rss))
                    self.names[child.process.pid] = child.camera_id

    def waiting(self) -> int:
        """Reports that have not been delivered, by the workers' own word."""
        total = 0
        for camera_id in self.ids:
            try:
                status = json.loads((self.disk / camera_id / "data" / "status.json").read_text())
            except (OSError, ValueError):
                return 1
            total += status["outbox"]["waiting"] + status["outbox"]["uploaded"] + status["outbox"]["parked"]
        return total


class Faults:
    """What can go wrong. Each makes its trouble, waits as long as chance says, and takes it away again."""

    def __init__(self, soak: Soak, dice: random.Random) -> None:
        self.soak, self.dice = soak, dice
        self.kinds: list[Callable[[], None]] = [
            self.kill_worker,
            self.kill_worker,
            self.backend_down,
            self.answers_lost,
            self.store_killed,
            self.disk_full,
            self.clock_set,
            self.camera_cut,
            self.camera_silent,
            self.camera_frozen,
        ]

    def one(self) -> None:
        kind = self.dice.choice(self.kinds)
        self.soak.faults[kind.__name__] += 1
        kind()

    def pause(self, low_s: float, high_s: float) -> None:
        time.sleep(self.dice.uniform(low_s, high_s))

    def kill_worker(self) -> None:
        mortal = [name for name in self.soak.ids if name not in self.soak.spared]
        child = self.soak.supervisor.children[self.dice.choice(mortal)]
        if child.process is not None:
            child.process.send_signal(signal.SIGKILL)

    def backend_down(self) -> None:
        self.soak.receiver.stop()
        self.pause(2, 20)
        self.soak.receiver.start()

    def answers_lost(self) -> None:
        self.soak.receiver.lose_answers += self.dice.randint(1, 4)

    def store_killed(self) -> None:
        os.kill(self.soak.store.pid, signal.SIGKILL)
        self.pause(2, 12)
        self.soak.store.start()

    def disk_full(self) -> None:
        filler = self.soak.disk / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"x" * 262_144):
                pass
        self.pause(3, 12)
        filler.unlink()

    def clock_set(self) -> None:
        path = self.soak.disk / self.dice.choice(self.soak.ids) / "clock_offset"
        path.write_text(str(self.dice.choice([-7200.0, -5.0, 5.0, 3600.0])))
        self.pause(3, 8)
        path.write_text("0")

    def camera_cut(self) -> None:
        self._camera("cut", 1, 6)

    def camera_silent(self) -> None:
        self._camera("silent", 3, 9)

    def camera_frozen(self) -> None:
        self._camera("frozen", 4, 10)

    def _camera(self, mood: str, low_s: float, high_s: float) -> None:
        self.soak.camera.mood = mood
        self.pause(low_s, high_s)
        self.soak.camera.mood = "well"


def resident_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def accounts(soak: Soak) -> list[Account]:
    """What became of every event of every camera."""
    found = []
    reports = list(soak.receiver.reports.values())
    for camera_id in soak.ids:
        lines = journal(soak.folder / f"{camera_id}.log")
        mine = [report for report in reports if report.scene.camera_id == camera_id]
        if camera_id in soak.clip_ids:
            found.append(of_clip(camera_id, lines, MOMENTS_S, [report.times.event_at for report in mine]))
        else:
            told = journal(soak.disk / camera_id / "found.jsonl")
            plates = Counter(report.plate.text for report in mine)
            found.append(of_live(camera_id, lines, told, plates))
    return found


def growth(samples: list[tuple[float, int]]) -> tuple[int, int]:
    """Median memory of the first quarter after warming up, and of the last quarter, bytes."""
    late = [rss for at_s, rss in samples if at_s > WARM_SHARE * samples[-1][0]]
    part = max(len(late) // 3, 1)
    return int(median(late[:part])), int(median(late[-part:]))


def is_flat(samples: list[tuple[float, int]]) -> bool:
    early, last = growth(samples)
    return last <= GROWN_SHARE * early + GROWN_BYTES


def report(soak: Soak, minutes: float, seed: int) -> bool:
    """Print the table; whether all is well."""
    console = Console(width=120)
    console.print(f"soak of {minutes:g} minutes, seed {seed}; faults: {dict(sorted(soak.faults.items()))}")
    table = Table("camera", "events", "arrived once", "withheld", "lost", "doubled", "starts", "memory MB")
    fine = True
    for account in accounts(soak):
        pids = [pid for pid, name in soak.names.items() if name == account.camera_id]
        longest = max((soak.memory[pid] for pid in pids), key=lambda one: one[-1][0] - one[0][0])
        early, last = growth(longest)
        fine &= not account.lost and not account.doubled
        # The others live for minutes: what grows in them is the warming up.
        fine &= account.camera_id not in soak.spared or is_flat(longest)
        table.add_row(
            account.camera_id,
            str(account.expected),
            str(account.arrived),
            ", ".join(f"{code} {count}" for code, count in sorted(account.withheld.items())) or "0",
            str(len(account.lost)),
            str(len(account.doubled)),
            str(len(pids)),
            f"{early / 1e6:.0f} to {last / 1e6:.0f}",
        )
        for name in (*account.lost, *account.doubled):
            console.print(f"{account.camera_id}: {'lost' if name in account.lost else 'doubled'}: {name}")
    console.print(table)
    console.print(
        "every event arrived once or was kept back with a reason; memory flat" if fine else "NOT WELL"
    )
    return fine


def run(minutes: float, seed: int, folder: Path, disk: Path) -> bool:
    """One soak; whether nothing was lost, nothing doubled, and memory stayed flat."""
    soak, dice = Soak(folder, disk), random.Random(seed)
    soak.start()
    try:
        faults, until_s = Faults(soak, dice), time.monotonic() + minutes * 60
        time.sleep(15)
        while time.monotonic() < until_s:
            faults.one()
            faults.pause(3, 12)
        drained_by_s = time.monotonic() + DRAIN_WITHIN_S
        time.sleep(2 * CLIP_S)
        soak.stop.set()  # SIGTERM: a live worker takes the time to write what it has in hand
        while any(thread.name == "supervisor" for thread in threading.enumerate()):
            time.sleep(0.2)
        deliver_rest(soak, drained_by_s)
        return report(soak, minutes, seed)
    finally:
        soak.stop.set()
        soak.receiver.stop()
        soak.store.stop()
        soak.camera.close()


def deliver_rest(soak: Soak, until_s: float) -> None:
    """Start the workers once more, until nothing waits."""
    soak.stop.clear()
    again = threading.Thread(target=soak.supervisor.run, name="supervisor")
    again.start()
    time.sleep(8)
    while soak.waiting() and time.monotonic() < until_s + 60:
        time.sleep(1)
    soak.stop.set()
    again.join()


def small_disk(folder: Path, stack: ExitStack) -> Path:
    """A disk that can really be full, where this process may mount one; else a folder."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "soak", str(folder)]
    if shutil.which("mount") and subprocess.run(words, check=False, capture_output=True).returncode == 0:
        stack.callback(subprocess.run, ["umount", "-l", str(folder)], check=False)
        return folder
    Console(stderr=True).print("the disk is not filled: that needs the right to mount a tmpfs")
    Faults.disk_full = lambda self: self.pause(0, 1)
    return folder


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--minutes", type=float, default=60.0)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True))
        )
        return 0 if run(given.minutes, given.seed, folder, small_disk(folder / "disk", stack)) else 1


if __name__ == "__main__":
    sys.exit(main())
