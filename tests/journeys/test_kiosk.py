"""A shared touch screen: keys on the glass, one visit, and nothing left of it for the next person."""

from __future__ import annotations

import pytest

from backend.database import utc_now
from backend.portal import pairing
from tests.backend.factories import entry_of, make_account
from tests.journeys.axe import assert_accessible
from tests.journeys.steps import confirmed, dossier, secret_of

pytestmark = pytest.mark.browser
SCREEN = {"width": 1080, "height": 1920}
LYING = {"width": 1280, "height": 800}
IDLE_MS, WARNING_MS = 91_000, 31_000


def touch(page, text: str) -> None:
    for letter in text:
        page.locator("[data-pad]").get_by_role("button", name=letter, exact=True).tap()


def enter(page, known, secret: str) -> None:
    for field, text in entry_of(known, secret).items():
        page.locator(f"#group-{text}" if field == "group" else f"#{field}").tap()
        if field != "group":
            touch(page, text)
    page.get_by_role("button", name="Xem hồ sơ").tap()
    page.wait_for_url("**/ho-so")


def make_it_a_kiosk(page, live, shoot) -> None:
    """Somebody of staff got a code; it is touched in at the machine, which lies and then stands."""
    with live.services.database.unit_of_work() as session:
        keeper = make_account(session, "nguoi-lap-dat", "operator")
        code = pairing.issue(live.services, session, "Trụ sở phường thử nghiệm", keeper, utc_now())
    page.set_viewport_size(LYING)
    page.goto(f"{live.url}/kiosk")
    assert_accessible(page)
    shoot(page, "kiosk-0-unpaired")
    touch(page, code)
    page.get_by_role("button", name="Biến máy này thành ki-ốt").tap()
    page.wait_for_selector("[data-warning]", state="attached")
    shoot(page, "kiosk-1-start-lying")
    bar = page.locator(".k-bar").bounding_box()
    for part in (
        "#plate",
        "#group-special_machine",
        "#notice_number",
        "#secret",
        ".k-form .o-button",
        ".k-keypad",
    ):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= bar["y"], f"{part} lies behind the bar"
    page.set_viewport_size(SCREEN)


def write_by_touch(page, live, shoot) -> None:
    """A form that asks for words: keys come up, with the letters and tones of Vietnamese."""
    page.set_viewport_size(LYING)
    page.goto(f"{live.url}/ho-so/y-kien/driver")
    page.locator("#name").tap()
    board = page.locator("[data-board]")
    for key in ("⇧", "Đ", "o", "hỏi", "Cách", "n", "ă", "m", "sắc"):
        board.get_by_role("button", name=key, exact=True).first.tap()
    assert page.locator("#name").input_value() == "Đỏ nắm"
    box, keys = page.locator("#name").bounding_box(), board.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= keys["y"], "the box lies behind the keys"
    assert_accessible(page)
    shoot(page, "kiosk-2-words")
    board.get_by_role("button", name="Ẩn bàn phím").tap()
    page.locator("#id_number").tap()
    assert board.get_by_role("button", name="Cách").count() == 0
    board.get_by_role("button", name="7", exact=True).tap()
    assert page.locator("#id_number").input_value() == "7"
    board.get_by_role("button", name="Ẩn bàn phím").tap()
    page.set_viewport_size(SCREEN)


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
        make_it_a_kiosk(page, live, shoot)
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
        write_by_touch(page, live, shoot)
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
