"""`passages.jsonl`: who passed a camera's gate, when, by whose plate. One line a vehicle."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from edge.detector.types import VehicleClass
from edge.report import Slug
from edge.scene_file import SceneError
from edge.section.passing import Crossing
from edge.section.speed import Moment


class Passage(BaseModel):
    """One vehicle at one gate. `at` None: nobody knows the wall clock of the film."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    camera_id: Slug
    section_id: Slug
    plate: str
    kind: VehicleClass
    track: int
    t_s: float
    error_s: float = Field(ge=0)
    at: AwareDatetime | None
    clock_uncertainty_s: float = Field(ge=0)

    def moment(self) -> Moment | None:
        """The same as the arithmetic wants it; None without a wall clock."""
        return None if self.at is None else Moment(self.at, self.error_s, self.clock_uncertainty_s)


def passage_of(
    crossing: Crossing,
    *,
    camera_id: str,
    section_id: str,
    plate: str,
    kind: VehicleClass,
    track: int,
    began_at: datetime | None,
    clock_uncertainty_s: float,
) -> Passage:
    """A line of the file; `began_at` is the wall clock of stream second 0."""
    at = None if began_at is None else began_at + timedelta(seconds=crossing.t_s)
    return Passage(
        camera_id=camera_id,
        section_id=section_id,
        plate=plate,
        kind=kind,
        track=track,
        t_s=round(crossing.t_s, 4),
        error_s=round(crossing.error_s, 4),
        at=at,
        clock_uncertainty_s=clock_uncertainty_s,
    )


def load_passages(path: Path) -> list[Passage]:
    """Read a passages.jsonl. Raises SceneError naming file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise SceneError(f"{path}: there is no such file; phatnguoi-edge analyse writes it") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(Passage.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise SceneError(f"{path}: line {number}: {where}: {first['msg']}") from error
    return found
