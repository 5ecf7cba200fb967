"""The evidence of cases found in a file, written after the fact from a second look at the same file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from edge.device import Device
from edge.evidence.case import Case
from edge.evidence.pack import Pack, build_pack
from edge.evidence.pictures import pictures_of
from edge.evidence.provenance import provenance_of
from edge.evidence.ring import FrameRing, RawFrame
from edge.report import Scene
from edge.settings import WorkerSettings


def prove_file(
    cases: Sequence[Case],
    frames: Iterable[RawFrame],
    root: Path,
    *,
    device: Device,
    scene: Scene,
    settings: WorkerSettings,
) -> Iterator[Pack]:
    """Write `root/<report_id>/` for each case, as the box would have, and yield it.

    `frames` are those of the file from its beginning, each with its wall clock. Raises EvidenceMissing,
    ClipError or OSError as `build_pack` does.
    """
    ring = FrameRing(seconds=settings.ring_s, max_bytes=settings.ring_bytes)
    waiting = sorted(cases, key=lambda case: case.t_event_s)

    def due() -> Iterator[Pack]:
        while waiting and ring.reaches(waiting[0].t_event_s + settings.clip_after_s):
            case = waiting.pop(0)
            pictures = pictures_of(case, ring, before_s=settings.clip_before_s, after_s=settings.clip_after_s)
            event_at = pictures.event_at(case.t_event_s)
            yield build_pack(
                root,
                case,
                pictures,
                device=device,
                scene=scene,
                event_at=event_at,
                provenance=provenance_of(settings, device),
            )

    for frame in frames:
        if not waiting:
            return
        ring.add(frame, frame.t_s)
        yield from due()
    ring.end()
    yield from due()
