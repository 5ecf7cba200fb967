"""An administrator opens an account and ends a session; an auditor reads the log."""

from __future__ import annotations

import pytest

from tests.backend.factories import make_account
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, SMALL_PHONE, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser, live):
    with live.services.database.unit_of_work() as session:
        make_account(session, "quantri", "administrator")
        make_account(session, "kiemtra", "auditor")
    with browser.new_context(viewport=DESKTOP, locale="vi-VN") as context:
        yield context.new_page()


def look(page, live, shoot, path: str, name: str) -> None:
    for size, language in ((DESKTOP, "vi"), (SMALL_PHONE, "en")):
        page.set_viewport_size(size)
        page.goto(f"{live.url}{path}{'&' if '?' in path else '?'}lang={language}")
        assert_accessible(page)
        shoot(page, f"{name}-{language}")
    page.set_viewport_size(DESKTOP)


def test_an_administrator_opens_an_account_and_an_auditor_sees_it(live, desk, shoot):
    sign_in(desk, live, "quantri")
    desk.wait_for_url("**/quan-tri")
    desk.get_by_role("link", name="Tài khoản mới").click()
    desk.get_by_label("Tên đăng nhập").fill("can-bo-moi")
    desk.get_by_label("Họ tên").fill("CÁN BỘ THỬ NGHIỆM MỚI")
    desk.get_by_label("Đơn vị").fill("Đội 1 (thử nghiệm)")
    desk.get_by_label("Cán bộ xử lý").check()
    desk.get_by_label("Chức danh, nếu ký quyết định").select_option("officer")
    desk.get_by_label("Theo quyết định nào").fill("QĐ 12 (thử nghiệm)")
    desk.get_by_role("button", name="Mở tài khoản").press("Enter")
    assert len(desk.locator(".told").inner_text()) >= 16
    shoot(desk, "administration-1-told-once")
    desk.get_by_role("link", name="Xem tài khoản").click()
    desk.wait_for_url("**/quan-tri/tai-khoan/*")
    one = desk.url.removeprefix(live.url)
    for name, path in (
        ("2-accounts", "/quan-tri"),
        ("3-new", "/quan-tri/tai-khoan/moi"),
        ("4-account", one),
        ("5-sessions", "/quan-tri/phien"),
        ("6-areas", "/quan-tri/dia-ban"),
    ):
        look(desk, live, shoot, path, f"administration-{name}")
    desk.context.clear_cookies()
    sign_in(desk, live, "kiemtra")
    desk.wait_for_url("**/quan-tri/nhat-ky")
    look(desk, live, shoot, "/quan-tri/nhat-ky?action=account.&verify=true", "administration-7-log")
    assert "Opened a new account" in desk.locator("table.log").inner_text()
