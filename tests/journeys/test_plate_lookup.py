"""Anybody looks up a plate: at once with scripts, after a short wait without; axe finds nothing."""

from __future__ import annotations

import re

import pytest

from backend.portal import tickets
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.journeys.steps import confirmed, dossier

pytestmark = pytest.mark.browser


def test_a_plate_is_looked_up_with_scripts_and_without(live, browser, shoot, monkeypatch):
    known = dossier(live, confirmed(live, live.report(kind="motorbike")))
    monkeypatch.setattr(tickets, "WAIT_S", 60)  # with scripts nobody waits so long
    for name, viewport, lang in (("phone", PHONE, "vi"), ("desktop", DESKTOP, "en")):
        with browser.new_context(viewport=viewport) as context:
            page = context.new_page()
            page.goto(f"{live.url}/?lang={lang}")
            page.locator("a[href='/tra-cuu/bien-so']").click()
            assert_accessible(page)
            shoot(page, f"plate-1-form-{name}")
            page.locator("#plate").fill(known.plate_display.lower())
            page.locator("#group-motorbike").check()
            page.locator("form[action='/tra-cuu/bien-so'] button").click()
            page.locator("dl").first.wait_for()
            assert known.plate_display in page.locator("dl").first.inner_text()
            assert_accessible(page)
            shoot(page, f"plate-3-found-{name}")

    monkeypatch.setattr(tickets, "WAIT_S", 1)
    with browser.new_context(viewport=SMALL_PHONE, java_script_enabled=False, locale="vi-VN") as context:
        page = context.new_page()
        page.goto(f"{live.url}/tra-cuu/bien-so")
        page.locator("#plate").fill("51A-000.00")
        page.locator("#group-car").check()
        page.get_by_role("button", name="Tra cứu").click()
        page.get_by_text(re.compile("Hãy đợi")).wait_for()
        shoot(page, "plate-2-wait-small")
        while page.get_by_text("Không có thông tin công khai").count() == 0:
            page.get_by_role("button", name="Xem kết quả").click()
        shoot(page, "plate-4-nothing-small")
