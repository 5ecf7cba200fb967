"""A shared touch screen: keys on the glass, one visit, and nothing left of it for the next person."""

from __future__ import annotations

import pytest

from tests.journeys.axe import assert_accessible
from tests.journeys.steps import confirmed, dossier, secret_of

pytestmark = pytest.mark.browser
SCREEN = {"width": 1080, "height": 1920}
IDLE_MS, WARNING_MS = 91_000, 31_000


def touch(page, text: str) -> None:
    for letter in text:
        page.locator("[data-pad]").get_by_role("button", name=letter, exact=True).tap()


def enter(page, known, secret: str) -> None:
    for field, text in (("plate", known.plate), ("notice_number", known.notice_number), ("secret", secret)):
        page.locator(f"#{field}").tap()
        touch(page, text)
    page.get_by_role("button", name="Xem hồ sơ").tap()
    page.wait_for_url("**/ho-so")


def nothing_is_left(page, known) -> None:
    page.wait_for_url("**/kiosk")
    assert known.notice_number not in page.content()
    page.go_back()
    page.wait_for_url("**/kiosk")
    assert known.notice_number not in page.content()
    assert page.locator("img, video").count() == 0


def test_the_screen_forgets_a_visit_that_is_done_and_one_that_was_left(live, browser, shoot):
    registration = live.report(kind="motorbike")
    known = dossier(live, confirmed(live, registration))
    secret = secret_of(live, registration, known.notice_number)
    with browser.new_context(viewport=SCREEN, has_touch=True, locale="vi-VN") as context:
        page = context.new_page()
        page.goto(f"{live.url}/kiosk")
        assert_accessible(page)
        shoot(page, "kiosk-1-start")
        enter(page, known, secret)
        assert_accessible(page)
        shoot(page, "kiosk-2-case")
        for path in ("lua-chon", "tien-trinh"):
            page.goto(f"{live.url}/ho-so/{path}")
            assert_accessible(page)
            shoot(page, f"kiosk-2-{path}")
        assert page.locator("a[href$='.zip'], input[type=file]").count() == 0
        page.get_by_role("button", name="Xong").tap()
        nothing_is_left(page, known)

        page.clock.install()
        page.goto(f"{live.url}/kiosk")
        enter(page, known, secret)
        page.clock.run_for(IDLE_MS)
        warning = page.get_by_role("dialog")
        assert warning.is_visible()
        assert_accessible(page)
        shoot(page, "kiosk-3-still-here")
        warning.locator("[data-more]").tap()
        assert not warning.is_visible()
        page.clock.run_for(IDLE_MS + WARNING_MS)
        nothing_is_left(page, known)
        shoot(page, "kiosk-4-wiped")
