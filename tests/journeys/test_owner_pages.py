"""Every page of an owner in both languages, small and large: axe finds nothing, and nothing is cut off."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest

from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, SMALL_PHONE, wait_until
from tests.journeys.steps import accepted, confirmed, dossier, secret_of, sign_decision

pytestmark = pytest.mark.browser

OPEN = ("/", "/tra-cuu", "/xac-minh?m=PN1*TB")
NOTIFIED = (
    *("/ho-so", "/ho-so/nguyen-ven", "/ho-so/muc-phat", "/ho-so/lua-chon", "/ho-so/tien-trinh"),
    *("/ho-so/chap-nhan", "/ho-so/y-kien/driver", "/ho-so/y-kien/sold"),
    *("/ho-so/y-kien/cloned", "/ho-so/y-kien/not_mine"),
)
DECIDED = (
    *("/ho-so/muc-phat", "/ho-so/lua-chon", "/ho-so/nop-phat"),
    *("/ho-so/y-kien/complaint", "/ho-so/y-kien/instalments", "/ho-so/y-kien/deferral"),
)
SIZES = {"vi": SMALL_PHONE, "en": DESKTOP}


@contextmanager
def visitors(browser, live, registration, dossier_id):
    """The owner twice: on a small phone in Vietnamese, at a desk in English; both are in."""
    known = dossier(live, dossier_id)
    secret = secret_of(live, registration, known.notice_number)
    pages = {}
    for lang, viewport in SIZES.items():
        page = pages[lang] = browser.new_context(viewport=viewport).new_page()
        page.goto(f"{live.url}/tra-cuu?lang={lang}")
        page.locator("#plate").fill(known.plate)
        page.locator("#notice_number").fill(known.notice_number)
        page.locator("#secret").fill(secret)
        page.locator("form[action='/tra-cuu'] button").click()
        page.wait_for_url("**/ho-so")
    yield pages
    for page in pages.values():
        page.context.close()


def look(page, live, shoot, lang, paths) -> None:
    for path in paths:
        page.goto(f"{live.url}{path}")
        assert page.locator("html").get_attribute("lang") == lang
        assert_accessible(page)
        name = re.sub(r"\W+", "-", path.removeprefix("/ho-so").partition("?")[0]).strip("-") or "first"
        shoot(page, f"pages-{'case-' if path.startswith('/ho-so') else ''}{name}-{lang}")


def test_every_page_can_be_used_by_everybody(live, browser, shoot):
    registration = live.report(kind="car")
    dossier_id = confirmed(live, registration)
    with visitors(browser, live, registration, dossier_id) as pages:
        for lang, page in pages.items():
            look(page, live, shoot, lang, (*OPEN, *NOTIFIED))
            page.goto(f"{live.url}/ho-so")
            video = page.locator("video")
            video.evaluate("video => video.play()")
            wait_until(lambda video=video: video.evaluate("video => video.currentTime > 0.2"), what="film")
        accepted(live, registration, dossier_id)
        sign_decision(live, dossier_id)
        for lang, page in pages.items():
            look(page, live, shoot, lang, DECIDED)
        complain(pages["vi"], live, shoot)
        pages["en"].goto(f"{live.url}/ho-so/nop-phat")
        pages["en"].locator("input[value=vietqr]").check()
        pages["en"].locator("form[action='/ho-so/nop-phat'] button").click()
        assert_accessible(pages["en"])
        shoot(pages["en"], "pages-case-vietqr-en")


def complain(page, live, shoot) -> None:
    """A form with something missing says so; then it is taken, with a date by which it is answered."""
    page.goto(f"{live.url}/ho-so/y-kien/complaint")
    send = page.locator("main form[enctype] button")
    send.click()
    assert page.get_by_role("alert").is_visible()
    assert_accessible(page)
    shoot(page, "pages-case-complaint-wrong-vi")
    page.locator("#text").fill("Tôi đã dừng trước vạch, xin xem lại video.")
    page.locator("input[name=grounds]").first.check()
    send.click()
    page.wait_for_url("**/da-gui/**")
    assert_accessible(page)
    shoot(page, "pages-case-complaint-sent-vi")
