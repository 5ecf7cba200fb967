"""A straight line through (time, place) with honest errors: a speed that is taken to be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.rules.motion_fit import student_95

Numbers = npt.NDArray[np.float64]

_OUTLIER: Final = 4.5
_MAD_TO_SIGMA: Final = 1.4826
_FEWEST: Final = 4


@dataclass(frozen=True, slots=True)
class LineFit:
    """`slope` with its 95 % half width; `keep` marks the points that were used.

    `rms`: of the residuals, in the unit of place. `scatter`: the same in units of the stated errors, about 1
    when those are right.
    """

    slope: float
    half_width_95: float
    rms: float
    scatter: float
    keep: npt.NDArray[np.bool_]

    @property
    def kept(self) -> int:
        """How many points were used."""
        return int(self.keep.sum())

    @property
    def dropped_share(self) -> float:
        """Which part of the points were outliers."""
        return 1 - self.kept / len(self.keep)


def fit_line(t: Numbers, place: Numbers, sigma: Numbers) -> LineFit:
    """Weighted least squares of `place` over `t`, outliers taken out.

    The error is the larger of the model's and the sandwich (HC3) estimate, widened for residuals that follow
    one another, with Student's quantile. Raises ValueError with fewer than four points.
    """
    if len(t) < _FEWEST:
        raise ValueError(f"{len(t)} points; a line with an error needs {_FEWEST}")
    keep = _without_outliers(t, place, sigma)
    t, place, sigma = t[keep], place[keep], sigma[keep]
    weight = 1 / sigma**2
    slope, offset = _solve(t, place, weight)
    residual = place - offset - slope * t
    freedom = len(t) - 2
    scatter2 = float((weight * residual**2).sum() / freedom)
    error = np.sqrt(max(_model_variance(t, weight, scatter2), _sandwich_variance(t, weight, residual)))
    error *= np.sqrt(_following(residual / sigma))
    return LineFit(
        slope=float(slope),
        half_width_95=float(student_95(freedom) * error),
        rms=float(np.sqrt(np.mean(residual**2))),
        scatter=float(np.sqrt(scatter2)),
        keep=keep,
    )


def _solve(t: Numbers, place: Numbers, weight: Numbers) -> tuple[float, float]:
    middle = np.average(t, weights=weight)
    mean = np.average(place, weights=weight)
    slope = float((weight * (t - middle) * (place - mean)).sum() / (weight * (t - middle) ** 2).sum())
    return slope, float(mean - slope * middle)


def _without_outliers(t: Numbers, place: Numbers, sigma: Numbers) -> npt.NDArray[np.bool_]:
    keep = np.ones(len(t), dtype=bool)
    for _ in range(2):
        slope, offset = _solve(t[keep], place[keep], 1 / sigma[keep] ** 2)
        pull = (place - offset - slope * t) / sigma
        spread = max(_MAD_TO_SIGMA * float(np.median(np.abs(pull[keep]))), 1.0)
        keep = np.abs(pull) <= _OUTLIER * spread
        if keep.sum() < _FEWEST:
            return np.ones(len(t), dtype=bool)
    return keep


def _model_variance(t: Numbers, weight: Numbers, scatter2: float) -> float:
    middle = np.average(t, weights=weight)
    return float(scatter2 / (weight * (t - middle) ** 2).sum())


def _sandwich_variance(t: Numbers, weight: Numbers, residual: Numbers) -> float:
    lever = t - np.average(t, weights=weight)
    bread = (weight * lever**2).sum()
    leverage = weight / weight.sum() + weight * lever**2 / bread
    scaled = residual / np.maximum(1 - leverage, 0.05)
    return float(((weight * lever * scaled) ** 2).sum() / bread**2)


def _following(pull: Numbers) -> float:
    """How much the variance grows because each residual resembles the one before; 1 when they do not."""
    power = float((pull**2).sum())
    if power == 0:
        return 1.0
    likeness = float((pull[1:] * pull[:-1]).sum()) / power
    likeness = min(max(likeness, 0.0), 0.9)
    return (1 + likeness) / (1 - likeness)
