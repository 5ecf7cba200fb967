"""A company's slow server holds up its own messages only; one that fails is switched off, and it is told."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from backend import jobs
from backend.app import create_app
from backend.audit.models import AuditEntry
from backend.fleets import checking, delivery
from backend.fleets.models import CompanyPlate, WebhookDelivery, WebhookEndpoint
from backend.fleets.targets import Answer
from tests.backend.fleets.test_webhooks import listening, now_due, only, settings

__all__ = ["settings"]

ran: list[str] = []


@jobs.job("test.notice")
def notice(_services):
    ran.append("notice")


@contextmanager
def hanging():
    """A company's server that answers only once it is let go."""
    let_go, asked = threading.Event(), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            let_go.wait(60)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", asked, let_go
    finally:
        let_go.set()
        server.shutdown()
        server.server_close()


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_a_server_that_hangs_delays_no_notice_and_no_other_company(firm, services):
    firm.verified()
    with hanging() as (slow, asked, let_go), listening([]) as (quick, told):
        firm.post("/webhook", url=slow)
        firm.post("/webhook", url=quick)
        endpoints = {one.url: one.id for one in firm.case.rows(WebhookEndpoint)}
        for _ in range(6):
            firm.post(f"/webhook/{endpoints[slow]}/thu")
        firm.post(f"/webhook/{endpoints[quick]}/thu")
        ran.clear()
        with services.database.unit_of_work() as session:
            for _ in range(3):
                jobs.defer(session, "test.notice")
        busy = services.settings.model_copy(
            update={"run_worker": True, "worker_concurrency": 1, "webhook_concurrency": 2}
        )
        with TestClient(create_app(busy)):
            until(lambda: len(ran) == 3 and len(told) == 1 and len(asked) == 1)
            assert not let_go.is_set()
            assert len(asked) == 1  # five more wait for this one
            let_go.set()
    waiting = firm.case.rows(WebhookDelivery, WebhookDelivery.state == "waiting")
    assert all(one.endpoint_id == endpoints[slow] for one in waiting)


def test_a_worker_that_died_while_sending_is_not_waited_for(firm, services):
    firm.verified()
    with listening([]) as (url, told):
        firm.post("/webhook", url=url)
        [endpoint] = firm.case.rows(WebhookEndpoint)
        firm.post(f"/webhook/{endpoint.id}/thu")
        firm.post(f"/webhook/{endpoint.id}/thu")
        first, second = firm.case.rows(WebhookDelivery)
        now = datetime.now(UTC)

        def died(url, headers, content):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            delivery.deliver(services, first.id, died, now)
        delivery.deliver(services, second.id, lambda *_: Answer(204), now)
        (waits,) = firm.case.rows(WebhookDelivery, WebhookDelivery.id == second.id)
        assert (waits.state, waits.attempts) == ("waiting", 0)
        delivery.deliver(services, second.id, lambda *_: Answer(204), now + timedelta(seconds=61))
        (waits,) = firm.case.rows(WebhookDelivery, WebhookDelivery.id == second.id)
        assert (waits.state, waits.sending_at) == ("delivered", None)
        assert told == []


def test_a_company_with_many_slow_servers_leaves_the_lane_to_others(firm, services):
    firm.verified()
    with listening([]) as (url, _):
        for name in "abc":
            firm.post("/webhook", url=f"{url}/{name}")
        endpoints = firm.case.rows(WebhookEndpoint)
        for endpoint in endpoints:
            firm.post(f"/webhook/{endpoint.id}/thu")
        on_their_way, sent, now = [], [], datetime.now(UTC)

        def slow(*_):
            on_their_way.append(True)
            if len(on_their_way) < 3:
                waits = next(one for one in deliveries[len(on_their_way) :])
                delivery.deliver(services, waits.id, slow, now)
            sent.append(True)
            return Answer(204)

        deliveries = firm.case.rows(WebhookDelivery)
        delivery.deliver(services, deliveries[0].id, slow, now)
    assert (len(on_their_way), len(sent)) == (2, 2)
    [put_off] = firm.case.rows(WebhookDelivery, WebhookDelivery.state == "waiting")
    assert (put_off.id, put_off.attempts) == (deliveries[2].id, 0)
    assert put_off.next_try_at > now


@pytest.mark.parametrize(
    ("answers", "days", "why"),
    [
        ([410], 0, "gone"),
        ([503] * 10, 6, "failing"),
        pytest.param([503] * 10, 1, None, marks=pytest.mark.slow),
    ],
)
def test_switched_off_the_companys_contact_is_told(firm, services, answers, days, why):
    address = f"doi-xe-{why}@vi-du.example"
    assert firm.ask(email=address).status_code == 303
    assert firm.staff("dang-ky-xe").status_code == 303
    firm.case.jobs()
    assert firm.staff("xac-minh").status_code == 303
    with listening(answers) as (url, _):
        firm.post("/webhook", url=url)
        [endpoint] = firm.case.rows(WebhookEndpoint)
        with services.database.unit_of_work() as session:
            born = datetime.now(UTC) - timedelta(days=days)
            session.execute(update(WebhookEndpoint).values(created_at=born))
        firm.post(f"/webhook/{endpoint.id}/thu")
        while only(firm).state == "waiting":
            now_due(services)
            firm.case.jobs()
    firm.case.jobs()
    [endpoint] = firm.case.rows(WebhookEndpoint)
    assert (endpoint.ended_why, endpoint.ended_at is not None) == (why, why is not None)
    told = [str(one["content"]) for one in firm.case.outside.inbox(email=address)]
    assert len(told) == (why is not None)
    if why:
        assert "127.0.0.1" in told[0]
        assert "/hook" not in told[0]  # an address may hold a secret
        done = {row.action for row in firm.case.rows(AuditEntry)}
        assert {"company.endpoint_switched_off", "company.told_switched_off"} <= done


def plate_of(firm) -> CompanyPlate:
    return firm.case.rows(CompanyPlate)[0]


def long_ago(services) -> None:
    with services.database.unit_of_work() as session:
        session.execute(update(CompanyPlate).values(checked_at=datetime.now(UTC) - timedelta(days=31)))


def ask_again(services) -> int:
    with services.database.unit_of_work() as session:
        return checking.ask_again(session, datetime.now(UTC))


def test_vehicles_are_asked_for_again_and_one_that_was_sold_is_the_companys_no_more(firm, services):
    firm.verified()
    assert ask_again(services) == 0
    long_ago(services)
    before = plate_of(firm).request_id
    assert ask_again(services) == 1
    assert ask_again(services) == 0  # asked today
    assert plate_of(firm).state == "verified"  # until the registry says otherwise
    firm.case.jobs()
    checked = plate_of(firm)
    assert (checked.state, checked.request_id != before) == ("verified", True)
    assert checked.checked_at > datetime.now(UTC) - timedelta(minutes=5)

    long_ago(services)
    with services.database.unit_of_work() as session:  # the registry now names somebody else's plate
        plate = session.scalars(select(CompanyPlate)).one()
        plate.plate, plate.vehicle_kind = firm.foreign["plate"], "motorbike"
        plate.asked_again_at = None
    assert ask_again(services) == 1
    firm.case.jobs()
    assert (plate_of(firm).state, plate_of(firm).reason) == ("refused", "other_owner")


def test_nobody_is_asked_about_in_the_name_of_an_officer_who_left(firm, services):
    from backend.accounts.models import Account

    firm.verified()
    long_ago(services)
    with services.database.unit_of_work() as session:
        session.execute(update(Account).where(Account.id == plate_of(firm).asked_by).values(active=False))
    assert ask_again(services) == 1
    assert (plate_of(firm).state, plate_of(firm).asked_by) == ("asked", None)
