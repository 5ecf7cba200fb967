"""What the edge makes of a rendered clip whose truth is known: how right, and how fast beside decoding.

    python -m benchmarks.edge_clip [sample_videos/pham_ngoc_thach]

Rates are measured side by side in this one run; only their ratios travel between machines.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from edge.analysis_files import Findings, Passed, analyse
from edge.analysis_watch import Eyes, open_eyes
from edge.capture import Frame, open_source
from edge.scene import load_scene

DEFAULT = Path("sample_videos/pham_ngoc_thach")
DETECTED_FRAMES = 60


def _rate(frames: Iterable[Frame], work: Any = None) -> float:
    """Frames a second of iterating, and of `work` on each where given."""
    started, count = time.perf_counter(), 0
    for frame in frames:
        count += 1
        if work:
            work(frame)
    return count / (time.perf_counter() - started)


def _first(frames: Iterable[Frame], count: int) -> Iterable[Frame]:
    for number, frame in enumerate(frames):
        if number == count:
            return
        yield frame


def _true_speed(truth: dict[str, Any], passed: Passed) -> float | None:
    """Median true speed while the track was seen, by plate; None where the plate was not accepted."""
    for vehicle in truth["vehicles"]:
        if passed.plate.accepted and vehicle["plate"]["text"] == passed.plate.text:
            seen = passed.track.observations
            span = [
                point["speed_kmh"] for point in vehicle["path"] if seen[0].t_s <= point["t_s"] <= seen[-1].t_s
            ]
            steady = span and max(span) - min(span) < 1.0
            return statistics.median(span) if steady else None
    return None


def _found(findings: Findings) -> set[tuple[str, str]]:
    cases = ((event.violation.rule, event.case.plate) for event in findings.events)
    return {(rule, plate.text if plate else "") for rule, plate in cases}


def _true(truth: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["rule"], one["plate"]) for one in truth["violations"]}


def _rights(findings: Findings, truth: dict[str, Any]) -> list[tuple[str, str]]:
    found, true = _found(findings), _true(truth)
    accepted = [one for one in findings.passed if one.plate.accepted]
    plates = {vehicle["plate"]["text"] for vehicle in truth["vehicles"]}
    wrong = [one.plate.text for one in accepted if one.plate.text not in plates]
    pairs = [(one.speed, _true_speed(truth, one)) for one in accepted]
    errors = [
        (abs(said.kmh - true_kmh), said.lower_kmh <= true_kmh <= said.upper_kmh)
        for said, true_kmh in pairs
        if said and true_kmh
    ]
    rows = [
        ("violations found, of the true", f"{len(found & true)} of {len(true)}"),
        ("reported though innocent", str(len(found - true))),
        ("plates accepted / of them wrong", f"{len(accepted)} / {len(wrong)}"),
    ]
    if errors:
        off = [error for error, _ in errors]
        rows.append(
            (
                f"speed error over {len(off)} steady vehicles, mean / worst",
                f"{statistics.mean(off):.2f} / {max(off):.2f} km/h",
            )
        )
        rows.append(
            ("of them inside the 95 % interval", f"{sum(inside for _, inside in errors)} of {len(errors)}")
        )
    return rows


def _rates(video: str, eyes: Eyes, whole_fps: float, clip_fps: float) -> list[tuple[str, str]]:
    decode = _rate(open_source(video))
    detect = _rate(
        _first(open_source(video), DETECTED_FRAMES), lambda frame: eyes.vehicles.detect(frame.image)
    )
    return [
        ("decoding only", f"{decode:.1f} frames/s"),
        ("decoding and detecting", f"{detect:.1f} frames/s, {detect / decode:.2f} of decoding"),
        (
            "all: tracks, plates, rules",
            f"{whole_fps:.1f} frames/s, {whole_fps / clip_fps:.1f} x the clip's own pace",
        ),
    ]


def main(folder: Path) -> int:
    """Print the table; 1 when a violation was missed or somebody innocent reported."""
    truth = json.loads((folder / "truth.json").read_text())
    video = str(folder / truth["video"]["file"])
    eyes = open_eyes()
    started = time.perf_counter()
    findings = analyse(
        open_source(video), load_scene(folder / "camera.toml"), eyes.vehicles, eyes.plates, kinds=eyes.kinds
    )
    whole_fps = truth["video"]["frames"] / (time.perf_counter() - started)
    rights = _rights(findings, truth)
    table = Table("what", "measured", title=f"{video}, models {', '.join(m.version for m in eyes.models)}")
    for row in rights + _rates(video, eyes, whole_fps, truth["video"]["fps"]):
        table.add_row(*row)
    Console().print(table)
    return 0 if _found(findings) == _true(truth) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT))
