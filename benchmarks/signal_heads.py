"""What `read_head` says of the real signal heads labelled in tests/field/signal_heads.csv.

    python -m benchmarks.signal_heads ../shared/field [--part test] [--looks 3] [--failures]

Per source: of the clear heads, how many are read right and how many as another colour; the same of heads that
show a state less clearly; and of the boxes that show this camera no state (seen from behind or the side,
countdowns, tiny or cut heads), how many are given a colour. With `--looks` above 1 each further look moves
every side of the box, up to a fifth outwards and 3 % inwards.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from edge.detector.images import read_image
from edge.detector.signal_heads import read_head
from edge.detector.signals import LAMPS
from edge.detector.types import Box, Image

LABELS: Final = Path(__file__).parents[1] / "tests" / "field" / "signal_heads.csv"
_DRAWN: Final = Box(1470, 40, 100, 200)


@dataclass(frozen=True, slots=True)
class LabelledHead:
    """One box of the label file: `part` tune or test, `source` a camera or set, `t_s` None for stills."""

    part: str
    source: str
    file: str
    t_s: float | None
    box: Box
    state: str
    clear: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What was said of a labelled head."""

    head: LabelledHead
    said: str

    @property
    def right(self) -> bool:
        """The state was said."""
        return self.said == self.head.state

    @property
    def wrong_colour(self) -> bool:
        """A colour was said that the head does not show."""
        return self.said in LAMPS and not self.right


def labelled_heads(part: str) -> list[LabelledHead]:
    """The heads of one part of the label file, in its order."""
    with LABELS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == part]
    return [
        LabelledHead(
            part,
            row["source"],
            row["file"],
            float(row["t_s"]) if row["t_s"] else None,
            Box(*(float(row[side]) for side in ("x_px", "y_px", "w_px", "h_px"))),
            row["state"],
            row["clear"] == "yes",
        )
        for row in rows
    ]


def looks(field: Path, part: str, times: int = 1) -> Iterator[Look]:
    """Read every head of a part `times` times, its box moved after the first."""
    random = np.random.default_rng(0)
    for head in labelled_heads(part):
        frame = _frame(field / head.file, head.t_s)
        for number in range(times):
            box = head.box if number == 0 else _moved(head.box, random)
            yield Look(head, read_head(frame, box).state)


@lru_cache(maxsize=3)
def _frame(path: Path, t_s: float | None) -> Image:
    if t_s is None:
        picture = read_image(path)
        return _without_drawn_box(picture) if path.parent.name == "vn98_frames" else picture
    video = cv2.VideoCapture(str(path))
    video.set(cv2.CAP_PROP_POS_FRAMES, round(t_s * video.get(cv2.CAP_PROP_FPS)))
    found, frame = video.read()
    if not found:
        raise SystemExit(f"no frame at {t_s} s of {path}")
    return np.asarray(frame, np.uint8)


def _without_drawn_box(picture: Image) -> Image:
    """The frame with the box that its source drew round the head painted over with what is beside it."""
    x, y, w, h = (int(side) for side in (_DRAWN.x, _DRAWN.y, _DRAWN.w, _DRAWN.h))
    hsv = cv2.cvtColor(picture[y : y + h, x : x + w], cv2.COLOR_BGR2HSV)
    vivid = (hsv[..., 1] > 150) & (hsv[..., 2] > 110)
    lines = np.zeros((h, w), np.uint8)
    for column in np.flatnonzero(vivid.mean(axis=0) > 0.4):
        lines[:, max(column - 1, 0) : column + 2] = 1
    for row in np.flatnonzero(vivid[:, 25:70].mean(axis=1) > 0.8):
        lines[max(row - 1, 0) : row + 2] = 1
    lines[15:33] = 1
    mask = np.zeros(picture.shape[:2], np.uint8)
    mask[y : y + h, x : x + w] = lines
    return np.asarray(cv2.inpaint(picture, mask, 3, cv2.INPAINT_TELEA), np.uint8)


def _moved(box: Box, random: np.random.Generator) -> Box:
    left, top, right, bottom = random.uniform(-0.03, 0.2, 4)
    return Box(
        box.x - left * box.w, box.y - top * box.h, box.w * (1 + left + right), box.h * (1 + top + bottom)
    )


def table(found: list[Look]) -> list[str]:
    """One line a source, and one for all of them."""
    sources = sorted({look.head.source for look in found})
    lines = [
        f"{'source':12}{'clear':>10}{'wrong':>7}{'unclear':>10}{'wrong':>7}{'no state':>10}{'coloured':>10}"
    ]
    for source in [*sources, "all"]:
        of_it = [look for look in found if source in {look.head.source, "all"}]
        clear = [look for look in of_it if look.head.clear]
        nothing = [look for look in of_it if not look.head.clear and look.head.state == "unknown"]
        unclear = [look for look in of_it if not look.head.clear and look.head.state != "unknown"]
        lines.append(
            f"{source:12}{_share(clear):>10}{_wrong(clear):>7}{_share(unclear):>10}{_wrong(unclear):>7}"
            f"{len(nothing):>10}{_wrong(nothing):>10}"
        )
    return lines


def _share(of: list[Look]) -> str:
    return f"{sum(look.right for look in of)}/{len(of)}"


def _wrong(of: list[Look]) -> int:
    return sum(look.wrong_colour for look in of)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("field", type=Path)
    parser.add_argument("--part", choices=("tune", "test"), default="test")
    parser.add_argument("--looks", type=int, default=1)
    parser.add_argument("--failures", action="store_true", help="list what was read wrong or not at all")
    given = parser.parse_args()
    found = list(looks(given.field, given.part, given.looks))
    print("\n".join(table(found)))
    if given.failures:
        failed = Counter(
            (look.head.file, look.head.t_s, look.head.box.x, look.head.state, look.said)
            for look in found
            if look.wrong_colour or (look.head.clear and not look.right)
        )
        for failure, times in failed.items():
            print(*failure, f"{times} times")


if __name__ == "__main__":
    main()
