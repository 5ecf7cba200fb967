"""The marks file: what a technician measured and marked for a calibration. TOML, checked field by field."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from edge.calibration.facts import Facts, Length, Px, Straight, Surveyed, dashes
from edge.scene_file import SceneError
from edge.scene_section import Section

Metres = Annotated[float, Field(gt=0, le=500)]
Error = Annotated[float, Field(gt=0, le=5)]


class PointMark(Section):
    """One place known in the picture and on the road."""

    picture_px: Px
    road_m: tuple[float, float]


class LengthMark(Section):
    """A stretch whose length is known. `way`: along the road, square across it, or any."""

    ends_px: tuple[Px, Px]
    metres: Metres
    way: Literal["along", "across", "any"] = "any"
    error_m: Error = 0.02


class DashMark(Section):
    """The ends of the dashes of one broken lane line, in their order along the road.

    `dash_m` and `gap_m` may be left out: then they are only taken to be equal to one another.
    """

    ends_px: Annotated[tuple[Px, ...], Field(min_length=3)]
    begins_with: Literal["dash", "gap"] = "dash"
    dash_m: Metres | None = None
    gap_m: Metres | None = None
    error_m: Error = 0.03


class LineMark(Section):
    """Points along a straight line on the road: a lane's edge (along), a stop line (across)."""

    points_px: Annotated[tuple[Px, ...], Field(min_length=2)]
    way: Literal["along", "across"] = "along"


class Marks(Section):
    """Everything marked in one picture.

    `quality`: `surveyed` when the metres were measured on this road, `estimated` when they were taken from a
    standard. `view_deg`: horizontal field of view by the camera's data sheet, at the zoom it is set to.
    `lens`: find out how the lens bends. `level`: the camera was hung with a spirit level.
    """

    picture_size_px: tuple[Annotated[int, Field(ge=64)], Annotated[int, Field(ge=64)]]
    quality: Literal["surveyed", "estimated"] = "estimated"
    point_error_px: Annotated[float, Field(gt=0, le=20)] = 1.0
    road_error_m: Annotated[float, Field(ge=0, le=2)] = 0.02
    camera_height_m: Annotated[float, Field(gt=1, lt=60)] | None = None
    view_deg: Annotated[float, Field(gt=2, lt=150)] | None = None
    lens: bool = False
    level: bool = False
    points: tuple[PointMark, ...] = ()
    lengths: tuple[LengthMark, ...] = ()
    dashes: tuple[DashMark, ...] = ()
    lines: tuple[LineMark, ...] = ()

    def facts(self) -> Facts:
        """The same as the fit wants it."""
        lengths = [
            Length(one.ends_px, one.way, one.metres, error_m=one.error_m, px_error=self.point_error_px)
            for one in self.lengths
        ]
        for index, line in enumerate(self.dashes):
            lengths += dashes(
                line.ends_px,
                dash_m=line.dash_m,
                gap_m=line.gap_m,
                name=f"dashes {index + 1}",
                begins_with=line.begins_with,
                error_m=line.error_m,
                px_error=self.point_error_px,
            )
        return Facts(
            size_px=self.picture_size_px,
            lengths=tuple(lengths),
            straight=tuple(Straight(one.points_px, one.way, self.point_error_px) for one in self.lines),
            points=tuple(
                Surveyed(one.picture_px, one.road_m, self.point_error_px, max(self.road_error_m, 1e-3))
                for one in self.points
            ),
            height_m=self.camera_height_m,
            level=self.level,
            focal_px=self._focal_px(),
        )

    def _focal_px(self) -> float | None:
        if self.view_deg is None:
            return None
        return self.picture_size_px[0] / 2 / math.tan(math.radians(self.view_deg) / 2)


def load_marks(path: Path) -> Marks:
    """Read and check a marks file. Raises SceneError naming the file and each field that is wrong."""
    try:
        return Marks.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SceneError(f"{path}: there is no such marks file") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SceneError(f"{path}: cannot be read as TOML: {error}") from error
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise SceneError("\n".join(lines)) from error
