"""Cheap random pictures with labels for training the detectors and the plate reader.

Streets and vehicles come from the sample clip's builders; traffic, riders, plates, signals, camera,
light and weather are random, and never those of the clip. One YOLO label file and one JSON a picture.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sample_videos.render import (
    air,
    effects,
    fleet,
    labels,
    pool,
    scene,
    sets,
    signal_heads,
    traffic,
    weather,
)
from sample_videos.render import layout as lo
from sample_videos.render.blender import bpy
from sample_videos.render.labels import Sight
from sample_videos.render.plan import Pose
from sample_videos.render.weather import CONDITIONS, Condition, Light

REBUILD_EVERY = 24
SIGNAL_HEADS = 6
CLIP_SIGNAL = ("signal", "lens_red", "lens_amber", "lens_green")


@dataclass(frozen=True)
class Lamp:
    """A lit lamp: where it is and looks in road metres, its size and colour."""

    at: Any
    ahead: Any
    size_m: float
    bgr: tuple[float, float, float]


@dataclass
class Stage:
    """The street with a pool of road users and signal heads."""

    out: Path
    samples: int
    head_px: tuple[float, float]
    draws: bool = True
    cast: Mapping[str, int] = field(default_factory=lambda: pool.POOL)
    actors: list[pool.Actor] = field(default_factory=list)
    signals: list[signal_heads.SignalHead] = field(default_factory=list)

    def rebuild(self, rng: random.Random) -> None:
        """Throw the road users and signal heads away and model new ones."""
        pool.discard([*pool.objects_of(self.actors), *(head.body for head in self.signals)])
        self.actors = pool.build(rng, (self.out / "textures").resolve(), self.cast)
        self.signals = [signal_heads.build_head(rng, rng.uniform(2.6, 5.2)) for _ in range(SIGNAL_HEADS)]

    def picture(self, name: str, rng: random.Random, condition: Condition) -> None:
        """Compose, label and render one picture."""
        view = traffic.random_view(rng, self.head_px)
        for old in list(bpy.data.cameras):
            bpy.data.cameras.remove(old)
        scene.set_camera(view.camera)
        light = weather.relight(rng, condition)
        for actor in self.actors:
            actor.place(None)
        placed = traffic.scatter(rng, self.actors, view)
        for actor, pose in placed:
            actor.place(pose)
            actor.shine(light.beam_w, dark=light.lamps_on)
        shown = self._signals(rng, view, light)
        sight = Sight(view.camera)
        note = {
            "width": view.camera.width,
            "height": view.camera.height,
            "condition": condition,
            "phase": light.phase,
            "objects": labels.objects(placed, sight, random.Random(name)),
            "signals": labels.signals(shown, sight),
        }
        glares = lamps_seen(placed, shown, sight) if light.lamps_on else []
        if self.draws:
            self._render(name, rng, light, glares, view)
        labels.write(self.out / name, note)

    def _signals(self, rng: random.Random, view: traffic.View, light: Light) -> list[signal_heads.SignalHead]:
        for head in self.signals:
            head.place(None)
        some = rng.sample(self.signals, rng.choice((0, 1, 2, 2, 3)))
        spots = traffic.head_spots(rng, view, [h.reach_m for h in some], [h.height_m for h in some])
        common = rng.choice(signal_heads.STATES)
        shown = []
        for head, spot in zip(some, spots, strict=True):
            state = common if rng.random() < 0.6 else rng.choice(signal_heads.STATES)
            if spot is not None:
                head.place((spot[0], spot[1], head.height_m), spot[2])
                state = state if state in head.lamps else "dark"
                head.show(state, rng.randint(0, 99) if rng.random() < 0.8 else None, light.glow)
                shown.append(head)
        return shown

    def _render(
        self, name: str, rng: random.Random, light: Light, glares: list[effects.Glare], view: traffic.View
    ) -> None:
        raw = (self.out / "raw.png").resolve()
        scene.render(raw, self.samples)
        picture = np.asarray(cv2.imread(str(raw), cv2.IMREAD_COLOR), dtype=np.uint8)
        faults = air.random_air(rng, light.condition, light.phase)
        done = effects.develop(
            picture, faults, glares, view.camera, np.random.default_rng(rng.randrange(2**32))
        )
        quality = rng.randint(70, 93)
        cv2.imwrite(str(self.out / "images" / f"{name}.jpg"), done, [cv2.IMWRITE_JPEG_QUALITY, quality])
        raw.unlink()


def lamps_seen(
    placed: list[tuple[pool.Actor, Pose]], shown: list[signal_heads.SignalHead], sight: Sight
) -> list[effects.Glare]:
    """Return the glare of head lamps that face the camera and of lit signals, where nothing hides them."""
    found: list[effects.Glare] = []
    for actor, pose in placed:
        ahead = np.array([math.sin(pose.yaw), math.cos(pose.yaw), 0.0])
        for at in fleet.to_road(np.array(actor.beams_at).reshape(-1, 3), pose):
            _add_glare(found, sight, Lamp(at + 0.05 * ahead, ahead, 0.09, (0.82, 0.95, 1.0)), actor.names())
    for head in shown:
        if head.state in head.lamp_at:
            at, front = head.world([head.lamp_at[head.state], (0.0, -1.0, 0.0)])
            b, g, r = signal_heads.LAMP_RGB[head.state][::-1]
            ahead = front - head.world([(0.0, 0.0, 0.0)])[0]
            lamp = Lamp(at + 0.1 * ahead, ahead, 0.05, (0.4 * b, 0.4 * g, 0.4 * r))
            _add_glare(found, sight, lamp, {head.body.name})
    return found


def _add_glare(found: list[effects.Glare], sight: Sight, lamp: Lamp, names: set[str]) -> None:
    """Append the glare of one lamp unless it looks away or is hidden by anything but ``names``."""
    at, ahead = lamp.at, lamp.ahead
    way = np.array(sight.camera.position_m) - at
    distance = float(np.linalg.norm(way))
    facing = float(ahead @ way) / distance
    px, depth = sight.camera.project(at[None])
    inside = 0 <= px[0, 0] < sight.camera.width and 0 <= px[0, 1] < sight.camera.height
    if facing > 0.15 and depth[0] > 1.0 and inside and sight.sees(at, names):
        radius = effects.radius_px(lamp.size_m, distance, sight.camera.focal_px, facing)
        found.append(effects.Glare(float(px[0, 0]), float(px[0, 1]), radius, lamp.bgr))


def cheapen() -> None:
    """Let light bounce less than in the clip: it takes a fifth off the time and is hardly seen."""
    cycles = bpy.context.scene.cycles
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 2, 1, 1


def how_many(word: str) -> tuple[str, int]:
    """Read ``bicycle=14``: a kind of road user and how many of it the pool holds."""
    kind, _, count = word.partition("=")
    if kind not in pool.POOL or not count.isdecimal():
        raise argparse.ArgumentTypeError(f"{word!r}: want KIND=COUNT, KIND one of {', '.join(pool.POOL)}")
    return kind, int(count)


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    p = argparse.ArgumentParser(prog="python -m sample_videos.render.training", description=__doc__)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--count", type=int, default=120)
    p.add_argument("--first", type=int, default=0, help="number of the first picture")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--samples", type=int, default=2)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--head-px", type=float, nargs=2, default=(6.0, 22.0), help="height of heads aimed at")
    p.add_argument("--cast", type=how_many, nargs="+", default=[], help="road users, as bicycle=14 bus=9")
    p.add_argument("--labels-only", action="store_true", help="write labels anew, render nothing")
    return p.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Render ``--count`` labelled pictures, conditions taking turns; existing ones are kept."""
    args = parse(argv)
    for sub in ("images", "labels", "json", "textures"):
        (args.out / sub).mkdir(parents=True, exist_ok=True)
    scene.reset()
    scene.threads(args.threads)
    cheapen()
    sets.junction((args.out / "textures").resolve(), lo.HEAD_POSITION_M)
    for name in CLIP_SIGNAL:
        bpy.data.objects[name].location = (0.0, -500.0, 0.0)
    stage = Stage(args.out, args.samples, tuple(args.head_px), draws=not args.labels_only)
    stage.cast = {**pool.POOL, **dict(args.cast)}
    for k in range(args.first, args.first + args.count):
        name, start = f"s{args.seed}_{k:05d}", time.monotonic()
        if (k - args.first) % REBUILD_EVERY == 0:
            stage.rebuild(random.Random(f"pool {args.seed}:{k}"))
        if args.labels_only or not (args.out / "json" / f"{name}.json").exists():
            rng = random.Random(f"{args.seed}:{k}")
            stage.picture(name, rng, CONDITIONS[k % len(CONDITIONS)])
            print(f"picture {name} {time.monotonic() - start:.1f} s", flush=True)
    (args.out / "DONE").touch()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
