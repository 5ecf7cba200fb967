"""An owner who never answers, an amount that is moved, two systems that differ: the pages of staff."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from backend.dossiers.models import DossierDeadline
from backend.dossiers.sweep import sweep_deadlines
from backend.transfers.models import Transfer, TransferDifference
from penalty.calendar import vietnam_date
from tests.backend.factories import entry_of, make_account, picture
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, SMALL_PHONE, sign_in, wait_until
from tests.journeys.steps import confirmed, dossier, secret_of

pytestmark = pytest.mark.browser

REASON = "Đã gọi và gửi thư hai lần, không có trả lời; người chứng kiến: ông MẪU VĂN CHỨNG."


@pytest.fixture
def desk(browser):
    with browser.new_context(viewport=DESKTOP, locale="vi-VN") as context:
        yield context.new_page()


def let_the_time_to_answer_pass(live, dossier_id) -> None:
    with live.services.database.unit_of_work() as session:
        limit = session.query(DossierDeadline).filter_by(dossier_id=dossier_id, step_id="A2").one()
        limit.due_on = vietnam_date(datetime.now(UTC)) - timedelta(days=1)


def let_the_time_to_pay_pass(live, dossier_id) -> None:
    """The decision arrived, and the last day to pay was ten days ago."""
    wait_until(lambda: dossier(live, dossier_id).delivered_at is not None, what="the decision to arrive")
    with live.services.database.unit_of_work() as session:
        limit = session.query(DossierDeadline).filter_by(dossier_id=dossier_id, step_id="E1").one()
        limit.due_on = vietnam_date(datetime.now(UTC)) - timedelta(days=10)
    sweep_deadlines(live.services, datetime.now(UTC))
    assert dossier(live, dossier_id).state == "overdue"


def look(page, shoot, name: str) -> None:
    """In English on the desk, in Vietnamese on the smallest phone."""
    address = page.url.partition("?")[0]
    for lang, size in (("en", DESKTOP), ("vi", SMALL_PHONE)):
        page.set_viewport_size(size)
        page.goto(f"{address}?lang={lang}")
        for summary in page.locator("main details > summary").all():
            summary.click()
        shoot(page, f"{name}-{lang}-{size['width']}")
        assert_accessible(page)
    page.set_viewport_size(DESKTOP)


def test_a_silent_owner_is_fined_and_the_chief_moves_the_amount(live, desk, shoot):
    registration = live.report(kind="motorbike")
    dossier_id = confirmed(live, registration)
    let_the_time_to_answer_pass(live, dossier_id)
    page = f"{live.url}/canh-sat/ho-so/{dossier_id}"
    sign_in(desk, live, "canhsat")
    desk.goto(page)
    look(desk, shoot, "law-1-owner-liable")
    desk.get_by_label("Đã làm những gì").fill(REASON)
    desk.get_by_role("button", name="Lập biên bản…", exact=True).click()
    desk.get_by_role("button", name="Đồng ý, lập biên bản").click()
    desk.get_by_text("Đã lập biên bản").first.wait_for()
    assert dossier(live, dossier_id).state == "recorded"

    desk.context.clear_cookies()
    sign_in(desk, live, "doitruong")
    desk.goto(page)
    look(desk, shoot, "law-2-decision")
    desk.get_by_label("Số tình tiết giảm nhẹ").fill("2")
    desk.get_by_role("button", name="Ký quyết định").click()
    desk.get_by_role("button", name="Đồng ý, ký quyết định").click()
    desk.get_by_text("Đã ra quyết định").first.wait_for()
    found = dossier(live, dossier_id)
    assert (found.state, found.fine_vnd, found.assessment["points"]) == ("decided", 4_000_000, 0)

    let_the_time_to_pay_pass(live, dossier_id)
    desk.goto(page)
    look(desk, shoot, "law-4-enforcement")
    desk.get_by_label("Khấu trừ tiền từ tài khoản").check()
    reason = "Đã đôn đốc, quá hạn nhiều ngày; có tài khoản đứng tên."
    desk.get_by_label("Vì sao chọn biện pháp này").fill(reason)
    desk.get_by_role("button", name="Ký quyết định cưỡng chế").click()
    desk.get_by_role("button", name="Đồng ý, ký quyết định cưỡng chế").click()
    desk.get_by_text("Đã ra quyết định cưỡng chế").first.wait_for()
    assert dossier(live, dossier_id).state == "enforced"

    desk.context.clear_cookies()
    secret = secret_of(live, registration, found.notice_number)
    assert desk.request.post(f"{live.url}/tra-cuu", form=entry_of(found, secret)).ok
    desk.goto(f"{live.url}/ho-so/muc-phat")
    desk.get_by_text("Đã có quyết định cưỡng chế").wait_for()
    look(desk, shoot, "law-5-owner-enforced")
    is_let_off(live, desk, shoot, dossier_id)


def is_let_off(live, desk, shoot, dossier_id) -> None:
    """He lost his house: he asks, one chief proposes, another signs, and the case is closed."""
    desk.goto(f"{live.url}/ho-so/y-kien/exemption")
    look(desk, shoot, "law-6-ask-for-a-waiver")
    desk.get_by_label("Hỏa hoạn").check()
    desk.locator("#text").fill("Nhà tôi cháy hôm 20/11, không còn gì; phường đã xác nhận.")
    paper = {"name": "giay.jpg", "mimeType": "image/jpeg", "buffer": picture("confirmation")}
    desk.locator("#pictures").set_input_files(paper)
    desk.locator("main form[enctype] button").click()
    desk.wait_for_url("**/da-gui/**")
    page = f"{live.url}/canh-sat/don/{desk.url.rpartition('/')[2]}"
    with live.services.database.unit_of_work() as session:
        make_account(session, "truongphong2", "division", signing_limit_vnd=60_000_000)
    desk.context.clear_cookies()
    sign_in(desk, live, "doitruong")
    desk.goto(page)
    look(desk, shoot, "law-7-the-request")
    desk.get_by_label("Lý do").fill("Đã xem giấy xác nhận của phường; hỏa hoạn là thật.")
    desk.get_by_role("button", name="Đề xuất").click()
    desk.get_by_role("link", name="Xem đề nghị").click()
    address = desk.url
    desk.context.clear_cookies()
    sign_in(desk, live, "truongphong2")
    desk.goto(address)
    look(desk, shoot, "law-8-the-proposal")
    desk.get_by_role("button", name="Phê duyệt").click()
    desk.get_by_role("button", name="Đồng ý, ký quyết định").wait_for()
    assert_accessible(desk)
    shoot(desk, "law-9-before-signing")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Đồng ý, ký quyết định").click()
    found = dossier(live, dossier_id)
    assert (found.state, found.remitted_vnd, found.paid_vnd) == ("closed", 4_000_000, 0)


def test_what_two_systems_see_differently_is_shown_side_by_side(live, desk, shoot):
    now, transfer_id = datetime.now(UTC), uuid.uuid4()
    ours = {"transfer_id": str(transfer_id), "role": "sender", "state": "sent", "dossier_state": "notified"}
    theirs = {**ours, "role": "receiver", "state": "accepted"}
    seen = {
        "plate_display": "51A-123.45",
        "ground_colour": "white",
        "vehicle_kind": "car",
        "papers": 2,
        "enclosed": 4,
        "evidence": 6,
    }
    with live.services.database.unit_of_work() as session:
        session.add(
            TransferDifference(
                peer="CAP-PHULOI",
                transfer_ref=str(transfer_id),
                kind="both_hold",
                ours=ours,
                theirs=theirs,
                digests="thử",
                found_at=now,
            )
        )
        for state, direction, summary in (("received", "in", seen), ("sent", "out", {})):
            session.add(
                Transfer(
                    direction=direction,
                    peer="CAP-PHULOI",
                    number=f"PC-2026-{state}",
                    reason="Chủ xe cư trú tại phường Phú Lợi.",
                    state=state,
                    summary=summary,
                )
            )
    sign_in(desk, live, "canhsat")
    desk.goto(f"{live.url}/canh-sat/chuyen-ho-so")
    look(desk, shoot, "law-3-transfers")
    for lang, size, name in (("en", DESKTOP, "Take the case over"), ("vi", SMALL_PHONE, "Tiếp nhận hồ sơ")):
        desk.set_viewport_size(size)
        desk.goto(f"{live.url}/canh-sat/chuyen-ho-so?lang={lang}")
        with desk.expect_navigation():
            desk.get_by_role("button", name=name).click()
        shoot(desk, f"law-3-transfers-asked-{lang}-{size['width']}")
        assert_accessible(desk)
    with desk.expect_navigation():
        desk.get_by_role("link", name="Quay lại, không làm gì").click()
    desk.set_viewport_size(DESKTOP)
    desk.get_by_label("Đã làm rõ với đơn vị kia như thế nào").fill(
        "Đã gọi Công an phường: bên kia giải quyết tiếp."
    )
    desk.get_by_role("button", name="Đã làm rõ", exact=True).click()
    desk.get_by_text("Hai bên khớp nhau").wait_for()
