"""The mean speed of a vehicle over a stretch, from when it was seen where: twice, by two methods.

`fit_motion` uses every sighting; `between_gates` only those about the two ends, as a light barrier would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

FEWEST: Final = 4
_OUTLIER: Final = 4.5
_MAD_TO_SIGMA: Final = 1.4826
_USUAL_PUSH_MPS2: Final = 1.0
_LEAST_LEVERAGE_LEFT: Final = 0.05
_CHANCE_LIKENESS: Final = 1.3
_MOST_LIKENESS: Final = 0.9
_GATE_SHARE: Final = 0.3
_FEWEST_AT_GATE: Final = 3
_FEWEST_BESIDE_STEP: Final = 3
_FEW_FREEDOMS: Final = (12.706, 4.303, 3.182)


@dataclass(frozen=True, slots=True)
class MotionFit:
    """`speed`: mean over the stretch, with its 95 % half width; `push`: its change, per second.

    `keep` marks the sightings that were used, `pull` (one for each of them) is how much the speed moves when
    a place moves by one. `rms`: of the residuals, in the unit of place. `scatter`: the same in units of the
    stated errors, about 1 when those are right. `sway`: how much the variance grows because residuals follow
    one another, 1 when they do not.
    """

    speed: float
    half_width_95: float
    push: float
    rms: float
    scatter: float
    sway: float
    keep: npt.NDArray[np.bool_]
    pull: Numbers

    @property
    def kept(self) -> int:
        """How many sightings were used."""
        return int(self.keep.sum())

    @property
    def dropped_share(self) -> float:
        """Which part of the sightings were outliers."""
        return 1 - self.kept / len(self.keep)


@dataclass(frozen=True, slots=True)
class GateSpeed:
    """Speed between two virtual gates with its 95 % half width, and when each was crossed (interpolated)."""

    speed: float
    half_width_95: float
    entry_s: float
    exit_s: float


@dataclass(frozen=True, slots=True)
class Step:
    """A place that moves once and for all: by how many standard errors, and what it adds to the speed."""

    errors: float
    speed: float


def fit_motion(t: Numbers, place: Numbers, sigma: Numbers) -> MotionFit:
    """Weighted least squares of place over time with a speed that may change evenly.

    About the middle of the stretch s = s0 + v u + p u^2 / 2, so v is the mean speed between its ends. The
    change p is held near zero by what drivers usually do (1 m/s^2), so it costs little where nothing shows
    it. The error is the sandwich estimate (HC3), widened where residuals follow one another, with Student's
    quantile. Raises ValueError with fewer than four sightings.
    """
    if len(t) < FEWEST:
        raise ValueError(f"{len(t)} sightings; a speed with an error needs {FEWEST}")
    keep = _without_outliers(t, place, sigma)
    t, place, sigma = t[keep], place[keep], sigma[keep]
    rows, wanted = _rows(t, place, sigma)
    bread = np.linalg.inv(rows.T @ rows)
    found = bread @ rows.T @ wanted
    left = wanted - rows @ found
    leverage = np.einsum("ij,jk,ik->i", rows, bread, rows)
    pushed = bread @ rows.T * (left / np.maximum(1 - leverage, _LEAST_LEVERAGE_LEFT))
    # The last row is what drivers usually do, not a sighting: it stands with its stated error.
    pushed[:, -1] = (bread @ rows.T)[:, -1]
    sway = _following(left[:-1])
    error = np.sqrt((pushed[1, :-1] ** 2).sum() * sway + pushed[1, -1] ** 2)
    seen_left = left[:-1] * sigma
    freedom = len(t) - 2
    return MotionFit(
        speed=float(found[1]),
        half_width_95=float(student_95(freedom) * error),
        push=float(found[2]),
        rms=float(np.sqrt(np.mean(seen_left**2))),
        scatter=float(np.sqrt((left[:-1] ** 2).sum() / freedom)),
        sway=sway,
        keep=keep,
        pull=(bread @ rows.T)[1, :-1] / sigma,
    )


def largest_step(t: Numbers, place: Numbers, sigma: Numbers) -> Step:
    """The step that would explain most of what an even change of speed leaves.

    A vehicle does not step: the edge that is followed has become another one. Its errors are the stated ones,
    or what successive places differ by where that is more, so that mere scatter is no step. No step where
    there are too few places on either side.
    """
    moments = np.arange(_FEWEST_BESIDE_STEP, len(t) - _FEWEST_BESIDE_STEP + 1)
    if not len(moments):
        return Step(0.0, 0.0)
    rows, wanted = _rows(t, place, sigma)
    basis, _ = np.linalg.qr(rows)
    after = (np.arange(len(t))[:, None] >= moments) / sigma[:, None]
    told = np.vstack([after, np.zeros(len(moments))])
    told -= basis @ (basis.T @ told)
    left = wanted - basis @ (basis.T @ wanted)
    power = (told**2).sum(axis=0)
    size = left @ told / power
    most = int(np.argmax(np.abs(size) * np.sqrt(power)))
    apart = np.diff(left[:-1] * sigma) / np.hypot(sigma[1:], sigma[:-1])
    scatter = _MAD_TO_SIGMA * float(np.median(np.abs(apart - np.median(apart))))
    return Step(
        errors=float(abs(size[most]) * np.sqrt(power[most]) / max(scatter, 1.0)),
        speed=float(size[most] * (np.linalg.pinv(rows)[1, :-1] @ after[:, most])),
    )


def between_gates(t: Numbers, place: Numbers, sigma: Numbers) -> GateSpeed | None:
    """The speed between a gate near each end of the stretch, from the sightings about each gate alone.

    The moment of each crossing is interpolated between pictures. None where too few sightings lie about a
    gate.
    """
    span = float(place[-1] - place[0])
    first = place <= place[0] + _GATE_SHARE * span
    last = place >= place[-1] - _GATE_SHARE * span
    if span <= 0 or min(first.sum(), last.sum()) < _FEWEST_AT_GATE:
        return None
    pace = float((place[last].mean() - place[first].mean()) / (t[last].mean() - t[first].mean()))
    if pace <= 0:
        return None
    (entry_m, entry_s, entry_error), (exit_m, exit_s, exit_error) = (
        _gate(t[near], place[near], sigma[near], pace) for near in (first, last)
    )
    speed = (exit_m - entry_m) / (exit_s - entry_s)
    error = speed * np.hypot(entry_error, exit_error) / (exit_s - entry_s)
    freedom = int(first.sum() + last.sum()) - 2
    return GateSpeed(float(speed), float(student_95(freedom) * error), entry_s, exit_s)


def _gate(t: Numbers, place: Numbers, sigma: Numbers, pace: float) -> tuple[float, float, float]:
    """A gate in the middle of these sightings (place), when it was crossed, and that moment's error."""
    gate = float((place[0] + place[-1]) / 2)
    crossings = t + (gate - place) / pace
    weight = 1 / sigma**2
    moment = float(np.average(crossings, weights=weight))
    scatter2 = float((weight * ((crossings - moment) * pace) ** 2).sum() / (len(t) - 1))
    return gate, moment, float(np.sqrt(max(scatter2, 1.0) / weight.sum()) / pace)


def _rows(t: Numbers, place: Numbers, sigma: Numbers) -> tuple[Numbers, Numbers]:
    """Design and observations in units of their errors; the last row holds the change near zero."""
    u = t - (t[0] + t[-1]) / 2
    seen = np.column_stack([np.ones(len(t)), u, u**2 / 2]) / sigma[:, None]
    usual = np.array([[0.0, 0.0, 1 / _USUAL_PUSH_MPS2]])
    return np.vstack([seen, usual]), np.append(place / sigma, 0.0)


def _without_outliers(t: Numbers, place: Numbers, sigma: Numbers) -> npt.NDArray[np.bool_]:
    keep = np.ones(len(t), dtype=bool)
    for _ in range(2):
        rows, wanted = _rows(t[keep], place[keep], sigma[keep])
        found = np.linalg.lstsq(rows, wanted, rcond=None)[0]
        u = t - (t[keep][0] + t[keep][-1]) / 2
        pull = (place - found[0] - found[1] * u - found[2] * u**2 / 2) / sigma
        spread = max(_MAD_TO_SIGMA * float(np.median(np.abs(pull[keep]))), 1.0)
        keep = np.abs(pull) <= _OUTLIER * spread
        if keep.sum() < FEWEST:
            return np.ones(len(t), dtype=bool)
    return np.asarray(keep, dtype=np.bool_)


def _following(pull: Numbers) -> float:
    """How much the variance grows because each residual resembles the one before; 1 within chance."""
    power = float((pull**2).sum())
    if power == 0:
        return 1.0
    likeness = float((pull[1:] * pull[:-1]).sum()) / power
    if likeness < _CHANCE_LIKENESS / np.sqrt(len(pull)):
        return 1.0
    likeness = min(likeness, _MOST_LIKENESS)
    return (1 + likeness) / (1 - likeness)


def student_95(freedom: int) -> float:
    """Two-sided 95 % quantile of Student's t (Cornish-Fisher; within 1 % from four degrees on)."""
    z = 1.959964
    if freedom < len(_FEW_FREEDOMS) + 1:
        return _FEW_FREEDOMS[max(freedom, 1) - 1]
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return float(z + first / freedom + second / freedom**2 + third / freedom**3)
