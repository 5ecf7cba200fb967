"""Our speeds from a reference tracker's image tracks against light gates (BrnoCompSpeed sessions).

    python -m benchmarks.brno_speed FOLDER_WITH_session*_center.json [--contact-height-m 0.1]

The camera is fitted to each session's measured road distances (and to marks in its still that need no
length), a camera file is made of it, and every track goes through the product's own estimate, which may
refuse it. The tracks are the data set's: this measures calibration, fit and refusal, not the detector. What
point of a vehicle the reference tracker follows is not known; boxes are drawn upon it for a vehicle of
1.5 m, so the check by the upper edge cannot fail here.

The data set pairs tracks with gates by time. A track that keeps to another lane than the vehicle of its gate
is not that vehicle; such pairs are counted and left out, by the lane alone and not by the speed.

`wild`: beyond 3 km/h and 3 %. `harmed`: of whom the lower end, which is held against drivers, is too high.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from benchmarks.brno_marks import DASHES_PX, EDGES_PX
from edge.calibration.facts import Facts, Length, Straight, dashes
from edge.calibration.fit import CameraFit, fit_camera
from edge.calibration.section import section_of
from edge.detector.types import Box
from edge.rules.speed_estimate import SpeedEstimate, estimate
from edge.scene import Scene, scene_of
from edge.scene_file import CameraFile
from edge.tracking import Observation, Track

SIZE_PX: Final = (1920, 1080)
CAR_M: Final = (1.8, 1.5)
CUT_NEAR_M, CUT_FAR_M = 2.0, 1.0
"""Left off the measured stretch: boxes cut by the picture's edge, and tracks that only just began."""
WORST_KMH, WORST_SHARE = 3.0, 0.03
CONTACT_HEIGHT_M: Final = 0.1


@dataclass(frozen=True, slots=True)
class Pair:
    """What was said of one vehicle and what the light gates say, km/h."""

    said: SpeedEstimate | None
    gate_kmh: float
    same_lane: bool

    @property
    def error_kmh(self) -> float:
        """Said less true; only where something was said."""
        assert self.said is not None
        return self.said.kmh - self.gate_kmh

    @property
    def is_enforced(self) -> bool:
        """Whether we would have stood by it."""
        return self.said is not None and self.said.doubt is None


def fitted(session: dict[str, Any]) -> CameraFit:
    """The camera on whose road the session's distances are as they were measured."""
    lengths = [
        Length(
            (tuple(one["p1"][:2]), tuple(one["p2"][:2])),
            "along" if one["toVP1"] else "across",
            one["distance"],
        )
        for one in session["distanceMeasurement"]
    ]
    name = session["session"]
    if name in DASHES_PX:
        lengths += dashes(DASHES_PX[name], dash_m=None, gap_m=None, name="middle", begins_with="gap")
    straight = tuple(Straight(line, px_error=0.5) for line in EDGES_PX.get(name, ()))
    return fit_camera(Facts(SIZE_PX, tuple(lengths), straight), with_lens=True)


def scene_for(session: dict[str, Any], fit: CameraFit, contact_height_m: float) -> Scene:
    """The camera file a technician would have got from these distances; its zone is the stretch they span."""
    along = [one for one in session["distanceMeasurement"] if one["toVP1"]]
    ends_px = np.array([one[end][:2] for one in session["distanceMeasurement"] for end in ("p1", "p2")])
    marks_m = fit.camera.map.road(np.array([one[end][:2] for one in along for end in ("p1", "p2")]))
    (left, near), (right, far) = marks_m.min(axis=0), marks_m.max(axis=0)
    corners_m = [
        (left, near + CUT_NEAR_M),
        (right, near + CUT_NEAR_M),
        (right, far - CUT_FAR_M),
        (left, far - CUT_FAR_M),
    ]
    calibration = section_of(
        fit.camera, ends_px, quality="surveyed", scale_error=fit.scale_error((0, near), (0, far))
    )
    return scene_of(
        CameraFile.model_validate(
            {
                "schema": "phatnguoi.camera/1",
                "id": session["session"].replace("_", "-"),
                "name": session["session"],
                "location": "Brno",
                "picture_size_px": SIZE_PX,
                "rules": ["speeding"],
                "calibration": calibration.model_dump(),
                "road": {"direction_m": (0, -1)},
                "speed": {
                    "limit_kmh": 50,
                    "zone_px": fit.camera.picture(np.array(corners_m)).tolist(),
                    "contact_height_m": contact_height_m,
                },
            }
        )
    )


def tracked(car: dict[str, Any], fps: float, fit: CameraFit) -> Track:
    """The track as our tracker would hand it over: boxes that stand on the tracked points."""
    feet_px = np.column_stack([car["track"]["x"], car["track"]["y"]]).astype(np.float64)
    feet_m = fit.camera.map.road(feet_px)
    tops_px = fit.camera.picture(np.column_stack([feet_m, np.full(len(feet_m), CAR_M[1])]))
    sides_px = fit.camera.picture(feet_m + np.array([[CAR_M[0] / 2, 0.0]])) - feet_px
    seen = tuple(
        Observation(
            t_s=frame / fps,
            frame=int(frame),
            box=Box(float(x - side), float(top), float(2 * side), float(y - top)),
            kind="car",
            confidence=1.0,
            contact_clear=bool(y < SIZE_PX[1] - 2),
        )
        for frame, (x, y), top, side in zip(
            car["track"]["frames"], feet_px, tops_px[:, 1], np.hypot(*sides_px.T), strict=True
        )
        if np.isfinite(top) and y > top
    )
    return Track(int(car["gt_car_id"]), "car", 1.0, seen, ended=True)


def measured(session: dict[str, Any], contact_height_m: float = CONTACT_HEIGHT_M) -> tuple[Scene, list[Pair]]:
    """Every vehicle of a session."""
    fit = fitted(session)
    scene = scene_for(session, fit, contact_height_m)
    tracks = [tracked(car, session["fps"], fit) for car in session["cars"]]
    across_m = [float(np.median(scene.plane.road(_feet(track))[:, 0])) for track in tracks]
    lanes = [car["lane"][0] for car in session["cars"]]
    middle_m = {
        lane: float(np.median([x for x, one in zip(across_m, lanes, strict=True) if one == lane]))
        for lane in set(lanes)
    }
    pairs = [
        Pair(
            said=estimate(track, scene),
            gate_kmh=car["gt_speed_kmh"],
            same_lane=all(abs(x - middle_m[lane]) <= abs(x - other) for other in middle_m.values()),
        )
        for track, car, x, lane in zip(tracks, session["cars"], across_m, lanes, strict=True)
    ]
    return scene, pairs


def _feet(track: Track) -> npt.NDArray[np.float64]:
    return np.array([one.box.bottom_centre for one in track.observations])


def rows(name: str, pairs: list[Pair]) -> list[tuple[str, ...]]:
    """Lines of the table: all that were measured, and those we would stand by."""
    chosen = (
        ("measured", [one for one in pairs if one.said]),
        ("enforced", [one for one in pairs if one.is_enforced]),
    )
    return [_row(name, what, some) for what, some in chosen if some]


def _row(name: str, what: str, pairs: list[Pair]) -> tuple[str, ...]:
    error = np.array([one.error_kmh for one in pairs])
    off = np.abs(error)
    inside = [one.said.lower_kmh <= one.gate_kmh <= one.said.upper_kmh for one in pairs if one.said]
    harmed = sum(one.said.lower_kmh > one.gate_kmh for one in pairs if one.said)
    wild = sum(abs(one.error_kmh) > max(WORST_KMH, WORST_SHARE * one.gate_kmh) for one in pairs)
    return (
        name,
        what,
        str(len(pairs)),
        f"{np.median(error):+.2f}",
        f"{off.mean():.2f}",
        f"{np.median(off):.2f}",
        *(f"{np.percentile(off, share):.2f}" for share in (95, 99)),
        f"{off.max():.2f}",
        str(wild),
        str(harmed),
        f"{np.mean(inside):.1%}",
    )


def main(folder: Path, contact_height_m: float) -> None:
    """Print what every session gives, and both together."""
    console, everything = Console(width=120), list[Pair]()
    table = Table(
        title="speed error against light gates, km/h",
        caption=f"wild: beyond {WORST_KMH:g} km/h and {WORST_SHARE:.0%}; harmed: lower end too high",
    )
    for heading in (
        "session",
        "vehicles",
        "n",
        "bias",
        "mean",
        "median",
        "p95",
        "p99",
        "worst",
        "wild",
        "harmed",
        "covered",
    ):
        table.add_column(heading, no_wrap=True)
    for path in sorted(folder.glob("session*.json")):
        session = json.loads(path.read_text())
        scene, pairs = measured(session, contact_height_m)
        kept = [one for one in pairs if one.same_lane]
        doubts = Counter(one.said.doubt if one.said else "unseen" for one in kept if not one.is_enforced)
        console.print(
            f"{session['session']}: camera {scene.file.calibration.camera_height_m} m high, lengths within "
            f"{scene.speed_scale_error:.2%}; {len(pairs) - len(kept)} of {len(pairs)} pairs left out; "
            f"refused: {', '.join(f'{count} {why}' for why, count in doubts.most_common()) or 'none'}"
        )
        for row in rows(session["session"], kept):
            table.add_row(*row)
        everything += kept
    for row in rows("both", everything):
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--contact-height-m", type=float, default=CONTACT_HEIGHT_M)
    told = parser.parse_args()
    main(told.folder, told.contact_height_m)
