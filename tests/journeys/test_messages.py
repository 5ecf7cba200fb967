"""Staff look at what nobody got; a person says how reminders reach him. Axe in both languages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.database import utc_now
from backend.dossiers.models import Message
from backend.messages import log, suppression
from tests.backend.factories import entry_of
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, PHONE, SMALL_PHONE, sign_in, wait_until
from tests.journeys.steps import confirmed, dossier, secret_of, write

pytestmark = pytest.mark.browser


def bounced(live, dossier_id) -> None:
    """The reminder of this case came back: as the receipt of a bounce leaves it.

    Once it was sent, or is held until morning: nobody is at work on it then, at whatever hour this runs.
    """

    def reminder():
        with live.services.database.unit_of_work() as session:
            rows = select(Message).where(Message.dossier_id == dossier_id, Message.force == "courtesy")
            row = session.scalars(rows).first()
            is_held = row is not None and row.next_try_at is not None and row.next_try_at > utc_now()
            return row if row is not None and (row.state == "sent" or is_held) else None

    row = wait_until(reminder, what="the reminder")
    with live.services.database.unit_of_work() as session:
        row = session.get_one(Message, row.id, with_for_update=True)
        row.state, row.code = "dead", "hard_bounce"
        row.address_index = row.address_index or "0" * 64
        log.write(session, row, "receipt_failed", at=utc_now(), code="hard_bounce")
        log.write(session, row, "dead", at=utc_now(), code="hard_bounce")
        suppression.suppress(
            session, row.channel, row.address_index, "hard_bounce", message_id=row.id, now=utc_now()
        )


def test_what_nobody_got_is_seen_mended_and_sent_again(live, browser, shoot):
    registration = live.report()
    dossier_id = confirmed(live, registration)
    number = dossier(live, dossier_id).notice_number
    bounced(live, dossier_id)
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        sign_in(page, live, "canhsat")
        for tab, viewport, lang in (
            ("needs_person", DESKTOP, "vi"),
            ("post", DESKTOP, "vi"),
            ("needs_person", SMALL_PHONE, "en"),
            ("addresses", SMALL_PHONE, "en"),
        ):
            page.set_viewport_size(viewport)
            page.goto(f"{live.url}/canh-sat/tin-nhan?tab={tab}&lang={lang}")
            shoot(page, f"messages-{tab}-{viewport['width']}")
            assert_accessible(page)
        page.goto(f"{live.url}/canh-sat/tin-nhan?tab=addresses&lang=en")
        page.get_by_label("Why the address is good again").first.fill(
            "The owner says the number works again."
        )
        with page.expect_navigation():
            page.get_by_role("button", name="Use the address again").first.click()
        page.goto(f"{live.url}/canh-sat/tin-nhan")
        page.get_by_role("button", name=f"Send again {number}").click()
        page.wait_for_url("**/canh-sat/tin-nhan")
        assert page.get_by_role("button", name=f"Send again {number}").count() == 0


def test_a_person_says_how_reminders_reach_him(live, browser, shoot):
    registration = live.report()
    known = dossier(live, confirmed(live, registration))
    entry = entry_of(known, secret_of(live, registration, known.notice_number))
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto(f"{live.url}/tra-cuu?lang=vi")
        write(page, entry)
        page.locator("form[action='/tra-cuu'] button").click()
        page.get_by_role("link", name="Cách chúng tôi báo tin cho bạn").click()
        shoot(page, "contact-phone")
        assert_accessible(page)
        page.locator("#first").select_option("email")
        page.locator(".o-form button").click()
        shoot(page, "contact-wrong")
        assert_accessible(page)
        page.locator("#email").fill("chu.xe@phatnguoi.example")
        page.locator(".o-form button").click()
        page.wait_for_url("**/ho-so/lien-lac?saved=yes")
        page.set_viewport_size(SMALL_PHONE)
        page.goto(f"{live.url}/ho-so/lien-lac?saved=yes&lang=en")
        assert page.locator("#email").input_value() == "chu.xe@phatnguoi.example"
        shoot(page, "contact-small")
        assert_accessible(page)
        page.set_viewport_size(DESKTOP)
        shoot(page, "contact-desktop")
