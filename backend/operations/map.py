"""The map of cameras as a drawing: Web Mercator (EPSG:3857), with tiles behind it or without any. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH_PX: Final = 960
HEIGHT_PX: Final = 560
_TILE_PX: Final = 256
_MARGIN_PX: Final = 70
_CLOSEST_ZOOM: Final = 17
_EARTH_M: Final = 40_075_016.686
_MERCATOR_DEG: Final = 85.0
_NICE: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Place:
    """Something with coordinates (WGS 84, degrees)."""

    key: str
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A place with its name and all that is said of it. `tone`: how it is drawn; `href`: where it leads."""

    place: Place
    name: str
    says: str
    tone: str
    href: str | None = None
    radius_px: float = 13


@dataclass(frozen=True, slots=True)
class Tile:
    href: str
    x_px: float
    y_px: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """`marks`: each with x and y, px. `scale_m` is as long as `scale_px`."""

    marks: tuple[tuple[Mark, float, float], ...]
    tiles: tuple[Tile, ...]
    grid: tuple[tuple[float, float, float, float], ...]
    scale_m: int
    scale_px: float

    @property
    def leads(self) -> bool:
        """Whether a mark is a link."""
        return any(mark.href is not None for mark, _, _ in self.marks)


def draw(marks: Sequence[Mark], tiles_url: str = "") -> Drawing | None:
    """The drawing that shows all marks; None without any. `tiles_url` has {z}, {x} and {y} in it."""
    if not marks:
        return None
    points = [_unit(one.place) for one in marks]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    zoom = _zoom(max(xs) - min(xs), max(ys) - min(ys))
    world_px = _TILE_PX * 2**zoom
    left = (max(xs) + min(xs)) / 2 * world_px - WIDTH_PX / 2
    top = (max(ys) + min(ys)) / 2 * world_px - HEIGHT_PX / 2
    latitude = sum(one.place.latitude_deg for one in marks) / len(marks)
    metre_px = world_px / (_EARTH_M * math.cos(math.radians(latitude)))
    scale_m = _nice(WIDTH_PX / 6 / metre_px)
    return Drawing(
        marks=tuple(
            (one, round(x * world_px - left, 1), round(y * world_px - top, 1))
            for one, (x, y) in zip(marks, points, strict=True)
        ),
        tiles=tuple(_tiles(tiles_url, zoom, left, top)) if tiles_url else (),
        grid=tuple(_grid(scale_m * metre_px)),
        scale_m=scale_m,
        scale_px=round(scale_m * metre_px, 1),
    )


def _unit(place: Place) -> tuple[float, float]:
    """Mercator, the world from 0 to 1."""
    latitude = math.radians(max(-_MERCATOR_DEG, min(_MERCATOR_DEG, place.latitude_deg)))
    return (place.longitude_deg + 180) / 360, (1 - math.asinh(math.tan(latitude)) / math.pi) / 2


def _zoom(width: float, height: float) -> int:
    for zoom in range(_CLOSEST_ZOOM, 0, -1):
        world_px = _TILE_PX * 2**zoom
        if width * world_px <= WIDTH_PX - 2 * _MARGIN_PX and height * world_px <= HEIGHT_PX - 2 * _MARGIN_PX:
            return zoom
    return 0


def _tiles(url: str, zoom: int, left: float, top: float) -> Iterator[Tile]:
    for column in range(int(left // _TILE_PX), int((left + WIDTH_PX) // _TILE_PX) + 1):
        for row in range(int(top // _TILE_PX), int((top + HEIGHT_PX) // _TILE_PX) + 1):
            if 0 <= row < 2**zoom:
                address = url.format(z=zoom, x=column % 2**zoom, y=row)
                yield Tile(address, round(column * _TILE_PX - left, 1), round(row * _TILE_PX - top, 1))


def _grid(step_px: float) -> Iterable[tuple[float, float, float, float]]:
    for number in range(1, int(WIDTH_PX / step_px) + 1):
        x = round(number * step_px, 1)
        yield x, 0, x, HEIGHT_PX
    for number in range(1, int(HEIGHT_PX / step_px) + 1):
        y = round(number * step_px, 1)
        yield 0, y, WIDTH_PX, y


def _nice(metres: float) -> int:
    power = 10 ** max(0, math.floor(math.log10(max(metres, 1))))
    return max((one * power for one in _NICE if one * power <= metres), default=1)
