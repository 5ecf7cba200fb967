"""Real tracks at real signals through the red-light rule: every crossing on red once, none on green.

    python -m benchmarks.signal_tracks FILE [--fps 30] [--lead 2]

FILE is vn_signal_tracks.csv.gz: tracks without pictures from three Vietnamese crossings, the light red or
green for a whole clip. A crossing is counted plainly in the picture (signal_tracks_data.count): the foot
steps over the source's offence line away from the camera and goes on. No turn is exempt: at Thái Nguyên
nearly everybody turns right, and whether a sign lets them is not told, so all count, as they do for the
source.

The frame rate is not told (--fps, 30 taken), nor for how long a light had been red: it is taken to have shown
the same for --lead seconds before the clip. No camera was calibrated: pitch and height come from how riders
shrink with distance, with a focal length taken for granted. The rule runs twice: on the source's own ids, and
on the same boxes followed by our tracker.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.signal_tracks_data import (
    KINDS,
    LINES_PX,
    SIZE_PX,
    Clip,
    Crossing,
    Sighting,
    broken_ids,
    count,
    iou,
    load,
    site_scene,
    why_silent,
)
from edge.detector.types import Detection
from edge.rules import SignalHistory, Violation, Withheld
from edge.rules.red_light import judge
from edge.rules.red_light_ruling import Heads
from edge.scene import Scene
from edge.tracking import Observation, Track, Tracker, TrackerSettings

_NEAR_FRAMES = 10
_SAME_IOU = 0.5
_SAME_FRAMES = 2
_CONFIDENCE = 0.9
_CLIP_S = 12.0


@dataclass
class Score:
    """What the rule made of the crossings of one site. `missed` by reason; `nothing`: not even suspected."""

    crossings: int = 0
    found: int = 0
    doubled: int = 0
    beside: list[str] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        """Add another clip's."""
        self.crossings += other.crossings
        self.found += other.found
        self.doubled += other.doubled
        self.beside += other.beside
        self.missed += other.missed


@dataclass(frozen=True)
class Said:
    """A verdict with the track it is about."""

    verdict: Violation | Withheld
    track: Track
    fps: float

    def is_about(self, crossing: Crossing) -> bool:
        """Whether this is the vehicle of that crossing, over the line at that moment."""
        first_s = self.verdict.t_event_s
        last_s = self.verdict.t_end_s if isinstance(self.verdict, Violation) else first_s
        early, late = round(first_s * self.fps) - _NEAR_FRAMES, round(last_s * self.fps) + _NEAR_FRAMES
        if not early <= crossing.frame <= late:
            return False
        near = min(self.track.observations, key=lambda one: abs(one.frame - crossing.frame))
        return abs(near.frame - crossing.frame) <= _SAME_FRAMES and iou(near.box, crossing.box) > _SAME_IOU


def raw_tracks(clip: Clip, fps: float) -> list[Track]:
    """The source's ids as they are."""
    return [
        Track(number, KINDS[seen[0].cls], 1.0, tuple(_observed(one, fps) for one in seen), ended=True)
        for number, seen in clip.ids.items()
    ]


def _observed(one: Sighting, fps: float) -> Observation:
    clear = one.box.y2 < SIZE_PX[1] - 2
    return Observation(one.frame / fps, one.frame, one.box, KINDS[one.cls], _CONFIDENCE, clear)


def own_tracks(clip: Clip, fps: float) -> list[Track]:
    """The same boxes, followed by our tracker."""
    tracker, ended = Tracker(SIZE_PX, TrackerSettings()), []
    frames: dict[int, list[Detection]] = {}
    for seen in clip.ids.values():
        for one in seen:
            frames.setdefault(one.frame, []).append(Detection(one.box, KINDS[one.cls], _CONFIDENCE))
    for frame in range(min(frames), max(frames) + 1):
        ended += tracker.update(frame / fps, frame, frames.get(frame, [])).ended
    return [*ended, *tracker.finish()]


def steady(state: str, fps: float, lead_s: float) -> Heads:
    """A light that shows the same all through."""
    history = SignalHistory()
    for frame in range(-round(lead_s * fps), round(_CLIP_S * fps)):
        history.add(frame / fps, state)  # type: ignore[arg-type]
    return {"main": history}


def verdicts(tracks: Sequence[Track], scene: Scene, heads: Heads, fps: float) -> Iterator[Said]:
    """What the rule says of each track once it has ended."""
    for track in tracks:
        said = judge(track, scene, heads, finished=True)
        if said is not None:
            yield Said(said, track, fps)


def score(crossings: Sequence[Crossing], told: Sequence[Said], clip: Clip) -> Score:
    """Lay the verdicts beside the plain count."""
    made = Score(crossings=len(crossings))
    accused = [one for one in told if isinstance(one.verdict, Violation)]
    for crossing in crossings:
        hits = [one for one in accused if one.is_about(crossing)]
        made.found += bool(hits)
        made.doubled += len(hits) > 1
        accused = [one for one in accused if one not in hits]
        if not hits:
            codes = [
                one.verdict.code
                for one in told
                if isinstance(one.verdict, Withheld)
                and (one.track.id in crossing.ids or one.is_about(crossing))
            ]
            made.missed[codes[0] if codes else why_silent(crossing, clip)] += 1
    made.beside += [f"{clip.name} id {one.track.id} at frame {one.track.last.frame}" for one in accused]
    return made


def replay(clips: Sequence[Clip], scene: Scene, light: str, args: argparse.Namespace, *, own: bool) -> Score:
    """The rule over all clips of a site as if each had shown `light`."""
    heads, made = steady(light, args.fps, args.lead), Score()
    for clip in clips:
        tracks = own_tracks(clip, args.fps) if own else raw_tracks(clip, args.fps)
        told = list(verdicts(tracks, scene, heads, args.fps))
        made.add(score(count(clip).crossings, told, clip))
    return made


def _sites_table(sites: dict[str, list[Clip]], scenes: dict[str, dict[str, float]]) -> Table:
    table = Table(title="the tracks, counted plainly")
    for name in (
        "site", "light", "clips", "ids", "crossings", "of them under two ids", "jumps over the line",
        "stayed at the line", "ids that jump", "ids that end where another begins", "repeated rows",
    ):  # fmt: skip
        table.add_column(name)
    for site, clips in sites.items():
        counts = [count(clip) for clip in clips]
        ids = sum(len(clip.ids) for clip in clips)
        jumping, broken = (sum(some) for some in zip(*(broken_ids(clip) for clip in clips), strict=True))
        crossings = [one for some in counts for one in some.crossings]
        cells = (
            site, clips[0].light, len(clips), ids, len(crossings), sum(len(one.ids) > 1 for one in crossings),
            sum(one.jumped for one in counts), sum(one.stayed for one in counts),
            f"{jumping} ({100 * jumping / ids:.1f} %)", f"{broken} ({100 * broken / ids:.1f} %)",
            sum(clip.repeated for clip in clips),
        )  # fmt: skip
        table.add_row(*map(str, cells))
    table.caption = "; ".join(
        f"{site}: " + ", ".join(f"{name} {value:.1f}" for name, value in told.items())
        for site, told in scenes.items()
    )
    return table


def _score_row(site: str, shown: str, whose: str, made: Score) -> list[str]:
    reasons = ", ".join(f"{code} {number}" for code, number in made.missed.most_common())
    crossed = max(made.crossings, 1)
    if shown == "green":
        return [
            site,
            shown,
            whose,
            str(made.crossings),
            str(made.found + len(made.beside)),
            "-",
            "-",
            "-",
            "-",
        ]
    return [
        site,
        shown,
        whose,
        str(made.crossings),
        f"{made.found} ({100 * made.found / crossed:.1f} %)",
        str(made.doubled),
        str(len(made.beside)),
        str(sum(made.missed.values())),
        reasons,
    ]


def main(argv: Sequence[str]) -> int:
    """Print the tables; 1 when anybody is accused on green, twice, or without having crossed.

    Our tracker joins what the source's ids lost, so what it finds beside the count need not be wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.signal_tracks", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--fps", type=float, default=30.0)
    parser.add_argument("--lead", type=float, default=2.0)
    parser.add_argument("--list", action="store_true", help="name every accusation beside the plain count")
    args = parser.parse_args(argv)
    clips = load(args.file)
    sites = {site: [clip for clip in clips if clip.site == site] for site in LINES_PX}
    made = {site: site_scene(site, some) for site, some in sites.items()}
    console = Console(width=200)
    console.print(_sites_table(sites, {site: told for site, (_, told) in made.items()}))
    table = Table(
        "site", "light", "ids of", "crossings", "accused", "twice", "beside the count", "missed", "and why",
        title="the rule",
    )  # fmt: skip
    faults = 0
    for site, some in sites.items():
        scene = made[site][0]
        shown = some[0].light
        for own in (False, True):
            whose = "ours" if own else "the source"
            found = replay(some, scene, shown, args, own=own)
            table.add_row(*_score_row(site, shown, whose, found))
            beside = 0 if own else len(found.beside)
            faults += found.doubled + beside + (found.found if shown == "green" else 0)
            if args.list:
                console.print(*found.beside, sep="\n")
            if shown == "green":
                would = replay(some, scene, "red", args, own=own)
                table.add_row(*_score_row(site, "were it red", whose, would))
    console.print(table)
    return 1 if faults else 0


if __name__ == "__main__":
    np.seterr(divide="ignore", invalid="ignore")
    sys.exit(main(sys.argv[1:]))
