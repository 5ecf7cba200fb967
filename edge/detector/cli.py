"""Commands on pictures and models: detect, read-plates, evaluate; and with torch, train and export."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from edge.detector.errors import DetectorError, ImageError
from edge.detector.images import read_image
from edge.detector.look import SURE, open_looker
from edge.detector.models import Detector, VehicleDetector
from edge.detector.plate_look import plates_in_picture
from edge.detector.plate_reader import PlateReader
from edge.detector.registry import default_models
from edge.detector.training.command import app as training_app
from edge.detector.types import Image

app = typer.Typer(
    no_args_is_help=True, help="Look at pictures with the shipped models; train and measure models."
)
app.add_typer(training_app)

_ACCEPTED, _FAILED = 0, 1
LEAST_AS_JSON: Final = 0.05
"""A program that reads the JSON ranks and cuts by itself; a person sees what is believed."""

Paths = Annotated[list[Path], typer.Argument(help="Pictures (JPEG, PNG, WebP).", metavar="IMAGE...")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a picture, one a line.")]


def detect_images(paths: Sequence[Path], as_json: bool, least: float | None = None) -> int:
    """Print what each picture shows (see `look`); returns the exit status, 1 when one could not be read."""
    floor = least if least is not None else LEAST_AS_JSON if as_json else SURE
    looker = open_looker(default_models(), least=floor)
    return _each(paths, as_json, lambda image: {"objects": looker.objects(image)}, _object_line)


def read_plates(paths: Sequence[Path], as_json: bool) -> int:
    """Print the plates in each picture; returns the exit status, 1 when a picture could not be read.

    One picture is one look, so `accepted` asks for more than on a road: see `plate_look`.
    """
    models = default_models()
    detector = VehicleDetector(models.vehicles.path)
    reader = PlateReader(models.plate_finder.path, models.plate_reader.path)
    return _each(paths, as_json, lambda image: {"plates": plates_in(image, detector, reader)}, _plate_line)


def plates_in(image: Image, detector: Detector, reader: PlateReader) -> list[dict[str, Any]]:
    """Every plate in one picture, as `read-plates --json` prints it; see `plates_in_picture`."""
    return [look.as_json() for look in plates_in_picture(image, detector, reader)]


@app.command("detect")
def detect_command(
    paths: Paths,
    *,
    as_json: AsJson = False,
    least: Annotated[
        float | None,
        typer.Option(
            help="Least confidence of a vehicle or person told of: 0.3; with --json 0.05.", min=0, max=1
        ),
    ] = None,
) -> None:
    """Find vehicles, people, signal heads, and riders' heads with and without helmets in pictures."""
    raise typer.Exit(_guarded(lambda: detect_images(paths, as_json, least)))


@app.command("read-plates")
def read_plates_command(paths: Paths, *, as_json: AsJson = False) -> None:
    """Read the number plates in pictures."""
    raise typer.Exit(_guarded(lambda: read_plates(paths, as_json)))


@app.command("evaluate")
def evaluate_command(
    dataset: Annotated[Path, typer.Argument(help="Data set: a folder, a data.yaml or a CSV.")],
    *,
    model: Annotated[
        Path | None, typer.Option("--model", "--models", help="A model file, or a folder with all of them.")
    ] = None,
    names: Annotated[str, typer.Option(help="Names of the set's classes: 0=motorbike,1=car.")] = "",
    part: Annotated[str | None, typer.Option(help="Part of a data.yaml: test, val or train.")] = None,
    live: Annotated[
        bool, typer.Option(help="Look once at each picture, as a camera worker does, not as at stills.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the models on a labelled data set, each figure with its 95 % interval (no torch needed)."""
    from edge.detector.evaluation import command, recognise  # noqa: PLC0415 - it measures this module's commands

    def measure() -> int:
        choice = recognise.Choice(recognise.parse_names(names), part)
        return command.evaluate(dataset, model, choice, as_json=as_json, live=live)

    raise typer.Exit(_guarded(measure))


def _each(
    paths: Sequence[Path],
    as_json: bool,
    look: Callable[[Image], dict[str, Any]],
    line: Callable[[dict[str, Any]], str],
) -> int:
    """Look at each picture; an unreadable one costs a line on stderr and the exit status, not the others."""
    status = _ACCEPTED
    for path in paths:
        try:
            result = {"image": str(path), **look(read_image(path))}
        except ImageError as error:
            print(error, file=sys.stderr)
            status = _FAILED
            continue
        if as_json:
            print(json.dumps(result, ensure_ascii=False), flush=True)
        else:
            _print_lines(result, line)
    return status


def _print_lines(result: dict[str, Any], line: Callable[[dict[str, Any]], str]) -> None:
    rows = result.get("objects", result.get("plates", []))
    print(f"{result['image']}: {len(rows)} found")
    for row in rows:
        print(f"  {line(row)}")


def _object_line(row: dict[str, Any]) -> str:
    said = [str(row[key]) for key in ("helmet", "state") if key in row]
    if row.get("people") is not None:
        said.append(f"people {row['people']}")
    return " ".join([row["class"], f"{row['confidence']:.2f}", "at", str(row["box"]), *said])


def _plate_line(row: dict[str, Any]) -> str:
    doubt = f" ({row['reason']})" if row["reason"] and row["text"] else ""
    return f"{row['display'] or '(unreadable)'} {row['confidence']:.2f}{doubt} at {row['box']}"


def _guarded(action: Callable[[], int]) -> int:
    try:
        return action()
    except DetectorError as error:
        print(error, file=sys.stderr)
        return _FAILED


if __name__ == "__main__":
    app()
