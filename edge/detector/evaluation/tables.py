"""Sets that a CSV file or the names of folders label: plates, signals, rider crops."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from edge.detector.errors import DataError
from edge.detector.evaluation.names import HELMET, NO_HELMET, our_name, state_in
from edge.detector.evaluation.plate_scores import plain_text
from edge.detector.evaluation.sets import (
    AnySet,
    Picture,
    PlateScene,
    PlateSet,
    PlateTruth,
    RiderScene,
    RiderSet,
    SignalScene,
    SignalSet,
)
from edge.detector.evaluation.yolo import label_file, pictures_in, read_rows
from edge.detector.types import Box

Row = dict[str, str]

IMAGE: Final = "image"
TEXTS: Final = ("text", "plate")
STATES: Final = ("main_light", "state", "light")
_BOX: Final = ("x", "y", "w", "h")


def read_table(path: Path) -> tuple[list[str], list[Row]]:
    """The columns' names and the rows of a CSV file.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"cannot read it ({error})", where=str(path), remedy="Give a CSV file in UTF-8."
        ) from error
    return list(reader.fieldnames or ()), rows


def table_set(path: Path, keep: Callable[[Row], bool] = lambda _: True) -> AnySet | None:
    """The set of a CSV of plates (image, text) or of signals (image, main_light); None for any other.

    Args:
        path: the CSV; its pictures lie in the folder of the same name beside it, or beside it, or in the one
            folder beside it that has them all.
        keep: which rows to use.

    Raises:
        DataError: the file cannot be read, a state is none that is known, or the pictures are nowhere.
    """
    columns, rows = read_table(path)
    text = next((one for one in TEXTS if one in columns), None)
    state = next((one for one in STATES if one in columns), None)
    if IMAGE not in columns or not (text or state) or not rows:
        return None
    chosen = [row for row in rows if keep(row)]
    folder = _pictures_of(path, chosen or rows)
    if text:
        return PlateSet(path.stem, lambda: _plate_scenes(folder, chosen, text))
    scenes = [_signal_scene(path, folder, row, str(state)) for row in chosen]
    return SignalSet(path.stem, lambda: iter(scenes))


def class_folders(root: Path) -> RiderSet | SignalSet | None:
    """The set of a folder whose sub-folders are called helmet and no_helmet, or red, green and so on."""
    folders = [folder for folder in sorted(root.iterdir()) if folder.is_dir()]
    kinds = [(folder, our_name(folder.name)) for folder in folders]
    riders = [(folder, kind) for folder, kind in kinds if kind in (HELMET, NO_HELMET)]
    if {kind for _, kind in riders} == {HELMET, NO_HELMET}:
        return rider_set(
            root.resolve().name,
            [(image, str(kind)) for folder, kind in riders for image in pictures_in(folder)],
        )
    states = [(folder, state) for folder in folders if (state := state_in(folder.name))]
    if len(states) > 1 and len(states) == len(folders):
        scenes = [
            SignalScene(Picture.at(image), state, Box(0, 0, 1, 1), "share")
            for folder, state in states
            for image in pictures_in(folder)
        ]
        return SignalSet(root.resolve().name, lambda: iter(scenes))
    return None


def rider_set(name: str, images: Sequence[tuple[Path, str]]) -> RiderSet:
    """Rider crops with `helmet` or `no_helmet`."""
    return RiderSet(name, lambda: (RiderScene(Picture.at(image), kind) for image, kind in images))


def _plate_scenes(folder: Path, rows: Sequence[Row], text: str) -> Iterator[PlateScene]:
    """One scene a picture, with every row of it; boxes of a label file go to the rows in their order."""
    by_image: dict[str, list[str]] = {}
    for row in rows:
        by_image.setdefault(row[IMAGE], []).append(plain_text(row[text]))
    for name, texts in by_image.items():
        boxes = [box for _, box in read_rows(label_file(folder / name))]
        known = boxes if len(boxes) == len(texts) else [None] * len(texts)
        plates = tuple(PlateTruth(one, box) for one, box in zip(texts, known, strict=True) if one)
        yield PlateScene(Picture.at(folder / name), plates, "share")


def _signal_scene(path: Path, folder: Path, row: Row, column: str) -> SignalScene:
    state = state_in(row[column])
    if state is None:
        raise DataError(
            f"'{row[column]}' is no state of a signal",
            where=f"{path}, {row[IMAGE]}",
            remedy="Use red, amber, green, dark or unknown.",
        )
    head = None
    if all(row.get(side) for side in _BOX):
        head = Box(*(float(row[side]) for side in _BOX))
    return SignalScene(Picture.at(folder / row[IMAGE]), state, head)


def _pictures_of(path: Path, rows: Sequence[Row]) -> Path:
    beside = sorted(folder for folder in path.parent.iterdir() if folder.is_dir())
    for folder in (path.with_suffix(""), path.parent, *beside):
        if all((folder / row[IMAGE]).is_file() for row in rows):
            return folder
    for folder in (path.with_suffix(""), path.parent):
        if any((folder / row[IMAGE]).is_file() for row in rows):
            return folder
    raise DataError(
        f"none of its pictures ({rows[0][IMAGE]} and so on) lie beside it",
        where=str(path),
        remedy=f"Put them in {path.with_suffix('').name}/ beside it.",
    )
