"""Where a head is, for the truth: ellipsoids of skull and hat in a vehicle's frame (numpy only)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Vec = tuple[float, float, float]
Hat = Literal["half_helmet", "open_helmet", "full_helmet", "none", "cap", "bucket_hat", "conical_hat"]
HELMETS: tuple[Hat, ...] = ("half_helmet", "open_helmet", "full_helmet")
BARE: tuple[Hat, ...] = ("none", "cap", "bucket_hat", "conical_hat")
_SLACK = 1.15


@dataclass(frozen=True)
class Head:
    """One head: ``parts`` are (centre, radii) of ellipsoids in metres, in the frame of its vehicle."""

    parts: tuple[tuple[Vec, Vec], ...]
    hat: Hat
    child: bool = False

    @property
    def helmet(self) -> bool:
        """Whether what sits on the head is a helmet."""
        return self.hat in HELMETS

    def surface(self) -> Array:
        """Return points (n, 3) on the ellipsoids, metres."""
        return np.concatenate(
            [_sphere() * np.array(radii) + np.array(centre) for centre, radii in self.parts]
        )

    def holds(self, point: Array) -> bool:
        """Whether a point (3,) of the vehicle's frame lies in the head, with a little slack."""
        return any(
            float((((point - np.array(centre)) / (np.array(radii) * _SLACK)) ** 2).sum()) <= 1.0
            for centre, radii in self.parts
        )


def _sphere(rows: int = 9, columns: int = 14) -> Array:
    polar = [math.pi * (k + 0.5) / rows for k in range(rows)]
    return np.array(
        [
            (math.sin(a) * math.cos(t), math.sin(a) * math.sin(t), math.cos(a))
            for a in (0.0, *polar, math.pi)
            for t in (2 * math.pi * k / columns for k in range(columns))
        ]
    )


def record(head: Head, box: list[float], visible: float) -> dict[str, Any]:
    """Return the truth of one head; ``box`` is [x, y, w, h] px, ``visible`` a share 0 to 1."""
    return {
        "box_px": box,
        "helmet": head.helmet,
        "hat": head.hat,
        "child": head.child,
        "visible_fraction": round(visible, 3),
    }
