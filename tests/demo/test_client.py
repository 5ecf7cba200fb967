"""The scripted citizen's browser: forms as a browser without JavaScript sends them."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from backend.demo.client import Browser, wait_for
from backend.demo.folder import DemoError

PAGE = """<!doctype html><form action="/search"><input name="q"></form>
<form method="post" action="/pay?x=1">
<input type="hidden" name="token" value="t&amp;1"><input name="plate" value="old"><input name="off" disabled>
<input type="checkbox" name="agree" value="yes"><input type="checkbox" name="told" value="yes" checked>
<button name="outcome" value="paid">Pay</button><button name="outcome" value="cancelled">No</button>
</form><img src="/files/a.jpg"><a href="/files/b.pdf">b</a><a href="/files/a.jpg">again</a>"""


@pytest.fixture
def site():
    got: list[tuple[str, str, dict[str, str], str]] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self, form):
            got.append((self.command, self.path, form, self.headers.get("Cookie", "")))
            body = b"" if self.path == "/files/empty.jpg" else PAGE.encode()
            self.send_response(404 if self.path == "/gone" else 200)
            self.send_header("Set-Cookie", "visit=1; HttpOnly")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.answer({})

        def do_POST(self):
            self.answer(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())))

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(site):
    opened = Browser()
    opened.open(site[0] + "/page")
    yield opened
    opened.close()


def test_a_form_is_sent_with_what_it_had_what_was_filled_in_and_the_pressed_button(site, browser):
    browser.send("/pay", plate="61A72814", tick=True, button="paid")

    assert site[1][-1] == (
        "POST",
        "/pay?x=1",
        {"token": "t&1", "plate": "61A72814", "agree": "yes", "told": "yes", "outcome": "paid"},
        "visit=1",
    )


@pytest.mark.parametrize(
    ("action", "values", "words"),
    [
        ("/nowhere", {}, "no form that goes to /nowhere"),
        ("/pay", {"colour": "red"}, "no field colour"),
        ("/pay", {"off": "1"}, "no field off"),
        ("/pay", {"button": "refund"}, "no button refund"),
    ],
)
def test_what_the_page_does_not_offer_cannot_be_sent(browser, action, values, words):
    with pytest.raises(DemoError, match=words):
        browser.send(action, **values)


def test_pictures_and_papers_are_loaded_once_each(site, browser):
    assert browser.load("/files/") == 2
    assert [path for _, path, _, _ in site[1][-2:]] == ["/files/a.jpg", "/files/b.pdf"]


def test_a_page_that_is_not_there_is_an_error_with_its_address(site, browser):
    with pytest.raises(DemoError, match="/gone: HTTP 404"):
        browser.open("/gone")


def test_waiting_ends():
    with pytest.raises(DemoError, match="in vain for a miracle"):
        wait_for("a miracle", lambda: None, within_s=0.05, every_s=0.01)
    assert wait_for("zero", lambda: 0, within_s=1) == 0
