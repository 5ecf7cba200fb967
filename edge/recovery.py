"""What a box finds in its data folder after a kill, and makes right before it goes on."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

from edge.device import Device
from edge.durable import remove_leftovers
from edge.evidence.pack import load_pack
from edge.outbox import Outbox
from edge.settings import WorkerSettings
from edge.verify import is_whole, verify_dir

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found and made right at the start."""

    leftovers_removed: int
    adopted: int
    quarantined: int
    delivered_removed: int
    lost: int


def recover(settings: WorkerSettings, outbox: Outbox, device: Device) -> Recovered:
    """Bring evidence folders and outbox rows back in step. Runs before anything else touches either.

    Half-written folders go. A whole folder without a row gets its row. A folder that no longer matches its
    own manifest is moved to quarantine for a person. A pending row without a folder is parked, loudly.
    """
    root = settings.evidence_folder
    root.mkdir(parents=True, exist_ok=True)
    leftovers = remove_leftovers(root)
    adopted = quarantined = delivered = 0
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        row = outbox.get(folder.name)
        if row is None:
            if _adopt(folder, settings, outbox, device):
                adopted += 1
            else:
                quarantined += 1
        elif row.state == "stored" and not settings.keep_delivered:
            shutil.rmtree(folder, ignore_errors=True)
            delivered += 1
    lost = [report_id for report_id in outbox.ids("waiting", "uploaded") if not (root / report_id).is_dir()]
    for report_id in lost:
        outbox.park(report_id, "the evidence folder is gone from this box's disk")
        log.error("evidence is gone, report parked", extra={"data": {"report_id": report_id}})
    found = Recovered(leftovers, adopted, quarantined, delivered, len(lost))
    if found != Recovered(0, 0, 0, 0, 0):
        log.warning("data folder made right after an interruption", extra={"data": _as_data(found)})
    return found


def _adopt(folder: Path, settings: WorkerSettings, outbox: Outbox, device: Device) -> bool:
    findings = verify_dir(folder, device.key.public_key())
    if is_whole(findings):
        pack = load_pack(folder)
        if folder.name == pack.report.report_id:
            outbox.add(pack.sighting, pack.payload_sha256)
            return True
    settings.quarantine_folder.mkdir(exist_ok=True)
    shutil.move(folder, settings.quarantine_folder / folder.name)
    bad = [f"{finding.subject}: {finding.en}" for finding in findings if finding.verdict == "bad"]
    log.error("evidence moved to quarantine", extra={"data": {"folder": folder.name, "why": bad}})
    return False


def _as_data(found: Recovered) -> dict[str, int]:
    return {
        "leftovers_removed": found.leftovers_removed,
        "adopted": found.adopted,
        "quarantined": found.quarantined,
        "delivered_removed": found.delivered_removed,
        "lost": found.lost,
    }
