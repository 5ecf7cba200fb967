"""The few pages people look at: server-rendered, no JavaScript, Vietnamese first."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(name: str, lang: str, **values: object) -> str:
    english = lang == "en"

    def say(vi: str, en: str) -> str:
        return en if english else vi

    return _pages.get_template(name).render(say=say, lang="en" if english else "vi", **values)


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "") or "format=json" in request.url.query


def as_page_time(moment: str) -> str:
    """An ISO moment as Vietnam writes it: hour first, then the day."""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo('Asia/Ho_Chi_Minh')):%H:%M %d/%m/%Y}"


def money(amount_vnd: int) -> str:
    return f"{amount_vnd:,}".replace(",", ".") + " đồng"
