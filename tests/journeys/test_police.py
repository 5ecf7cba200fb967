"""An officer at work with the keyboard alone, a second one who looks blind, and the chief between them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.intake.models import Violation
from backend.rechecks.models import Recheck
from backend.review.models import ReviewAct
from edge.report import BodyColour, Vehicle
from tests.backend.factories import make_account
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, PHONE, SMALL_PHONE, sign_in, wait_until

pytestmark = pytest.mark.browser


def in_both_languages(page, shoot, name) -> None:
    """axe, and no sideways scrolling on the phones, in both languages."""
    address = page.url.split("?")[0]
    for lang in ("en", "vi"):
        page.goto(f"{address}?lang={lang}")
        assert_accessible(page)
        for size, viewport in (("phone", PHONE), ("small", SMALL_PHONE)) if lang == "vi" else ():
            page.set_viewport_size(viewport)
            shoot(page, f"police-{name}-{size}")
        page.set_viewport_size(DESKTOP)
        shoot(page, f"police-{name}-{lang}")


def test_three_reports_with_the_keyboard_alone(live, desk, shoot):
    """Confirm, correct and confirm, reject: no pointer, and each time the next evidence lies ready."""
    registrations = [live.report(kind="motorbike"), live.report(kind="car"), live.report(kind="motorbike")]
    sign_in(desk, live, "canhsat")
    desk.keyboard.press("n")
    desk.wait_for_url("**/canh-sat/duyet/**")
    for place in range(3):
        desk.locator('[data-open="confirm"]:enabled').wait_for()
        if place < 2:
            desk.locator("[data-ahead=ready]").wait_for()
        before = desk.url.split("?")[0]
        if place == 1:
            desk.keyboard.press("e")
            desk.locator("dialog#edit[open]").wait_for()
            desk.keyboard.press("Tab")
            desk.keyboard.press("Tab")
            desk.keyboard.press("ArrowDown")
            desk.keyboard.press("Tab")
            desk.keyboard.press("ArrowDown")
            desk.keyboard.press("Tab")
            desk.keyboard.type("Nền vàng, xe kinh doanh sơn trắng")
            desk.keyboard.press("Enter")
            desk.locator(".plate-card .plate.yellow").wait_for()
            desk.get_by_text("cán bộ nhìn ảnh").first.wait_for()
            desk.locator('[data-open="confirm"]:enabled').wait_for()
        if place < 2:
            for key in ("4", ".", "]", "l", "ArrowRight", "+", "l", "2"):
                desk.keyboard.press(key)
            desk.keyboard.press("c")
            desk.locator("dialog#confirm[open]").wait_for()
            desk.wait_for_timeout(450)  # the dialog takes no key that is the bounce of the one that opened it
            desk.keyboard.press("Enter")
        else:
            desk.keyboard.press("r")
            desk.locator("dialog#reject[open]").wait_for()
            desk.keyboard.press("Space")
            for _ in range(2):
                desk.keyboard.press("Tab")
            desk.keyboard.press("Enter")
        desk.wait_for_url(lambda address, before=before: address.split("?")[0] != before)
        if place < 2:  # the next one was shown in place, and the screen reader is told
            wait_until(lambda: desk.evaluate("performance.getEntriesByName('next-evidence').length"))
            assert desk.evaluate("document.activeElement.tagName") == "H1"
    assert desk.url.endswith("/canh-sat?done=rejected")
    plates = [one["plate"] for one in registrations]
    with live.services.database.unit_of_work() as session:
        states = session.scalars(select(Violation.state).where(Violation.plate_read.in_(plates))).all()
        dwell = session.scalars(select(ReviewAct.dwell_s).where(ReviewAct.act == "confirmed")).all()
    assert max(states) == "rejected"
    assert all(one is None or 0 < one < 60 for one in dwell)
    shoot(desk, "police-queue-empty")
    desk.goto(f"{live.url}/canh-sat/ho-so/{live.dossier_of(plates[0]).id}")
    in_both_languages(desk, shoot, "dossier")


@pytest.fixture
def drawn(live, monkeypatch):
    """Every decision is looked at twice."""
    monkeypatch.setattr("backend.rechecks.service.is_drawn", lambda *_: True)


def painted(name: str, seen_rgb: str) -> Vehicle:
    """A car whose paint the camera told."""
    colour = BodyColour(name=name, confidence=0.9, looks=4, agreeing=4, seen_rgb=seen_rgb)
    return Vehicle(kind="car", confidence=0.94, track=7, box_px=(410, 220, 520, 360), colour=colour)


def test_a_second_officer_looks_blind_and_a_chief_settles(live, desk, shoot, drawn):
    live.report(kind="car", vehicle=painted("red", "#b02830"))
    with live.services.database.unit_of_work() as session:
        make_account(session, "canhsat2", "officer")
        make_account(session, "doitruong2", "team_chief")
    sign_in(desk, live, "canhsat")
    desk.keyboard.press("n")
    desk.locator('[data-open="confirm"]:enabled').wait_for()
    wait_until(lambda: desk.locator("table.compared .badge.error").count(), what="the registry")
    in_both_languages(desk, shoot, "report")
    desk.locator('[data-open="confirm"]:enabled').wait_for()
    desk.keyboard.press("c")
    desk.locator("dialog#confirm[open]").wait_for()
    assert_accessible(desk)
    desk.wait_for_timeout(450)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/canh-sat?done=confirmed")

    desk.context.clear_cookies()
    sign_in(desk, live, "canhsat2")
    desk.locator("[data-second]").click()
    desk.wait_for_url("**/canh-sat/duyet-lai/**")
    assert "Đã xác nhận" not in desk.locator("main").inner_text()
    in_both_languages(desk, shoot, "second")
    desk.keyboard.press("r")
    desk.locator("#reject label", has_text="Hình ảnh không cho thấy hành vi vi phạm").click()
    desk.locator("#reject [type=submit]").press("Enter")
    desk.wait_for_url("**/canh-sat?done=second")

    desk.context.clear_cookies()
    sign_in(desk, live, "doitruong2")
    in_both_languages(desk, shoot, "queue")
    desk.goto(f"{live.url}/canh-sat/duyet-lai")
    in_both_languages(desk, shoot, "differences")
    desk.get_by_label("Của cán bộ thứ hai").check()
    desk.get_by_label("Lý do").fill("Xe đã dừng trước vạch (thử nghiệm)")
    desk.get_by_role("button", name="Giải quyết").press("Enter")
    desk.get_by_text("Không có kết luận nào khác nhau").wait_for()
    with live.services.database.unit_of_work() as session:
        assert session.scalars(select(Recheck.consequence)).one() == "dropped"
    desk.goto(f"{live.url}/chat-luong-duyet")
    desk.get_by_role("button", name="Xem").press("Enter")  # all days: both fields are empty
    desk.wait_for_url("**/chat-luong-duyet?since=&until=")
    assert "100,0 %" in desk.locator("table").first.inner_text()
    in_both_languages(desk, shoot, "quality")
