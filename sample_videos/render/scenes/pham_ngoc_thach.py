"""The first clip, of an intersection by day; its plan is in ``plan`` and its truth in ``truth``."""

from __future__ import annotations

from sample_videos.render import layout as lo
from sample_videos.render import plan
from sample_videos.render.camera import clip_camera
from sample_videos.render.spec import Junction, Scene


def scene() -> Scene:
    """Return the scene."""
    return Scene(
        name="pham_ngoc_thach",
        camera_id="pnt-01",
        title="Phạm Ngọc Thạch 1",
        location="Phạm Ngọc Thạch, Thủ Dầu Một",
        seed=plan.SEED,
        frames=plan.FRAMES,
        fps=plan.FPS,
        camera=clip_camera(),
        street=Junction(),
        rides=tuple(plan.vehicles()),
        claims=(),
        near_misses=(),
        marks=(),
        poster_s=17.2,
        limit_kmh=plan.SPEED_LIMIT_KMH,
        phases=plan.PHASES,
        sun=lo.SUN_TRAVEL,
        crf=19,
        first_clip=True,
    )
