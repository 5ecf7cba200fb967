"""Jinja pages in two languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.routing import Match

from backend.i18n import screen_language, translate
from backend.portal.glossary import explained
from penalty import plates
from penalty.calendar import vietnam_date
from penalty.money import format_vnd, format_vnd_en

_SAFE = ("GET", "HEAD")
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_HERE = Path(__file__).parent
KIOSK_COOKIE = "pn_kiosk"
"""Set on a machine that is a kiosk (`backend.portal.kiosk`)."""


def _loader() -> ChoiceLoader:
    """`review/queue.html` lies in backend/review/templates; a bare name in backend/templates."""
    nouns = {path.parent.name: FileSystemLoader(path) for path in _HERE.glob("*/templates")}
    return ChoiceLoader([PrefixLoader(nouns), FileSystemLoader(_HERE / "templates")])


def when(value: datetime, *, seconds: bool = True) -> str:
    """dd/mm/yyyy HH:MM:SS on the Vietnamese clock."""
    return value.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S" if seconds else "%d/%m/%Y %H:%M")


def day(value: date) -> str:
    """dd/mm/yyyy, on the Vietnamese calendar."""
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM).date()
    return value.strftime("%d/%m/%Y")


_WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def weekday(value: date, *, language: str = "vi") -> str:
    """With its name, as people remember a day: thứ Hai, 07/12/2026 or Monday, 7 December 2026."""
    written = day(value) if language == "vi" else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{_WEEKDAYS[language][value.weekday()]}, {written}"


def money(value_vnd: int, *, language: str = "vi") -> str:
    """As on the papers, never broken over two lines: 1.234.000 đồng or VND 1,234,000."""
    written = format_vnd(value_vnd) if language == "vi" else format_vnd_en(value_vnd)
    return written.replace(" ", "\N{NO-BREAK SPACE}")


def number(value: float, decimals: int = 1, *, language: str = "vi") -> str:
    """A decimal number with the language's own mark: 61,5 or 61.5."""
    text = f"{value:.{decimals}f}"
    return text.replace(".", ",") if language == "vi" else text


def asset(name: str) -> str:
    """Address of a static file, changing with its content's time so that browsers may cache it for long."""
    path = _HERE / "static" / name
    return f"/static/{name}?v={path.stat().st_mtime_ns // 1_000_000:x}"


@pass_context
def _gettext(context: Context, text: str, /, **values: object) -> str:
    message = translate(text, str(context.get("lang", "vi")))
    return message % values if values else message


@pass_context
def _number(context: Context, value: float, decimals: int = 1) -> str:
    return number(value, decimals, language=str(context.get("lang", "vi")))


@pass_context
def _weekday(context: Context, value: date) -> str:
    return weekday(value, language=str(context.get("lang", "vi")))


@pass_context
def _money(context: Context, value_vnd: int) -> str:
    return money(value_vnd, language=str(context.get("lang", "vi")))


def _plate(text: str, vehicle_kind: str) -> str:
    """As people read it: `61C05172` is 61C-051.72."""
    return plates.display(text, vehicle_kind=vehicle_kind)


def _environment() -> Environment:
    environment = Environment(
        loader=_loader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    globals_: dict[str, Callable[..., object]] = {"_": _gettext, "asset": asset, "explained": explained}
    environment.globals.update(globals_)
    environment.filters.update(
        {
            "vietnam_day": vietnam_date,
            "when": when,
            "day": day,
            "weekday": _weekday,
            "vnd": _money,
            "number": _number,
            "plate": _plate,
        }
    )
    return environment


environment = _environment()


def _opens(request: Request, path: str) -> bool:
    """Whether there is a page at this path."""
    asked = {"type": "http", "method": "GET", "path": unquote(path), "root_path": "", "headers": []}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.router.routes)


def _came_from(request: Request) -> SplitResult | None:
    """The page of ours that led here; None where the browser does not say, or that cannot be opened."""
    came = urlsplit(request.headers.get("referer", ""))
    ours = came.netloc == request.headers.get("host") and _opens(request, came.path)
    return came if ours and came.path != request.url.path else None


def _own_page(request: Request) -> SplitResult:
    """Where what is shown can be opened: a form's answer at its own address, else at the page of the form."""
    here = urlsplit(str(request.url))
    if request.method in _SAFE or _opens(request, here.path):
        return here
    if (came := _came_from(request)) is not None:
        return came
    parts = here.path.split("/")
    above = ("/".join(parts[:count]) for count in range(len(parts) - 1, 1, -1))
    return urlsplit(next((path for path in above if _opens(request, path)), "/"))


def page_before(request: Request) -> str:
    """Where somebody who cannot go on here came from; nothing where nobody knows."""
    before = _came_from(request) if request.method in _SAFE else _own_page(request)
    return before.path + (f"?{before.query}" if before.query else "") if before is not None else ""


def _language_links(request: Request) -> dict[str, str]:
    page = _own_page(request)
    query = [(name, value) for name, value in parse_qsl(page.query) if name != "lang"]
    return {lang: f"{page.path}?{urlencode([*query, ('lang', lang)])}" for lang in ("vi", "en")}


def render(
    request: Request,
    name: str,
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """The page in the reader's language. Templates get `lang`, `_`, `request`, and what is passed here."""
    lang = screen_language(request)
    base = {
        "request": request,
        "lang": lang,
        "language_links": _language_links(request),
        "settings": request.app.state.services.settings,
        "account": getattr(request.state, "account", None),
        "csrf_token": getattr(request.state, "csrf_token", ""),
        "section": "",
        "kiosk": KIOSK_COOKIE in request.cookies,
    }
    html = environment.get_template(name).render({**base, **context})
    return HTMLResponse(html, status_code, headers={"Cache-Control": "no-store", **(headers or {})})
