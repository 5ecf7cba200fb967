"""The film of an analysis: boxes, ids, plates, speeds, the stop line, the light, and who broke which rule."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np

from edge.analysis_files import Findings, Passed, Picture
from edge.annotate_marks import draw_marks
from edge.capture import FileSource, Frame
from edge.detector.types import Box, Image
from edge.rules import Violation
from edge.scene import Scene

Colour = tuple[int, int, int]

_CALM: Final[Colour] = (200, 190, 90)
_GUILTY: Final[Colour] = (40, 40, 235)
_COASTING: Final[Colour] = (150, 150, 150)
_ZONE: Final[Colour] = (200, 160, 0)
_LINE: Final[Colour] = (255, 255, 255)
_LAMPS: Final[dict[str, Colour]] = {"red": (40, 40, 235), "amber": (0, 190, 255), "green": (60, 200, 60)}
_GREY: Final[Colour] = (160, 160, 160)
_TIME_BASE: Final = Fraction(1, 90_000)
_SHOWN_BEFORE_S: Final = 0.5


def annotate(video: Path, findings: Findings, target: Path, *, crf: int = 23) -> None:
    """Draw the findings on every picture of `video` and write them as H.264 with the same times.

    Raises:
        SourceError: the video cannot be read again.
    """
    pen = _Pen(findings)
    with av.open(str(target), "w", options={"movflags": "faststart"}) as container:
        stream: Any = None
        for frame in FileSource(video):
            if stream is None:
                stream = _stream(container, frame.image, crf)
            picture = av.VideoFrame.from_ndarray(_even(pen.draw(frame)), format="bgr24")
            picture.pts = round(frame.t_s / _TIME_BASE)
            picture.time_base = _TIME_BASE
            container.mux(stream.encode(picture))
        if stream is not None:
            container.mux(stream.encode(None))


def _stream(container: Any, image: Image, crf: int) -> Any:
    stream = container.add_stream("libx264", rate=30, options={"crf": str(crf), "preset": "veryfast"})
    stream.height, stream.width = (side - side % 2 for side in image.shape[:2])
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _TIME_BASE
    return stream


def _even(image: Image) -> Image:
    height, width = image.shape[:2]
    return np.ascontiguousarray(image[: height - height % 2, : width - width % 2])


class _Pen:
    def __init__(self, findings: Findings) -> None:
        self._scene: Scene = findings.scene
        self._pictures = findings.pictures
        self._passed: dict[int, Passed] = {one.track.id: one for one in findings.passed}
        self._scale = 1.0
        self._violations: dict[int, list[Violation]] = {}
        for event in findings.events:
            self._violations.setdefault(event.violation.track, []).append(event.violation)

    def draw(self, frame: Frame) -> Image:
        """The picture with everything known about it."""
        image = frame.image.copy()
        self._scale = max(frame.image.shape[1] / 1280, 0.5)
        picture = self._pictures.get(frame.index)
        self._draw_road(image, picture.signal if picture else None)
        if picture:
            self._draw_vehicles(image, picture)
        self._draw_head(image, frame, picture)
        return image

    def _draw_road(self, image: Image, signal: str | None) -> None:
        draw_marks(image, self._scene, self._px(1))
        colour = _LAMPS.get(signal or "", _LINE)
        if self._scene.file.stop_line:
            start, end = self._scene.file.stop_line.ends_px
            cv2.line(image, _whole(start), _whole(end), colour, self._px(2), cv2.LINE_AA)
        if self._scene.speed:
            zone = np.array(self._scene.speed.zone_px, dtype=np.int32)
            cv2.polylines(
                image, [zone], isClosed=True, color=_ZONE, thickness=self._px(1), lineType=cv2.LINE_AA
            )
        for head in self._scene.signals:
            for box in head.lamps().values():
                cv2.rectangle(image, _whole((box.x, box.y)), _whole((box.x2, box.y2)), colour, 1)

    def _draw_vehicles(self, image: Image, picture: Picture) -> None:
        for seen in picture.seen:
            acts = [
                one
                for one in self._violations.get(seen.id, [])
                if picture.t_s >= one.t_start_s - _SHOWN_BEFORE_S
            ]
            colour = _GUILTY if acts else _COASTING if seen.coasting else _CALM
            box = seen.box
            thick = self._px(3 if acts else 1)
            cv2.rectangle(image, _whole((box.x, box.y)), _whole((box.x2, box.y2)), colour, thick, cv2.LINE_AA)
            foot = _whole(box.bottom_centre)
            cv2.circle(image, foot, self._px(2), colour, -1, cv2.LINE_AA)
            lines = [one.rule.replace("_", " ").upper() for one in acts] + self._label(seen.id, seen.kind)
            self._write(image, lines, box, colour)

    def _label(self, track: int, kind: str) -> list[str]:
        passed = self._passed.get(track)
        lines = [f"{track} {kind}"]
        if passed and passed.plate.accepted:
            lines.append(str(passed.plate.display))
        if passed and passed.speed and passed.speed.doubt is None:
            speed = passed.speed
            lines.append(f"{speed.kmh:.0f} ({speed.lower_kmh:.0f}-{speed.upper_kmh:.0f}) km/h")
        return lines

    def _draw_head(self, image: Image, frame: Frame, picture: Picture | None) -> None:
        signal = picture.signal if picture else None
        lines = [f"{self._scene.id}  t {frame.t_s:7.3f} s  frame {frame.index}"]
        if signal:
            lines.append(f"light: {signal}")
        self._write(
            image,
            lines,
            Box(self._px(8), self._px(14) * (len(lines) + 1), 0, 0),
            _LAMPS.get(signal or "", _GREY),
        )

    def _write(self, image: Image, lines: list[str], box: Box, colour: Colour) -> None:
        size, step = 0.45 * self._scale, self._px(14)
        for row, text in enumerate(reversed(lines)):
            at = (int(box.x), max(int(box.y) - self._px(4) - row * step, step))
            cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), self._px(3), cv2.LINE_AA)
            cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, self._px(1), cv2.LINE_AA)

    def _px(self, length: float) -> int:
        return max(1, round(length * self._scale))


def _whole(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])
