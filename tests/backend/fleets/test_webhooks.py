"""Companies are told: signed, again and again, with two secrets, and never anywhere inside."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from backend.fleets import delivery, targets
from backend.fleets.models import WebhookDelivery, WebhookEndpoint
from backend.fleets.targets import Answer, TargetError
from backend.settings import Settings

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@contextmanager
def listening(answers):
    """A company's server; gives what it was told, and answers with each status once, then with 204."""
    told, statuses = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            told.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(statuses.pop(0) if statuses else 204)
            self.send_header("content-length", "0")
            self.send_header("location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", told
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(settings):
    plain = {name: getattr(settings, name) for name in Settings.model_fields}
    return Settings(**{**plain, "fleet_webhook_networks": LOOPBACK})


def secret_in(page) -> str:
    return re.search(r"whsec_[A-Za-z0-9+/=]+", page.text)[0]


def now_due(services) -> None:
    """The clock of the waiting messages is put forward."""
    with services.database.unit_of_work() as session:
        session.execute(sql("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"))


def only(firm) -> WebhookDelivery:
    return firm.case.rows(WebhookDelivery)[-1]


def test_a_company_is_told_of_its_case_and_nothing_personal(firm, services):
    firm.verified()
    with listening([]) as (url, told):
        secret = secret_in(firm.post("/webhook", url=url))
        firm.case.notified(kind="truck")
        firm.case.jobs()
        [(headers, body)] = told
        said = Webhook(secret).verify(body, headers)
        assert (said["type"], said["data"]["state"]) == ("case.notified", "notified")
        assert said["data"]["case_id"] == str(firm.case.id)
        owner = firm.truck["owner"]
        assert not [one for one in (owner["name"], owner["id_number"], owner["phone"]) if one in body]
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body.replace("notified", "closed"), headers)
    assert only(firm).state == "delivered"
    assert secret not in firm.browser.get("/doanh-nghiep/webhook").text
    assert secret.encode() not in firm.case.rows(WebhookEndpoint)[0].secret_sealed
    firm.case.notified(kind="motorbike")
    assert len(firm.case.rows(WebhookDelivery)) == 1


def test_what_is_not_taken_is_tried_again_and_then_a_dead_letter_that_is_sent_again(firm, services, client):
    firm.verified()
    key = firm.key("webhooks")
    fails = [500, 302, 404, *[503] * (len(delivery.WAITS_S) - 2)]
    with listening(fails) as (url, told):
        firm.post("/webhook", url=url)
        [endpoint] = firm.case.rows(WebhookEndpoint)
        firm.post(f"/webhook/{endpoint.id}/thu")
        for tries in range(1, len(fails) + 1):
            now_due(services)
            firm.case.jobs()
            assert only(firm).attempts == tries
        assert (only(firm).state, only(firm).last_status, only(firm).next_try_at) == ("dead", 503, None)
        assert len({headers["webhook-id"] for headers, _ in told}) == 1
        dead = client.get("/v1/fleet/deliveries?state=dead", headers=key).json()["items"]
        assert [one["type"] for one in dead] == ["endpoint.test"]
        assert "Không gửi được" in firm.browser.get("/doanh-nghiep/webhook").text
        assert client.post(f"/v1/fleet/deliveries/{dead[0]['id']}/resend", headers=key).status_code == 202
        firm.case.jobs()
        assert only(firm).state == "delivered"
        firm.post(f"/webhook/tin/{dead[0]['id']}/gui-lai")
        firm.case.jobs()
        assert len(told) == len(fails) + 2
    assert client.post(f"/v1/fleet/deliveries/{endpoint.id}/resend", headers=key).status_code == 404


def test_after_a_rotation_both_secrets_are_good_for_a_day(firm, services):
    firm.verified()
    with listening([]) as (url, told):
        old = secret_in(firm.post("/webhook", url=url))
        [endpoint] = firm.case.rows(WebhookEndpoint)
        new = secret_in(firm.post(f"/webhook/{endpoint.id}/doi-khoa"))
        firm.post(f"/webhook/{endpoint.id}/thu")
        firm.case.jobs()
        headers, body = told[-1]
        for secret in (old, new):
            assert Webhook(secret).verify(body, headers)["type"] == "endpoint.test"
        with services.database.unit_of_work() as session:
            session.execute(sql("UPDATE webhook_endpoint SET previous_until = now()"))
        firm.post(f"/webhook/{endpoint.id}/thu")
        firm.case.jobs()
        headers, body = told[-1]
        assert Webhook(new).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(body, headers)


def test_an_endpoint_that_says_gone_is_told_nothing_more(firm):
    firm.verified()
    with listening([410]) as (url, told):
        firm.post("/webhook", url=url)
        [endpoint] = firm.case.rows(WebhookEndpoint)
        firm.post(f"/webhook/{endpoint.id}/thu")
        firm.case.jobs()
        assert only(firm).state == "dead"
        assert firm.post(f"/webhook/{endpoint.id}/thu").status_code == 404
        assert firm.post(f"/webhook/tin/{only(firm).id}/gui-lai").status_code == 409
        assert len(told) == 1
    answer = firm.post("/webhook", url="https://10.0.0.1/hook")
    assert answer.status_code == 422
    assert "mạng công cộng" in answer.text


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/hook", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("https://user:word@example.com/", "parts"),
        ("https://example.com/#x", "parts"),
        ("https:///hook", "parts"),
        ("https://example.com:22/", "port"),
        ("https://example.com:99999/", "address"),
        ("https://exa mple.com/", "address"),
        ("https://127.0.0.1/", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("https://10.1.2.3/", "private"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:10.0.0.1]/", "private"),
        ("https://[64:ff9b::a00:1]/", "private"),
        ("https://[2002:a00:1::]/", "private"),
        ("https://[fd00::1]/", "private"),
        ("https://224.0.0.1/", "private"),
    ],
)
def test_addresses_that_are_never_called(url, code):
    with pytest.raises(TargetError) as refused:
        targets.checked(url, ())
    assert refused.value.code == code


@pytest.mark.parametrize(
    "place", ["127.0.0.1", "10.0.0.1", "::1", "169.254.169.254", "0.0.0.0", "100.64.0.1"]
)
def test_a_name_that_leads_inside_is_not_called_also_beside_a_public_one(place):
    for found in ([place], ["93.184.216.34", place], [place, "93.184.216.34"]):
        with pytest.raises(TargetError, match="private"):
            targets.post("https://hook.example/", {}, b"", (), resolve=lambda *_, found=found: found)
    with pytest.raises(TargetError, match="name"):
        targets.post("https://hook.example/", {}, b"", (), resolve=lambda *_: [])


def test_the_address_that_was_judged_is_the_one_that_is_called():
    with listening([302]) as (url, told):
        port = httpx2.URL(url).port
        answer = targets.post(
            f"http://hook.example:{port}/x?y=1", {"a": "b"}, b"{}", LOOPBACK, resolve=lambda *_: ["127.0.0.1"]
        )
    assert answer == Answer(302)
    [(headers, body)] = told
    assert (headers["host"], headers["a"], body) == (f"hook.example:{port}", "b", "{}")


@contextmanager
def answering(*pieces: bytes, pause_s: float = 0.0):
    """A server that says these pieces with a pause before each."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError), server.accept()[0] as connection:
                connection.recv(65_536)
                for piece in pieces:
                    over.wait(pause_s)
                    connection.sendall(piece)

        over = threading.Event()
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
        over.set()


def test_a_server_that_drips_its_answer_is_left_when_the_time_is_over():
    pieces = [b"HTTP/1.1 204 No Content\r\nX-A: ", *[b"a"] * 12, b"\r\n\r\n"]
    with (
        answering(*pieces, pause_s=0.2) as url,
        pytest.raises(httpx2.ReadTimeout, match="in time"),
    ):
        targets.post(url, {}, b"{}", LOOPBACK, timeout_s=0.6)


def test_a_wait_of_thousands_of_digits_is_only_a_long_one():
    with answering(b"HTTP/1.1 503 Busy\r\nRetry-After: " + b"9" * 5_000 + b"\r\n\r\n") as url:
        answer = targets.post(url, {}, b"{}", LOOPBACK)
    assert answer == Answer(503, 999_999_999)
    assert delivery.wait_s(1, answer.retry_after_s) == 86_400


@given(tries=st.integers(1, 20), asked=st.integers(0, 10**9), jitter=st.floats(0, 0.1))
def test_waits_grow_are_at_least_what_was_asked_and_end(tries, asked, jitter):
    wait = delivery.wait_s(tries, asked, jitter=jitter)
    assert (wait is None) == (tries > len(delivery.WAITS_S))
    if wait is not None:
        assert wait >= min(asked, 86_400)
        assert wait <= 86_400 * 1.1
        assert delivery.wait_s(tries + 1) is None or delivery.wait_s(tries + 1) >= delivery.wait_s(tries)


def test_headers_are_those_of_the_standard():
    at = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    headers = delivery.signed(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_1", '{"a":1}', at)
    assert headers["webhook-timestamp"] == "1795766400"
    assert re.fullmatch(r"v1,[A-Za-z0-9+/]{43}=", headers["webhook-signature"])
    later = delivery.signed(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_1", '{"a":1}', at + timedelta(1))
    assert later["webhook-signature"] != headers["webhook-signature"]
