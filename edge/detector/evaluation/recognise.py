"""What kind of data set lies at a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge.detector.errors import DataError
from edge.detector.evaluation.clip import clip_sets
from edge.detector.evaluation.field import field_sets, is_field
from edge.detector.evaluation.names import SIGNAL, our_name
from edge.detector.evaluation.sets import AnySet, BoxSet, SignalScene, SignalSet
from edge.detector.evaluation.stills import is_stills, stills_sets
from edge.detector.evaluation.tables import class_folders, table_set
from edge.detector.evaluation.yolo import (
    data_file_pictures,
    label_file,
    named_classes,
    names_near,
    pictures_in,
    read_rows,
    yolo_set,
)

KINDS: Final = """\
Kinds of data set:
  YOLO      a data.yaml, or a folder of pictures with a .txt of boxes beside each and data.yaml or classes.txt
            (or --names): vehicles, heads (helmet, no_helmet), signals or plates
  plates    a CSV with the columns image,text beside a folder of pictures: whole scenes or crops
  signals   a CSV with the columns image,main_light (and x,y,w,h of the head, px, if known) beside a folder;
            or folders red, amber, green, dark of signal heads
  helmets   folders helmet and no_helmet of motorbikes with their riders
  clip      a folder with a rendered clip, or rendered pictures, and its truth.json
  field     the root of the field sets (vehicles, plates, helmets, lights): their held-out parts"""
_YAMLS: Final = ("data.yaml", "data.yml", "dataset.yaml")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person said about the set: names of classes by number, and which part of a data.yaml."""

    names: Mapping[int, str]
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """The sets at a path, and what a person should know about how they were taken."""

    kind: str
    sets: tuple[AnySet, ...]
    notes: tuple[str, ...] = ()


def recognise(path: Path, choice: Choice) -> Recognised:
    """Tell what lies at `path` by what is in it.

    Raises:
        DataError: nothing that is known, or something known that cannot be read.
    """
    if not path.exists():
        raise DataError("there is no such data set", where=str(path), remedy="Check the path.")
    if path.is_file():
        return _file(path, choice)
    if (path / "truth.json").is_file():
        return _rendered(path)
    if is_field(path):
        return Recognised("field", tuple(field_sets(path)))
    for name in _YAMLS:
        if (path / name).is_file():
            return _data_file(path / name, choice)
    by_folder = class_folders(path)
    if by_folder is not None:
        return Recognised("folders", (by_folder,))
    tables = _tables(path)
    boxes = _folder(path, choice) if choice.names or not tables else Recognised("", ())
    if not tables and not boxes.sets:
        raise DataError("no data set that is known", where=str(path), remedy=KINDS)
    return Recognised("table" if tables else "yolo", (*tables, *boxes.sets), boxes.notes)


def _rendered(path: Path) -> Recognised:
    if is_stills(path):
        return Recognised("stills", tuple(stills_sets(path)))
    return Recognised("clip", tuple(clip_sets(path)))


def _file(path: Path, choice: Choice) -> Recognised:
    if path.suffix.lower() in {".yaml", ".yml"}:
        return _data_file(path, choice)
    found = table_set(path) if path.suffix.lower() == ".csv" else None
    if found is None:
        raise DataError("no data set that is known", where=str(path), remedy=KINDS)
    return Recognised("table", (found,))


def _tables(folder: Path) -> list[AnySet]:
    """The CSV files in a folder, or the one beside a folder of pictures that has its name."""
    inside = [one for path in sorted(folder.glob("*.csv")) if (one := table_set(path)) is not None]
    beside = folder.resolve().with_suffix(".csv")
    if inside or not beside.is_file():
        return inside
    found = table_set(beside)
    return [found] if found else []


def _data_file(path: Path, choice: Choice) -> Recognised:
    images, data, part = data_file_pictures(path, choice.part)
    name = f"{path.resolve().parent.name} {part}"
    return _boxes(name, images, {**data.names, **choice.names}, str(path))


def _folder(folder: Path, choice: Choice) -> Recognised:
    images = pictures_in(folder)
    if not any(label_file(image).is_file() for image in images):
        return Recognised("", ())
    return _boxes(folder.resolve().name, images, {**names_near(folder), **choice.names}, str(folder))


def _boxes(name: str, images: list[Path], names: Mapping[int, str], where: str) -> Recognised:
    classes, strangers = named_classes(names)
    if not classes:
        said = ", ".join(strangers.values()) or "none are named"
        raise DataError(
            f"no class that is known ({said})",
            where=where,
            remedy="Name them with --names, for example --names 0=motorbike,1=car.",
        )
    notes = [
        f"{where}: class {number} '{theirs}' is none of ours: left out (--names {number}=... maps it)"
        for number, theirs in strangers.items()
    ]
    unnamed = sorted({number for image in images for number, _ in read_rows(label_file(image))} - set(names))
    if unnamed:
        notes.append(f"{where}: the classes {unnamed} have no name and are left out (name them with --names)")
    boxes = yolo_set(name, images, classes)
    sets: list[AnySet] = [boxes]
    if any(one.kind == SIGNAL and one.state for one in classes.values()):
        sets.append(SignalSet(f"{name}, states", lambda: _states(boxes)))
    return Recognised("yolo", tuple(sets), tuple(notes))


def _states(boxes: BoxSet) -> Iterator[SignalScene]:
    """Each labelled head whose state is known, with its true box."""
    for scene in boxes.scenes():
        for thing in scene.things:
            if thing.state is not None:
                yield SignalScene(scene.picture, thing.state, thing.box, scene.unit)


def parse_names(text: str) -> dict[int, str]:
    """`0=motorbike,1=car`, or `motorbike,car` counted from 0; ours or words that stand for them.

    Raises:
        DataError: a class is none of ours.
    """
    names: dict[int, str] = {}
    for place, item in enumerate(filter(None, (one.strip() for one in text.split(",")))):
        number, sign, name = item.partition("=")
        key, theirs = (number.strip(), name.strip()) if sign else (str(place), item)
        if not key.isdigit() or our_name(theirs) is None:
            raise DataError(
                f"'{item}' names no class of ours",
                where="--names",
                remedy="Write 0=motorbike,1=car with motorbike, car, bus, truck, bicycle, person, helmet,"
                " no_helmet, signal or plate.",
            )
        names[int(key)] = theirs
    return names
