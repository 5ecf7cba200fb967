"""The e-ID seen from a browser: off to the issuer, choose a citizen, agree, and back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx2
import pytest

from backend.oidc.keys import client_key


@dataclass
class Eid:
    """The sandbox's issuer, where this app is registered as `registration`."""

    url: str
    http: httpx2.Client
    client_id: str
    registration: dict

    def register(self, **more) -> None:
        answer = self.http.put(f"{self.url}/control/clients/{self.client_id}", json=self.registration | more)
        assert answer.status_code == 200, answer.text

    @contextmanager
    def listening(self) -> Iterator[list[str]]:
        """What the issuer posts behind the browser's back, while the block lasts."""
        told: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                told.append(self.rfile.read(int(self.headers["content-length"])).decode())
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.register(backchannel_logout_uri=f"http://127.0.0.1:{server.server_port}/")
        yield told
        server.shutdown()
        server.server_close()

    def authorize(
        self, address: str, id_number: str, *, level: str = "LoA2", decision: str = "confirm"
    ) -> str:
        """What a citizen does at the issuer; the address the browser is sent back to."""
        page = self.http.get(address)
        assert page.status_code == 200, page.text
        form = {"account": id_number, "level": level, "decision": decision}
        answer = self.http.post(address, data=form)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def begin(self, browser) -> str:
        """The issuer's address that the sign-in button leads to."""
        answer = browser.get("/cua-toi/dang-nhap/eid")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def come_back(self, browser, address: str):
        parts = urlsplit(address)
        return browser.get(f"{parts.path}?{parts.query}")

    def sign_in(self, browser, id_number: str, **how):
        """All of it; the page the browser then shows."""
        return self.come_back(browser, self.authorize(self.begin(browser), id_number, **how))


@pytest.fixture
def eid(outside, settings) -> Eid:
    """Registered for this app's address and key."""
    url = outside.at["eid"]["url"]
    given = {
        "name": "Phạt nguội (thử nghiệm)",
        "redirect_uris": [f"{settings.public_url}/cua-toi/vao"],
        "post_logout_redirect_uris": [f"{settings.public_url}/cua-toi/da-thoat"],
        "jwks": {"keys": [client_key(settings).public]},
    }
    with httpx2.Client(timeout=10) as http:
        issuer = Eid(url, http, settings.eid_client_id, given)
        issuer.register()
        yield issuer
