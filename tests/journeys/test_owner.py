"""An owner settles a case on the smallest phone without JavaScript, from the first page to the case file."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from pypdf import PdfReader

from tests.journeys.conftest import SMALL_PHONE, wait_until
from tests.journeys.steps import confirmed, dossier, secret_of, sign_decision

pytestmark = pytest.mark.browser


def enter(page, shoot, known, secret) -> None:
    """First with a wrong code, as people do; then as it is on the notice, in small letters."""
    page.get_by_label("Biển số").fill(known.plate_display.lower())
    page.get_by_label("Số thông báo").fill(known.notice_number)
    page.get_by_label("Mã tra cứu").fill("aaaa-aaaa")
    page.get_by_role("button", name="Xem hồ sơ").click()
    assert page.get_by_role("alert").is_visible()
    shoot(page, "owner-2-lookup-wrong-phone")
    page.get_by_label("Mã tra cứu").fill(secret.lower())
    page.get_by_role("button", name="Xem hồ sơ").click()
    page.wait_for_url("**/ho-so")


def pay(page, shoot) -> None:
    page.get_by_role("link", name=re.compile("Nộp 5")).click()
    shoot(page, "owner-9-pay-phone")
    page.get_by_label("Thẻ hoặc tài khoản ngân hàng qua VNPAY").check()
    page.get_by_role("button", name="Nộp theo cách này").click()
    page.wait_for_url("**/paymentv2/vpcpay.html**")
    page.locator("button[value=paid], input[value=paid]").first.click()
    page.wait_for_url("**/thanh-toan/vnpay**")


def test_an_owner_settles_a_case_on_a_small_phone_without_javascript(live, browser, shoot):
    registration = live.report()
    dossier_id = confirmed(live, registration)
    known = dossier(live, dossier_id)
    with browser.new_context(viewport=SMALL_PHONE, java_script_enabled=False, locale="vi-VN") as context:
        page = context.new_page()
        answer = page.goto(live.url)
        assert len(answer.body()) < 50_000
        shoot(page, "owner-1-home-phone")
        page.get_by_role("link", name="Xem thông báo của tôi").click()
        enter(page, shoot, known, secret_of(live, registration, known.notice_number))
        page.locator("img").first.scroll_into_view_if_needed()
        shoot(page, "owner-3-what-phone")
        page.get_by_role("link", name="Tiếp: bao nhiêu, đến khi nào").click()
        assert "5.000.000" in page.locator(".o-money").inner_text()
        shoot(page, "owner-4-amount-phone")
        page.get_by_role("link", name="Tiếp: bạn có thể làm gì").click()
        shoot(page, "owner-5-choices-phone")
        page.get_by_role("link", name="Chấp nhận và tiếp tục").click()
        page.get_by_role("button", name="Tôi chấp nhận").click()
        assert page.get_by_role("alert").is_visible()
        for name in ("driver", "electronic", "no_explanation"):
            page.locator(f"#{name}").check()
        shoot(page, "owner-6-accept-phone")
        page.get_by_role("button", name="Tôi chấp nhận").click()
        shoot(page, "owner-7-waiting-phone")
        assert dossier(live, dossier_id).state == "recorded"

        sign_decision(live, dossier_id)
        page.get_by_role("link", name="Xem lại").click()
        shoot(page, "owner-8-choices-pay-phone")
        pay(page, shoot)
        wait_until(lambda: dossier(live, dossier_id).state == "closed", what="the case to close")
        page.reload()
        assert "5.000.000" in page.locator(".o-money-done").inner_text()
        shoot(page, "owner-10-paid-phone")
        page.get_by_role("link", name="Về hồ sơ của tôi").click()
        shoot(page, "owner-11-done-phone")
        page.goto(f"{live.url}/ho-so/tien-trinh")
        shoot(page, "owner-12-progress-phone")
        wait_until(
            lambda: context.request.get(f"{live.url}/ho-so/giay-to/receipt.pdf").ok, what="the receipt"
        )
        receipt = context.request.get(f"{live.url}/ho-so/giay-to/receipt.pdf")
        text = PdfReader(io.BytesIO(receipt.body())).pages[0].extract_text()
        assert dossier(live, dossier_id).receipt_number in text
        with page.expect_download() as taken:
            page.get_by_role("link", name="Tải cả hồ sơ").click()
        with zipfile.ZipFile(taken.value.path()) as archive:
            assert archive.testzip() is None
            assert "chung-cu/masked_clip.mp4" in archive.namelist()
