"""Renders the sample clip: truth first, backgrounds, then the moving parts frame by frame."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render import buildings, compose, fleet, plan, road, scene, street, truth, video
from sample_videos.render import layout as lo
from sample_videos.render.camera import Pinhole, clip_camera

Picture = npt.NDArray[np.uint8]
NAME = "pham_ngoc_thach"
CLIP = Path("sample_videos") / NAME
BACKGROUND_SAMPLES = 24
HEAD_MARGIN_PX = 60


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    p = argparse.ArgumentParser(prog="python -m sample_videos.render", description=__doc__)
    p.add_argument("--out", type=Path, default=CLIP, help="folder for video, truth and poster")
    p.add_argument("--work", type=Path, default=Path("sample_videos/.render"), help="frame folder")
    p.add_argument("--frames", default=f"0:{plan.FRAMES}", help="frame range a:b")
    p.add_argument("--samples", type=int, default=4, help="samples a pixel of moving parts")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--truth-only", action="store_true")
    return p.parse_args(argv)


def build_static(folder: Path) -> dict[str, Any]:
    """Build everything that never moves; return the signal's lens nodes."""
    road.ground()
    road.markings()
    buildings.all_houses(folder)
    street.trees()
    street.furniture(folder)
    return street.signal()


@dataclass
class Studio:
    """The scene with its vehicles, ready to render single frames."""

    work: Path
    camera: Pinhole
    lenses: dict[str, Any]
    rigs: list[fleet.Rig]
    samples: int
    backgrounds: dict[str, Picture] = field(default_factory=dict)

    def frame_path(self, k: int) -> Path:
        """Return the file of frame ``k``."""
        return self.work / "frames" / f"{k:04d}.png"

    def background(self, state: str) -> Picture:
        """Return the empty street under a signal state, rendered once at high quality."""
        if state not in self.backgrounds:
            path = self.work / f"background_{state}.png"
            if not path.exists():
                for rig in self.rigs:
                    rig.place(None)
                street.set_signal(self.lenses, state)
                if state == "green":
                    scene.render(path, BACKGROUND_SAMPLES)
                else:
                    self._relight(path)
            self.backgrounds[state] = _read(path)
        return self.backgrounds[state]

    def _relight(self, path: Path) -> None:
        """Make another state's background: only the signal head differs."""
        head = truth.signal_part(self.camera)["head_box_px"]
        x, y = (max(0, int(v) - HEAD_MARGIN_PX) for v in head[:2])
        w, h = (int(v) + 2 * HEAD_MARGIN_PX for v in head[2:])
        picture = self.background("green").copy()
        scene.render(path, BACKGROUND_SAMPLES, (x, y, w, h))
        picture[y : y + h, x : x + w] = _read(path)
        cv2.imwrite(str(path), picture)

    def _masks(self, k: int) -> dict[str, tuple[plan.Pose, compose.Mask]]:
        found = {}
        for rig in self.rigs:
            pose = rig.vehicle.pose(k / plan.FPS) if k >= 0 else None
            if pose is not None:
                points = fleet.to_road(rig.vertices, pose)
                mask = compose.hull_mask(points, self.camera, lo.SUN_TRAVEL)
                if mask.any():
                    found[rig.vehicle.vid] = (pose, mask)
        return found

    def _regions(self, k: int, *, before_exists: bool) -> tuple[compose.Mask, compose.Mask]:
        """Return (vehicles that stand as in the frame before, part to render anew) as masks."""
        now, before = self._masks(k), self._masks(k - 1) if before_exists else {}
        still = np.zeros((self.camera.height, self.camera.width), np.uint8)
        fresh, left = still.copy(), still.copy()
        for vid, (pose, mask) in now.items():
            if vid not in before or before[vid][0] != pose:
                fresh |= mask
            else:
                still |= mask
        for vid, (pose, mask) in before.items():
            if vid not in now or now[vid][0] != pose:
                left |= mask
        reach = compose.PAD_PX + compose.FEATHER_PX
        return still, fresh | (compose.grow(left, compose.PAD_PX) & compose.grow(still, reach))

    def frame(self, k: int) -> None:
        """Render frame ``k`` into its file."""
        t = k / plan.FPS
        state = plan.signal_state(t)
        picture = self.background(state)
        previous = self.frame_path(k - 1)
        still, fresh = self._regions(k, before_exists=previous.exists())
        if previous.exists() and still.any():
            picture = compose.blend(picture, _read(previous), compose.feather(still))
        if fresh.any():
            top = self._render_parts(t, state, fresh)
            picture = compose.blend(picture, top, compose.feather(fresh))
        part = self.frame_path(k).with_suffix(".part.png")
        cv2.imwrite(str(part), picture, [cv2.IMWRITE_PNG_COMPRESSION, 2])
        part.rename(self.frame_path(k))

    def _render_parts(self, t: float, state: str, fresh: compose.Mask) -> Picture:
        for rig in self.rigs:
            rig.place(rig.vehicle.pose(t))
        street.set_signal(self.lenses, state)
        top = self.background(state).copy()
        crop = self.work / "crop.png"
        for x, y, w, h in compose.rectangles(fresh):
            scene.render(crop, self.samples, (x, y, w, h))
            part = _read(crop)
            top[y : y + part.shape[0], x : x + part.shape[1]] = part
        return top


def _read(path: Path) -> Picture:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise FileNotFoundError(path)
    return np.asarray(picture, dtype=np.uint8)


def open_studio(work: Path, samples: int, threads: int) -> Studio:
    """Build the scene of the clip."""
    (work / "frames").mkdir(parents=True, exist_ok=True)
    textures = work / "textures"
    textures.mkdir(exist_ok=True)
    camera = clip_camera()
    scene.reset()
    scene.threads(threads)
    scene.light()
    scene.set_camera(camera)
    lenses = build_static(textures)
    rigs = [fleet.build(v, textures) for v in plan.vehicles()]
    return Studio(work, camera, lenses, rigs, samples)


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    args = parse(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    studio = open_studio(args.work.resolve(), args.samples, args.threads)
    truth.write(args.out / "truth.json", truth.build(studio.rigs, studio.camera, f"{NAME}.mp4"))
    print("truth.json written", flush=True)
    if args.truth_only:
        return 0
    first, last = (int(v) for v in args.frames.split(":"))
    for k in range(first, last):
        if studio.frame_path(k).exists():
            continue
        start = time.monotonic()
        studio.frame(k)
        print(f"frame {k} {time.monotonic() - start:.1f} s", flush=True)
    paths = [studio.frame_path(k) for k in range(plan.FRAMES)]
    if all(path.exists() for path in paths):
        video.encode(paths, args.out / f"{NAME}.mp4", plan.FPS)
        cv2.imwrite(
            str(args.out / "poster.jpg"), _read(studio.frame_path(215)), [cv2.IMWRITE_JPEG_QUALITY, 82]
        )
        print("video written", flush=True)
    return 0
