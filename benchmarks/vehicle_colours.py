"""How often the colour of a vehicle is told right, of real and of rendered vehicles.

    python -m benchmarks.vehicle_colours ../shared/field [--part test] [--failures]

Real vehicles: tests/field/vehicle_colours.csv, labelled by eye, one look each; where an eye cannot decide
between colours all of them count as right. Rendered ones: the truth of sample_videos, up to six looks each.
`near`: a colour that the comparison with a registration takes for too close to tell apart (white and silver);
`wrong`: one that it would call a difference. Without FIELD only the rendered ones.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, cast

import cv2
import numpy as np

from backend.owners.body_colour import are_near
from edge.detector.body_colour import BodyView, body_colour, view_of
from edge.detector.images import read_image
from edge.detector.types import Box, Image, VehicleClass
from edge.report import BodyColour, BodyColourName

ROOT: Final = Path(__file__).parents[1]
LABELS: Final = ROOT / "tests" / "field" / "vehicle_colours.csv"
CLIPS: Final = {
    "hung_vuong": "tune",
    "pham_ngoc_thach": "tune",
    "lanes": "test",
    "helmets": "test",
    "night_rain": "test",
}
PAINTS: Final = {
    "silver": "grey",
    "crimson": "red",
    "navy": "blue|black",
    "teal": "green|blue",
    "sky": "blue",
}
_LOOKS: Final = 6
_SMALLEST_PX: Final = 36
_EDGE_PX: Final = 2

Verdict = Literal["right", "near", "wrong", "unknown", "unlabelled"]


@dataclass(frozen=True, slots=True)
class Told:
    """One vehicle and what was said of it; `colours` by eye or renderer, none where an eye cannot tell."""

    source: str
    kind: str
    colours: tuple[BodyColourName, ...]
    said: BodyColour

    @property
    def verdict(self) -> Verdict:
        """How the colour said compares with the true one."""
        if self.said.name == "unknown":
            return "unknown"
        if not self.colours:
            return "unlabelled"
        if self.said.name in self.colours:
            return "right"
        return "near" if any(are_near(self.said.name, one) for one in self.colours) else "wrong"


def real(field: Path, part: str) -> Iterator[Told]:
    """The labelled vehicles of one part."""
    with LABELS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == part]
    for row in rows:
        box = Box(*(float(row[side]) for side in ("x_px", "y_px", "w_px", "h_px")))
        view = view_of(_picture(field / row["file"], row["frame"]), box)
        kind = cast("VehicleClass", row["kind"])
        yield Told(row["source"], kind, _colours(row["colours"]), body_colour(kind, [view]))


def rendered(part: str) -> Iterator[Told]:
    """The vehicles of the rendered clips of one part."""
    for clip, its_part in CLIPS.items():
        if its_part == part:
            yield from _clip(ROOT / "sample_videos" / clip)


def _clip(folder: Path) -> Iterator[Told]:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    video = truth["video"]
    wanted: dict[int, list[tuple[int, Box]]] = {}
    for number, vehicle in enumerate(truth["vehicles"]):
        for frame, box in _best(vehicle["path"], video):
            wanted.setdefault(frame, []).append((number, box))
    views: dict[int, list[BodyView]] = {}
    for frame, image in _frames(folder / video["file"], set(wanted)):
        for number, box in wanted[frame]:
            views.setdefault(number, []).append(view_of(image, box))
    for number, seen in sorted(views.items()):
        vehicle = truth["vehicles"][number]
        paint = PAINTS.get(vehicle["colour"], vehicle["colour"])
        yield Told(folder.name, vehicle["class"], _colours(paint), body_colour(vehicle["class"], seen))


def _best(path: list[dict[str, Any]], video: dict[str, Any]) -> list[tuple[int, Box]]:
    """Frames in which a rendered vehicle is whole, the nearest first, not all at the same moment."""
    seen = []
    for one in path:
        if not one.get("box_px") or one.get("visible_fraction", 1) <= 0.9:
            continue
        box = Box(*one["box_px"])
        whole = box.clipped(video["width"] - _EDGE_PX, video["height"] - _EDGE_PX) == box and box.x > _EDGE_PX
        if whole and box.h >= _SMALLEST_PX:
            seen.append((round(one["t_s"] * video["fps"]), box))
    seen.sort(key=lambda one: -one[1].h)
    return seen[: 4 * _LOOKS : 4]


def _frames(path: Path, wanted: set[int]) -> Iterator[tuple[int, Image]]:
    video = cv2.VideoCapture(str(path))
    for number in range(max(wanted, default=-1) + 1):
        if not video.grab():
            raise SystemExit(f"no frame {number} in {path}")
        if number in wanted:
            yield number, np.asarray(video.retrieve()[1], np.uint8)


@lru_cache(maxsize=2)
def _picture(path: Path, frame: str) -> Image:
    if not frame:
        return read_image(path)
    video = cv2.VideoCapture(str(path))
    video.set(cv2.CAP_PROP_POS_FRAMES, int(frame))
    found, image = video.read()
    if not found:
        raise SystemExit(f"no frame {frame} in {path}")
    return np.asarray(image, np.uint8)


def _colours(words: str) -> tuple[BodyColourName, ...]:
    return () if words == "unclear" else cast("tuple[BodyColourName, ...]", tuple(words.split("|")))


def table(told: list[Told], name: Callable[[Told], str], head: str) -> list[str]:
    """Counts of each verdict, a line for each `name`, and one for all."""
    verdicts: tuple[Verdict, ...] = ("right", "near", "wrong", "unknown", "unlabelled")
    lines = [f"{head:26}{'n':>5}" + "".join(f"{one:>12}" for one in verdicts)]
    for group in [*sorted({name(one) for one in told}), "all"]:
        of_it = [one for one in told if group in {name(one), "all"}]
        counts = Counter(one.verdict for one in of_it)
        lines.append(f"{group:26}{len(of_it):>5}" + "".join(f"{counts[one]:>12}" for one in verdicts))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("field", type=Path, nargs="?", help="folder of the field sets")
    parser.add_argument("--part", choices=("tune", "test"), default="test")
    parser.add_argument("--failures", action="store_true", help="name each vehicle told near or wrong")
    given = parser.parse_args()
    told = [*(real(given.field, given.part) if given.field else ()), *rendered(given.part)]
    painted = [one for one in told if one.kind in {"car", "bus"}]
    print(*table(told, lambda one: f"{one.source}, {one.kind}", "source"), sep="\n")
    print("\ncars and buses, by what was said")
    print(*table(painted, lambda one: one.said.name, "said"), sep="\n")
    print("\ncars and buses, by what they are")
    print(*table(painted, lambda one: " or ".join(one.colours) or "no label", "colour"), sep="\n")
    print("\nwhy unknown:", dict(Counter(one.said.why for one in painted if one.said.why)))
    for one in told if given.failures else ():
        if one.verdict in {"near", "wrong"}:
            print(f"{one.verdict}: {one.source}, {one.kind} {' or '.join(one.colours)} said {one.said.name}")


if __name__ == "__main__":
    main()
