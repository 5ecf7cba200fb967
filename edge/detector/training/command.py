"""`phatnguoi-edge train`, `export`, `shrink`: training on one's own footage (docs/training.md)."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from edge.detector.errors import DataError, DetectorError
from edge.detector.models import VehicleDetector
from edge.detector.registry import default_models
from edge.detector.training.manifest import Sample
from edge.detector.training.officer_labels import classes_of, read_officer_labels
from edge.detector.training.recipe import RECIPES, detector_of
from edge.detector.training.teacher import LABELS
from edge.detector.training.yolo_data import read_yolo_data

app = typer.Typer(no_args_is_help=True, add_completion=False)

_FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the command line asks for."""

    data: Path
    recipe: Path
    work: Path
    start: Path | None
    labels: Sequence[Path]
    epochs: int | None
    version: str | None
    threads: int
    resume: bool
    skip_bad: bool


@app.command("train")
def train_command(
    data: Annotated[
        Path, typer.Argument(help="The data.yaml: path, train, val, names.", metavar="DATA.yaml")
    ],
    *,
    recipe: Annotated[str, typer.Option(help="A shipped recipe (vehicles, heads, ...) or a .toml file.")] = (
        "vehicles"
    ),
    epochs: Annotated[
        int | None, typer.Option(help="Rounds over the pictures; else the recipe's.", min=1)
    ] = (None),
    work: Annotated[Path, typer.Option(help="Folder for this run's checkpoints.")] = Path(
        "training-work/own"
    ),
    resume: Annotated[bool, typer.Option("--resume", help="Go on after the last finished epoch.")] = False,
    start: Annotated[
        Path | None, typer.Option(help="Start from this .onnx or .pt; else the shipped.")
    ] = None,
    labels: Annotated[
        list[Path] | None, typer.Option(help="A folder that `phatnguoi labels export` wrote, besides.")
    ] = None,
    version: Annotated[str | None, typer.Option(help="What the result calls itself.")] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out pictures with faults.")] = False,
    threads: Annotated[int, typer.Option(help="Threads to compute with.", min=1)] = 2,
) -> None:
    """Fine-tune a shipped detector on your own labelled pictures (needs the extra `train`)."""
    wish = _Wish(
        data, _recipe_file(recipe), work, start, labels or (), epochs, version, threads, resume, skip_bad
    )
    _guarded(lambda: _train(wish))


@app.command("export")
def export_command(
    work: Annotated[Path, typer.Argument(help="Folder of a finished run (train --work).")],
    out: Annotated[Path, typer.Argument(help="The .onnx file to write.")],
) -> None:
    """Write a trained network as an ONNX file with its card, ready to ship (needs the extra `train`)."""

    def action() -> None:
        card = _module("own_run").export(work, out)
        typer.echo(f"{out}: {card.name} {card.version}, {out.stat().st_size / 1e6:.1f} MB")

    _guarded(action)


@app.command("shrink")
def shrink_command(
    source: Annotated[Path, typer.Argument(help="An .onnx file.", metavar="IN")],
    target: Annotated[Path, typer.Argument(help="Where to write it; may be the same.", metavar="OUT")],
) -> None:
    """Store a model's weights as float16, which halves the file (needs the package onnx)."""

    def action() -> None:
        before = source.stat().st_size if source.is_file() else 0
        typer.echo(f"{target}: {before / 1e6:.1f} -> {_module('shrink').shrink(source, target) / 1e6:.1f} MB")

    _guarded(action)


def _train(wish: _Wish) -> None:
    own_run = _module("own_run")  # whether it is installed is said before pictures are read for minutes
    name, classes = detector_of(wish.recipe)
    samples = _samples(wish, classes)
    start = wish.start or _shipped(name)
    if not start.is_file():
        raise DataError(
            "no network to start from", where=str(start), remedy="Give --start an .onnx or .pt file."
        )
    importlib.import_module("torch").set_num_threads(wish.threads)
    plan = own_run.plan_run(wish.recipe, samples, start, epochs=wish.epochs, version=wish.version)
    typer.echo(f"{len(samples)} pictures, {plan.recipe.epochs} epochs, version {plan.recipe.version}")
    best = own_run.run(plan, samples, start, wish.work, resume=wish.resume)
    typer.echo(f"{best}\nNext: phatnguoi-edge export {wish.work} {plan.recipe.name}.onnx")


def _samples(wish: _Wish, classes: Sequence[str]) -> list[Sample]:
    """The pictures of the data.yaml and the officers' folders.

    Raises:
        DataError: some cannot be used and --skip-bad was not given, or nothing is left.
    """
    data = read_yolo_data(wish.data, classes)
    samples, faults = list(data.samples), list(data.faults)
    if data.ignored:
        typer.echo(f"Left out, as the recipe has no such class: {', '.join(data.ignored)}")
    if wish.labels and not set(LABELS) & set(classes):
        raise DataError(
            "officers' labels are about vehicles, and this recipe is not",
            where=str(wish.recipe),
            remedy="Leave out --labels.",
        )
    if wish.labels:
        teacher = VehicleDetector(default_models().vehicles.path, confidence=0.15, engine="onnxruntime")
        for folder in wish.labels:
            found = read_officer_labels(folder, teacher)
            samples += classes_of(found.samples, classes)
            faults += found.faults
            typer.echo(
                f"{folder}: {len(found.samples)} pictures of officers; these taught nothing: {found.left_out}"
            )
    for fault in faults:
        typer.echo(fault, err=True)
    if faults and not wish.skip_bad:
        raise DataError(
            f"{len(faults)} pictures cannot be used",
            where=str(wish.data),
            remedy="Mend them, or train without them by --skip-bad.",
        )
    if not any(sample.objects for sample in samples):
        raise DataError(
            "no picture has a box of the recipe's classes",
            where=str(wish.data),
            remedy="Labels are .txt files beside the pictures, or in `labels` where those are in `images`.",
        )
    return samples


def _recipe_file(name: str) -> Path:
    return Path(name) if name.endswith(".toml") else RECIPES / f"{name}.toml"


def _shipped(name: str) -> Path:
    """Where the shipped network of this name is."""
    shipped = default_models()
    found = getattr(shipped, name, None)
    return found.path if found is not None else shipped.vehicles.path.parent / f"{name}.onnx"


def _module(name: str) -> Any:
    """A module that needs the packages of the extra `train`."""
    return importlib.import_module(f"edge.detector.training.{name}")


def _guarded(action: Callable[[], None]) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        action()
    except ImportError as error:
        typer.echo(f"This needs torch, ultralytics and onnx ({error}). Install phatnguoi[train].", err=True)
        raise typer.Exit(_FAILED) from error
    except DetectorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_FAILED) from error
