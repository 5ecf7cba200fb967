"""The scripted officer and team chief. They decide by what the API shows, never by the truth of the clip."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx2

from backend.demo.client import Api, wait_for
from backend.demo.folder import DemoError

LOOKUP_WITHIN_S = 60.0
PAGE = 100
SURE_ENOUGH = 0.5


@dataclass(frozen=True)
class PaperArchive:
    """The paper files of the registration office, which a clerk asks for by hand (the sandbox keeps them)."""

    url: str

    def owner_of(self, plate: str) -> dict[str, Any] | None:
        answer = httpx2.get(f"{self.url}/control/paper-files/{plate}", timeout=10, trust_env=False)
        if answer.status_code == httpx2.codes.NOT_FOUND:
            return None
        answer.raise_for_status()
        owner: dict[str, Any] = answer.json()["owner"]
        return {name: owner[name] for name in ("kind", "name", "id_number", "phone", "address")}


def review_all(api: Api, archive: PaperArchive, said: Callable[[int], None]) -> list[dict[str, Any]]:
    """Decide every report that waits; what was reported and how it was decided."""
    decided: list[dict[str, Any]] = []
    while True:
        answer = api.call("POST", "/v1/review/next")
        if answer.status_code == httpx2.codes.NO_CONTENT:
            return decided
        case = answer.json()
        look_at_evidence(api, case)
        case = wait_for(
            f"the owner look-up of {case['plate']['current']}",
            partial(_looked_up, api, case["id"]),
            within_s=LOOKUP_WITHIN_S,
        )
        reason = reject_reason(case, archive)
        if reason is None:
            plate, kind = case["plate"]["current"], case["vehicle_kind"]
            body = {"expected_version": case["version"], "plate": plate, "vehicle_kind": kind}
            api.call("POST", f"/v1/review/{case['id']}/confirm", body)
        else:
            body = {"expected_version": case["version"], "reason_code": reason[0], "note": reason[1]}
            api.call("POST", f"/v1/review/{case['id']}/reject", body)
        decided.append(as_reported(case, "confirmed" if reason is None else "rejected"))
        said(len(decided))


def as_reported(case: dict[str, Any], state: str) -> dict[str, Any]:
    """A report in the words of the summary."""
    return {
        "id": case["id"],
        "rule": case["rule"],
        "act": case["act"],
        "plate": case["plate"]["read"],
        "vehicle_kind": case["vehicle_kind"],
        "event_at": case["event_at"],
        "state": state,
    }


def look_at_evidence(api: Api, case: dict[str, Any]) -> None:
    """Open every picture and the video, and check that they are what the device signed."""
    for role, file in case["files"].items():
        content = api.call("GET", file["url"]).content
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            raise DemoError(f"evidence {role} of {case['id']}: the file is not the one that was signed")


def reject_reason(case: dict[str, Any], archive: PaperArchive) -> tuple[str, str] | None:
    """Why this report must go no further, as (code, note); None where it may."""
    plate = case["plate"]
    if plate["current"] is None or (plate["confidence"] or 0.0) < SURE_ENOUGH:
        return "plate_unreadable", ""
    if case["law"] is None:
        return "other", "Không có mức phạt cho hành vi này. The catalogue has no fine for this act."
    if case["owner_lookup"]["state"] != "found" and archive.owner_of(plate["current"]) is None:
        return (
            "plate_unreadable",
            "Biển số này không có trong đăng ký và hồ sơ giấy. No such plate on paper either.",
        )
    return None


def settle_lookups(api: Api, archive: PaperArchive, said: Callable[[int], None]) -> int:
    """Establish by hand the owners that the registers could not name; how many."""
    settled = 0
    for row in api.get(f"/v1/owner-lookups?state=needs_person&limit={PAGE}")["items"]:
        owner = archive.owner_of(row["plate"])
        if owner is None:
            continue
        body = {
            "owner": owner,
            "reason": "Đối chiếu hồ sơ đăng ký xe bản giấy. Checked against the paper registration file.",
            "expected_version": row["version"],
        }
        api.call("POST", f"/v1/owner-lookups/{row['id']}/resolve", body)
        settled += 1
        said(settled)
    return settled


def dossiers(api: Api) -> list[dict[str, Any]]:
    """Every dossier there is (a demo has far fewer than a page)."""
    found: list[dict[str, Any]] = api.get(f"/v1/dossiers?limit={PAGE}")["items"]
    return found


def all_reached(api: Api, state: str) -> list[dict[str, Any]] | None:
    """The dossiers, once all of them stand in this state."""
    found = dossiers(api)
    return found if all(dossier["state"] == state for dossier in found) else None


def sign_decisions(chief: Api, said: Callable[[int], None]) -> int:
    """The team chief reads each dossier with a record and signs its decision; how many."""
    waiting = chief.get(f"/v1/dossiers?state=recorded&limit={PAGE}")["items"]
    for number, row in enumerate(waiting, start=1):
        version = chief.get(f"/v1/dossiers/{row['id']}")["version"]
        chief.call("POST", f"/v1/dossiers/{row['id']}/decision", {"expected_version": version})
        said(number)
    return len(waiting)


def _looked_up(api: Api, violation_id: str) -> dict[str, Any] | None:
    case: dict[str, Any] = api.get(f"/v1/review/{violation_id}")
    waits = case["plate"]["current"] is not None and case["owner_lookup"]["state"] == "waiting"
    return None if waits else case
