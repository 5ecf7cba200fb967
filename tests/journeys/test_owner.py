"""An owner settles a case on a phone without JavaScript, from the first page to the receipt."""

from __future__ import annotations

import io
import re
import uuid

import pytest
from pypdf import PdfReader

from backend.dossiers.models import Dossier
from tests.backend.factories import PASSWORD
from tests.journeys.conftest import DESKTOP, PHONE, SMALL_PHONE, wait_until

pytestmark = pytest.mark.browser


def confirmed(live, registration) -> uuid.UUID:
    """An officer confirms the newest report over the API; returns the dossier once its notice is sent."""
    import httpx2

    with httpx2.Client(base_url=live.url, timeout=20) as officer:
        body = {"username": "canhsat", "password": PASSWORD}
        token = officer.post("/v1/sessions", json=body).json()["csrf_token"]
        officer.headers["X-CSRF-Token"] = token
        item = officer.post("/v1/review/next").json()
        decision = {
            "expected_version": item["version"],
            "plate": registration["plate"],
            "vehicle_kind": registration["kind"],
        }
        answer = officer.post(f"/v1/review/{item['id']}/confirm", json=decision)
        assert answer.status_code == 200, answer.text
        dossier_id = uuid.UUID(answer.json()["dossier_id"])
        officer.delete("/v1/sessions/current")
    wait_until(lambda: dossier(live, dossier_id).state == "notified", what="the notice to be sent")
    return dossier_id


def dossier(live, dossier_id) -> Dossier:
    with live.services.database.unit_of_work() as session:
        return session.get_one(Dossier, dossier_id)


def secret_of(live, registration, notice_number: str) -> str:
    messages = live.outside.inbox(id_number=registration["owner"]["id_number"])
    body = next(m["content"]["body"] for m in messages if notice_number in m["content"].get("subject", ""))
    return re.search(r"mã tra cứu ([A-Z0-9-]+)\.", body)[1]


def sign_decision(live, dossier_id) -> None:
    import httpx2

    with httpx2.Client(base_url=live.url, timeout=20) as chief:
        body = {"username": "doitruong", "password": PASSWORD}
        chief.headers["X-CSRF-Token"] = chief.post("/v1/sessions", json=body).json()["csrf_token"]
        version = chief.get(f"/v1/dossiers/{dossier_id}").json()["version"]
        answer = chief.post(f"/v1/dossiers/{dossier_id}/decision", json={"expected_version": version})
        assert answer.status_code == 200, answer.text


def test_an_owner_settles_a_case_on_a_phone_without_javascript(live, browser, shoot):
    registration = live.report()
    dossier_id = confirmed(live, registration)
    known = dossier(live, dossier_id)
    with browser.new_context(viewport=PHONE, java_script_enabled=False, locale="vi-VN") as context:
        page = context.new_page()
        answer = page.goto(live.url)
        assert len(answer.body()) < 50_000
        shoot(page, "owner-1-home-phone")
        page.get_by_role("link", name="Xem thông báo của tôi").click()
        page.get_by_label("Biển số xe").or_(page.get_by_label("Biển số")).first.fill("59-x1 123.45 sai")
        page.get_by_label("Số thông báo").fill(known.notice_number)
        page.get_by_label("Mã bí mật").fill("aaaa-aaaa")
        page.get_by_role("button", name="Xem hồ sơ").click()
        assert page.get_by_role("alert").is_visible()
        shoot(page, "owner-2-lookup-wrong-phone")
        page.locator("#plate").fill(known.plate_display.lower())
        page.get_by_label("Mã bí mật").fill(secret_of(live, registration, known.notice_number).lower())
        page.get_by_role("button", name="Xem hồ sơ").click()
        page.wait_for_url("**/ho-so")
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
        page.get_by_role("link", name=re.compile("Nộp 5")).click()
        shoot(page, "owner-9-pay-phone")
        page.get_by_role("button", name="Đến trang thanh toán").click()
        page.wait_for_url("**/paymentv2/vpcpay.html**")
        page.locator("button[value=paid], input[value=paid]").first.click()
        page.wait_for_url("**/thanh-toan/vnpay**")
        wait_until(lambda: dossier(live, dossier_id).state == "closed", what="the case to close")
        page.reload()
        assert "5.000.000" in page.locator(".o-money-done").inner_text()
        shoot(page, "owner-10-paid-phone")
        page.get_by_role("link", name="Về hồ sơ của tôi").click()
        shoot(page, "owner-11-done-phone")
        page.goto(f"{live.url}/ho-so/tien-trinh")
        shoot(page, "owner-12-progress-phone")
        wait_until(lambda: context.request.get(f"{live.url}/ho-so/giay-to/receipt.pdf").ok, what="the receipt")
        receipt = context.request.get(f"{live.url}/ho-so/giay-to/receipt.pdf")
        text = PdfReader(io.BytesIO(receipt.body())).pages[0].extract_text()
        assert dossier(live, dossier_id).receipt_number in text


@pytest.mark.parametrize(("name", "viewport"), [("small", SMALL_PHONE), ("desktop", DESKTOP)])
def test_the_owners_pages_fit_every_window(live, browser, shoot, name, viewport):
    registration = live.report(rule="speeding", kind="car", act="speed_10_20")
    dossier_id = confirmed(live, registration)
    known = dossier(live, dossier_id)
    with browser.new_context(viewport=viewport, java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        for path, shot in (("/", "home"), ("/tra-cuu", "lookup"), ("/xac-minh?m=PN1*TB", "check")):
            page.goto(f"{live.url}{path}{'&' if '?' in path else '?'}lang={'en' if name == 'small' else 'vi'}")
            shoot(page, f"fit-{shot}-{name}")
        page.goto(f"{live.url}/tra-cuu")
        page.locator("#plate").fill(known.plate)
        page.locator("#notice_number").fill(known.notice_number)
        page.locator("#secret").fill(secret_of(live, registration, known.notice_number))
        page.locator("form[action='/tra-cuu'] button").click()
        page.wait_for_url("**/ho-so")
        for path in ("", "/muc-phat", "/lua-chon", "/tien-trinh", "/chap-nhan"):
            page.goto(f"{live.url}/ho-so{path}")
            page.wait_for_load_state("networkidle")
            shoot(page, f"fit-case{path.replace('/', '-')}-{name}")
