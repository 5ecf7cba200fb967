"""What the evidence of one case costs: `python -m benchmarks.evidence_cost [CLIP CAMERA]`.

Builds the evidence of a made-up event in the middle of the first ten seconds, three times, and prints the
seconds of one core that each took: made at once when all pictures are there, with and without C2PA; and begun
while they come, as a box does it, how many before and after the last one. Then the sizes of the files.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import cv2

from edge.capture import open_source
from edge.detector.types import Box
from edge.device import load_or_create
from edge.evidence import Begun, Case, FrameRing, Pack, Pictures, build_pack, pictures_of
from edge.evidence.provenance import provenance_of
from edge.evidence.sights import Sights
from edge.evidence.view import view_of
from edge.report import Reason, TrackPoint, Vehicle
from edge.scene import Scene, load_scene
from edge.settings import WorkerSettings
from edge.tracking import Seen

SAMPLE = Path("sample_videos/pham_ngoc_thach")
EVENT_S, SIDE_S, SECONDS, TRIES = 5.0, 3.0, 10.0, 3
OWN = Box(800, 400, 200, 180)


def watched(clip: Path, scene: Scene) -> tuple[FrameRing, Case]:
    """The beginning of a clip in a ring, and a case in it."""
    ring, sights = FrameRing(seconds=60, max_bytes=10**9), Sights()
    indices: list[int] = []
    for frame in open_source(str(clip), start_at=datetime.now(UTC)):
        ring.add(frame, frame.t_s)
        sights.note(frame.index, frame.t_s, [Seen(1, "car", OWN, coasting=False)], [])
        indices += [frame.index] if frame.t_s >= EVENT_S else []
        if frame.t_s > SECONDS:
            break
    at = indices[0]
    four = (OWN.x, OWN.y, OWN.w, OWN.h)
    case = Case(
        rule="red_light",
        act="red_light",
        vehicle=Vehicle(kind="car", confidence=0.9, track=1, box_px=four),
        plate=None,
        plate_crop=None,
        t_start_s=EVENT_S,
        t_event_s=EVENT_S,
        t_end_s=EVENT_S,
        still_frames=(at - 8, at, at + 8),
        measures=(),
        reasons=(Reason(vi="đo thử", en="a trial"),),
        track=(TrackPoint(t_s=EVENT_S, x_m=0, y_m=30, box_px=four),),
        models=(),
        view=view_of(scene),
        sights=sights,
    )
    return ring, case


def begun_by(case: Case, ring: FrameRing, scene: Scene) -> tuple[Begun, float]:
    """All that can be done before the clip is asked for, and the seconds of one core it took."""
    begun = Begun(case, ring, scene.reported(), before_s=SIDE_S, after_s=SIDE_S)
    began_s = time.process_time()
    while begun.step():
        pass
    return begun, time.process_time() - began_s


def cost_s(
    case: Case, pictures: Pictures, scene: Scene, folder: Path, *, c2pa: bool, begun: Begun | None = None
) -> tuple[float, Pack]:
    """Seconds of one core for one folder of evidence, and what came out."""
    device = load_or_create(folder / "box", "benchmark")
    settings = WorkerSettings(data_folder=folder / "box", backend_url="http://127.0.0.1")
    provenance = provenance_of(settings, device) if c2pa else "no C2PA: left out"
    began_s = time.process_time()
    pack = build_pack(
        folder / str(time.time_ns()),
        case,
        pictures,
        device=device,
        scene=scene.reported(),
        event_at=datetime.now(UTC),
        provenance=provenance,
        begun=begun,
    )
    spent_s = time.process_time() - began_s
    return spent_s, pack


def main(clip: Path, camera: Path) -> None:
    """Print the figures."""
    cv2.setNumThreads(1)
    scene = load_scene(camera)
    ring, case = watched(clip, scene)
    pictures = pictures_of(case, ring, before_s=SIDE_S, after_s=SIDE_S)
    with tempfile.TemporaryDirectory() as scratch:
        for c2pa in (False, True):
            tries = [cost_s(case, pictures, scene, Path(scratch), c2pa=c2pa) for _ in range(TRIES)]
            words = ", ".join(f"{spent_s:.2f}" for spent_s, _ in tries)
            print(f"{'with' if c2pa else 'without'} C2PA: {words} s of one core")
        for _ in range(TRIES):
            begun, ahead_s = begun_by(case, ring, scene)
            rest_s, _ = cost_s(case, pictures, scene, Path(scratch), c2pa=False, begun=begun)
            print(f"begun ahead: {ahead_s:.2f} s before the last picture, {rest_s:.2f} s after it")
        print(f"a clip of {len(pictures.clip)} pictures; the files:")
        for file in tries[-1][1].report.files:
            print(f"  {file.name:18} {file.size_bytes / 1024:8.0f} KB{'  C2PA' if file.c2pa else ''}")


if __name__ == "__main__":
    given = [Path(one) for one in sys.argv[1:3]]
    main(*(given or (SAMPLE / "pham_ngoc_thach.mp4", SAMPLE / "camera.toml")))
