"""Officers, a chief and an operator at a desk."""

from __future__ import annotations

import re

import pytest

from tests.backend.factories import make_heartbeat
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, PHONE, SMALL_PHONE, sign_in, street_jpeg, wait_until
from tests.journeys.steps import accepted, confirmed, dossier

pytestmark = pytest.mark.browser


def test_an_officer_confirms_with_the_keyboard(live, desk, shoot):
    registration = live.report(rule="red_light", kind="motorbike")
    sign_in(desk, live, "canhsat")
    desk.wait_for_url("**/canh-sat")
    shoot(desk, "officer-1-queue")
    desk.keyboard.press("n")
    desk.wait_for_url("**/canh-sat/duyet/**")
    for key in ("1", "3", "4", "ArrowRight", "ArrowRight", "2"):
        desk.keyboard.press(key)
    desk.locator("[data-owner] h2 .badge.ok").wait_for()  # the registry's answer comes by itself
    shoot(desk, "officer-2-report")
    desk.locator('[data-open="confirm"]:not([disabled])').wait_for()
    desk.keyboard.press("c")
    desk.locator("dialog#confirm[open]").wait_for()
    desk.wait_for_timeout(500)  # the dialog takes no key that is the bounce of the one that opened it
    desk.keyboard.press("Enter")
    desk.wait_for_url(lambda address: "done=confirmed" in address)
    shoot(desk, "officer-3-confirmed")

    def sent():
        found = live.dossier_of(registration["plate"])
        return found if found is not None and found.state == "notified" else None

    wait_until(sent, what="the notice to be sent")


def test_a_missing_owner_is_established_and_a_decision_signed(live, desk, shoot):
    ready = live.report(kind="motorbike")
    to_sign = confirmed(live, ready)
    accepted(live, ready, to_sign)
    missing = live.report(fate="missing", kind=None)
    waiting = confirmed(live, missing, until="owner_lookup")

    sign_in(desk, live, "doitruong")
    desk.goto(f"{live.url}/canh-sat/ho-so?tab=owner")
    shoot(desk, "dossiers-1-owner-missing")
    desk.get_by_role("link", name=dossier(live, waiting).notice_number).click()
    shoot(desk, "dossiers-2-owner-missing-page")
    enter = desk.locator("#enter")
    enter.get_by_label("Họ tên").fill(missing["owner"]["name"])
    enter.get_by_label("Số định danh").fill(missing["owner"]["id_number"])
    enter.get_by_label("Lý do").fill("Theo hồ sơ giấy số 12 (thử nghiệm)")
    enter.get_by_role("button", name="Lấy chủ xe này").click()
    wait_until(lambda: dossier(live, waiting).state == "notified", what="the notice to be sent")

    desk.goto(f"{live.url}/canh-sat/ho-so")
    desk.get_by_label("Biển số, hoặc số").fill("TB-2020-1")
    desk.keyboard.press("Enter")
    desk.get_by_text("không có hồ sơ nào mang số").wait_for()
    assert_accessible(desk)
    shoot(desk, "dossiers-3-not-found")
    desk.goto(f"{live.url}/canh-sat/ho-so")
    shoot(desk, "dossiers-3-to-sign")
    desk.get_by_label("Biển số, hoặc số").fill(dossier(live, to_sign).notice_number)
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/ho-so/{to_sign}")
    shoot(desk, "dossiers-4-to-sign-page")
    desk.get_by_role("link", name="Toàn bộ ảnh, video").press("Enter")
    desk.wait_for_url("**/chung-cu")
    desk.keyboard.press("4")
    desk.locator("video").first.wait_for()
    for language, size in (("en", PHONE), ("vi", DESKTOP)):
        desk.set_viewport_size(size)
        desk.goto(f"{desk.url.partition('?')[0]}?lang={language}")
        assert_accessible(desk)
        shoot(desk, f"dossiers-5-evidence-{language}")
    desk.get_by_role("link", name="Quay lại hồ sơ").press("Enter")
    desk.get_by_role("button", name="Ký quyết định xử phạt").press("Enter")
    sure = desk.get_by_role("button", name="Đồng ý, ký quyết định xử phạt")
    sure.wait_for()
    assert dossier(live, to_sign).state == "recorded"
    assert_accessible(desk)
    shoot(desk, "dossiers-6-sure")
    sure.press("Enter")
    desk.get_by_text("Đã ra quyết định", exact=False).first.wait_for()
    assert dossier(live, to_sign).state == "decided"
    desk.set_viewport_size(PHONE)
    desk.reload()
    shoot(desk, "dossiers-7-signed-phone")


def test_an_operator_sees_the_cameras(live, desk, shoot):
    heartbeat = make_heartbeat(thumbnail_jpeg_b64=street_jpeg())
    assert live.box.send(heartbeat).status_code == 200
    sign_in(desk, live, "dieuhanh")
    desk.wait_for_url("**/dieu-hanh")
    camera = desk.locator(".camera").first
    assert "Phạm Ngọc Thạch" in camera.inner_text()
    wait_until(lambda: camera.locator("img").evaluate("image => image.naturalWidth") > 0, what="the picture")
    assert re.search(r"1\s*/\s*1", desk.locator(".tile").first.inner_text())
    shoot(desk, "operator-1-overview")
    assert desk.request.get(f"{live.url}/canh-sat").status == 403


def test_what_needs_two_persons_is_asked_for_by_one_and_approved_by_another(live, desk, shoot):
    registration = live.report(kind="motorbike")
    found = confirmed(live, registration)
    sign_in(desk, live, "canhsat")
    desk.goto(f"{live.url}/canh-sat/ho-so/{found}")
    desk.get_by_text("Hủy hoặc loại hồ sơ").press("Enter")
    desk.get_by_role("textbox", name="Lý do").fill("Xe trong ảnh mang biển giả (thử nghiệm)")
    shoot(desk, "approvals-1-asked-for")
    desk.get_by_role("button", name="Đề nghị: Loại hồ sơ").press("Enter")
    desk.wait_for_url("**/quan-tri/phe-duyet/*")
    here = desk.url
    desk.get_by_role("button", name="Đăng xuất").click()
    desk.wait_for_url("**/dang-nhap")

    sign_in(desk, live, "doitruong")
    for size, language in ((DESKTOP, "vi"), (SMALL_PHONE, "en")):
        desk.set_viewport_size(size)
        for page in ("/quan-tri/phe-duyet", here.removeprefix(live.url)):
            desk.goto(f"{live.url}{page}?lang={language}")
            assert_accessible(desk)
            shoot(desk, f"approvals-{'2-list' if page.endswith('duyet') else '3-one'}-{language}")
    desk.get_by_role("button", name="Approve").click()
    assert_accessible(desk)
    shoot(desk, "approvals-4-sure-en")
    desk.get_by_role("button", name="Yes, drop the dossier").click()
    desk.get_by_text("Approved").first.wait_for()
    assert dossier(live, found).state == "rejected"
