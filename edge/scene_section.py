"""What the sections of a camera file are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Point = tuple[float, float]
BoxPx = tuple[float, float, Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]]
Polygon = Annotated[tuple[Point, ...], Field(min_length=3)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class Section(BaseModel):
    """One section: fixed once read, and nothing in it that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")
