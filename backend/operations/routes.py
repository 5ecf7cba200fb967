"""The operators' page and API, and the two addresses that supervisors ask."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from backend.accounts.guards import CameraViewer, Operator
from backend.cameras import boxes
from backend.cameras.refusals import no_picture
from backend.cameras.watching import thumbnail
from backend.database import SessionDep, utc_now
from backend.errors import not_found
from backend.i18n import screen_language
from backend.intake import devices
from backend.operations import service
from backend.operations.map import draw
from backend.operations.marks import camera_marks, tone_of
from backend.operations.schemas import Overview, Readiness
from backend.operations.words import CONDITION_NAMES, SIGNAL_NAMES, bars
from backend.review.words import RULE_NAMES, name_of
from backend.services import ServicesDep
from backend.templating import render

router = APIRouter(tags=["operations"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(services: ServicesDep, response: Response) -> Readiness:
    """200 where requests can be served, else 503 saying which part is missing."""
    found = service.readiness(services)
    if not found.ready:
        response.status_code = 503
    return found


@router.get("/v1/operations")
def read_overview(session: SessionDep, services: ServicesDep, _operator: Operator) -> Overview:
    return service.overview(session, services, utc_now())


@router.get("/v1/cameras/{camera_id}/thumbnail", response_class=Response)
def read_thumbnail(camera_id: str, session: SessionDep, _staff: CameraViewer) -> Response:
    picture = thumbnail(session, camera_id)
    if picture is None:
        raise no_picture()
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.get("/dieu-hanh", response_class=HTMLResponse, include_in_schema=False)
def operations_page(
    request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    lang = screen_language(request)
    found = service.overview(session, services, utc_now())
    return render(
        request,
        "operations/overview.html",
        section="operations",
        tab="cameras",
        view=found,
        bars=bars(found.days),
        rule_name=lambda key: name_of(RULE_NAMES, key, lang),
        condition_name=lambda key: name_of(CONDITION_NAMES, key, lang),
        signal_name=lambda key: name_of(SIGNAL_NAMES, key, lang),
    )


@router.post("/dieu-hanh/thiet-bi/{device_id}/{decision}", include_in_schema=False)
def decide_device(device_id: str, decision: str, session: SessionDep, operator: Operator) -> Response:
    if decision not in {"duyet", "thu-hoi"}:
        raise not_found()
    devices.decide(session, device_id, approve=decision == "duyet", operator=operator, now=utc_now())
    return RedirectResponse("/dieu-hanh/hop#thiet-bi", status_code=303)


@router.get("/dieu-hanh/ban-do", response_class=HTMLResponse, include_in_schema=False)
def map_page(
    request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    lang = screen_language(request)
    known = boxes.cameras(session, utc_now(), alive_s=services.settings.camera_alive_s)
    return render(
        request,
        "operations/map.html",
        section="operations",
        tab="map",
        cameras=known,
        picture=draw(camera_marks(known, lang), services.settings.map_tiles_url),
        tone=tone_of,
        condition_name=lambda key: name_of(CONDITION_NAMES, key, lang),
    )
