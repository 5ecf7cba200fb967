"""The evidence folder of one report: written whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from edge.device import Device
from edge.durable import staged_folder
from edge.evidence.begun import Begun, film_of
from edge.evidence.case import Case, report_id_of
from edge.evidence.files import Made, Written, write_files
from edge.evidence.pictures import Pictures
from edge.evidence.provenance import Claim, Provenance, stamp
from edge.evidence.ring import KeptFrame
from edge.outbox import Sighting
from edge.report import (
    MANIFEST_NAME,
    EvidenceFile,
    FileRole,
    FrameMark,
    Frames,
    Scene,
    Signed,
    Times,
    ViolationReport,
    manifest_bytes,
    object_key,
    payload_sha256,
    sign,
)

_AT = attrgetter("at")
_STILL_OF = {name: attrgetter(name) for name in ("before", "at", "after")}


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


def build_pack(
    root: Path,
    case: Case,
    pictures: Pictures,
    *,
    device: Device,
    scene: Scene,
    event_at: datetime,
    provenance: Provenance | str = "no C2PA: nobody asked for it",
    begun: Begun | None = None,
) -> Pack:
    """Write `root/<report_id>/` from a case and its pictures, and return it.

    `provenance` signs each file; where it is words, they say why no file is signed. `begun`: what was made of
    the pictures while they came; without it, all is made now.

    Raises ClipError when the clip does not decode to what went in, OSError when the disk refuses (nothing
    half written stays).
    """
    identity = sighting_of(case, device_id=device.device_id, camera_id=scene.camera_id, event_at=event_at)
    folder = root / identity.report_id
    film = begun.film if begun else film_of(case, pictures.stills, scene, event_at)
    screening = begun.screening if begun else None
    with staged_folder(folder) as staged:
        written = write_files(staged, case, pictures, film=film, begun=screening)
        files, doubts = _stamped(staged, written, identity, event_at, provenance)
        report = _report(case, written, (files, doubts), device=device, scene=scene, event_at=event_at)
        signed = sign(report, device.key)
        (staged / MANIFEST_NAME).write_bytes(manifest_bytes(signed))
    return Pack(folder, signed, report)


def _stamped(
    folder: Path, written: Written, identity: Sighting, event_at: datetime, provenance: Provenance | str
) -> tuple[list[EvidenceFile], list[str]]:
    """Put the provenance into each file; their entries of the manifest, and why files go without it."""
    files, doubts = [], set()
    for made in written.files:
        path = folder / made.name
        claim = _claim(made.role, written.pictures, identity, event_at)
        why_not = stamp(path, made.media_type, claim, provenance)
        doubts |= {why_not} - {""}
        key = object_key(identity.camera_id, event_at, identity.report_id, made.name)
        files.append(_described(path, made, key, c2pa=not why_not))
    return files, sorted(doubts)


def _report(
    case: Case,
    written: Written,
    stamped: tuple[list[EvidenceFile], list[str]],
    *,
    device: Device,
    scene: Scene,
    event_at: datetime,
) -> ViolationReport:
    files, doubts = stamped
    return ViolationReport(
        report_id=report_id_of(device.device_id, scene.camera_id, case.rule, event_at, case.vehicle.track),
        device_id=device.device_id,
        software_version=device.software_version,
        scene=scene,
        rule=case.rule,
        act=case.act,
        vehicle=case.vehicle,
        plate=case.plate,
        times=_times(case, written.pictures.at, event_at),
        measures=case.measures,
        reasons=case.reasons,
        track=case.track,
        models=case.models,
        files=tuple(files),
        frames=_frames(written.pictures),
        notes=(*written.notes, *doubts),
    )


def load_pack(folder: Path) -> Pack:
    """Read a folder back. Raises OSError or ValueError (pydantic) when there is no readable manifest."""
    signed = Signed.model_validate_json((folder / MANIFEST_NAME).read_bytes())
    return Pack(folder, signed, ViolationReport.model_validate(signed.payload))


def _claim(role: FileRole, pictures: Pictures, identity: Sighting, event_at: datetime) -> Claim:
    if role.endswith("clip"):
        first, last = pictures.clip[0], pictures.clip[-1]
    else:
        first = last = _STILL_OF.get(role.rsplit("_", 1)[-1], _AT)(pictures)
    return Claim(
        role=role,
        report_id=identity.report_id,
        camera_id=identity.camera_id,
        captured_at=first.captured_at or event_at,
        frames=(first.index, last.index),
    )


def _frames(pictures: Pictures) -> Frames:
    def mark(frame: KeptFrame) -> FrameMark:
        return frame.index, round(frame.t_s, 6)

    return Frames(
        still_before=mark(pictures.before),
        still_at=mark(pictures.at),
        still_after=mark(pictures.after),
        clip=tuple(mark(frame) for frame in pictures.clip),
    )


def _times(case: Case, at_frame: KeptFrame, event_at: datetime) -> Times:
    return Times(
        t_start_s=case.t_start_s,
        t_event_s=case.t_event_s,
        t_end_s=case.t_end_s,
        event_at=event_at,
        clock_source=at_frame.clock_source,
        clock_offset_s=round(at_frame.clock_offset_s, 4),
        clock_uncertainty_s=at_frame.clock_uncertainty_s,
    )


def _described(path: Path, made: Made, key: str, *, c2pa: bool) -> EvidenceFile:
    content = path.read_bytes()
    return EvidenceFile(
        role=made.role,
        name=made.name,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        media_type=made.media_type,
        object_key=key,
        c2pa=c2pa,
    )
