"""YOLO data sets: a data.yaml, or a folder of pictures with a .txt beside each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge.detector.errors import DataError
from edge.detector.evaluation.data_yaml import DataFile, read_data_yaml
from edge.detector.evaluation.names import our_name, state_in
from edge.detector.evaluation.sets import BoxSet, Picture, Scene, Thing
from edge.detector.types import Box

PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
NAME_FILES: Final = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names", "names.txt")
_BOX: Final = 5
_SLACK: Final = 0.02
_ROW: Final = "A row is `class cx cy w h`, the last four from 0 to 1."

Row = tuple[int, Box]


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the set: our name for it, and the state if it is a signal head in a known one."""

    kind: str
    state: str | None = None


def pictures_in(folder: Path) -> list[Path]:
    """Every picture file under `folder`, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)


def label_file(image: Path) -> Path:
    """Where the labels of a picture are: beside it, or in `labels` where it is in `images`."""
    beside = image.with_suffix(".txt")
    if beside.is_file() or "images" not in image.parts:
        return beside
    parts = list(image.parts)
    place = len(parts) - 1 - parts[::-1].index("images")
    parts[place] = "labels"
    return Path(*parts).with_suffix(".txt")


def read_rows(path: Path) -> list[Row]:
    """The rows of a label file: class number and box in shares of the picture; outlines become their boxes.

    A missing file means that nothing is in the picture.

    Raises:
        DataError: a row is not one, or its numbers are no shares.
    """
    if not path.is_file():
        return []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DataError("labels that are no text", where=str(path), remedy=_ROW) from error
    return [_row(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]


def yolo_set(name: str, images: Sequence[Path], classes: Mapping[int, Class]) -> BoxSet:
    """The pictures with those of their boxes whose class is known to us."""

    def scenes() -> Iterator[Scene]:
        for image in images:
            things = tuple(
                Thing(classes[number].kind, box, classes[number].state)
                for number, box in read_rows(label_file(image))
                if number in classes
            )
            yield Scene(Picture.at(image), things, unit="share")

    return BoxSet(name, tuple(dict.fromkeys(one.kind for one in classes.values())), scenes)


def named_classes(names: Mapping[int, str]) -> tuple[dict[int, Class], dict[int, str]]:
    """The classes that we know, by number; and the names of those that we do not."""
    known = {
        number: Class(kind, state_in(name)) for number, name in names.items() if (kind := our_name(name))
    }
    return known, {number: name for number, name in names.items() if number not in known}


def names_near(folder: Path) -> dict[int, str]:
    """The class names written in `folder` or the folder above it; empty without any."""
    for place in (folder, folder.parent):
        for name in NAME_FILES:
            path = place / name
            if path.is_file():
                return dict(read_data_yaml(path).names) if path.suffix[:2] == ".y" else _listed(path)
    return {}


def data_file_pictures(path: Path, part: str | None) -> tuple[list[Path], DataFile, str]:
    """The pictures that a data.yaml names for measuring: its part `part`, or else test, or else val.

    Raises:
        DataError: there is no such part, or no picture in it.
    """
    data = read_data_yaml(path)
    wanted = [part] if part else ["test", "val"]
    for one in wanted:
        images = [image for text in data.parts.get(one, ()) for image in _part(path, data.root, text)]
        if images:
            return images, data, one
    raise DataError(
        f"no picture in its part {' or '.join(wanted)}",
        where=str(path),
        remedy="Mend its paths (they count from the file), or choose a part with --part.",
    )


def _part(data_file: Path, root: str, text: str) -> list[Path]:
    """A folder, or a list of pictures, of a part. Some tools write `../val` for a folder beside the file."""
    here = data_file.parent
    bases = [here / root, Path(root), here] if root else [here]
    found = (base / one for base in bases for one in (text, text.removeprefix("../")))
    place = next((one for one in found if one.exists()), None)
    if place is None:
        return []
    if place.is_dir():
        return pictures_in(place)
    listed = place.read_text(encoding="utf-8").split("\n")
    return [(place.parent / line.strip()) for line in listed if line.strip()]


def _listed(path: Path) -> dict[int, str]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return dict(enumerate(line.strip() for line in lines if line.strip()))


def _row(line: str, where: str) -> Row:
    try:
        number, *values = line.split()
        label, shares = int(float(number)), [float(value) for value in values]
    except ValueError as error:
        raise DataError(f"'{line}' is no label", where=where, remedy=_ROW) from error
    if len(shares) < _BOX - 1 or any(not -_SLACK <= one <= 1 + _SLACK for one in shares[: _BOX - 1]):
        raise DataError(f"'{line}' is no label in shares of the picture", where=where, remedy=_ROW)
    if len(shares) <= _BOX:  # a box, perhaps with a confidence
        cx, cy, w, h = shares[: _BOX - 1]
        return label, Box(cx - w / 2, cy - h / 2, w, h)
    xs, ys = shares[0::2], shares[1::2]
    return label, Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
