"""The administrator's page of areas: wards and provinces with their days, and a file that adds to them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.guards import Administrator
from backend.database import SessionDep, utc_now
from backend.errors import FieldError, Problem
from backend.places.models import AreaRow
from backend.places.service import gazetteer, import_areas
from backend.templating import render
from backend.uploads import GivenForm, upload_in
from penalty.calendar import vietnam_date

router = APIRouter(include_in_schema=False)
_HERE: Final = "/quan-tri/dia-ban"
_MOST_BYTES: Final = 2_000_000


@router.get(_HERE)
def areas_page(request: Request, session: SessionDep, _admin: Administrator, done: str = "") -> Response:
    """What areas are known."""
    return _page(request, session, done=done == "imported")


@router.post(_HERE)
def import_file(request: Request, session: SessionDep, account: Administrator, form: GivenForm) -> Response:
    """Take a file of areas; a faulty one changes nothing, and the page says which line is wrong."""
    try:
        file = upload_in(form)
        with session.begin_nested():
            import_areas(session, _text(file.content), by=account.actor, file=file.name[:100])
    except Problem as problem:
        return _page(request, session, problem=problem)
    return RedirectResponse(f"{_HERE}?done=imported", status_code=303)


def _text(content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        raise _unreadable("Tệp lớn hơn 2 MB.", "The file is larger than 2 MB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable("Tệp phải là văn bản UTF-8.", "The file must be text in UTF-8.") from error


def _unreadable(message_vi: str, message_en: str) -> Problem:
    return Problem(
        422,
        "file_unreadable",
        "Không đọc được tệp",
        "The file cannot be read",
        message_vi,
        message_en,
        errors=(FieldError("file", message_en),),
    )


def _page(
    request: Request, session: Session, *, done: bool = False, problem: Problem | None = None
) -> Response:
    today = vietnam_date(utc_now())
    known = gazetteer(session)
    own = set(session.scalars(select(AreaRow.code)))
    current = [area for area in known.areas if area.valid(today) and area.level != "country"]
    return render(
        request,
        "places/areas.html",
        status_code=problem.status if problem else 200,
        problem=problem,
        done=done,
        wards=sorted((one for one in current if one.level == "ward"), key=lambda one: one.name),
        provinces=sorted((one for one in current if one.level == "province"), key=lambda one: one.name),
        former={
            code: [one.name for one in known.areas if one.successor_code == code]
            for code in {one.successor_code for one in known.areas if one.successor_code}
        },
        own=own,
        area_name=lambda code: area.name if (area := known.today(code, today)) else code,
        section="administration",
    )
