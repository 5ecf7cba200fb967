"""The tracks of vn_signal_tracks.csv.gz, a plain count of who crossed the line, and a road under each camera.

The count knows nothing of the rule: it works in the picture, with the source's lines and the raw ids.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.detector.types import Box, VehicleClass
from edge.scene import Scene, scene_of
from edge.scene_file import CameraFile

Numbers = npt.NDArray[np.float64]
PointPx = tuple[float, float]

SIZE_PX = (2560, 1920)
FOCAL_PX = 1800.0
HEAD_M = 1.55
HEAD_AHEAD_M = 0.9
"""Where a rider's head is, above the road and ahead of the rear wheel."""
LINES_PX: Mapping[str, tuple[PointPx, PointPx]] = {
    "hanam": ((935, 725), (1753, 726)),
    "thainguyen": ((803, 582), (2541, 583)),
    "vungtau": ((807, 658), (2361, 659)),
}
"""The source's offence lines."""
KINDS: Mapping[int, VehicleClass] = {
    0: "motorbike",
    2: "motorbike",
    3: "motorbike",
    1: "car",
    4: "car",
    5: "car",
}
"""The numbers of the source are not documented: these are by the shape of the boxes, and for the rule only
the length they stand for matters."""

_STEADY_HEIGHTS = 0.35
_STEADY_FRAMES = 15
_GONE_HEIGHTS = 0.25
_AT_LINE_HEIGHTS = 0.15
_BORDER_PX = 12
_RECENT = 5
_MOVING_HEIGHTS = 0.03
_SAME_IOU = 0.7
_TOGETHER = 3
_BROKEN_FRAMES = 15
_BROKEN_HEIGHTS = 0.6


@dataclass(frozen=True)
class Sighting:
    frame: int
    box: Box
    cls: int

    @property
    def foot(self) -> Numbers:
        """The middle of the box's lower edge, px."""
        return np.array(self.box.bottom_centre)


@dataclass(frozen=True)
class Clip:
    """One clip: its site, its light all the way through, and what the source's tracker made of it."""

    name: str
    site: str
    light: str
    ids: Mapping[int, Sequence[Sighting]]
    repeated: int
    """Rows left out because the id was in that frame already."""


@dataclass(frozen=True)
class Crossing:
    """One vehicle over the line, under one id or several."""

    clip: str
    ids: frozenset[int]
    frame: int
    box: Box


@dataclass(frozen=True)
class Count:
    """The plain count of one clip: crossings, and steps over the line that are none."""

    crossings: Sequence[Crossing]
    jumped: int
    stayed: int


def load(path: Path) -> list[Clip]:
    """Every clip of the file. Raises OSError and KeyError for a file that is another."""
    rows: dict[tuple[str, str], dict[int, list[Sighting]]] = defaultdict(lambda: defaultdict(list))
    repeated: dict[str, int] = defaultdict(int)
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            x1, y1, x2, y2 = (float(row[key]) for key in ("x1", "y1", "x2", "y2"))
            seen = rows[row["clip"], row["light"]][int(row["id"])]
            frame = int(row["frame"])
            if seen and seen[-1].frame >= frame:
                repeated[row["clip"]] += 1
                continue
            seen.append(Sighting(frame, Box(x1, y1, x2 - x1, y2 - y1), int(row["cls"])))
    return [
        Clip(name, name.split("_")[0], light, dict(ids), repeated[name])
        for (name, light), ids in rows.items()
    ]


def count(clip: Clip) -> Count:
    """Who crossed the line: the foot steps steadily from below it to above it, between its ends, and goes on.

    Goes on: not back below, and a quarter of its height away, or out of the picture, or moving as the clip
    ends.
    A step longer than a vehicle makes (a third of its height a frame) is an id that jumped to another.
    """
    found: list[Crossing] = []
    jumped = stayed = 0
    last_frame = max(seen[-1].frame for seen in clip.ids.values())
    for number, seen in clip.ids.items():
        step = _last_step_over(clip.site, seen)
        if step is None:
            continue
        before, after = seen[step], seen[step + 1]
        frames = after.frame - before.frame
        moved = float(np.hypot(*(after.foot - before.foot))) / after.box.h
        if frames > _STEADY_FRAMES or moved > _STEADY_HEIGHTS * frames:
            jumped += 1
        elif not _went_on(clip.site, seen, step, last_frame):
            stayed += 1
        else:
            found.append(Crossing(clip.name, frozenset({number}), after.frame, after.box))
    return Count(_one_each(found, clip), jumped, stayed)


def _last_step_over(site: str, seen: Sequence[Sighting]) -> int | None:
    """The last sighting below the line before the foot goes over between its ends; None if it never does."""
    (left, y), (right, _) = LINES_PX[site]
    foot = np.array([one.foot for one in seen])
    over = np.flatnonzero((foot[:-1, 1] > y) & (foot[1:, 1] <= y))
    share = (foot[over, 1] - y) / (foot[over, 1] - foot[over + 1, 1])
    across = foot[over, 0] + share * (foot[over + 1, 0] - foot[over, 0])
    inside = over[(left <= across) & (across <= right)]
    return int(inside[-1]) if len(inside) else None


def _went_on(site: str, seen: Sequence[Sighting], step: int, last_frame: int) -> bool:
    y = LINES_PX[site][0][1]
    last = seen[-1]
    if last.foot[1] > y:
        return False
    moved = float(np.hypot(*(last.foot - seen[step].foot)))
    if moved >= _GONE_HEIGHTS * last.box.h or _at_border(last.box):
        return True
    before = seen[-min(len(seen), _RECENT)]
    rate = float(np.hypot(*(last.foot - before.foot))) / max(last.frame - before.frame, 1)
    return last.frame >= last_frame - 1 and rate >= _MOVING_HEIGHTS * last.box.h


def _at_border(box: Box) -> bool:
    return (
        min(box.x, box.y) <= _BORDER_PX
        or box.x2 >= SIZE_PX[0] - _BORDER_PX
        or box.y2 >= SIZE_PX[1] - _BORDER_PX
    )


def _one_each(found: Sequence[Crossing], clip: Clip) -> list[Crossing]:
    """Crossings of one vehicle that two ids follow at once put together."""
    kept: list[Crossing] = []
    for one in sorted(found, key=lambda crossing: crossing.frame):
        for place, other in enumerate(kept):
            if one.frame - other.frame <= _STEADY_FRAMES and _is_same(clip, one, other):
                kept[place] = Crossing(other.clip, other.ids | one.ids, other.frame, other.box)
                break
        else:
            kept.append(one)
    return kept


def _is_same(clip: Clip, one: Crossing, other: Crossing) -> bool:
    """Whether the boxes of two ids lie on one another in the pictures that have both."""
    (first, *_), (second, *_) = one.ids, other.ids
    boxes = {seen.frame: seen.box for seen in clip.ids[first]}
    both = [iou(boxes[seen.frame], seen.box) for seen in clip.ids[second] if seen.frame in boxes]
    return len(both) >= _TOGETHER and float(np.median(both)) > _SAME_IOU


def why_silent(crossing: Crossing, clip: Clip) -> str:
    """Why a rule that wants a vehicle clearly before and clearly beyond the line may say nothing of it."""
    y = LINES_PX[clip.site][0][1]
    seen = max((clip.ids[number] for number in crossing.ids), key=len)
    if seen[0].foot[1] - y < _AT_LINE_HEIGHTS * seen[0].box.h:
        return "first seen on the line"
    if y - min(one.foot[1] for one in seen) < _AT_LINE_HEIGHTS * seen[-1].box.h:
        return "last seen on the line"
    return "nothing said"


def iou(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    both = one.intersection(other)
    return both / max(one.area + other.area - both, 1e-9)


def broken_ids(clip: Clip) -> tuple[int, int]:
    """How many ids jump from one vehicle to another, and how many end where another begins."""
    jumping = broken = 0
    starts = [(seen[0], number) for number, seen in clip.ids.items()]
    last_frame = max(seen[-1].frame for seen in clip.ids.values())
    for number, seen in clip.ids.items():
        jumping += any(
            float(np.hypot(*(b.foot - a.foot))) > b.box.h * max(1.0, _STEADY_HEIGHTS * (b.frame - a.frame))
            for a, b in pairwise(seen)
        )
        end = seen[-1]
        if end.frame < last_frame and not _at_border(end.box):
            broken += any(
                0 < start.frame - end.frame <= _BROKEN_FRAMES
                and float(np.hypot(*(start.foot - end.foot))) < _BROKEN_HEIGHTS * end.box.h
                for start, other in starts
                if other != number
            )
    return jumping, broken


def rider_heights(clips: Sequence[Clip]) -> tuple[Numbers, Numbers]:
    """Rows of the picture (px) and how tall a rider on a motorbike stands there (px), median of each row."""
    feet: list[float] = []
    tall: list[float] = []
    for clip in clips:
        for seen in clip.ids.values():
            for one in seen:
                if KINDS[one.cls] == "motorbike" and not _at_border(one.box):
                    feet.append(one.box.y2)
                    tall.append(one.box.h)
    rows, heights = np.array(feet), np.array(tall)
    edges = np.arange(150, SIZE_PX[1] - 100, 60)
    told = [(low, heights[(rows >= low) & (rows < low + 60)]) for low in edges]
    kept = [(low + 30.0, float(np.median(some))) for low, some in told if len(some) >= 40]
    return np.array([row for row, _ in kept]), np.array([height for _, height in kept])


def pose(rows_px: Numbers, heights_px: Numbers) -> tuple[float, float]:
    """How far down a camera looks (radians) and how high it hangs (m), by how riders shrink with distance.

    The focal length is taken for granted, so metres are good to a fifth or so: enough for gates, not more.
    """
    best = (np.inf, 0.0, 0.0)
    for pitch in np.radians(np.arange(4.0, 60.0, 0.5)):
        for height_m in np.arange(3.0, 12.0, 0.1):
            miss = heights_px - rider_px(rows_px, float(pitch), float(height_m))
            best = min(best, (float(np.abs(miss).mean()), float(pitch), float(height_m)))
    return best[1], best[2]


def rider_px(rows_px: Numbers, pitch: float, height_m: float) -> Numbers:
    """How tall a rider who moves away looks, from rear wheel to head, whose wheel stands in those rows."""
    ahead = height_m * FOCAL_PX / (np.cos(pitch) ** 2 * _below_horizon(rows_px, pitch)) - height_m * np.tan(
        pitch
    )
    head_ahead, head_down = ahead + HEAD_AHEAD_M, height_m - HEAD_M
    depth = np.maximum(head_ahead * np.cos(pitch) + head_down * np.sin(pitch), 0.5)
    head = FOCAL_PX * (head_down * np.cos(pitch) - head_ahead * np.sin(pitch)) / depth
    return np.asarray(rows_px - SIZE_PX[1] / 2 - head)


def _below_horizon(rows_px: Numbers, pitch: float) -> Numbers:
    return np.asarray(np.maximum(rows_px - SIZE_PX[1] / 2 + FOCAL_PX * np.tan(pitch), 1.0))


def on_road(x_px: float, y_px: float, pitch: float, height_m: float) -> PointPx:
    """Metres right of the camera and ahead of it of a road point in the picture."""
    down = float(_below_horizon(np.array([y_px]), pitch)[0])
    ahead = height_m * FOCAL_PX / (np.cos(pitch) ** 2 * down) - height_m * np.tan(pitch)
    return (x_px - SIZE_PX[0] / 2) * height_m / (np.cos(pitch) * down), float(ahead)


def heading(clips: Sequence[Clip], pitch: float, height_m: float) -> PointPx:
    """The way traffic that comes up to the line moves, a unit vector on the road: the median of all of it."""
    angles = list(_angles(clips, pitch, height_m))
    middle = float(np.median(angles))
    return float(np.sin(middle)), float(np.cos(middle))


def _angles(clips: Sequence[Clip], pitch: float, height_m: float) -> Iterator[float]:
    for clip in clips:
        y = LINES_PX[clip.site][0][1]
        for seen in clip.ids.values():
            below = [one for one in seen if y < one.box.y2 < SIZE_PX[1] - _BORDER_PX]
            if len(below) < 3 or _last_step_over(clip.site, seen) is None:
                continue
            first, last = (
                np.array(on_road(*one.box.bottom_centre, pitch, height_m)) for one in (below[0], below[-1])
            )
            if last[1] - first[1] > 2:
                yield float(np.arctan2(*(last - first)))


def site_scene(site: str, clips: Sequence[Clip]) -> tuple[Scene, dict[str, float]]:
    """The camera of a site with a road plane estimated from its riders; and what was estimated."""
    pitch, height_m = pose(*rider_heights(clips))
    direction = heading(clips, pitch, height_m)
    marks = [(x, y) for y in (300.0, 600.0, 900.0, 1400.0, 1800.0) for x in (600.0, 1280.0, 2000.0)]
    content: dict[str, Any] = {
        "schema": "phatnguoi.camera/1",
        "id": f"field-{site}",
        "name": site,
        "location": site,
        "picture_size_px": SIZE_PX,
        "rules": ["red_light"],
        "calibration": {
            "quality": "estimated",
            "points": [{"picture_px": mark, "road_m": on_road(*mark, pitch, height_m)} for mark in marks],
        },
        "road": {"direction_m": direction},
        "stop_line": {"ends_px": LINES_PX[site]},
        "signal": {"red": (0, 0, 9, 9), "green": (0, 20, 9, 9)},
        "red_light": {"clear_past_line_m": 1.0},
    }
    told = {
        "looks down, degrees": float(np.degrees(pitch)),
        "hangs, m": height_m,
        "traffic heads right of ahead, degrees": float(np.degrees(np.arctan2(*direction))),
    }
    return scene_of(CameraFile.model_validate(content)), told
