"""`python -m edge.detector.training`: gather pictures, train, export and put the models in place."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import torch
import typer

from edge.detector.heads import HEAD_CLASSES
from edge.detector.metadata import ModelCard
from edge.detector.models import VehicleDetector
from edge.detector.training import (
    head_data,
    helmet_loop,
    kind_data,
    kind_loop,
    plate_data,
    reader_loop,
    vehicle_data,
    yolo_loop,
)
from edge.detector.training.lean import LeanRecipe, lean
from edge.detector.training.manifest import Sample, read_manifest, write_manifest
from edge.detector.training.reader_net import CHARACTERS
from edge.detector.training.real_plates import part_of, real_plates
from edge.detector.training.recipe import RECIPES, load_recipe, recipe_sha256
from edge.detector.training.rendered_riders import rendered_heads
from edge.detector.training.renders import rendered_plates, rendered_street
from edge.detector.training.revive import revive
from edge.detector.training.stamp import stamp
from edge.detector.training.synthetic_plates import font_files
from edge.detector.types import VEHICLE_CLASSES

app = typer.Typer(no_args_is_help=True, help="Train the models of the edge from pictures to ONNX files.")

_REVIVED_ON: Final = 48
_VEHICLE_STAGES: Final = ("vehicles_first", "vehicles_near", "vehicles")
_WEIGHTS: Final = Path(__file__).parents[1] / "weights"
_COCO: Final = {0: "person", 1: "bicycle", 2: "car", 3: "motorbike", 5: "bus", 7: "truck", 9: "signal"}

Field = Annotated[Path, typer.Argument(help="Folder with the field sets.", exists=True, file_okay=False)]
Work = Annotated[Path, typer.Option(help="Folder for lists, checkpoints and exports.")]
Recipe = Annotated[Path | None, typer.Option(help="Recipe file; default: the one of this name in recipes/.")]
Threads = Annotated[int, typer.Option(help="Threads to compute with.", min=1)]


@app.callback()
def _set_up() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")


@app.command("teacher")
def export_teacher(weights: Annotated[Path, typer.Argument(help="A COCO .pt file.")], out: Path) -> None:
    """Export a COCO network as a teacher (and as the yardstick our own network is measured against)."""
    names = tuple(_COCO.get(label, "") for label in range(80))
    exported = yolo_loop.export(weights, height_px=384, width_px=640)
    stamp(exported, out, ModelCard("vehicles", "0.0-coco", names, merge_riders=True))


@app.command("revive")
def revive_exported(
    exported: Annotated[Path, typer.Argument(help="A detector that we exported, .onnx.")],
    target: Annotated[Path, typer.Argument(help="The .pt file to write.")],
    pictures: Annotated[Path, typer.Argument(help="Folder with pictures to measure its layers on.")],
) -> None:
    """Make a shipped detector trainable again; says how far the two are apart."""
    found = sorted(pictures.glob("*.jpg"))
    typer.echo(str(revive(exported, found[:: max(1, len(found) // _REVIVED_ON)], target)))


@app.command("gather-vehicles")
def gather_vehicles(
    field: Field,
    teacher: Annotated[list[Path], typer.Option(help="COCO networks that fill gaps in the labels.")],
    *,
    own: Annotated[
        list[Path] | None, typer.Option(help="An earlier network of ours that does so too.")
    ] = None,
    renders: Annotated[
        list[Path] | None, typer.Option(help="Folders of the rendered training pictures.")
    ] = None,
    work: Work = Path("training-work"),
) -> None:
    """List the vehicle pictures, labels filled up by networks: COCO's, and an earlier one of ours."""
    samples = list(vehicle_data.gather(field, work / "frames", own or [], teacher))
    for folder in renders or ():
        samples += rendered_street(folder)
    for name in _VEHICLE_STAGES:
        _write(samples, work / f"{name}.jsonl")


@app.command("gather-plates")
def gather_plates(
    field: Field,
    vehicles: Annotated[Path, typer.Option(help="Exported vehicle network, to cut the vehicles out.")],
    teacher: Annotated[Path, typer.Option(help="Plate detector that labels the road crops.")],
    *,
    renders: Annotated[Path | None, typer.Option(help="Folder of the rendered training pictures.")] = None,
    work: Work = Path("training-work"),
) -> None:
    """Cut vehicle crops and list them with their plates."""
    detector = VehicleDetector(vehicles, threads=2, confidence=0.4)
    plates = plate_data.PlateTeacher.load(teacher)
    samples = list(plate_data.parking_samples(field))
    road = plate_data.road_pictures(field, work / "frames")
    samples += plate_data.road_samples(road, detector, plates, work / "plate_crops")
    if renders is not None:
        samples += plate_data.rendered_crops(renders, work / "plate_crops")
    _write(samples, work / "plate_finder.jsonl")


@app.command("gather-heads")
def gather_heads(
    field: Field,
    *,
    renders: Annotated[
        list[Path] | None, typer.Option(help="Folders of the rendered training pictures.")
    ] = None,
    work: Work = Path("training-work"),
) -> None:
    """Cut motorbikes with their riders and list them with their heads, for `heads` and `helmets`."""
    crops = work / "head_crops"
    samples = list(head_data.rider_samples(head_data.rider_crops(field), crops))
    samples += head_data.bicycle_samples(field, crops)
    samples += rendered_heads(renders or (), crops)
    _write(samples, work / "heads.jsonl", HEAD_CLASSES)
    first = list(head_data.bicycle_pictures(field))
    _write(first, work / "heads_first.jsonl", HEAD_CLASSES)


@app.command("gather-kinds")
def gather_kinds(
    field: Field,
    teacher: Annotated[list[Path], typer.Option(help="COCO networks that label the vehicles of pictures.")],
    *,
    renders: Annotated[
        list[Path] | None, typer.Option(help="Folders of the rendered training pictures.")
    ] = None,
    work: Work = Path("training-work"),
) -> None:
    """List pictures with vehicles whose kind is known, for `kinds`."""
    samples = list(kind_data.gather(field, work / "frames", teacher, renders or []))
    _write(samples, work / "kinds.jsonl")


@app.command("train")
def train(
    model: Annotated[
        str, typer.Argument(help="A recipe: vehicles, kinds, plate_finder, plate_reader, heads or helmets.")
    ],
    field: Field,
    *,
    start: Annotated[
        Path | None, typer.Option(help="Folder with the .pt file that the recipe starts from.")
    ] = None,
    renders: Annotated[Path | None, typer.Option(help="Folder of the rendered training pictures.")] = None,
    fonts: Annotated[Path | None, typer.Option(help="Folder with more fonts for drawn plates.")] = None,
    recipe: Recipe = None,
    work: Work = Path("training-work"),
    threads: Threads = 2,
) -> None:
    """Train a model from its list and recipe; starting again goes on after the last finished epoch."""
    torch.set_num_threads(threads)
    path = recipe or RECIPES / f"{model}.toml"
    if model == "plate_reader":
        plates = [plate for plate in real_plates(field) if part_of(plate.text) == "train"]
        plates += rendered_plates(renders) if renders else []
        wish = load_recipe(path, reader_loop.ReaderRecipe)
        donor = (start or work) / wish.start if wish.start else None
        reader_loop.train(wish, plates, font_files(fonts), work / model, donor)
        return
    if model == "helmets":
        second = load_recipe(path, helmet_loop.HelmetRecipe)
        donor = (start or field / "weights") / second.start
        helmet_loop.train(second, _listed(work / "heads.jsonl"), donor, work / model)
        return
    if model == "kinds":
        third = load_recipe(path, kind_loop.KindRecipe)
        donor = (start or field / "weights") / third.start
        kind_loop.train(third, _listed(work / "kinds.jsonl"), donor, work / model)
        return
    plan = load_recipe(path, yolo_loop.YoloRecipe)
    samples = _listed(work / f"{model}.jsonl")
    earlier = work / plan.start
    donor = earlier if earlier.is_file() else (start or field / "weights") / plan.start
    yolo_loop.train(plan, samples, donor, work / model)


@app.command("blend")
def blend(
    first: Annotated[str, typer.Argument(help="A trained recipe, e.g. vehicles_first.")],
    second: Annotated[str, typer.Argument(help="The recipe that went on from it; takes the mix.")],
    *,
    share: Annotated[float, typer.Option(help="How much of the second, 0 to 1.", min=0, max=1)] = 0.75,
    work: Work = Path("training-work"),
) -> None:
    """Mix two stages of one training; the second's own file is kept as unmixed.pt."""
    target, unmixed = work / second / "best.pt", work / second / "unmixed.pt"
    if not unmixed.is_file():
        target.rename(unmixed)
    yolo_loop.blend(work / first / "best.pt", unmixed, share, target)


@app.command("lean")
def lean_back(
    trained: Annotated[Path, typer.Argument(help="A detector that we exported, .onnx.")],
    donor: Annotated[Path, typer.Argument(help="What it began from, exported by `teacher`.")],
    *,
    recipe: Annotated[Path, typer.Option(help="How much of it, and up to which layer.")] = RECIPES
    / "vehicles_lean.toml",
    out: Annotated[Path, typer.Option(help="Folder for the .onnx file.")] = _WEIGHTS,
) -> None:
    """Mix a detector's first layers with its donor's: steadier on cameras that it never saw."""
    plan = load_recipe(recipe, LeanRecipe)
    mixed = lean(trained, donor, plan, recipe_sha256(recipe), out / f"{plan.name}.onnx")
    typer.echo(f"{mixed} weights of the first {plan.layers} layers are {plan.share:.0%} the donor's")


@app.command("export")
def export(
    model: Annotated[
        str, typer.Argument(help="A recipe: vehicles, kinds, plate_finder, plate_reader, heads or helmets.")
    ],
    field: Field,
    *,
    fonts: Annotated[Path | None, typer.Option(help="Folder with more fonts for drawn plates.")] = None,
    recipe: Recipe = None,
    work: Work = Path("training-work"),
    out: Annotated[Path, typer.Option(help="Folder for the .onnx file.")] = _WEIGHTS,
) -> None:
    """Export a trained model to ONNX, with its card inside."""
    path = recipe or RECIPES / f"{model}.toml"
    if model == "plate_reader":
        _export_reader(field, fonts, path, work, out)
        return
    if model == "helmets":
        helmet_loop.export_trained(path, field / "weights", work / model, out)
        return
    if model == "kinds":
        kind_loop.export_trained(path, field / "weights", work / model, out)
        return
    plan = load_recipe(path, yolo_loop.YoloRecipe)
    exported = yolo_loop.export(work / model / "best.pt", plan.height_px, plan.width_px)
    long_side_px = max(plan.width_px, plan.height_px)
    card = ModelCard(plan.name, plan.version, plan.classes, recipe_sha256(path), long_side_px)
    stamp(exported, out / f"{model}.onnx", card)


def _export_reader(field: Path, fonts: Path | None, path: Path, work: Path, out: Path) -> None:
    plan = load_recipe(path, reader_loop.ReaderRecipe)
    net = reader_loop.load(work / plan.name / "last.pt")
    held_back = [plate for plate in real_plates(field) if part_of(plate.text) == "calibrate"]
    temperature = reader_loop.calibrate(net, held_back, font_files(fonts), plan.seed + 1)
    raw = work / plan.name / "raw.onnx"
    reader_loop.export(net, raw)
    card = ModelCard(plan.name, plan.version, CHARACTERS, recipe_sha256(path), 128, temperature=temperature)
    stamp(raw, out / f"{plan.name}.onnx", card)


def _listed(path: Path) -> list[Sample]:
    return [sample for sample in read_manifest(path) if sample.split == "train"]


def _write(samples: list[Sample], path: Path, classes: Sequence[str] = VEHICLE_CLASSES) -> None:
    write_manifest(samples, path)
    counts = {
        name: sum(sample.source == name for sample in samples) for name in sorted({s.source for s in samples})
    }
    typer.echo(f"{path}: {counts}; classes: {', '.join(classes)}")


if __name__ == "__main__":
    app()
