"""`phatnguoi-edge average-speed`: who was too fast between two cameras, from what both wrote down."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError
from rich.console import Console

from edge.scene_file import SceneError
from edge.section.join import Finding, RoadSection, findings
from edge.section.passages import Passage, load_passages

VIOLATIONS: Final = "section_violations.jsonl"
WITHHELD: Final = "section_withheld.jsonl"
_console = Console(stderr=True)


def average_speed(
    entry: Annotated[Path, typer.Argument(help="passages.jsonl of the first camera.", metavar="ENTRY.jsonl")],
    leaving: Annotated[Path, typer.Argument(help="passages.jsonl of the second.", metavar="EXIT.jsonl")],
    section: Annotated[Path, typer.Option("--section", help="The section (TOML), see docs/measurement.md.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for section_violations and section_withheld.jsonl.")
    ],
) -> None:
    """Find who was too fast on average between two cameras."""
    try:
        road = load_section(section)
        found = findings(
            road,
            _of(road, road.entry_camera, load_passages(entry), entry),
            _of(road, road.exit_camera, load_passages(leaving), leaving),
        )
        out.mkdir(parents=True, exist_ok=True)
        _write(out / VIOLATIONS, [one for one in found if one.act is not None])
        _write(out / WITHHELD, [one for one in found if one.act is None])
    except (SceneError, OSError) as error:
        _console.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    for one in found:
        speed = f"{one.speed.lower_kmh:.1f}..{one.speed.upper_kmh:.1f} km/h" if one.speed else "-"
        print(f"{one.exit.plate:10}  {one.act or one.code:18}  {speed}")


def load_section(path: Path) -> RoadSection:
    """Read and check a section file. Raises SceneError naming the file and each field that is wrong."""
    try:
        return RoadSection.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SceneError(f"{path}: there is no such section file") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SceneError(f"{path}: cannot be read as TOML: {error}") from error
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise SceneError("\n".join(lines)) from error


def _of(road: RoadSection, camera: str, passages: list[Passage], path: Path) -> list[Passage]:
    for one in passages:
        if (one.camera_id, one.section_id) != (camera, road.id):
            raise SceneError(
                f"{path}: camera {one.camera_id}, section {one.section_id}: expected camera {camera} of "
                f"section {road.id}; were the two files exchanged?"
            )
    return passages


def _write(path: Path, found: Sequence[Finding]) -> None:
    lines = [json.dumps(_line(one), ensure_ascii=False) for one in found]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _line(one: Finding) -> dict[str, Any]:
    return {
        "rule": "average_speed",
        "act": one.act,
        "code": one.code,
        "plate": one.exit.plate,
        "class": one.exit.kind,
        "entry": one.entry.model_dump(mode="json"),
        "exit": one.exit.model_dump(mode="json"),
        "measures": [measure.model_dump(mode="json") for measure in one.measures],
        "reasons": [reason.model_dump(mode="json") for reason in one.reasons],
    }
