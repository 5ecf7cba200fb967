"""Reading recipes: TOML files that hold everything a run depends on besides the pictures."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from edge.detector.errors import DetectorError

RECIPES = Path(__file__).parent / "recipes"

RecipeT = TypeVar("RecipeT")


class RecipeError(DetectorError):
    """A recipe file is missing or does not fit what it is for."""


def load_recipe(path: Path, kind: type[RecipeT]) -> RecipeT:
    """Read a recipe file into its dataclass; lists become tuples.

    Raises:
        RecipeError: the file is missing, no TOML, or has other keys than the dataclass.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return kind(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
        )
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        names = ", ".join(field.name for field in fields(kind))  # type: ignore[arg-type]
        raise RecipeError(
            f"cannot use recipe ({error})", where=str(path), remedy=f"Its keys are: {names}."
        ) from error


def changed(recipe: RecipeT, **values: object) -> RecipeT:
    """The recipe with the values that are not None put in."""
    return replace(recipe, **{key: value for key, value in values.items() if value is not None})  # type: ignore[type-var]


def recipe_sha256(path: Path) -> str:
    """The hash that ties a shipped model to its recipe."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def detector_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """The name and the classes of the detector that a recipe trains.

    Raises:
        RecipeError: the file is missing, no TOML, or not a detector's recipe.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return str(table["name"]), tuple(str(one) for one in table["classes"])
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        shipped = ", ".join(sorted(one.stem for one in RECIPES.glob("*.toml")))
        raise RecipeError(
            f"this is no recipe of a detector ({error})",
            where=str(path),
            remedy=f"Name one of {shipped}, or a .toml file with name and classes.",
        ) from error
