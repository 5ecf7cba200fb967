"""Did the demo find what happens in the clip, all of it and nothing else? Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.demo.clip import TrueViolation


@dataclass(frozen=True)
class Verdict:
    """`faults` is empty exactly where the demo did what it should."""

    violations: tuple[dict[str, Any], ...]
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


def judge(
    truth: Sequence[TrueViolation], reported: Sequence[dict[str, Any]], dossiers: Sequence[dict[str, Any]]
) -> Verdict:
    """Compare reports with the truth by rule and plate, and look whether every case is closed and paid.

    Args:
        truth: what happens in the clip.
        reported: every report that reached the backend: id, rule, act, plate, state.
        dossiers: every dossier: id, violation_id, state, plate, fine_vnd, paid_vnd.
    """
    wanted = Counter((violation.rule, violation.plate) for violation in truth)
    found = Counter((report["rule"], report["plate"]) for report in reported)
    faults = [f"missed: {rule} of {plate}" for rule, plate in (wanted - found).elements()]
    faults += [
        f"{'reported twice' if (rule, plate) in wanted else 'innocent'}: {rule} of {plate}"
        for rule, plate in (found - wanted).elements()
    ]
    faults += _case_faults(reported, dossiers)
    marked = tuple({**report, "true": (report["rule"], report["plate"]) in wanted} for report in reported)
    return Verdict(marked, tuple(faults))


def _case_faults(reported: Sequence[dict[str, Any]], dossiers: Sequence[dict[str, Any]]) -> list[str]:
    of_violation = {dossier["violation_id"]: dossier for dossier in dossiers}
    faults = []
    for report in reported:
        dossier = of_violation.get(report["id"])
        if report["state"] == "confirmed" and dossier is None:
            faults.append(f"confirmed without a dossier: {report['plate']}")
        elif report["state"] not in ("confirmed", "rejected"):
            faults.append(f"not decided by an officer: {report['plate']} ({report['state']})")
    for dossier in dossiers:
        if dossier["state"] != "closed":
            faults.append(f"dossier not closed: {dossier['plate']} ({dossier['state']})")
        elif dossier["paid_vnd"] != dossier["fine_vnd"] or dossier["fine_vnd"] <= 0:
            amounts = f"{dossier['paid_vnd']} of {dossier['fine_vnd']} dong"
            faults.append(f"dossier closed but not paid in full: {dossier['plate']} ({amounts})")
    return faults
