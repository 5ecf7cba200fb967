"""Whether a version on trial is well, by what each camera's process says of itself. Pure, without a clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

_LEAST_SHARE: Final = 0.8
"""A camera may lose a fifth of its pictures a second to chance; more is the release's doing."""


def fps_of_well(statuses: Mapping[str, Mapping[str, Any] | None]) -> dict[str, float]:
    """Pictures a second of each camera that is well now, to compare with after the switch."""
    return {
        camera_id: float(status["camera"]["fps"])
        for camera_id, status in statuses.items()
        if status is not None and status.get("camera", {}).get("state") == "alive"
    }


def lower_fps(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """Of two looks the lower figure of each camera that was well in both: after a break more come at once."""
    return {camera_id: min(fps, other[camera_id]) for camera_id, fps in one.items() if camera_id in other}


def trouble_of(
    statuses: Mapping[str, Mapping[str, Any] | None],
    pids: Collection[int],
    version: str,
    before_fps: Mapping[str, float],
) -> str:
    """Why the version is not well, in one line; empty when it is.

    Args:
        statuses: the status file of each camera, None where there is none.
        pids: the processes that were started by this version and run.
        version: what this version calls itself.
        before_fps: pictures a second of the cameras that were well under the former version.
    """
    for camera_id, status in statuses.items():
        if status is None or status.get("pid") not in pids or status.get("software_version") != version:
            return f"{camera_id}: its process has said nothing yet"
        if not status.get("heartbeats", {}).get("sent"):
            return f"{camera_id}: the backend has not answered it yet"
        least = before_fps.get(camera_id)
        camera = status.get("camera", {})
        if least is None:
            continue
        if camera.get("state") != "alive":
            return f"{camera_id}: was alive and is {camera.get('state')}"
        if float(camera.get("fps", 0.0)) < _LEAST_SHARE * least:
            return f"{camera_id}: {camera.get('fps')} pictures a second, {least} before"
    return ""
