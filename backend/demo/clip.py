"""The sample clip that a demo plays, and what is known to happen in it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.demo.folder import DemoError

SAMPLE_VIDEOS = Path(__file__).resolve().parents[2] / "sample_videos"


@dataclass(frozen=True)
class TrueViolation:
    """One violation that really happens in the clip."""

    rule: str
    plate: str


@dataclass(frozen=True)
class Clip:
    """A folder with `camera.toml`, `truth.json` and the video that the truth names."""

    folder: Path
    video: Path
    frames: int
    violations: tuple[TrueViolation, ...]

    @property
    def camera_id(self) -> str:
        """The id in its camera file."""
        return str(tomllib.loads(self.camera_file.read_text(encoding="utf-8"))["id"])

    @property
    def camera_file(self) -> Path:
        return self.folder / "camera.toml"

    @property
    def truth_file(self) -> Path:
        return self.folder / "truth.json"


FIRST = "pham_ngoc_thach"


def load_all() -> list[Clip]:
    """Every sample clip that is there, the first one first. Raises DemoError where there is none."""
    folders = sorted(path.parent for path in SAMPLE_VIDEOS.glob("*/camera.toml"))
    folders.sort(key=lambda folder: folder.name != FIRST)
    clips = [load_clip(folder) for folder in folders if any(folder.glob("*.mp4"))]
    return clips or [load_clip(None)]


def load_clip(folder: Path | None) -> Clip:
    """Read the truth beside the clip. Raises DemoError naming what is missing."""
    folder = (folder or SAMPLE_VIDEOS / FIRST).resolve()
    truth_file = folder / "truth.json"
    if not truth_file.exists():
        raise DemoError(
            f"{truth_file} is missing: the clip's folder needs camera.toml, truth.json and the video."
        )
    truth: dict[str, Any] = json.loads(truth_file.read_text(encoding="utf-8"))
    clip = Clip(
        folder=folder,
        video=folder / truth["video"]["file"],
        frames=int(truth["video"]["frames"]),
        violations=tuple(TrueViolation(v["rule"], v["plate"]) for v in truth["violations"]),
    )
    for path in (clip.video, clip.camera_file):
        if not path.exists():
            raise DemoError(f"{path} is missing. `make render` makes the sample clips.")
    return clip
