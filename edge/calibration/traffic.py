"""What the traffic itself tells of the camera: straight ways meet in one vanishing point.

Reads the `tracks.jsonl` that `phatnguoi-edge analyse` writes. The ways fix where the road leads: the first
vanishing point. The second, square to it, comes from lines across the road where those were marked; a camera
that looks straight along the road shows it at infinity, and then the focal length must come from the data
sheet or from one length along the road. The scale comes from the camera's height or from a length. All of it
is an estimate (compare Dubska et al. 2014, who find both points from the edges of vehicles).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from edge.calibration.facts import Facts, Straight
from edge.calibration.fit import CameraFit, fit_camera
from edge.scene_file import SceneError
from edge.scene_geometry import GeometryError

_FEWEST_SIGHTINGS: Final = 12
_SHORTEST_SHARE: Final = 0.12
_MOST_BENT_PX: Final = 4.0
_LEAST_ERROR_PX: Final = 4.0
"""No vehicle keeps quite to the way of the road: its own wander, not the pixels, limits a vanishing point."""
_POINTS_A_WAY: Final = 8
_MOST_WAYS: Final = 60
_FEWEST_WAYS: Final = 4
_STRAY: Final = 2.5
_EDGE_PX: Final = 3.0


@dataclass(frozen=True, slots=True)
class Passage:
    """The boxes of one vehicle: n x 4, x, y, width, height, px."""

    kind: str
    boxes_px: npt.NDArray[np.float64]


def load_passages(path: Path) -> list[Passage]:
    """The vehicles of a `tracks.jsonl`. Raises SceneError where it is none."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [_passage(line) for line in lines]
    except FileNotFoundError as error:
        raise SceneError(f"{path}: there is no such file; make it with phatnguoi-edge analyse") from error
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise SceneError(f"{path}: is no tracks.jsonl of phatnguoi-edge analyse: {error}") from error


def traffic_facts(passages: list[Passage], known: Facts) -> Facts:
    """What is known, and the ways of the traffic.

    Raises GeometryError with too few straight ways.
    """
    ways = _ways(passages, known.size_px)
    if len(ways) < _FEWEST_WAYS:
        raise GeometryError(
            f"{len(ways)} vehicles drove straight and far enough, {_FEWEST_WAYS} are needed: "
            "take a longer clip"
        )
    return replace(known, straight=(*known.straight, *ways))


def fit_traffic(passages: list[Passage], known: Facts, *, with_lens: bool = False) -> CameraFit:
    """The camera by what is known and the traffic; who changes lanes is left out. Raises GeometryError."""
    facts = traffic_facts(passages, known)
    first = fit_camera(facts, with_lens=with_lens)
    road_map = first.camera.map
    kept = []
    for one in facts.straight[len(known.straight) :]:
        points = np.array(one.points_px)
        beside = road_map.road(points)[:, 0]
        side_px = np.hypot(*road_map.jacobian(points)[:, 0].T) * one.px_error
        if np.isfinite(beside).all() and np.sqrt(np.mean(((beside - beside.mean()) / side_px) ** 2)) < _STRAY:
            kept.append(one)
    if len(kept) < _FEWEST_WAYS:
        raise GeometryError("the vehicles do not drive one way; mark the lanes' edges as [[lines]] instead")
    return fit_camera(replace(facts, straight=(*known.straight, *kept)), with_lens=with_lens)


def _passage(line: dict[str, Any]) -> Passage:
    boxes = np.array([row[2:6] for row in line["boxes"]], dtype=np.float64).reshape(-1, 4)
    return Passage(str(line["class"]), boxes)


def _inside(boxes: npt.NDArray[np.float64], size_px: tuple[int, int]) -> npt.NDArray[np.bool_]:
    right, low = boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    whole = (boxes[:, 0] > _EDGE_PX) & (right < size_px[0] - _EDGE_PX) & (low < size_px[1] - _EDGE_PX)
    return np.asarray(whole, dtype=np.bool_)


def _ways(passages: list[Passage], size_px: tuple[int, int]) -> tuple[Straight, ...]:
    found: list[tuple[float, Straight]] = []
    for one in passages:
        boxes = one.boxes_px[_inside(one.boxes_px, size_px)]
        if len(boxes) < _FEWEST_SIGHTINGS:
            continue
        feet = np.column_stack([boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3]])
        far = float(np.ptp(feet[:, 1]))
        if far < _SHORTEST_SHARE * size_px[1]:
            continue
        slope, offset = np.polyfit(feet[:, 1], feet[:, 0], 1)
        bent_px = float(np.sqrt(np.mean((feet[:, 0] - offset - slope * feet[:, 1]) ** 2)))
        if bent_px > _MOST_BENT_PX:
            continue
        rows = np.linspace(feet[:, 1].min(), feet[:, 1].max(), _POINTS_A_WAY)
        chosen = feet[[int(np.argmin(np.abs(feet[:, 1] - row))) for row in rows]]
        points = tuple((float(x), float(y)) for x, y in chosen)
        found.append((far, Straight(points, "along", max(bent_px, _LEAST_ERROR_PX))))
    found.sort(key=lambda one: one[0], reverse=True)
    return tuple(way for _, way in found[:_MOST_WAYS])
