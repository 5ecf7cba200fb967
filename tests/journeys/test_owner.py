"""An owner settles a case on the smallest phone without JavaScript, from the first page to the case file."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from pypdf import PdfReader

from backend.database import utc_now
from backend.dossiers.moves import locked
from backend.payments import posting
from backend.payments.starting import unasked
from penalty.payments.values import Heard, Outcome
from tests.backend.factories import make_account
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, PHONE, SMALL_PHONE, sign_in, wait_until
from tests.journeys.steps import confirmed, dossier, secret_of, sign_decision

pytestmark = pytest.mark.browser


def enter(page, shoot, known, secret) -> None:
    """Without the kind, then with a wrong code, as people do; then as it is on the notice."""
    page.get_by_label("Biển số").fill(known.plate_display.lower())
    page.get_by_label("Số thông báo").fill(known.notice_number)
    page.get_by_label("Mã tra cứu").fill("aaaa-aaaa")
    page.get_by_role("button", name="Xem hồ sơ").click()
    assert page.get_by_role("alert").get_by_text("Chọn loại xe").is_visible()
    shoot(page, "owner-2-lookup-no-kind-phone")
    page.get_by_label("Mô tô, xe gắn máy").check()
    page.get_by_role("button", name="Xem hồ sơ").click()
    assert page.get_by_role("alert").get_by_text("không khớp").is_visible()
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


def pay_once_more(live, dossier_id) -> None:
    """The bank takes the fine a second time."""
    with live.services.database.unit_of_work() as session:
        held = locked(session, dossier_id)
        payment = unasked(session, held, method="vietqr", amount_vnd=held.fine_vnd, now=utc_now())
        heard = Heard(payment.reference, payment.amount_vnd, Outcome.PAID, "FT-2", "00", {})
        posting.record(session, payment, heard, utc_now())


def give_back(live, browser, shoot, number: str, owner_cookies) -> None:
    """The accountant signs in, looks around in both languages, and writes down that the treasury has paid."""
    with live.services.database.unit_of_work() as session:
        make_account(session, "ketoan", "accountant")
    with browser.new_context(viewport=DESKTOP, locale="vi-VN") as context:
        desk = context.new_page()
        sign_in(desk, live, "ketoan")
        assert desk.url.endswith("/ke-toan")
        desk.get_by_role("row", name=number).get_by_role("link").click()
        refund = desk.url.removeprefix(live.url)
        pages = (
            "/ke-toan",
            refund,
            "/ke-toan/sao-ke",
            "/ke-toan/doi-soat",
            "/ke-toan/the",
            "/ke-toan/kho-bac",
            "/ke-toan/so-sach",
        )
        for size, language in ((PHONE, "en"), (DESKTOP, "vi")):
            desk.set_viewport_size(size)
            for path in pages:
                desk.goto(f"{live.url}{path}?lang={language}")
                assert_accessible(desk)
                shoot(desk, f"accounting-{path.split('/')[2] if path.count('/') > 1 else 'desk'}-{language}")
        context.add_cookies(owner_cookies)
        desk.goto(f"{live.url}/ho-so/lua-chon")
        assert_accessible(desk)
        desk.goto(live.url + refund)
        desk.get_by_label("Số lệnh hoàn trả của Kho bạc").fill("KB-0117")
        desk.get_by_role("button", name="Đã hoàn trả").click()
        assert_accessible(desk)
        shoot(desk, "accounting-refund-asked-twice")
        desk.get_by_role("button", name="Đúng, đã hoàn trả").click()
        desk.get_by_text("KB-0117").wait_for()


def money_comes_back(page, live, browser, shoot, dossier_id) -> None:
    """Paid twice: the owner's page says what is owed back and since when, then when and by which order."""
    pay_once_more(live, dossier_id)
    page.reload()
    assert "phải hoàn trả cho bạn từ ngày" in page.locator(".o-back").inner_text()
    shoot(page, "owner-12-owed-back-phone")
    give_back(live, browser, shoot, dossier(live, dossier_id).decision_number, page.context.cookies())
    page.reload()
    assert "KB-0117" in page.locator(".o-back").inner_text()


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
        money_comes_back(page, live, browser, shoot, dossier_id)
        page.goto(f"{live.url}/ho-so/tien-trinh")
        shoot(page, "owner-13-progress-phone")
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
