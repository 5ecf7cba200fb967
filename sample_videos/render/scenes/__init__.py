"""The rendered scenes by name; each module holds the plan, road, camera and weather of one clip."""

from __future__ import annotations

from collections.abc import Callable

from sample_videos.render.scenes import helmets, hung_vuong, lanes, night_rain, pham_ngoc_thach
from sample_videos.render.spec import Scene

SCENES: dict[str, Callable[[], Scene]] = {
    "pham_ngoc_thach": pham_ngoc_thach.scene,
    "hung_vuong": hung_vuong.scene,
    "helmets": helmets.scene,
    "lanes": lanes.scene,
    "night_rain": night_rain.scene,
}
