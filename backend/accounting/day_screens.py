"""The page of a day's book, and its files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.accounting import day as days
from backend.accounting import queries
from backend.accounting.pages import page
from backend.accounts.guards import MoneyReader
from backend.database import SessionDep, utc_now
from backend.figures import exports
from backend.figures.period import Period
from backend.i18n import screen_language
from backend.payments.words import POSTINGS
from penalty.calendar import vietnam_date

router = APIRouter(include_in_schema=False)
Day = Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
_SHOWN = 200
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/ke-toan/so-sach")
def day_page(request: Request, session: SessionDep, account: MoneyReader, ngay: Day = None) -> Response:
    """Every account before and after a day, whether debits equal credits, and the day's postings."""
    day = ngay or vietnam_date(utc_now())
    found = days.postings(session, day, most=_SHOWN)
    book = days.day_book(session, day)
    return page(
        request,
        session,
        account,
        "accounting/day.html",
        book=book,
        account_names={one.account: one.name for one in book.accounts},
        postings=found,
        more=days.number_of_postings(session, day) - len(found),
        posting_names=POSTINGS,
        unplaced=queries.total_unplaced(session),
        printed_at=utc_now(),
    )


@router.get("/ke-toan/so-sach/{name}.{form}")
def day_file(
    request: Request,
    session: SessionDep,
    _account: MoneyReader,
    name: Literal["accounts", "postings", "all"],
    form: Literal["csv", "xlsx"],
    ngay: Day = None,
) -> Response:
    """The accounts or the postings of a day as CSV, or both as one workbook."""
    day = ngay or vietnam_date(utc_now())
    figures = []
    if name != "postings":
        figures.append(days.accounts_figure(days.day_book(session, day)))
    if name != "accounts":
        figures.append(days.postings_figure(days.postings(session, day)))
    lang = screen_language(request)
    if form == "csv":
        content, media = exports.as_csv(figures[0], lang), "text/csv; charset=utf-8"
    else:
        content, media = exports.as_excel(figures, Period(day, day), lang), _XLSX
    named = f"so-sach_{name}_{day}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{named}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media, headers=headers)
