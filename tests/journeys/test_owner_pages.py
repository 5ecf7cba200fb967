"""Every page of an owner in both languages, small and large: axe finds nothing, and nothing is cut off."""

from __future__ import annotations

import re
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import select

from backend.submissions.models import Submission
from penalty.payments import vnpay
from tests.backend.factories import entry_of
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, SMALL_PHONE, wait_until
from tests.journeys.steps import confirmed, dossier, member_of_staff, secret_of, sign_decision, write

pytestmark = pytest.mark.browser

OPEN = ("/", "/tra-cuu", "/xac-minh?m=PN1*TB", "/cua-toi/dang-nhap", "/cua-toi/vao", "/thanh-toan/vnpay")
NOTIFIED = (
    *("/ho-so", "/ho-so/nguyen-ven", "/ho-so/muc-phat", "/ho-so/lua-chon", "/ho-so/tien-trinh"),
    *("/ho-so/chap-nhan", "/ho-so/y-kien/driver", "/ho-so/y-kien/sold"),
    *("/ho-so/y-kien/cloned", "/ho-so/y-kien/not_mine", "/ho-so/y-kien/data"),
)
DECIDED = (
    *("/ho-so/muc-phat", "/ho-so/lua-chon", "/ho-so/nop-phat"),
    *("/ho-so/y-kien/complaint", "/ho-so/y-kien/instalments", "/ho-so/y-kien/exemption"),
)
SIZES = {"vi": SMALL_PHONE, "en": DESKTOP}


@contextmanager
def visitors(browser, live, registration, dossier_id):
    """The owner twice: on a small phone in Vietnamese, at a desk in English; both are in."""
    known = dossier(live, dossier_id)
    secret = secret_of(live, registration, known.notice_number)
    pages = {}
    for lang, viewport in SIZES.items():
        page = pages[lang] = browser.new_context(viewport=viewport).new_page()
        page.goto(f"{live.url}/tra-cuu?lang={lang}")
        entry = entry_of(known, secret)
        write(page, {name: value for name, value in entry.items() if name != "group"})
        with page.expect_navigation():
            page.locator("form[action='/tra-cuu'] button").click()
        assert_accessible(page)
        write(page, entry)
        page.locator("form[action='/tra-cuu'] button").click()
        page.wait_for_url("**/ho-so")
    yield pages
    for page in pages.values():
        page.context.close()


def look(page, live, shoot, lang, paths) -> None:
    for path in paths:
        page.goto(f"{live.url}{path}")
        assert page.locator("html").get_attribute("lang") == lang
        assert_accessible(page)
        name = re.sub(r"\W+", "-", path.removeprefix("/ho-so").partition("?")[0]).strip("-") or "first"
        shoot(page, f"pages-{'case-' if path.startswith('/ho-so') else ''}{name}-{lang}")


def test_every_page_can_be_used_by_everybody(live, browser, shoot):
    registration = live.report(kind="car")
    dossier_id = confirmed(live, registration)
    with visitors(browser, live, registration, dossier_id) as pages:
        for lang, page in pages.items():
            look(page, live, shoot, lang, (*OPEN, *NOTIFIED))
            page.goto(f"{live.url}/ho-so")
            video = page.locator("video")
            video.evaluate("video => video.play()")
            wait_until(lambda video=video: video.evaluate("video => video.currentTime > 0.2"), what="film")
        recorded_at_the_station(live, dossier_id)
        for lang, page in pages.items():
            look(page, live, shoot, lang, ("/ho-so/lua-chon", "/ho-so/y-kien/explanation"))
        pages["vi"].locator("#text").fill("Tôi đã dừng trước vạch, xin xem lại video.")
        pages["vi"].locator("main form[enctype] button").click()
        pages["vi"].wait_for_url("**/da-gui/**")
        sign_decision(live, dossier_id)
        for lang, page in pages.items():
            look(page, live, shoot, lang, DECIDED)
        returned_from_the_gateway(pages["en"], live, shoot)
        complain(pages["vi"], live, shoot)
        resolved(live, dossier_id)
        receipt = pages["vi"].url.removeprefix(live.url)
        for lang, page in pages.items():
            page.goto(f"{live.url}{receipt}")
            assert page.get_by_text("Đã xem lại toàn bộ video của hồ sơ.").is_visible()
            assert_accessible(page)
            shoot(page, f"pages-case-complaint-answered-{lang}")
        pages["en"].goto(f"{live.url}/ho-so/nop-phat")
        pages["en"].locator("input[value=vietqr]").check()
        pages["en"].locator("form[action='/ho-so/nop-phat'] button").click()
        assert_accessible(pages["en"])
        shoot(pages["en"], "pages-case-vietqr-en")


def recorded_at_the_station(live, dossier_id) -> None:
    """The record is made, and the right to explain is not given up."""
    with member_of_staff(live, "canhsat") as officer:
        body = {"expected_version": dossier(live, dossier_id).version, "waives_explanation": False}
        assert officer.post(f"/v1/dossiers/{dossier_id}/record", json=body).status_code == 200


def returned_from_the_gateway(page, live, shoot) -> None:
    """The gateway sends the browser back before it has told us anything: the page waits."""
    started = page.request.post(f"{live.url}/ho-so/nop-phat", form={"method": "vnpay"}, max_redirects=0)
    asked = dict(parse_qsl(urlsplit(started.headers["location"]).query))
    settings = live.services.settings
    back = {name: asked[name] for name in ("vnp_TmnCode", "vnp_TxnRef", "vnp_Amount", "vnp_OrderInfo")}
    back |= {"vnp_ResponseCode": "00", "vnp_TransactionStatus": "00", "vnp_TransactionNo": "14000001"}
    back["vnp_SecureHash"] = vnpay.sign(back, settings.vnpay_hash_secret.get_secret_value())
    page.goto(f"{live.url}/thanh-toan/vnpay?{urlencode(back)}")
    assert page.get_by_role("heading", name="Waiting for the bank's word").is_visible()
    assert_accessible(page)
    shoot(page, "pages-payment-return-en")


def resolved(live, dossier_id) -> None:
    """A chief accepts the complaint and answers each of its grounds."""
    with live.services.database.unit_of_work() as session:
        [said] = session.scalars(
            select(Submission).where(Submission.dossier_id == dossier_id, Submission.kind == "complaint")
        ).all()
    with member_of_staff(live, "doitruong") as chief:
        address, text = f"/v1/submissions/{said.id}/resolution", "Đã xem lại toàn bộ video của hồ sơ."
        answers = [{"ground": ground, "justified": False, "text": text} for ground in said.grounds]
        assert chief.post(address, json={"action": "accept"}).status_code == 200
        assert chief.post(address, json={"action": "reject", "answers": answers}).status_code == 200


def complain(page, live, shoot) -> None:
    """A form with something missing says so; then it is taken, with a date by which it is answered."""
    page.goto(f"{live.url}/ho-so/y-kien/complaint")
    send = page.locator("main form[enctype] button")
    send.click()
    assert page.get_by_role("alert").is_visible()
    assert_accessible(page)
    shoot(page, "pages-case-complaint-wrong-vi")
    page.locator("#text").fill("Tôi đã dừng trước vạch, xin xem lại video.")
    page.locator("input[name=grounds]").first.check()
    send.click()
    page.wait_for_url("**/da-gui/**")
    assert_accessible(page)
    shoot(page, "pages-case-complaint-sent-vi")
