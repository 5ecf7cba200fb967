"""The operators' screens about one camera: how it does, its set-up, its versions."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from backend.accounts.guards import COOKIE, CameraViewer, Operator
from backend.alerts import service as alerts
from backend.cameras import asks, boxes, files, rollouts, spells, views
from backend.cameras.models import CameraFileVersion, RollOut
from backend.cameras.refusals import no_picture, nothing_chosen
from backend.cameras.schemas import Look
from backend.cameras.watching import BOUNDARY, Watchers, pictures, thumbnail
from backend.cameras.why import not_kept, words
from backend.cameras.words import FAULT_NAMES, STEP_NAMES, signed
from backend.database import SessionDep, utc_now
from backend.errors import Problem, not_found
from backend.i18n import screen_language
from backend.intake.models import CameraStatus, Device
from backend.operations.words import CONDITION_NAMES
from backend.releases import software
from backend.review.words import RULE_NAMES, name_of
from backend.services import ServicesDep
from backend.templating import render

router = APIRouter(include_in_schema=False)

_PAGE = "/dieu-hanh/may-quay/{camera_id}"
Text = Annotated[str, Form()]


@router.get(_PAGE, response_class=HTMLResponse)
def camera_page(
    camera_id: str, request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    now, lang = utc_now(), screen_language(request)
    known = boxes.cameras(session, now, alive_s=services.settings.camera_alive_s)
    row = next((one for one in known if one.camera_id == camera_id), None)
    if row is None:
        raise not_found("Không có camera này", "There is no such camera")
    return render(
        request,
        "cameras/camera.html",
        section="operations",
        tab="cameras",
        camera=row,
        status=session.get(CameraStatus, camera_id),
        device=session.get(Device, row.device_id) if row.device_id else None,
        boxes=[one.view for one in boxes.fleet(session, ()) if one.view.state == "approved"],
        assigned=files.setup_of(session, camera_id).device_id,
        history=spells.history(session, camera_id, now),
        voided=spells.voided(session, camera_id),
        alerts=alerts.past_alerts(session, subject=camera_id, most=10),
        roll_out=rollouts.running_for(session, camera_id),
        fault_name=lambda key: name_of(FAULT_NAMES, key, lang),
        condition_name=lambda key: name_of(CONDITION_NAMES, key, lang),
        rule_name=lambda key: name_of(RULE_NAMES, key, lang),
        now=now,
    )


@router.get("/v1/cameras/{camera_id}/stream")
def stream(
    camera_id: str, request: Request, session: SessionDep, services: ServicesDep, viewer: CameraViewer
) -> Response:
    """The camera's small pictures as they come, as MJPEG; its box sends one a second meanwhile."""
    watchers: Watchers = request.app.state.watchers
    watchers.require_room(viewer.id)
    if thumbnail(session, camera_id) is None:
        raise no_picture()
    parts = pictures(
        services, watchers, camera_id, account_id=viewer.id, token=request.cookies.get(COOKIE, "")
    )
    kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
    return StreamingResponse(parts, media_type=kind, headers={"Cache-Control": "no-store"})


@router.post(f"{_PAGE}/hop")
def assign(camera_id: str, session: SessionDep, operator: Operator, device_id: Text = "") -> Response:
    boxes.assign(session, camera_id, device_id or None, operator)
    return _to(camera_id)


@router.post(f"{_PAGE}/vi-tri")
def place(
    camera_id: str, session: SessionDep, operator: Operator, latitude: Text = "", longitude: Text = ""
) -> Response:
    boxes.place(session, camera_id, _degrees(latitude), _degrees(longitude), operator)
    return _to(camera_id)


@router.get(f"{_PAGE}/thiet-lap", response_class=HTMLResponse)
def set_up_page(camera_id: str, request: Request, session: SessionDep, operator: Operator) -> HTMLResponse:
    setup = files.setup_of(session, camera_id)
    if asks.latest(session, camera_id, "view") is None:
        asks.ask(session, camera_id, "view", operator=operator, now=utc_now())
    return _editor(request, session, camera_id, files.draft_of(session, setup))


@router.post(f"{_PAGE}/thiet-lap", response_class=HTMLResponse)
def set_up(
    camera_id: str,
    request: Request,
    session: SessionDep,
    services: ServicesDep,
    operator: Operator,
    *,
    content: Text = "",
    expected_version: Annotated[int, Form()] = 0,
    doing: Text = "check",
    note: Text = "",
) -> Response:
    """What each button of the form does; without a script the page is made anew with the answer in it."""
    content = content.replace("\r\n", "\n")
    now = utc_now()
    try:
        if doing in {"save", "publish"}:
            files.save_draft(
                session, camera_id, content, expected_version=expected_version, author=operator, now=now
            )
        if doing == "publish":
            with session.begin_nested():
                found = rollouts.publish(
                    session, services.settings, [camera_id], note=note, author=operator, now=now
                )
            return RedirectResponse(f"/dieu-hanh/trien-khai/{found.id}", status_code=303)
        if doing == "rehearse":
            files.checked(camera_id, content)
            asks.ask(session, camera_id, "rehearse", operator=operator, now=now, camera_file=content)
        if doing == "view":
            asks.ask(session, camera_id, "view", operator=operator, now=now)
    except Problem as problem:
        return _editor(request, session, camera_id, content, problem=problem)
    return _editor(request, session, camera_id, content, done=doing)


@router.get(f"{_PAGE}/phien-ban/{{number}}", response_class=HTMLResponse)
def version_page(
    camera_id: str, number: int, request: Request, session: SessionDep, _operator: Operator
) -> HTMLResponse:
    found = session.get(CameraFileVersion, (camera_id, number))
    if found is None:
        raise not_found("Không có phiên bản này", "There is no such version")
    before = session.get(CameraFileVersion, (camera_id, found.based_on or number - 1))
    return render(
        request,
        "cameras/version.html",
        section="operations",
        tab="cameras",
        camera_id=camera_id,
        version=found,
        before=before,
        lines=[(signed(line), line) for line in files.difference(before.content, found.content)]
        if before
        else [],
        wanted=files.setup_of(session, camera_id).wanted,
    )


@router.post(f"{_PAGE}/phien-ban/{{number}}/quay-lai")
def roll_back(
    camera_id: str,
    number: int,
    session: SessionDep,
    services: ServicesDep,
    operator: Operator,
    *,
    note: Text = "",
) -> Response:
    found = rollouts.begin(
        session, services.settings, {camera_id: number}, note=note, author=operator, now=utc_now()
    )
    return RedirectResponse(f"/dieu-hanh/trien-khai/{found.id}", status_code=303)


@router.get("/dieu-hanh/hop", response_class=HTMLResponse)
def fleet_page(
    request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    now, lang = utc_now(), screen_language(request)
    known = boxes.cameras(session, now, alive_s=services.settings.camera_alive_s)
    newest = session.query(RollOut).order_by(RollOut.started_at.desc()).limit(20)
    return render(
        request,
        "cameras/fleet.html",
        section="operations",
        tab="boxes",
        boxes=boxes.fleet(session, known),
        cameras=known,
        drafts=[one for one in known if one.has_draft],
        roll_outs=[views.roll_out_view(session, one) for one in newest],
        condition_name=lambda key: name_of(CONDITION_NAMES, key, lang),
        now=now,
    )


@router.get("/dieu-hanh/hop/{device_id}", response_class=HTMLResponse)
def box_page(
    device_id: str, request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    now, lang = utc_now(), screen_language(request)
    known = boxes.cameras(session, now, alive_s=services.settings.camera_alive_s)
    found = next((one for one in boxes.fleet(session, known) if one.device.device_id == device_id), None)
    if found is None:
        raise not_found("Không có thiết bị này", "There is no such device")
    answers = [asks.latest(session, one.camera_id, "logs") for one in found.cameras]
    newest = max((one for one in answers if one is not None), key=lambda one: one.asked_at, default=None)
    return render(
        request,
        "cameras/box.html",
        section="operations",
        tab="boxes",
        box=found,
        logs=newest,
        lines=asks.reply_of(newest).log_lines if newest is not None else (),
        waiting=any(asks.pending(session, one.camera_id, "logs", now) for one in found.cameras),
        software=software.state_of(session, device_id),
        why_not_kept=lambda failure: words(not_kept(failure))[lang != "vi"],
        ordered=software.ordered(session, device_id),
        condition_name=lambda key: name_of(CONDITION_NAMES, key, lang),
    )


@router.post("/dieu-hanh/hop/{device_id}/nhat-ky")
def ask_for_logs(device_id: str, session: SessionDep, operator: Operator, camera_id: Text = "") -> Response:
    asks.ask(session, camera_id, "logs", operator=operator, now=utc_now())
    return RedirectResponse(f"/dieu-hanh/hop/{device_id}#nhat-ky", status_code=303)


@router.post("/dieu-hanh/trien-khai")
def begin_roll_out(
    session: SessionDep,
    services: ServicesDep,
    operator: Operator,
    camera_id: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    note: Text = "",
) -> Response:
    if not camera_id:
        raise nothing_chosen("Chưa chọn camera nào", "No camera is chosen")
    found = rollouts.publish(session, services.settings, camera_id, note=note, author=operator, now=utc_now())
    return RedirectResponse(f"/dieu-hanh/trien-khai/{found.id}", status_code=303)


@router.get("/dieu-hanh/trien-khai/{roll_out_id}", response_class=HTMLResponse)
def roll_out_page(
    roll_out_id: uuid.UUID, request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    found = session.get(RollOut, roll_out_id)
    if found is None:
        raise not_found("Không có đợt triển khai này", "There is no such roll-out")
    lang = screen_language(request)
    return render(
        request,
        "cameras/roll_out.html",
        section="operations",
        tab="boxes",
        view=views.roll_out_view(session, found),
        step_name=lambda key: name_of(STEP_NAMES, key, lang),
        watch_s=round(services.settings.roll_out_watch_s),
    )


@router.post("/dieu-hanh/trien-khai/{roll_out_id}/dung")
def stop_roll_out(roll_out_id: uuid.UUID, session: SessionDep, operator: Operator) -> Response:
    rollouts.stop(session, roll_out_id, operator=operator, now=utc_now())
    return RedirectResponse(f"/dieu-hanh/trien-khai/{roll_out_id}", status_code=303)


def _editor(
    request: Request,
    session: SessionDep,
    camera_id: str,
    content: str,
    *,
    problem: Problem | None = None,
    done: str = "",
) -> HTMLResponse:
    lang, now = screen_language(request), utc_now()
    view = views.setup_view(session, files.setup_of(session, camera_id))
    tried = asks.latest(session, camera_id, "rehearse")
    look: Look = views.look(session, camera_id, content=content) if content else view.look
    return render(
        request,
        "cameras/set_up.html",
        status_code=problem.status if problem else 200,
        section="operations",
        tab="cameras",
        camera_id=camera_id,
        view=view,
        look=look,
        content=content,
        problem=problem,
        done=done,
        has_picture=asks.picture_of(session, camera_id) is not None,
        picture_waits=asks.pending(session, camera_id, "view", now),
        tried=tried,
        rehearsal=asks.reply_of(tried) if tried is not None else None,
        trial_waits=asks.pending(session, camera_id, "rehearse", now) is not None,
        rule_name=lambda key: name_of(RULE_NAMES, key, lang),
        rule_names={key: name_of(RULE_NAMES, key, lang) for key in RULE_NAMES},
    )


def _to(camera_id: str) -> Response:
    return RedirectResponse(f"/dieu-hanh/may-quay/{camera_id}", status_code=303)


def _degrees(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as error:
        raise Problem(
            422,
            "place_wrong",
            "Tọa độ chưa đúng",
            "The coordinates are not right",
            f"“{text}” không phải là số.",
            f"“{text}” is no number.",
        ) from error
