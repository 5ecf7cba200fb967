"""The review screen in a real browser: deciding by keys, and never by accident."""

from __future__ import annotations

import threading
import time

import pytest
import uvicorn
from sqlalchemy import select

from backend.intake.models import Violation
from tests.backend.factories import PASSWORD, Box, make_account
from tests.journeys.conftest import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app):
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


@pytest.fixture
def page(browser, address, services):
    with services.database.unit_of_work() as session:
        make_account(session, "canhsat", "officer")
    context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=address)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: page.faults.append(line.text) if line.type == "error" else None)
    page.goto("/dang-nhap?next=/canh-sat")
    page.fill("#username", "canhsat")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/canh-sat")
    yield page
    context.close()
    assert page.faults == []


def take(page):
    page.keyboard.press("n")
    page.wait_for_url("**/canh-sat/duyet/**")
    page.locator('[data-open="confirm"]:enabled').wait_for()


def states(services):
    with services.database.unit_of_work() as session:
        return sorted(session.scalars(select(Violation.state)))


def test_two_keys_confirm_and_the_next_one_comes(page, client, services):
    box = Box(client, services).ready()
    box.report_violation()
    box.report_violation(plate="59X254321")
    page.reload()
    take(page)
    first = page.url

    page.locator("[data-ahead=ready]").wait_for()
    page.keyboard.press("Enter")
    assert states(services) == ["claimed", "claimed"]  # this one, and the next that lies ready
    page.keyboard.press("c")
    page.locator("dialog#confirm[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog#confirm[open]").wait_for(state="detached")
    assert states(services) == ["claimed", "claimed"]

    page.keyboard.press("c")
    page.locator("dialog#confirm[open]").wait_for()
    page.wait_for_timeout(500)  # the dialog takes no Enter that comes with the key that opened it
    page.keyboard.press("Enter")
    page.wait_for_url("**/canh-sat/duyet/**done=confirmed")
    assert page.url.split("?")[0] != first
    assert states(services) == ["claimed", "confirmed"]


def test_a_bounced_key_does_not_confirm(page, client, services):
    Box(client, services).ready().report_violation()
    page.reload()
    take(page)

    page.evaluate(
        """() => {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "c", bubbles: true }));
            document.querySelector("#confirm form").requestSubmit();
        }"""
    )
    page.wait_for_timeout(300)

    assert page.locator("dialog#confirm[open]").count() == 1
    assert states(services) == ["claimed"]


def test_a_key_right_after_a_dialog_has_gone_is_heard(page, client, services):
    Box(client, services).ready().report_violation()
    page.reload()
    take(page)
    page.keyboard.press("c")

    page.evaluate(
        """() => {
            const dialog = document.querySelector("#confirm");
            dialog.querySelector("[type=submit]").focus();
            dialog.close();
            const target = dialog.querySelector("[type=submit]"); // focus leaves it with the next frame only
            target.dispatchEvent(new KeyboardEvent("keydown", { key: "c", bubbles: true }));
        }"""
    )

    assert page.locator("dialog#confirm[open]").count() == 1


def test_the_plate_must_have_been_in_sight(page, client, services):
    Box(client, services).ready().report_violation()
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto("/canh-sat")
    page.locator("[data-next]").click()
    page.wait_for_url("**/canh-sat/duyet/**")
    page.wait_for_timeout(1000)
    assert page.locator('[data-open="confirm"]').is_disabled()
    page.keyboard.press("c")
    assert page.locator("dialog[open]").count() == 0

    page.locator("[data-plate-picture]").evaluate("e => e.scrollIntoView({ block: 'center' })")

    page.locator('[data-open="confirm"]:enabled').wait_for()


def test_correcting_and_rejecting_with_words_from_the_server(page, client, services):
    Box(client, services).ready().report_violation()
    page.reload()
    take(page)
    page.keyboard.press("e")
    page.fill("#plate", "khong phai bien so")
    page.fill("#reason", "nhìn rõ")
    page.keyboard.press("Enter")
    error = page.locator("#edit [data-form-error]:visible")
    error.wait_for()
    assert "Biển số nhập vào không đúng mẫu nào" in error.inner_text()
    page.faults.clear()  # Chromium writes the 422 to its console

    page.fill("#plate", "59-X1 123.46")
    page.keyboard.press("Enter")
    page.locator(".plate-card .plate:has-text('123.46')").wait_for()

    page.keyboard.press("r")
    page.locator("#reject label", has_text="Lý do khác").click()
    page.locator("#reject [type=submit]").click()
    assert page.locator("#note:invalid").count() == 1
    page.fill("#note", "Biển số bị che một phần")
    page.locator("#reject [type=submit]").click()
    page.wait_for_url("**/canh-sat?done=rejected")
    assert states(services) == ["rejected"]


def test_the_mark_lies_round_the_box_of_the_report_and_never_on_the_original(page, client, services):
    Box(client, services).ready().report_violation()
    page.reload()
    take(page)
    page.locator("[data-mark][viewBox]").wait_for(state="attached")
    assert page.locator("[data-stage] svg").count() == 0
    mark = page.locator("[data-mark] rect")
    x, y, width, height = (float(mark.get_attribute(name)) for name in ("x", "y", "width", "height"))
    with services.database.unit_of_work() as session:
        payload = session.scalars(select(Violation)).one().payload
    assert [x + 4, y + 4, width - 8, height - 8] == payload["vehicle"]["box_px"]
    page.faults = [fault for fault in page.faults if "decode" not in fault.lower()]


def test_tabs_zoom_and_keys_that_can_be_switched_off(page, client, services):
    Box(client, services).ready().report_violation()
    page.reload()
    take(page)
    for key, role in (("1", "still_before"), ("3", "still_after"), ("4", "clip"), ("2", "still_at")):
        page.keyboard.press(key)
        assert page.locator("[data-role]:visible").get_attribute("data-role") == role
    page.keyboard.press("z")
    assert page.locator("[data-zoom]").get_attribute("aria-pressed") == "true"
    page.keyboard.press("g")
    assert page.locator("[data-geometry]").is_hidden()
    page.keyboard.press("l")
    lens = page.locator("canvas.loupe")
    lens.wait_for()
    page.wait_for_timeout(100)  # the lens follows with the next picture of the screen
    before = lens.bounding_box()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    wait_until(lambda: lens.bounding_box()["x"] < before["x"], what="the lens to go left")
    page.keyboard.press("l")
    assert lens.is_hidden()

    page.keyboard.press("?")
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("Escape")
    page.locator("dialog#keys[open]").wait_for(state="detached")
    page.keyboard.press("c")
    assert page.locator("dialog[open]").count() == 0
    page.faults = [fault for fault in page.faults if "decode" not in fault.lower()]


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_nothing_runs_out_of_the_screen(page, client, services, width):
    Box(client, services).ready().report_violation(rule="speeding", kind="car", plate="51A12345")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/canh-sat")
    paths = ["/canh-sat"]
    page.locator("[data-next]").click()
    page.wait_for_url("**/canh-sat/duyet/**")
    paths.append(page.url)

    for path in paths:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
