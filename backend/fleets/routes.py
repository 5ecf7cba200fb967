"""What companies' programs call. Every call carries a key; a company sees its own and nothing else."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.fleets import endpoints, lists, lookup, service
from backend.fleets.keys import Caller, CasesKey, WebhooksKey
from backend.fleets.schemas import (
    CaseList,
    CaseView,
    DeliveryList,
    DeliveryView,
    LookedUp,
    VehicleList,
    VehicleView,
)
from backend.i18n import api_language
from backend.idempotency.routes import CompanyOnce, OnceRoute
from backend.services import Services, ServicesDep

router = APIRouter(route_class=OnceRoute, prefix="/v1/fleet", tags=["fleets"])
_CSV = "text/csv"
_CSV_BODY = {
    "requestBody": {"required": True, "content": {_CSV: {"schema": {"type": "string"}}}},
    "responses": {"200": {"content": {_CSV: {"schema": {"type": "string"}}}}},
}


@router.get("/vehicles")
def vehicles(session: SessionDep, caller: CasesKey) -> VehicleList:
    """The company's list, with what the registry said to each vehicle."""
    company = service.find(session, caller.company_id)
    listed = service.plates_of(session, company)
    return VehicleList(items=[VehicleView.model_validate(one) for one in listed])


@router.get("/cases")
def list_cases(
    session: SessionDep,
    caller: CasesKey,
    after: Annotated[uuid.UUID | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> CaseList:
    """All cases in the order they were opened. Compare with it once a day: a webhook may be lost."""
    company = service.find(session, caller.company_id)
    found = lookup.cases(session, company, after=after, limit=limit)
    more = found[-1].id if len(found) == limit else None
    return CaseList(items=found, next_after=more)


@router.get("/cases/{case_id}")
def one_case(case_id: uuid.UUID, session: SessionDep, caller: CasesKey) -> CaseView:
    """One case. 404 where it is not, or no longer, the company's."""
    company = service.find(session, caller.company_id)
    return lookup.case(session, company, case_id)


@router.post("/lookups", openapi_extra=_CSV_BODY, response_model=LookedUp)
async def look_up(request: Request, services: ServicesDep, caller: CasesKey) -> Response:
    """Cases of the vehicles in a CSV (`plate,kind`; kind may be empty): `Accept: text/csv` or JSON.

    Each row is answered, also those that cannot be used. 422 where the file cannot be read at all.
    """
    content = await _body(request)
    wants_csv = request.headers.get("accept", "").lower().startswith(_CSV)
    return await run_in_threadpool(
        _looked_up, services, caller, content, api_language(request), wants_csv=wants_csv
    )


@router.get("/deliveries")
def deliveries(
    session: SessionDep,
    caller: WebhooksKey,
    state: Annotated[Literal["waiting", "delivered", "dead"] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> DeliveryList:
    """Webhooks, the newest first; `state=dead` are those that were given up."""
    found = endpoints.sent(session, caller.company_id, state=state, limit=limit)
    return DeliveryList(items=[DeliveryView.model_validate(one) for one in found])


@router.post("/deliveries/{delivery_id}/resend", status_code=202)
def resend(
    delivery_id: uuid.UUID, session: SessionDep, caller: WebhooksKey, _once: CompanyOnce
) -> dict[str, str]:
    """Try a webhook again from the beginning. 409 where its endpoint is not in use any more."""
    return {"state": endpoints.resend(session, caller.company_id, delivery_id, utc_now()).state}


def _looked_up(
    services: Services, caller: Caller, content: bytes, language: str, *, wants_csv: bool
) -> Response:
    asked = read_list(content)
    with services.database.unit_of_work() as session:
        company = service.find(session, caller.company_id)
        answers = lookup.look_up(session, company, asked, actor=caller.actor)
    headers = {"Cache-Control": "private, no-store", "Content-Language": language}
    if wants_csv:
        text = lists.written(lookup.HEAD, lookup.table(answers, language))
        return Response(text.encode("utf-8-sig"), media_type=f"{_CSV}; charset=utf-8", headers=headers)
    body = LookedUp(rows=answers).model_dump_json()
    return Response(body, media_type="application/json", headers=headers)


def read_list(content: bytes, *, kind_needed: bool = False) -> lists.Read:
    """Raises Problem 422 where the file as a whole cannot be read."""
    try:
        return lists.read(content, kind_needed=kind_needed)
    except lists.ListError as error:
        raise Problem(
            422,
            f"list_{error.code}",
            "Không đọc được danh sách",
            "The list cannot be read",
            error.vi,
            error.en,
        ) from error


async def _body(request: Request) -> bytes:
    """The body up to one byte more than a list may have, so that too much is seen and not kept."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > lists.MOST_BYTES:
            return bytes(content[: lists.MOST_BYTES + 1])
    return bytes(content)
