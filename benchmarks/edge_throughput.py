"""How much traffic a box can watch, beside decoding alone and beside Ultralytics' `model.track`.

    python -m benchmarks.edge_throughput [--clip MP4 --camera TOML] [--cameras 1 2 4 8] [--rounds 2]
                                         [--ultralytics-python PYTHON] [--json] [--evidence PLAYS]

All rows are measured in one run, in turn, each in a process of its own, on the same clip with the same
weights; only their ratios travel between machines. `of decoding` and `cameras` go by processor time. `every
picture` looks at each picture whole and reads each plate: what it finds is what nothing else may lose. `as a
box` is what a box does, as fast as the clip can be read. Below, so many cameras play at once at their own
pace, with their evidence written to disk: each in a process of its own, and all in one process that shares
the networks.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.throughput_roles import Measured, Task
from edge.capture import FileSource
from edge.detector.registry import default_models

SAMPLE: Final = Path("sample_videos/pham_ngoc_thach")
_NAMES: Final = {
    "decode": "decoding only",
    "track": "ultralytics {version} model.track",
    "every": "ours, every picture",
    "ours": "ours, as a box",
}
SHAPES: Final = ("processes", "one process")
_TRACK_SCRIPT: Final = Path(__file__).with_name("ultralytics_track.py")


def start(role: str, task: Task) -> subprocess.Popen[str]:
    """Begin a role in a process of its own, which uses no more threads than it is told."""
    told = {key: str(value) for key, value in asdict(task).items()}
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "benchmarks.throughput_roles", role, json.dumps(told)],
        stdout=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": str(task.threads)},
        text=True,
    )


def outcome(process: subprocess.Popen[str]) -> Measured:
    """What a role measured. Raises RuntimeError when it failed."""
    said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{process.args} ended with {process.returncode}")
    return Measured(**json.loads(said.splitlines()[-1]))


def track(python: str, task: Task) -> tuple[Measured, str]:
    """Ultralytics' own tracking of the clip, and its version."""
    weights = str(default_models(None).vehicles.path.resolve())
    said = subprocess.run(  # noqa: S603 - named by whoever measures
        [python, str(_TRACK_SCRIPT), weights, str(task.clip.resolve()), str(task.threads)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    measured = json.loads(said.splitlines()[-1])
    version = measured.pop("version")
    return Measured(**measured), version


def alone(task: Task, rounds: int, python: str | None) -> tuple[dict[str, Measured], str]:
    """The rows of one clip as fast as it goes, in turn, the cheapest round of each; Ultralytics' version."""
    found: dict[str, list[Measured]] = {}
    version = ""
    for _ in range(rounds):
        for role in ("decode", "ours"):
            found.setdefault(role, []).append(outcome(start(role, task)))
        if python:
            measured, version = track(python, task)
            found.setdefault("track", []).append(measured)
    found["every"] = [outcome(start("every", task))]
    return {role: min(rows, key=_cost_s) for role, rows in found.items()}, version


def together(task: Task, cameras: int, shapes: Sequence[str] = SHAPES) -> dict[str, Measured]:
    """So many cameras at once: in as many processes, and in one."""
    single = replace(task, threads=1)
    found: dict[str, Measured] = {}
    if "processes" in shapes:
        running = [start("live", single) for _ in range(cameras)]
        found["processes"] = _summed([outcome(process) for process in running])
    if "one process" in shapes:
        found["one process"] = outcome(start("live", replace(single, cameras=cameras)))
    return found


def _summed(rows: list[Measured]) -> Measured:
    return Measured(
        frames=sum(row.frames for row in rows),
        wall_s=max(row.wall_s for row in rows),
        cpu_s=sum(row.cpu_s for row in rows),
        found=sorted(name for row in rows for name in row.found),
        skipped=sum(row.skipped for row in rows),
        shed=sum(row.shed for row in rows),
        late_s=max(row.late_s for row in rows),
        latencies_s=[late for row in rows for late in row.latencies_s],
        memory_mb=sum(row.memory_mb for row in rows),
    )


def lost(found: list[Any], wanted: list[Any], cameras: int = 1) -> int:
    """How many of the violations that every camera should have found were not."""
    missing = Counter({tuple(name): cameras * count for name, count in Counter(map(tuple, wanted)).items()})
    missing.subtract(Counter(map(tuple, found)))
    return sum(count for count in missing.values() if count > 0)


def quantile(values: list[float], share: float) -> float | None:
    """The value under which `share` of all lie; None without any."""
    if not values:
        return None
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def clip_fps(clip: Path) -> float:
    """Pictures a second, by the pictures' own times."""
    times = [frame.t_s for frame, _ in zip(FileSource(clip), range(50), strict=False)]
    return 1 / statistics.median(later - sooner for sooner, later in pairwise(times))


def alone_table(rows: dict[str, Measured], fps: float, version: str, cores: int) -> Table:
    """The rows of one clip as fast as it goes. `cores`: how many the machine has."""
    head = ("pictures/s", "cores", "processor ms a picture", "of decoding", f"cameras of {fps:g}/s", "found")
    table = Table("as fast as it goes", *head)
    decode = _cost_s(rows["decode"])
    for role, name in _NAMES.items():
        if role not in rows:
            continue
        row = rows[role]
        table.add_row(
            name.format(version=version),
            f"{row.frames / row.wall_s:.1f}",
            f"{row.cpu_s / row.wall_s:.2f}",
            f"{1000 * _cost_s(row):.1f}",
            f"{decode / _cost_s(row):.2f}",
            f"{cores / _cost_s(row) / fps:.1f}",
            str(len(row.found)) if role in {"every", "ours"} else "-",
        )
    return table


def _cost_s(row: Measured) -> float:
    """Seconds of processor a picture: unlike pictures a second, it hardly depends on who else is at work."""
    return row.cpu_s / row.frames


def together_table(rows: dict[tuple[int, str], Measured], wanted: list[Any], fps: float) -> Table:
    """The rows of many cameras at once."""
    head = (
        "MB",
        "skipped",
        "shed looks",
        "late s",
        "lost",
        "events timed",
        "event to disk p50",
        "p95",
        "most",
    )
    table = Table(f"cameras of {fps:g}/s at once", "cores", *head)
    for (cameras, shape), row in rows.items():
        waits = [quantile(row.latencies_s, share) for share in (0.5, 0.95, 1.0)]
        table.add_row(
            f"{cameras}, {shape}",
            f"{row.cpu_s / row.wall_s:.2f}",
            f"{row.memory_mb:.0f}",
            f"{100 * row.skipped / max(row.frames, 1):.1f} %",
            str(row.shed),
            f"{row.late_s:.1f}",
            f"{lost(row.found, wanted, cameras)} of {cameras * len(wanted)}" if wanted else "-",
            str(len(row.latencies_s)),
            *("-" if wait is None else f"{wait:.2f} s" for wait in waits),
        )
    return table


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when `ours` lost a violation that looking at every picture finds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clip", type=Path, default=SAMPLE / "pham_ngoc_thach.mp4")
    parser.add_argument("--camera", type=Path, default=SAMPLE / "camera.toml")
    parser.add_argument("--cameras", type=int, nargs="*", default=[1, 2, 4, 8])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1, help="of each row; 1 is what many cameras have")
    parser.add_argument("--ultralytics-python", help="a Python that has ultralytics and onnxruntime")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--evidence",
        type=int,
        metavar="PLAYS",
        help="only play the cameras at once, each clip so many times, a process a camera: event to evidence",
    )
    return _evidence(told) if (told := parser.parse_args(arguments)).evidence else _throughput(told)


def _evidence(told: argparse.Namespace) -> int:
    task, fps = Task(told.clip, told.camera, 1, plays=told.evidence), clip_fps(told.clip)
    many = {
        (cameras, shape): row
        for cameras in told.cameras
        for shape, row in together(task, cameras, SHAPES[:1]).items()
    }
    if told.json:
        print(json.dumps({str(cameras): asdict(row) for (cameras, _), row in many.items()}))
    else:
        Console().print(together_table(many, [], fps))
    return 0


def _throughput(told: argparse.Namespace) -> int:
    task = Task(told.clip, told.camera, told.threads)
    fps = clip_fps(task.clip)
    rows, version = alone(task, told.rounds, told.ultralytics_python)
    many = {
        (cameras, shape): row for cameras in told.cameras for shape, row in together(task, cameras).items()
    }
    if told.json:
        several = {f"{cameras}, {shape}": asdict(row) for (cameras, shape), row in many.items()}
        print(json.dumps({"fps": fps} | {role: asdict(row) for role, row in rows.items()} | several))
    else:
        console = Console()
        console.print(alone_table(rows, fps, version, os.cpu_count() or 1))
        if not told.ultralytics_python:
            console.print("ultralytics is left out: name a Python that has it with --ultralytics-python")
        if many:
            console.print(together_table(many, rows["every"].found, fps))
    return 1 if lost(rows["ours"].found, rows["every"].found) else 0


if __name__ == "__main__":
    sys.exit(main())
