"""The demo without a person: everybody is played through the same addresses that people use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

import httpx2

from backend.demo import officer
from backend.demo.cameras import place_all
from backend.demo.client import Api, wait_for
from backend.demo.clip import Clip
from backend.demo.folder import DemoError, DemoFolder, Secrets
from backend.demo.officer import PaperArchive
from backend.demo.owner import Citizen, OwnerVisit
from backend.demo.parts import Parts
from backend.demo.staff import CHIEF, OFFICER, OPERATOR
from backend.demo.steps import Now, Steps
from backend.demo.verdict import Verdict, judge
from penalty.money import format_vnd

ENROL_WITHIN_S = 120.0
CLIP_WITHIN_S = 600.0
STATE_WITHIN_S = 120.0
_WAYS_TO_PAY = ("vnpay", "momo", "vietqr", "portal")

Dossier = dict[str, Any]


def play_everybody(
    folder: DemoFolder, parts: Parts, steps: Steps, clip: Clip
) -> tuple[Verdict, list[Dossier]]:
    """From the camera's first picture to the last closed case. Raises DemoError where a step fails."""
    given = folder.secrets()
    _play_clip(parts, steps, clip, given)
    archive = PaperArchive(parts.outside["registry"]["url"])
    with (
        _signed_in(parts, OFFICER.username, given.officer_password) as api,
        _signed_in(parts, CHIEF.username, given.chief_password) as chief,
    ):
        reported = _review(api, archive, steps)
        _send_notices(api, archive, steps)
        _settle(api, chief, parts, steps)
        cases = officer.dossiers(api)
        with steps.step("So với sự thật của đoạn phim / Compared with the clip's truth") as now:
            verdict = judge(clip.violations, reported, cases)
            now.note(f"{len(clip.violations)} thật / true, {len(reported)} báo / reported")
    return verdict, cases


def admit_camera(parts: Parts, given: Secrets, clips: Sequence[Clip]) -> str:
    """The operator lets the new camera box in and puts its cameras on the map; the box's id."""
    with _signed_in(parts, OPERATOR.username, given.operator_password) as api:

        def enrolled() -> list[dict[str, Any]] | None:
            parts.check()
            return api.get("/v1/devices") or None

        devices = wait_for("the camera box to introduce itself", enrolled, within_s=ENROL_WITHIN_S)
        for device in devices:
            if device["state"] == "pending":
                api.call("POST", f"/v1/devices/{device['device_id']}/approve")
        place_all(api, clips)
        return str(devices[0]["device_id"])


def _play_clip(parts: Parts, steps: Steps, clip: Clip, given: Secrets) -> None:
    with steps.step("Camera xem đoạn phim / Camera watches the clip", total=clip.frames) as now:
        edge = parts.start_edge(clip, mode=["--once", "--fast"])
        admit_camera(parts, given, [clip])

        def ended() -> int | None:
            _show_progress(parts, now)
            return edge.process.poll()

        code = wait_for(f"the camera to finish the clip. Log: {edge.log}", ended, within_s=CLIP_WITHIN_S)
        parts.forget(edge)
        if code != 0:
            raise DemoError(str(edge.failure("did not finish the clip")))
        stored = parts.edge_status().get("outbox", {}).get("stored", 0)
        now.note(f"{stored} báo cáo đã lưu / reports stored")


def _show_progress(parts: Parts, now: Now) -> None:
    status = parts.edge_status()
    if status:
        now.reached(status["camera"]["frames_total"])
        now.note(f"{status['camera']['violations_total']} vi phạm / violations")


def _review(api: Api, archive: PaperArchive, steps: Steps) -> list[dict[str, Any]]:
    with steps.step("Cán bộ duyệt / The officer reviews", total=_waiting(api)) as now:
        decided = officer.review_all(api, archive, now.reached)
        confirmed = sum(report["state"] == "confirmed" for report in decided)
        now.note(f"{confirmed} xác nhận / confirmed, {len(decided) - confirmed} loại / rejected")
    return decided


def _waiting(api: Api) -> int:
    queue = api.get("/v1/review/queue?limit=200")
    return int(queue["waiting"]) + int(queue["claimed"])


def _send_notices(api: Api, archive: PaperArchive, steps: Steps) -> None:
    with steps.step("Xác minh chủ xe bằng tay / Owners established by hand") as now:
        count = officer.settle_lookups(api, archive, now.reached)
        now.note(f"{count} không có, cũ hoặc sai trong đăng ký / missing, old or wrong in the register")
    with steps.step("Gửi thông báo / Notices sent") as now:
        cases = _all_reach(api, "notified")
        now.note(f"{len(cases)} vào hộp thư VNeID / into VNeID boxes")


def _settle(api: Api, chief: Api, parts: Parts, steps: Steps) -> None:
    """The owners accept, the chief signs, the owners pay, the cases close."""
    with contextlib.ExitStack() as stack:
        visits = [stack.enter_context(visit) for visit in _visits(api, parts)]
        with steps.step("Chủ xe xem và chấp nhận / Owners look and accept", total=len(visits)) as now:
            for visit in visits:
                visit.enter()
                visit.accept()
                now.advance()
            _all_reach(api, "recorded")
            now.note(f"{len(visits)} biên bản điện tử / electronic records")
        with steps.step("Đội trưởng ký quyết định / The team chief signs", total=len(visits)) as now:
            signed = officer.sign_decisions(chief, now.reached)
            fines = sum(case["fine_vnd"] for case in _all_reach(api, "decided"))
            now.note(f"{signed} quyết định / decisions, {format_vnd(fines)}")
        with steps.step("Chủ xe nộp phạt / Owners pay", total=len(visits)) as now:
            treasury = parts.outside["treasury"]["url"]
            for visit, method in zip(visits, cycle(_WAYS_TO_PAY), strict=False):
                visit.pay(method, treasury)
                now.advance()
            statement = httpx2.get(f"{treasury}/statement.csv", timeout=10, trust_env=False).content
            chief.upload("/v1/payments/vietqr/statements", "statement.csv", statement)
            now.note("VNPAY, MoMo, VietQR, cổng dịch vụ công (giả lập) / four ways, all sandboxes")
        with steps.step("Biên lai, kết thúc hồ sơ / Receipts, cases closed") as now:
            paid = sum(case["paid_vnd"] for case in _all_reach(api, "closed"))
            papers = sum(visit.keep_papers() for visit in visits)
            now.note(f"{format_vnd(paid)} vào sổ / in the ledger, {papers} giấy tờ / papers")


def _visits(api: Api, parts: Parts) -> list[OwnerVisit]:
    """One owner a case, found through the sandbox: the backend shows nobody's number in clear."""
    known = parts.registered_owners()
    inbox = parts.outside["inbox"]["url"]
    return [
        OwnerVisit(parts.site, Citizen(known[case["plate"]], inbox), case) for case in officer.dossiers(api)
    ]


def _all_reach(api: Api, state: str) -> list[Dossier]:
    try:
        return wait_for(
            f"every dossier to be {state}", lambda: officer.all_reached(api, state), within_s=STATE_WITHIN_S
        )
    except DemoError as error:
        stuck = ", ".join(
            f"{case['plate']} ({case['state']})" for case in officer.dossiers(api) if case["state"] != state
        )
        raise DemoError(f"{error}; stuck: {stuck}. Log: backend.log") from None


@contextlib.contextmanager
def _signed_in(parts: Parts, username: str, password: str) -> Iterator[Api]:
    api = Api(parts.site, username, password)
    try:
        yield api
    finally:
        api.close()
