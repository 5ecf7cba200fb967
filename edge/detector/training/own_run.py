"""One training run on one's own pictures: what it was begun with, so that it can only go on as begun."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from ultralytics import YOLO

from edge.detector.errors import DataError, ModelError
from edge.detector.evaluation.names import our_name
from edge.detector.metadata import ModelCard
from edge.detector.training import revive, yolo_loop
from edge.detector.training.manifest import Sample
from edge.detector.training.recipe import load_recipe, recipe_sha256
from edge.detector.training.stamp import stamp
from edge.detector.training.yolo_data import fingerprint

_NOTE: Final = "run.json"
_REVIVING_PICTURES: Final = 48


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is: the recipe as changed on the command line, and hashes of recipe file, data and start."""

    recipe: yolo_loop.YoloRecipe
    recipe_sha256: str
    data: str
    start: str


def plan_run(
    recipe_file: Path, samples: Sequence[Sample], start: Path, *, epochs: int | None, version: str | None
) -> Plan:
    """The plan of a run on `samples` from `start`; its version says that it is not the shipped one.

    Raises:
        RecipeError: the recipe is not one for a detector.
    """
    recipe = load_recipe(recipe_file, yolo_loop.YoloRecipe)
    data = fingerprint(samples)
    named = version or f"{recipe.version}+{data[:8]}"
    recipe = replace(recipe, version=named, epochs=epochs or recipe.epochs)
    started = hashlib.sha256(start.read_bytes()).hexdigest()
    return Plan(recipe, recipe_sha256(recipe_file), data, started)


def run(plan: Plan, samples: Sequence[Sample], start: Path, work: Path, *, resume: bool) -> Path:
    """Train, or with `resume` go on after the last finished epoch; returns the .pt file.

    Raises:
        DataError: there is a run in `work` already and `resume` was not asked for, or it is another run.
        ModelError: the network to start from cannot be used.
    """
    work.mkdir(parents=True, exist_ok=True)
    _admit(plan, work, resume=resume)
    begun = _startable(start, samples, work)
    recipe = replace(plan.recipe, start_classes=_rows(begun, plan.recipe.classes))
    return yolo_loop.train(recipe, samples, begun, work)


def export(work: Path, target: Path) -> ModelCard:
    """Write the finished run in `work` as an ONNX file with its card; returns the card.

    Raises:
        DataError: there is no finished run in `work`.
    """
    if not (work / _NOTE).is_file() or not (work / "best.pt").is_file():
        raise DataError(
            "no finished training run here",
            where=str(work),
            remedy="Train first, or go on with `phatnguoi-edge train ... --resume`.",
        )
    plan = _read(work)
    recipe = plan.recipe
    exported = yolo_loop.export(work / "best.pt", recipe.height_px, recipe.width_px)
    long_side_px = max(recipe.width_px, recipe.height_px)
    card = ModelCard(recipe.name, recipe.version, recipe.classes, plan.recipe_sha256, long_side_px)
    target.parent.mkdir(parents=True, exist_ok=True)
    stamp(exported, target, card)
    return card


def _admit(plan: Plan, work: Path, *, resume: bool) -> None:
    """Let a new run begin, or the same run go on; write down what it is."""
    note = work / _NOTE
    if not note.is_file():
        partial = note.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(plan), indent=1, sort_keys=True), encoding="utf-8")
        partial.replace(note)
        return
    if not resume:
        raise DataError(
            "there is a training run here",
            where=str(work),
            remedy="Go on with it by --resume, or choose another --work.",
        )
    begun = _read(work)
    changed = [one.name for one in fields(Plan) if getattr(begun, one.name) != getattr(plan, one.name)]
    if changed:
        raise DataError(
            f"the run here began with another {', '.join(changed)}",
            where=str(work),
            remedy="Give it what it began with, or choose another --work.",
        )


def _read(work: Path) -> Plan:
    stored: dict[str, Any] = json.loads((work / _NOTE).read_text(encoding="utf-8"))
    recipe: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in stored["recipe"].items()
    }
    return Plan(**{**stored, "recipe": yolo_loop.YoloRecipe(**recipe)})


def _startable(start: Path, samples: Sequence[Sample], work: Path) -> Path:
    """The .pt file to start from; a shipped .onnx is made trainable, measured on some of the pictures."""
    if start.suffix != ".onnx":
        return start
    revived = work / "start.pt"
    if not revived.is_file():
        places = np.linspace(0, len(samples) - 1, min(_REVIVING_PICTURES, len(samples))).astype(int)
        revive.revive(start, [samples[place].image for place in places], revived)
    return revived


def _rows(start: Path, classes: Sequence[str]) -> tuple[int, ...]:
    """For each of our classes the number of the start network's class of that name, -1 where it has none."""
    try:
        names: dict[int, str] = YOLO(str(start)).names
    except Exception as error:  # pickle and torch raise classes of their own
        raise ModelError(
            "cannot start from this file",
            where=str(start),
            remedy="Give an .onnx that `phatnguoi-edge export` made, or a detector's .pt.",
        ) from error
    numbers = {our_name(name) or name: number for number, name in names.items()}
    return tuple(numbers.get(our_name(one) or one, -1) for one in classes)
