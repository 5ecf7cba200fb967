"""`phatnguoi-edge calibrate`: a [calibration] section from marks in a picture, with a report to look at."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Final

import cv2
import numpy as np
import typer
from pydantic import ValidationError
from rich.console import Console

from edge.calibration.draw import draw
from edge.calibration.marks import Marks, load_marks
from edge.calibration.section import written
from edge.calibration.traffic import load_passages
from edge.calibration.work import Calibrated, calibrated
from edge.capture import SourceError, open_source
from edge.detector.types import Image
from edge.durable import replace_file
from edge.scene import scene_of
from edge.scene_file import CameraFile, SceneError
from edge.scene_geometry import GeometryError

_console = Console(stderr=True)
_FAILED: Final = 1
_SECTION: Final = re.compile(r"^\s*\[+\s*(?P<name>[^\]\s]+)\s*\]+", re.MULTILINE)


def calibrate(
    marks: Annotated[
        Path, typer.Argument(help="Marks file (TOML), see docs/measurement.md.", metavar="MARKS.toml")
    ],
    picture: Annotated[
        Path | None,
        typer.Option("--picture", help="The picture the marks were made in: JPEG, PNG, or a video."),
    ] = None,
    tracks: Annotated[
        Path | None, typer.Option("--tracks", help="tracks.jsonl of `analyse`: also use how traffic moves.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="Camera file whose [calibration] is replaced.", metavar="CAMERA.toml"),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Picture to write: metres drawn on the road.", metavar="REPORT.jpg"),
    ] = None,
) -> None:
    """Calibrate a camera from marked points, from lengths on the road, or from its traffic."""
    try:
        found = _found(marks, tracks)
        if report is not None:
            _report(found, picture, report)
        if into is not None:
            _replace(into, written(found.calibration, _notes(found, marks.name)))
    except (SceneError, SourceError, OSError) as error:
        _console.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(_FAILED) from error
    if into is None:
        print(written(found.calibration, _notes(found, marks.name)))
    for line in summary(found):
        _console.print(line, highlight=False, markup=False, soft_wrap=True)


def summary(found: Calibrated) -> list[str]:
    """What was found, for a person: numbers, what each mark misses by, and what it may be used for."""
    lines = []
    if (camera := found.camera) is not None:
        tilt, roll, pan = np.degrees([camera.tilt_rad, camera.roll_rad, camera.pan_rad])
        lines.append(
            f"f {camera.focal_px:.0f} px, ↓ {tilt:.1f}°, ⟳ {roll:.1f}°, → {pan:.1f}°, "
            f"h {camera.height_m:.2f} m, k1 {camera.k1:+.4f}"
        )
    for one, miss_m in zip(found.facts.lengths, found.misses[0], strict=True):
        name = f"{one.metres:g} m" if one.metres is not None else one.group
        lines.append(f"{_px(one.ends_px[0])} → {_px(one.ends_px[1])}: {name}, {100 * miss_m:+.1f} cm")
    for point, miss in zip(found.facts.points, found.misses[1], strict=True):
        lines.append(f"{_px(point.picture_px)} = {point.road_m}: {float(np.hypot(*miss)):.2f} px")
    return lines + [f"{one.vi} / {one.en}" for one in found.verdict.words]


def _px(place: tuple[float, float]) -> str:
    return f"({place[0]:.0f}, {place[1]:.0f})"


def _found(path: Path, tracks: Path | None) -> Calibrated:
    marks: Marks = load_marks(path)
    try:
        return calibrated(marks, load_passages(tracks) if tracks else ())
    except GeometryError as error:
        raise SceneError(f"{path}: {error}") from error


def _notes(found: Calibrated, name: str) -> list[str]:
    use = found.verdict.words[-1]
    return [f"phatnguoi-edge calibrate {name}: {found.method}; {use.en}"]


def _report(found: Calibrated, picture: Path | None, report: Path) -> None:
    image = _picture(picture, found.facts.size_px)
    drawn = draw(image, found.map, found.stretch_m, found.facts, found.misses)
    done, coded = cv2.imencode(report.suffix or ".jpg", drawn)
    if not done:
        raise SceneError(f"{report}: cannot write such a picture; name it .jpg or .png")
    report.parent.mkdir(parents=True, exist_ok=True)
    replace_file(report, coded.tobytes())


def _picture(path: Path | None, size_px: tuple[int, int]) -> Image:
    """The still, the first picture of a film, or grey where there is none."""
    if path is None:
        return np.full((size_px[1], size_px[0], 3), 90, dtype=np.uint8)
    image = cv2.imread(str(path)) if path.suffix.lower() in {".jpg", ".jpeg", ".png"} else _first(path)
    if image is None:
        raise SceneError(f"{path}: is no picture that can be read")
    if (image.shape[1], image.shape[0]) != size_px:
        raise SceneError(
            f"{path}: is {image.shape[1]}x{image.shape[0]}, the marks were made for {size_px[0]}x{size_px[1]}"
        )
    return np.asarray(image, dtype=np.uint8)


def _first(path: Path) -> Image | None:
    for frame in open_source(str(path)):
        return frame.image
    return None


def _replace(path: Path, section: str) -> None:
    """Put the section in place of the old one; the file is only touched when the new one holds."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SceneError(f"{path}: there is no such camera file") from error
    new = with_section(text, section)
    try:
        scene_of(CameraFile.model_validate(tomllib.loads(new)))
    except (SceneError, ValidationError, tomllib.TOMLDecodeError) as error:
        raise SceneError(
            f"{path}: not changed, the new calibration does not fit the file: {error}"
        ) from error
    replace_file(path, new.encode(), mode=path.stat().st_mode & 0o777)


def with_section(text: str, section: str) -> str:
    """The camera file with its [calibration] tables replaced, or added at the end."""
    heads = list(_SECTION.finditer(text))
    old = [index for index, head in enumerate(heads) if head["name"].split(".")[0] == "calibration"]
    if not old:
        return text.rstrip() + "\n\n" + section
    ends = [head.start() for head in heads[1:]] + [len(text)]
    pieces, at = [], 0
    for index in old:
        pieces.append(text[at : heads[index].start()])
        at = ends[index]
        if index == old[0]:
            pieces.append(section + "\n")
    return "".join([*pieces, text[at:]])
