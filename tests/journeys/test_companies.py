"""A company subscribes and looks up its vehicles, on a phone and at a desk; an officer verifies it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, PHONE, SMALL_PHONE, sign_in, wait_until
from tests.journeys.steps import confirmed

pytestmark = pytest.mark.browser


def enter(page, live, id_number: str) -> None:
    page.goto(f"{live.url}/doanh-nghiep")
    page.get_by_role("link", name="Tiếp tục đến VNeID").click()
    page.locator(f"a[href*='account={id_number}']").click()
    page.locator("button[value=confirm]").click()
    page.wait_for_url("**/doanh-nghiep")


def seen(page, shoot, name: str) -> None:
    """Right in both languages and not too wide on a small phone."""
    for lang in ("en", "vi"):
        page.goto(f"{page.url.split('?')[0]}?lang={lang}")
        assert_accessible(page)
    shoot(page, f"company-{name}")


def paper() -> dict:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 420), "#eeeeee").save(buffer, "PNG")
    return {"name": "giay-dang-ky.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def made_key(page, live, shoot) -> str:
    """The key, as it is shown once."""
    page.goto(f"{live.url}/doanh-nghiep/khoa")
    seen(page, shoot, "7-keys-small")
    page.locator("#name").fill("phần mềm điều xe")
    page.locator("#scope-cases").check()
    page.get_by_role("button", name="Tạo khóa").click()
    key: str = page.locator(".f-secret").inner_text()
    assert_accessible(page)
    shoot(page, "company-8-key-small")
    return key


def tell(page, live, shoot) -> None:
    """A wrong address is named, a right one gets a secret, and a test message is seen on its way."""
    page.goto(f"{live.url}/doanh-nghiep/webhook")
    page.locator("#url").fill("http://127.0.0.1/hook")
    page.get_by_role("button", name="Thêm").click()
    assert page.get_by_role("alert").is_visible()
    page.locator("#url").fill("https://hook.example.invalid/phat-nguoi")
    page.get_by_role("button", name="Thêm").click()
    assert page.locator(".f-secret").inner_text().startswith("whsec_")
    page.get_by_role("button", name="Gửi thử").click()
    page.get_by_text("endpoint.test").wait_for()
    page.set_viewport_size(SMALL_PHONE)
    seen(page, shoot, "11-webhooks-small")


def test_a_company_subscribes_and_looks_up_its_vehicles(live, browser, shoot):
    truck = live.report(kind="truck")
    confirmed(live, truck)
    with browser.new_context(viewport=PHONE) as phone, browser.new_context(viewport=DESKTOP) as desk:
        page, staff = phone.new_page(), desk.new_page()
        page.goto(f"{live.url}/doanh-nghiep")
        seen(page, shoot, "1-door-phone")
        enter(page, live, truck["owner"]["id_number"])
        seen(page, shoot, "2-ask-phone")
        page.get_by_label("Người liên hệ").fill("NGUYỄN VĂN MẪU")
        page.locator("#phone").fill("0900 000 001")
        page.locator("#papers").set_input_files(paper())
        page.locator("#plates").fill(f"{truck['plate']}, xe tải\n51C-999.99, xe tải")
        page.get_by_role("button", name="Đăng ký").click()
        page.get_by_text("Chờ xác minh").wait_for()

        sign_in(staff, live, "canhsat")
        staff.goto(f"{live.url}/canh-sat/doanh-nghiep")
        seen(staff, shoot, "3-list-officer")
        staff.get_by_role("link", name=truck["owner"]["name"]).click()
        with staff.expect_navigation():
            staff.get_by_role("button", name="Đối chiếu đăng ký xe").click()

        def compared() -> bool:
            staff.reload()
            return staff.get_by_text("Không có trong dữ liệu đăng ký xe").count() > 0

        wait_until(compared, what="the registry's answers")
        seen(staff, shoot, "4-company-officer")
        staff.get_by_role("button", name="Xác minh doanh nghiệp").click()

        page.reload()
        seen(page, shoot, "5-home-phone")
        page.set_viewport_size(SMALL_PHONE)
        page.locator("a[href='/doanh-nghiep/xe']").click()
        seen(page, shoot, "6-vehicles-small")
        key = made_key(page, live, shoot)
        page.goto(f"{live.url}/doanh-nghiep/tra-cuu")
        seen(page, shoot, "9-lookup-small")
        page.locator("#plates").fill(f"{truck['plate']}\nabc\n59X1-123.45")
        page.get_by_role("button", name="Tra cứu").click()
        page.get_by_text("1 vụ việc").wait_for()
        assert_accessible(page)
        shoot(page, "company-10-found-small")
        page.set_viewport_size(DESKTOP)
        shoot(page, "company-10-found-desktop")
        tell(page, live, shoot)
        answer = phone.request.get(
            f"{live.url}/v1/fleet/cases", headers={"Authorization": f"Bearer {key}"}
        ).json()
        assert [one["plate"] for one in answer["items"]] == [truck["plate"]]
