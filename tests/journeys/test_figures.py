"""Figures for staff, and open data for everybody, on a desk and on a phone."""

from __future__ import annotations

import pytest

from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, PHONE, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "viewport"), [("vi", DESKTOP), ("en", PHONE)])
def test_figures_are_read_as_chart_and_table(live, browser, shoot, language, viewport):
    live.report(rule="red_light", kind="motorbike")
    with browser.new_context(viewport=viewport) as context:
        page = context.new_page()
        sign_in(page, live, "doitruong")
        page.goto(f"{live.url}/dieu-hanh/so-lieu?lang={language}")
        section = page.locator("section.figure").first
        assert section.locator("svg.bars").count() == 1
        reported = section.locator("tbody tr").first.locator("td").first
        assert int(reported.inner_text()) >= 1
        shoot(page, f"figures-{language}")
        assert_accessible(page)
        with page.expect_download() as download:
            section.locator("a", has_text="CSV").click()
        assert download.value.suggested_filename.startswith("funnel_")
        page.goto(f"{live.url}/du-lieu-mo?lang={language}")
        shoot(page, f"open-data-{language}")
        assert_accessible(page)
