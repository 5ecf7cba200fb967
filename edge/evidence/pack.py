"""The evidence folder of one report: written whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from edge.device import Device
from edge.durable import staged_folder
from edge.evidence.case import Case, report_id_of
from edge.evidence.clip import verify_clip, write_clip
from edge.evidence.ring import FrameRing, KeptFrame
from edge.outbox import Sighting
from edge.report import (
    EvidenceFile,
    FileRole,
    Scene,
    Signed,
    Times,
    ViolationReport,
    object_key,
    payload_sha256,
    sign,
)

MANIFEST_NAME = "manifest.json"
_STILL_ROLES: tuple[FileRole, FileRole, FileRole] = ("still_before", "still_at", "still_after")
_LONGEST_SIDE_S = 10.0

MediaType = Literal["image/jpeg", "image/png", "video/mp4"]


class EvidenceMissing(Exception):  # noqa: N818 - it is a finding about the ring, not a fault of the program
    """The ring no longer (or not yet) holds the pictures that would prove this; nothing is reported."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A whole evidence folder and the signed report in it."""

    folder: Path
    signed: Signed
    report: ViolationReport

    @property
    def payload_sha256(self) -> str:
        """The hash the backend knows this report by."""
        return payload_sha256(self.signed.payload)

    @property
    def manifest_path(self) -> Path:
        """The signed report as a file."""
        return self.folder / MANIFEST_NAME

    @property
    def manifest_key(self) -> str:
        """Where the manifest lies in the bucket: beside the files."""
        report = self.report
        return object_key(report.scene.camera_id, report.times.event_at, report.report_id, MANIFEST_NAME)

    @property
    def sighting(self) -> Sighting:
        """Who, where and when, as the outbox compares events."""
        report = self.report
        return Sighting(
            report_id=report.report_id,
            camera_id=report.scene.camera_id,
            rule=report.rule,
            event_at_s=report.times.event_at.timestamp(),
            plate=report.plate.text if report.plate else None,
            box_px=report.vehicle.box_px,
        )


def sighting_of(case: Case, *, device_id: str, camera_id: str, event_at: datetime) -> Sighting:
    """The sighting a case will have, before anything is built."""
    return Sighting(
        report_id=report_id_of(device_id, camera_id, case.rule, event_at, case.vehicle.track),
        camera_id=camera_id,
        rule=case.rule,
        event_at_s=event_at.timestamp(),
        plate=case.plate.text if case.plate else None,
        box_px=case.vehicle.box_px,
    )


@dataclass(frozen=True, slots=True)
class Pictures:
    """The frames that prove a case: the three stills, and every frame of the clip."""

    before: KeptFrame
    at: KeptFrame
    after: KeptFrame
    clip: tuple[KeptFrame, ...]

    @property
    def stills(self) -> tuple[KeptFrame, KeptFrame, KeptFrame]:
        """Before, at and after the event."""
        return self.before, self.at, self.after

    @property
    def event_steady_s(self) -> tuple[float, float]:
        """When the first and last still arrived, on the clock that never steps."""
        return self.before.steady_s, self.after.steady_s

    def event_at(self, t_event_s: float) -> datetime:
        """The event on the wall clock, UTC, to the millisecond; EvidenceMissing when nobody knows it."""
        if self.at.captured_at is None:
            raise EvidenceMissing("nobody knows the wall clock of the event's frame")
        moment = self.at.captured_at.astimezone(UTC) + timedelta(seconds=t_event_s - self.at.t_s)
        return datetime.fromtimestamp(round(moment.timestamp() * 1000) / 1000, UTC)


def pictures_of(case: Case, ring: FrameRing, *, before_s: float, after_s: float) -> Pictures:
    """Take a case's frames out of the ring: `before_s` to `after_s` around the event, and its stills.

    Raises EvidenceMissing when a still is no longer kept.
    """
    kept = ring.by_index(case.still_frames)
    gone = [
        f"{role} (frame {i})"
        for role, i in zip(_STILL_ROLES, case.still_frames, strict=True)
        if i not in kept
    ]
    if gone:
        raise EvidenceMissing(f"no longer kept: {', '.join(gone)}")
    if len(kept) != len(_STILL_ROLES):
        raise EvidenceMissing("before, at and after are not three different frames")
    before, at, after = (kept[index] for index in case.still_frames)
    first_s = max(min(case.t_event_s - before_s, before.t_s), case.t_event_s - _LONGEST_SIDE_S)
    last_s = min(max(case.t_event_s + after_s, after.t_s), case.t_event_s + _LONGEST_SIDE_S)
    return Pictures(before, at, after, ring.window(first_s, last_s))


def build_pack(
    root: Path,
    case: Case,
    pictures: Pictures,
    *,
    device: Device,
    scene: Scene,
    event_at: datetime,
) -> Pack:
    """Write `root/<report_id>/` from a case and its pictures, and return it.

    Raises ClipError when the clip does not decode to what went in, OSError when the disk refuses (nothing
    half written stays).
    """
    identity = sighting_of(case, device_id=device.device_id, camera_id=scene.camera_id, event_at=event_at)
    folder = root / identity.report_id

    def described(path: Path, role: FileRole, media_type: MediaType) -> EvidenceFile:
        key = object_key(scene.camera_id, event_at, identity.report_id, path.name)
        return _described(path, role, media_type, key)

    with staged_folder(folder) as staged:
        files = _write_files(staged, case, pictures, described)
        report = ViolationReport(
            report_id=identity.report_id,
            device_id=device.device_id,
            software_version=device.software_version,
            scene=scene,
            rule=case.rule,
            act=case.act,
            vehicle=case.vehicle,
            plate=case.plate,
            times=_times(case, pictures.at, event_at),
            measures=case.measures,
            reasons=case.reasons,
            track=case.track,
            models=case.models,
            files=files,
        )
        signed = sign(report, device.key)
        (staged / MANIFEST_NAME).write_text(signed.model_dump_json(indent=1))
    return Pack(folder, signed, report)


def load_pack(folder: Path) -> Pack:
    """Read a folder back. Raises OSError or ValueError (pydantic) when there is no readable manifest."""
    signed = Signed.model_validate_json((folder / MANIFEST_NAME).read_bytes())
    return Pack(folder, signed, ViolationReport.model_validate(signed.payload))


def _times(case: Case, at_frame: KeptFrame, event_at: datetime) -> Times:
    return Times(
        t_start_s=case.t_start_s,
        t_event_s=case.t_event_s,
        t_end_s=case.t_end_s,
        event_at=event_at,
        clock_source=at_frame.clock_source,
        clock_offset_s=0.0,
        clock_uncertainty_s=at_frame.clock_uncertainty_s,
    )


def _write_files(
    staged: Path,
    case: Case,
    pictures: Pictures,
    described: Callable[[Path, FileRole, MediaType], EvidenceFile],
) -> tuple[EvidenceFile, ...]:
    files: list[EvidenceFile] = []
    for role, frame in zip(_STILL_ROLES, pictures.stills, strict=True):
        path = staged / f"{role}.jpg"
        path.write_bytes(frame.jpeg)
        files.append(described(path, role, "image/jpeg"))
    if case.plate_crop is not None:
        path = staged / "plate_crop.png"
        done, data = cv2.imencode(".png", np.ascontiguousarray(case.plate_crop))
        if not done:
            raise ValueError(f"could not encode the plate crop of shape {case.plate_crop.shape}")
        path.write_bytes(data.tobytes())
        files.append(described(path, "plate_crop", "image/png"))
    path = staged / "clip.mp4"
    write_clip(path, pictures.clip)
    verify_clip(path, [frame.t_s for frame in pictures.clip])
    files.append(described(path, "clip", "video/mp4"))
    return tuple(files)


def _described(path: Path, role: FileRole, media_type: MediaType, key: str) -> EvidenceFile:
    content = path.read_bytes()
    return EvidenceFile(
        role=role,
        name=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        media_type=media_type,
        object_key=key,
    )
