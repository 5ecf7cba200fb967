"""Our speed from a reference tracker's image tracks against light gates (BrnoCompSpeed sessions).

    python benchmarks/brno_speed.py FOLDER_WITH_session*_center.json

The road plane comes from the measured distances of each session. What point of the vehicle the reference
tracker follows is not known; a point above the road reads too fast by one factor (height over camera height).
So the error is given as measured, and with one factor a session taken out. The tracks are the data set's, not
ours: this measures the road plane and the fit, not the detector.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from edge.rules.line_fit import fit_line
from edge.scene_geometry import RoadPlane, fit_plane

FAR_M, NEAR_M = 2.0, 26.0


def plane_of(session: dict[str, Any]) -> RoadPlane:
    """The rectangle spanned by the two cross distances and the long right side."""
    across = [one for one in session["distanceMeasurement"] if not one["toVP1"]]
    along = max((one for one in session["distanceMeasurement"] if one["toVP1"]), key=lambda one: one["p1"][0])
    far, near = sorted(across, key=lambda one: one["p1"][1])
    far_px, near_px = (sorted((one["p1"][:2], one["p2"][:2])) for one in (far, near))
    length_m, width_m = along["distance"], (far["distance"] + near["distance"]) / 2
    marks = [
        (far_px[0], (0, length_m)),
        (far_px[1], (width_m, length_m)),
        (near_px[0], (0, 0)),
        (near_px[1], (width_m, 0)),
    ]
    return fit_plane(np.array([px for px, _ in marks]), np.array([m for _, m in marks], dtype=float))


def speeds(session: dict[str, Any], plane: RoadPlane) -> np.ndarray:
    """N x 3: measured here, half width of the interval, light gates; km/h."""
    rows = []
    for car in session["cars"]:
        track = car["track"]
        t_s = np.array(track["frames"]) / session["fps"]
        px = np.column_stack([track["x"], track["y"]]).astype(float)
        road = plane.road(px)
        inside = (road[:, 1] > FAR_M) & (road[:, 1] < NEAR_M)
        if inside.sum() < 8:
            continue
        sigma = np.hypot(plane.jacobian(px)[:, 1, 0], plane.jacobian(px)[:, 1, 1])
        fit = fit_line(t_s[inside], road[inside, 1], sigma[inside])
        rows.append((3.6 * abs(fit.slope), 3.6 * fit.half_width_95, car["gt_speed_kmh"]))
    return np.array(rows)


def main(folder: Path) -> None:
    for path in sorted(folder.glob("session*.json")):
        session = json.loads(path.read_text())
        found = speeds(session, plane_of(session))
        ours, gates = found[:, 0], found[:, 2]
        factor = float(np.median(ours / gates))
        for name, error in (("as measured", ours - gates), ("one factor out", ours / factor - gates)):
            off = np.abs(error)
            print(
                f"{session['session']:16} {name:15} n {len(off):4d}  median {np.median(off):5.2f}  "
                f"mean {off.mean():5.2f}  p95 {np.percentile(off, 95):5.2f} km/h  factor {factor:.3f}"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
