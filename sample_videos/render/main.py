"""Renders a sample clip: truth, camera file, the empty street, vehicles at key moments, the frames."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2

from sample_videos.render import camera_file, develop, scene_truth, truth, video
from sample_videos.render.scenes import SCENES
from sample_videos.render.spec import Scene
from sample_videos.render.studio import Studio, open_studio

ROOT = Path("sample_videos")


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    p = argparse.ArgumentParser(prog="python -m sample_videos.render", description=__doc__)
    p.add_argument("--scene", choices=(*SCENES, "all"), default="all")
    p.add_argument("--out", type=Path, default=ROOT, help="folder of the scenes' folders")
    p.add_argument("--work", type=Path, default=ROOT / ".render", help="folder for parts of pictures")
    p.add_argument("--samples", type=int, default=4, help="samples a pixel of vehicles")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--look", type=int, nargs="*", help="only write these frames, into the work folder")
    p.add_argument("--truth-only", action="store_true", help="write only truth and camera file")
    p.add_argument("--film-only", action="store_true", help="leave truth and camera file as they are")
    return p.parse_args(argv)


def render(name: str, args: argparse.Namespace) -> None:
    """Write truth and camera file of one scene, render what is still missing, and put the clip together."""
    plan = SCENES[name]()
    out = args.out / name
    out.mkdir(parents=True, exist_ok=True)
    studio = open_studio(
        plan, (args.work / name).resolve(), args.samples, args.threads, whole=not args.film_only
    )
    if not args.film_only:
        _tell(plan, studio, out)
        print(f"{name}: truth written", flush=True)
    if args.truth_only:
        return
    _shoot(studio, args.look)
    for k in args.look or ():
        cv2.imwrite(str(studio.work / f"look_{k:04d}.png"), develop.frame(studio, k))
    if args.look is None:
        _publish(studio, out)


def _tell(plan: Scene, studio: Studio, out: Path) -> None:
    """Write the truth, and the camera file of all but the first clip, whose is written by hand."""
    if plan.first_clip:
        rigs = [member.rig for member in studio.members]
        truth.write(out / "truth.json", truth.build(rigs, plan.camera, f"{plan.name}.mp4"))
        return
    facts = scene_truth.build(plan, studio.members)
    truth.write(out / "truth.json", facts)
    (out / "camera.toml").write_text(camera_file.text(plan, facts), encoding="utf-8")


def _shoot(studio: Studio, look: list[int] | None) -> None:
    """Render the empty street and the vehicles; with ``look`` only what those frames need."""
    start = time.monotonic()
    for state in dict.fromkeys([studio.plan.signal_state(0.0), *(p[0] for p in studio.plan.phases)]):
        studio.background(state)
    studio.depth()
    print(f"{studio.plan.name}: street {time.monotonic() - start:.1f} s", flush=True)
    wanted = studio.missing()
    if look is not None:
        needed = {
            (reel.member.ride.vid, n)
            for reel in studio.reels
            for k in look
            if reel.has(k)
            for n in reel.around(k)[:2]
        }
        wanted = [(reel, k) for reel, k in wanted if (reel.member.ride.vid, k) in needed]
    for left, (reel, k) in zip(range(len(wanted), 0, -1), wanted, strict=True):
        start = time.monotonic()
        studio.shoot(reel, k)
        took = time.monotonic() - start
        print(f"{studio.plan.name}: {reel.member.ride.vid} at {k}: {took:.1f} s, {left - 1} left", flush=True)


def _publish(studio: Studio, out: Path) -> None:
    """Encode the clip and its poster."""
    plan = studio.plan
    pictures = (develop.frame(studio, k) for k in range(plan.frames))
    video.encode(pictures, out / f"{plan.name}.mp4", plan.fps, plan.crf)
    poster = develop.frame(studio, round(plan.poster_s * plan.fps))
    cv2.imwrite(str(out / "poster.jpg"), poster, [cv2.IMWRITE_JPEG_QUALITY, 82])
    print(f"{plan.name}: video written", flush=True)


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    args = parse(argv)
    cv2.setNumThreads(args.threads)
    for name in SCENES if args.scene == "all" else (args.scene,):
        render(name, args)
    return 0
