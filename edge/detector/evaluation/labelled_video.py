"""Sets labelled by eye in a table of ours: video, t_s (or image), kind, x, y, w, h (px).

`not_judged` in place of a kind marks what nobody could tell for sure. The table holds numbers only; the
video or the pictures lie in the folder of the field sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path
from typing import Final

import av
import numpy as np

from edge.detector.errors import DataError
from edge.detector.evaluation.sets import BoxSet, Picture, Scene, Thing
from edge.detector.evaluation.tables import Row, read_table
from edge.detector.types import Box, Image

NOT_JUDGED: Final = "not_judged"
_SAME_PICTURE_S: Final = 0.01


def video_set(table: Path, field: Path) -> BoxSet | None:
    """The set of a table; None where its video is not in `field`.

    Raises:
        DataError: the table cannot be read.
    """
    _, rows = read_table(table)
    video = field / rows[0]["video"]
    if not video.is_file():
        return None
    return BoxSet(table.stem, _kinds(rows), partial(_scenes, video, rows))


def picture_set(table: Path, field: Path) -> BoxSet | None:
    """The set of a table of pictures; None where one of them is not in `field`.

    Raises:
        DataError: the table cannot be read.
    """
    _, rows = read_table(table)
    if not all((field / row["image"]).is_file() for row in rows):
        return None
    return BoxSet(table.stem, _kinds(rows), partial(_stills, field, rows))


def _kinds(rows: list[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row["kind"] for row in rows if row["kind"] != NOT_JUDGED))


def _stills(field: Path, rows: list[Row]) -> Iterator[Scene]:
    for image, labelled in groupby(rows, key=lambda row: row["image"]):
        yield _scene(Picture.at(field / image), labelled)


def _scenes(video: Path, rows: list[Row]) -> Iterator[Scene]:
    times_s = tuple(sorted({float(row["t_s"]) for row in rows}))
    for t_s, labelled in groupby(rows, key=lambda row: float(row["t_s"])):
        yield _scene(Picture(f"{video} at {t_s} s", partial(_picture, video, times_s, t_s)), labelled)


def _scene(picture: Picture, rows: Iterable[Row]) -> Scene:
    boxes = [(row["kind"], Box(*(float(row[side]) for side in "xywh"))) for row in rows]
    return Scene(
        picture,
        tuple(Thing(kind, box) for kind, box in boxes if kind != NOT_JUDGED),
        tuple(box for kind, box in boxes if kind == NOT_JUDGED),
    )


def _picture(video: Path, times_s: tuple[float, ...], t_s: float) -> Image:
    return _pictures(video, times_s)[t_s]


@lru_cache(maxsize=1)
def _pictures(video: Path, times_s: tuple[float, ...]) -> dict[float, Image]:
    """The wanted pictures, BGR, by time. Raises DataError when the video lacks one."""
    found: dict[float, Image] = {}
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            for t_s in times_s:
                if abs((frame.time or 0.0) - t_s) < _SAME_PICTURE_S:
                    found[t_s] = np.ascontiguousarray(frame.to_ndarray(format="bgr24"))
    if missing := set(times_s) - set(found):
        raise DataError(
            f"has no picture at {min(missing)} s",
            where=str(video),
            remedy="Take the video that the labels were made on.",
        )
    return found
