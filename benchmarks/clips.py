"""What the edge makes of the rendered clips, whose truth is known: everything found, nobody else accused.

    python -m benchmarks.clips [FOLDER ...] [--json] [--sheet docs/pictures/clips_missed.jpg]

Runs what `phatnguoi-edge analyse` runs, with the shipped networks, over each clip and its camera file.
A violation counts as found with its rule and its plate, all characters right; anything else that is reported
accuses somebody of what he did not do. Each miss is told with what the edge said of that vehicle.
The exit status is 1 when anybody innocent was reported.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.clip_sheet import crops, moments, sheet
from benchmarks.failure_sheet import as_jpeg
from edge.analysis_files import Findings, Passed, analyse
from edge.analysis_watch import asks_for_riders, open_eyes
from edge.capture import SourceError, open_source
from edge.detector.errors import DetectorError
from edge.detector.types import Box
from edge.scene import SceneError, load_scene

ROOT: Final = Path(__file__).parents[1] / "sample_videos"
CLIPS: Final = ("pham_ngoc_thach", "hung_vuong", "lanes", "helmets", "night_rain")
_SAME: Final = 0.3

Truth = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Miss:
    """A true violation that was not reported, and what was said of its vehicle."""

    rule: str
    vehicle: str
    plate: str
    t_event_s: float
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """One clip: how many of its violations were found, and what was reported beside them (rule, plate)."""

    clip: str
    true: int
    found: int
    false: tuple[tuple[str, str], ...]
    misses: tuple[Miss, ...]

    @property
    def reported(self) -> int:
        """How many violations were reported."""
        return self.found + len(self.false)


def score(clip: str, truth: Truth, findings: Findings) -> Score:
    """Hold the findings against the truth."""
    true = {(one["rule"], one["plate"]): one for one in truth["violations"]}
    said = Counter(
        (one.violation.rule, one.case.plate.text if one.case.plate else "") for one in findings.events
    )
    false = [pair for pair, times in said.items() for _ in range(times - (pair in true))]
    tracks = tracks_of(truth, findings.passed)
    missed = [one for pair, one in true.items() if pair not in said]
    misses = (
        Miss(
            one["rule"],
            one["vehicle"],
            one["plate"],
            one["t_event_s"],
            tuple(_words(tracks[one["vehicle"]], one["rule"], findings)),
        )
        for one in missed
    )
    return Score(clip, len(true), len(true) - len(missed), tuple(false), tuple(misses))


def tracks_of(truth: Truth, passed: Sequence[Passed]) -> dict[str, list[Passed]]:
    """The tracks that followed each vehicle: those whose boxes lie on it more often than on any other."""
    boxes: dict[int, list[tuple[str, Box]]] = defaultdict(list)
    for vehicle in truth["vehicles"]:
        for row in vehicle["path"]:
            if row["box_px"]:
                boxes[round(row["t_s"] * truth["video"]["fps"])].append((vehicle["id"], Box(*row["box_px"])))
    tracks: dict[str, list[Passed]] = defaultdict(list)
    for one in passed:
        votes = Counter(
            vid for see in one.track.observations for vid, box in boxes[see.frame] if box.iou(see.box) > _SAME
        )
        if votes:
            tracks[votes.most_common(1)[0][0]].append(one)
    return tracks


def _words(tracks: Sequence[Passed], rule: str, findings: Findings) -> Iterator[str]:
    """What the edge said of a vehicle it did not report: suspicions it kept back, and its plate."""
    if not tracks:
        yield "never followed"
    for one in tracks:
        for kept in findings.suspicions:
            if kept.track == one.track.id and kept.rule == rule:
                yield f"withheld: {kept.code}"
        if not one.plate.accepted:
            yield f"plate: {one.plate.text or 'nothing'} ({one.plate.reason})"


def measure(folder: Path, progress: Callable[[str], None] = lambda _: None) -> Score:
    """Analyse one clip.

    Raises:
        SceneError, SourceError, DetectorError: camera file, clip or networks cannot be used.
        OSError: there is no truth.json.
    """
    truth = _truth(folder)
    scene = load_scene(folder / "camera.toml")
    eyes = open_eyes(riders=asks_for_riders(scene))
    progress(folder.name)
    video = open_source(str(_video(folder, truth)))
    found = analyse(
        video, scene, eyes.vehicles, eyes.plates, riders=eyes.riders, kinds=eyes.kinds, models=eyes.models
    )
    return score(folder.name, truth, found)


def _tables(scores: Sequence[Score]) -> Iterator[Table]:
    clips = Table("clip", "true", "found", "recall", "reported", "innocent", title="violations")
    for one in scores:
        clips.add_row(*_row(one.clip, one.true, one.found, len(one.false)))
    if len(scores) > 1:
        sums = (sum(one.true for one in scores), sum(one.found for one in scores))
        clips.add_row(*_row("all", *sums, sum(len(one.false) for one in scores)), style="bold")
    yield clips
    if any(one.false for one in scores):
        wrong = Table("clip", "rule", "plate", title="reported, and not true")
        for one in scores:
            for rule, plate in one.false:
                wrong.add_row(one.clip, rule, plate or "none")
        yield wrong
    if any(one.misses for one in scores):
        missed = Table("clip", "t (s)", "rule", "vehicle", "plate", "what was said of it", title="missed")
        for one in scores:
            for miss in one.misses:
                moment = f"{miss.t_event_s:.2f}"
                words = "; ".join(miss.said) or "nothing"
                missed.add_row(one.clip, moment, miss.rule, miss.vehicle, miss.plate, words)
        yield missed


def _drawn(scores: Sequence[Score], folders: Sequence[Path]) -> bytes:
    """The sheet of what was missed, as JPEG."""
    rows = []
    for one, folder in zip(scores, folders, strict=True):
        truth = _truth(folder)
        paths = {vehicle["id"]: vehicle["path"] for vehicle in truth["vehicles"]}
        for miss in one.misses:
            shown = moments(paths[miss.vehicle], miss.t_event_s)
            title = f"{one.clip}, {miss.t_event_s:.1f} s: {miss.vehicle}, {miss.rule}"
            tiles = crops(_video(folder, truth), truth["video"]["fps"], shown)
            rows.append((tiles, (title, *(miss.said or ("nothing was said of it",)))))
    return as_jpeg(sheet(rows))


def _truth(folder: Path) -> Truth:
    truth: Truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return truth


def _video(folder: Path, truth: Truth) -> Path:
    return folder / str(truth["video"].get("file", f"{folder.name}.mp4"))


def _row(name: str, true: int, found: int, false: int) -> tuple[str, ...]:
    recall = f"{found / true:.0%}" if true else "-"
    return name, str(true), str(found), recall, str(found + false), str(false)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables, or JSON; 1 when somebody innocent was reported, 2 where nothing could be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.clips",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", type=Path, nargs="*", default=[ROOT / name for name in CLIPS])
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of the tables")
    parser.add_argument("--sheet", type=Path, help="where to draw the missed ones (JPEG)")
    args = parser.parse_args(arguments)
    err = Console(stderr=True)
    try:
        scores = [measure(folder, lambda name: err.print(f"{name} …")) for folder in args.folders]
        if args.sheet:
            args.sheet.write_bytes(_drawn(scores, args.folders))
    except (SceneError, SourceError, DetectorError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps([asdict(one) for one in scores], ensure_ascii=False))
    else:
        console = Console()
        for table in _tables(scores):
            console.print(table)
    return int(any(one.false for one in scores))


if __name__ == "__main__":
    sys.exit(main())
