"""Figures for staff, for the province's IOC, and open data for everybody."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import HTMLResponse, JSONResponse

from backend.database import SessionDep, utc_now
from backend.figures import charts, exports, places, service
from backend.figures.guards import FigureReader, IocProgram
from backend.figures.period import Period, read_period
from backend.figures.published import OpenData, months
from backend.figures.tables import Figure, word
from backend.i18n import api_language, screen_language
from backend.operations.map import draw
from backend.services import ServicesDep
from backend.templating import render
from penalty.calendar import vietnam_date

router = APIRouter(tags=["figures"])


def _open_data(request: Request) -> OpenData:
    return cast("OpenData", request.app.state.open_data)


OpenDataDep = Annotated[OpenData, Depends(_open_data)]
Format = Literal["csv", "xlsx", "json"]
FirstDay = Annotated[str, Query(max_length=10, description="2026-11-01; without it thirty days back")]
LastDay = Annotated[str, Query(max_length=10, description="2026-11-27; without it today")]
Lang = Annotated[Literal["vi", "en", ""], Query(description="language of names; else Accept-Language")]
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/dieu-hanh/so-lieu", response_class=HTMLResponse, include_in_schema=False)
def figures_page(
    request: Request,
    session: SessionDep,
    services: ServicesDep,
    _reader: FigureReader,
    *,
    first: str = "",
    last: str = "",
) -> HTMLResponse:
    """Every figure of a period, each with its chart, its table and its files."""
    today = vietnam_date(utc_now())
    period = read_period(first, last, today)
    figures, lang = service.every(session, period, today), screen_language(request)
    return render(
        request,
        "figures/page.html",
        section="figures",
        as_of=utc_now(),
        places=draw(places.marks(session, figures, lang), services.settings.map_tiles_url),
        **_shown(request, figures, period),
    )


@router.get("/v1/figures")
def read_figures(
    request: Request,
    session: SessionDep,
    _reader: FigureReader,
    *,
    first: FirstDay = "",
    last: LastDay = "",
    lang: Lang = "",
) -> list[dict[str, Any]]:
    """All figures of a period."""
    today = vietnam_date(utc_now())
    period = read_period(first, last, today)
    language = lang or api_language(request)
    return [exports.as_json(one, period, language) for one in service.every(session, period, today)]


@router.get("/v1/figures/{name}.{form}")
def read_figure(
    request: Request,
    session: SessionDep,
    _reader: FigureReader,
    name: str,
    form: Format,
    *,
    first: FirstDay = "",
    last: LastDay = "",
    lang: Lang = "",
) -> Response:
    """One figure as a file; `all` with `xlsx` is a workbook of every figure."""
    today = vietnam_date(utc_now())
    period = read_period(first, last, today)
    whole = name == "all" and form == "xlsx"
    found = service.every(session, period, today) if whole else [service.figure(session, name, period, today)]
    return _file(found, period, form, lang or api_language(request), name)


@router.get("/v1/ioc/figures")
def read_ioc(
    request: Request,
    session: SessionDep,
    _program: IocProgram,
    *,
    first: FirstDay = "",
    last: LastDay = "",
    lang: Lang = "",
) -> dict[str, Any]:
    """Everything for the province's operations centre, for a program with the token IOC_TOKEN."""
    now = utc_now()
    period = read_period(first, last, vietnam_date(now))
    language = lang or api_language(request)
    found = service.every(session, period, vietnam_date(now))
    return {"as_of": now, "figures": [exports.as_json(one, period, language) for one in found]}


@router.get("/du-lieu-mo", response_class=HTMLResponse, include_in_schema=False)
def open_data_page(
    request: Request, session: SessionDep, published: OpenDataDep, thang: str = ""
) -> HTMLResponse:
    """A month's totals, for everybody."""
    now = utc_now()
    period, figures = published.month(session, thang or service.last_whole_month(vietnam_date(now)), now)
    return render(
        request,
        "figures/open_data.html",
        month_asked=f"{period.first:%Y-%m}",
        months=months(vietnam_date(now)),
        **_shown(request, figures, period),
    )


@router.get("/v1/open-data/{month_asked}/{name}.{form}")
def read_open_data(
    request: Request,
    session: SessionDep,
    published: OpenDataDep,
    month_asked: str,
    name: str,
    *,
    form: Format,
    lang: Lang = "",
) -> Response:
    """One of a month's public tables. Counts of one to four are left out."""
    period, found = published.table(session, month_asked, name, utc_now())
    return _file([found], period, form, lang or api_language(request), f"{name}-{month_asked}")


def _shown(request: Request, figures: list[Figure], period: Period) -> dict[str, Any]:
    lang = screen_language(request)
    return {
        "figures": figures,
        "period": period,
        "bars": {one.id: charts.bars(one, lang) for one in figures},
        "height": charts.height,
        "squares": {one.id: charts.squares(one) for one in figures if one.id == "violations_by_hour"},
        "word": word,
        "chart_width": charts.WIDTH,
    }


def _file(figures: list[Figure], period: Period, form: Format, lang: str, name: str) -> Response:
    if form == "json":
        return JSONResponse(jsonable_encoder(exports.as_json(figures[0], period, lang)))
    content = exports.as_csv(figures[0], lang) if form == "csv" else exports.as_excel(figures, period, lang)
    named = f"{name}_{period.first}_{period.last}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{named}"', "Cache-Control": "no-store"}
    return Response(content, media_type=_MEDIA[form], headers=headers)
