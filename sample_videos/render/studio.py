"""Renders a scene: the empty street once, each vehicle at key moments; puts frames together from both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render import cast, depth, scene, sets, sprites, street, truth
from sample_videos.render.blender import bpy
from sample_videos.render.plan import Pose
from sample_videos.render.shade import Shadow
from sample_videos.render.spec import Junction, Scene
from sample_videos.render.sprites import OVERSCAN_PX

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
BACKGROUND_SAMPLES, NIGHT_SAMPLES = 8, 20
DAY_GLOW, NIGHT_GLOW = 0.55, 0.22
GROUND = ("ground", "markings")
HEAD_MARGIN_PX = 60
DEPTH_FILE = "depth.npy"


@dataclass
class Studio:
    """A scene with its vehicles, ready to render into ``work`` and to put single frames together."""

    plan: Scene
    work: Path
    lenses: dict[str, Any]
    members: list[cast.Member]
    still: list[Any]
    samples: int
    reels: list[sprites.Reel] = field(default_factory=list)
    shadows: dict[str, Shadow] = field(default_factory=dict)
    backgrounds: dict[str, Picture] = field(default_factory=dict)
    still_m: Floats | None = None

    @property
    def dark(self) -> bool:
        """Whether lamps are lit."""
        return self.plan.weather == "night_rain"

    @property
    def fine(self) -> int:
        """How many samples a pixel the empty street takes: lamps at night are noisier than the sun."""
        return NIGHT_SAMPLES if self.dark else BACKGROUND_SAMPLES

    def clear(self) -> None:
        """Take every vehicle off the stage."""
        for member in self.members:
            member.place(None)

    def background(self, state: str) -> Picture:
        """Return the empty street under a signal state, rendered once at high quality."""
        if state not in self.backgrounds:
            path = self.work / f"background_{state}.png"
            if not path.exists():
                self._cut_out(on=False)
                self.clear()
                if self.lenses:
                    street.set_signal(self.lenses, state, NIGHT_GLOW if self.dark else DAY_GLOW)
                if state == "green":
                    self._render(path, (0, 0, self.plan.camera.width, self.plan.camera.height), self.fine)
                else:
                    self._relight(path)
            self.backgrounds[state] = read(path)
        return self.backgrounds[state]

    def _render(self, path: Path, rect: sprites.Rect, samples: int) -> None:
        x, y, w, h = rect
        part = path.with_suffix(".part.png")
        scene.render(part, samples, (x + OVERSCAN_PX[0], y + OVERSCAN_PX[1], w, h))
        part.rename(path)

    def _relight(self, path: Path) -> None:
        """Make another state's background: only the signal head differs."""
        assert isinstance(self.plan.street, Junction)
        head = truth.signal_boxes(self.plan.camera, self.plan.street.head_m)["head_box_px"]
        x, y = (max(0, int(v) - HEAD_MARGIN_PX) for v in head[:2])
        w, h = (int(v) + 2 * HEAD_MARGIN_PX for v in head[2:])
        w, h = min(w, self.plan.camera.width - x), min(h, self.plan.camera.height - y)
        picture = self.background("green").copy()
        self._render(path, (x, y, w, h), self.fine)
        picture[y : y + h, x : x + w] = read(path)
        cv2.imwrite(str(path), picture)

    def _cut_out(self, *, on: bool) -> None:
        """Leave only the ground, unseen by the lens but throwing light; or show the street again."""
        bpy.context.scene.render.film_transparent = on
        bpy.context.scene.render.image_settings.color_mode = "RGBA" if on else "RGB"
        for obj in self.still:
            if obj.name.startswith(GROUND):
                obj.visible_camera = not on
            else:
                obj.hide_render = on

    def sprite_path(self, reel: sprites.Reel, k: int) -> Path:
        """Return the file of a vehicle's sprite for frame ``k``."""
        return self.work / "sprites" / f"{reel.member.ride.vid}_{k:04d}.png"

    def missing(self) -> list[tuple[sprites.Reel, int]]:
        """Return the sprites not rendered yet, in the order of time."""
        wanted = [
            (reel, k) for reel in self.reels for k in reel.keys if not self.sprite_path(reel, k).exists()
        ]
        return sorted(wanted, key=lambda item: item[1])

    def shoot(self, reel: sprites.Reel, k: int) -> None:
        """Render one sprite."""
        pose = reel.member.ride.pose(k / self.plan.fps)
        rect = sprites.overscan_rect(reel.member, pose, self.plan.camera) if pose is not None else None
        if rect is None:
            raise ValueError(f"{reel.member.ride.vid} is not in the picture at frame {k}")
        self._cut_out(on=True)
        self.clear()
        reel.member.place(pose, dark=self.dark)
        x, y, w, h = rect
        self._render(self.sprite_path(reel, k), (x - OVERSCAN_PX[0], y - OVERSCAN_PX[1], w, h), self.samples)

    def _load(self, reel: sprites.Reel, frame: int) -> None:
        for k in reel.around(frame)[:2]:
            pose = reel.member.ride.pose(k / self.plan.fps)
            if k in reel.sprites or pose is None:
                continue
            rect = sprites.overscan_rect(reel.member, pose, self.plan.camera)
            raw = cv2.imread(str(self.sprite_path(reel, k)), cv2.IMREAD_UNCHANGED)
            if rect is None or raw is None:
                raise FileNotFoundError(self.sprite_path(reel, k))
            rgba = raw.astype(np.float32)
            rgba[..., :3] *= rgba[..., 3:] / 255.0
            reel.sprites[k] = sprites.Sprite(pose, rgba, rect[:2])

    def seen(self, k: int) -> list[tuple[sprites.Reel, Pose]]:
        """Return the vehicles in frame ``k`` with their poses, from far to near."""
        t = k / self.plan.fps
        found = [(r, pose) for r in self.reels if (pose := r.member.ride.pose(t)) is not None and r.has(k)]
        for reel, _ in found:
            self._load(reel, k)
        return sorted(
            found, key=lambda item: item[0].member.ride.width_m - max(item[1].front[1], item[1].rear[1])
        )

    def frame(self, k: int, ground: Callable[[Picture], Picture] = lambda picture: picture) -> Picture:
        """Put frame ``k`` together: street, shadows, what ``ground`` does to both, then the vehicles."""
        camera = self.plan.camera
        picture = self.background(self.plan.signal_state(k / self.plan.fps)).copy()
        seen = self.seen(k)
        self._shade(picture, seen)
        picture = ground(picture)
        for reel, pose in seen:
            top = sprites.layer(reel, k, pose, camera)
            if top is not None:
                (x, y, w, h), colour, far = top
                hidden = depth.hidden(self.depth()[y : y + h, x : x + w], far)
                sprites.lay(picture, (x, y, w, h), colour * (1 - hidden[..., None]))
        return picture

    def depth(self) -> Floats:
        """Return how far away what stands still is, for every pixel, metres."""
        if self.still_m is None:
            path = self.work / DEPTH_FILE
            if not path.exists():
                self.clear()
                np.save(path, depth.measure(self.plan.camera))
            self.still_m = depth.full(np.load(path), self.plan.camera)
        return self.still_m

    def _shade(self, picture: Picture, seen: list[tuple[sprites.Reel, Pose]]) -> None:
        """Darken the ground under and behind the vehicles, in place."""
        for reel, pose in seen:
            vid = reel.member.ride.vid
            if vid not in self.shadows:
                self.shadows[vid] = Shadow(reel.member, None if self.dark else self.plan.sun)
            for (x, y, w, h), mask, left in self.shadows[vid].masks(pose, self.plan.camera):
                part = picture[y : y + h, x : x + w]
                kept = 1 - mask[..., None] * (1 - np.array(left, np.float32))
                part[:] = np.round(part * kept).astype(np.uint8)


def read(path: Path) -> Picture:
    """Read a picture (h, w, 3), blue first.

    Raises:
        FileNotFoundError: there is none, or it cannot be read.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise FileNotFoundError(path)
    return np.asarray(picture, dtype=np.uint8)


def open_studio(plan: Scene, work: Path, samples: int, threads: int, *, whole: bool = False) -> Studio:
    """Build a scene's street, light, camera and vehicles.

    Once the empty street has been rendered only its ground is built, unless the ``whole`` is asked for.
    """
    (work / "sprites").mkdir(parents=True, exist_ok=True)
    textures = work / "textures"
    textures.mkdir(exist_ok=True)
    scene.reset()
    scene.threads(threads)
    wide, high = plan.camera.width + 2 * OVERSCAN_PX[0], plan.camera.height + 2 * OVERSCAN_PX[1]
    scene.set_camera(replace(plan.camera, width=wide, height=high))
    states = {plan.signal_state(0.0), *(phase[0] for phase in plan.phases)}
    done = [work / DEPTH_FILE, *(work / f"background_{state}.png" for state in states)]
    bare = all(path.exists() for path in done)
    lenses = sets.build(plan, textures, bare=bare and not whole)
    still = [obj for obj in bpy.data.objects if obj.type == "MESH"]
    members = [cast.build(ride, textures, lamps=plan.weather == "night_rain") for ride in plan.rides]
    reels = [sprites.reel_of(member, plan.camera, plan.fps, plan.frames) for member in members]
    return Studio(plan, work, lenses, members, still, samples, reels)
