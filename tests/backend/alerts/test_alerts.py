"""A camera goes down: people on duty hear of it by their own channel, once, until one takes it on."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

from backend.alerts import service
from backend.alerts.models import Alert, OnCall
from backend.intake.models import CameraStatus
from tests.backend.factories import make_heartbeat
from tests.backend.world import Case

SECRET = "whsec_c2VjcmV0LW9mLXRoaXMtdGVzdC0xMjM0"


@pytest.fixture
def hooks():
    """A listener of webhooks; what came, each checked by the standard's own library."""
    came: list[dict] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            came.append(Webhook(SECRET).verify(body, dict(self.headers)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    came_at = f"http://127.0.0.1:{server.server_port}/phatnguoi"
    yield came_at, came
    server.shutdown()
    server.server_close()


@pytest.fixture
def operator(staff):
    return staff("truc", "operator")


@pytest.fixture
def everybody(operator, hooks):
    """Three people on duty, one by each channel."""
    for entry in (
        {"name": "Kỹ thuật", "channel": "email", "address": "truc-01@phatnguoi.example"},
        {"name": "Chỉ huy", "channel": "sms", "address": "0999000001", "severity_at_least": "critical"},
        {"name": "IOC", "channel": "webhook", "address": hooks[0], "secret": SECRET},
    ):
        assert operator.post("/v1/on-call", json=entry).status_code == 201


@pytest.fixture
def look(services, box, outside):
    """`look(seconds)`: the regular look so long after the last heartbeat came, and the jobs it asks for."""

    def at(seconds: float) -> list[tuple[str, bool, int]]:
        with services.database.unit_of_work() as session:
            heard_at = session.query(CameraStatus).one().received_at
            service.look(session, services.settings, heard_at + timedelta(seconds=seconds))
        Case(services, box, outside, None, None, None).jobs()
        with services.database.unit_of_work() as session:
            rows = session.query(Alert).order_by(Alert.began_at)
            return [(row.rule, row.ended_at is None, row.told) for row in rows]

    return at


def resolved(hooks) -> list[bool]:
    return [one["data"]["resolved"] for one in hooks[1]]


def test_a_silent_camera_is_told_to_everybody_and_its_return_too(box, outside, everybody, look, hooks):
    mail = {"email": "truc-01@phatnguoi.example"}
    before, sms_before = len(outside.inbox(**mail)), len(outside.inbox(phone="0999000001"))
    box.send(make_heartbeat())
    assert look(0) == []
    assert look(60) == [("camera_silent", True, 0)]  # it must last before anybody is woken
    assert look(110) == [("camera_silent", True, 1)]
    assert look(130) == [("camera_silent", True, 1)]  # once
    assert len(outside.inbox(**mail)) == before + 1
    assert resolved(hooks) == [False]
    assert hooks[1][0]["data"]["title"]["vi"] == "Phạm Ngọc Thạch mất liên lạc"

    box.send(make_heartbeat())
    assert look(5) == [("camera_silent", False, 1)]

    assert resolved(hooks) == [False, True]
    assert len(outside.inbox(**mail)) == before + 2
    assert len(outside.inbox(phone="0999000001")) == sms_before + 2


def test_who_takes_it_on_silences_it(box, everybody, look, operator, hooks):
    box.send(make_heartbeat())
    look(60)
    look(110)
    (alert,) = operator.get("/v1/alerts").json()
    taken = operator.post(f"/v1/alerts/{alert['id']}/acknowledgement", json={"note": "Đang đi xem"}).json()
    assert (taken["acknowledged_by"], taken["note"]) == ("account:truc", "Đang đi xem")
    assert look(110 + 3600)[0][2] == 1
    assert len(hooks[1]) == 1


def test_nobody_takes_it_on_and_it_is_told_again(box, everybody, look, hooks):
    box.send(make_heartbeat())
    look(60)
    look(110)
    assert look(110 + 1800) == [("camera_silent", True, 2)]
    assert len(hooks[1]) == 2


def test_a_channel_that_is_down_is_tried_again(box, everybody, look, services, outside):
    box.send(make_heartbeat())
    look(60)
    outside.faults(sms_down=True)
    with pytest.raises(RuntimeError, match="not told yet"):
        look(110)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "không phải"}, "address"),
        ({"channel": "sms", "address": "truc@phatnguoi.example"}, "address"),
        ({"channel": "webhook", "address": "http://a.example/x", "secret": SECRET}, "https"),
        ({"channel": "webhook", "address": "https://a.example/x", "secret": "short"}, "whsec_"),
        ({"rules": ["weather"]}, "weather"),
    ],
    ids=str,
)
def test_a_wrong_entry_says_what_is_wrong(operator, services, change, field):
    entry = {"name": "Trực", "channel": "email", "address": "a@phatnguoi.example"}
    refused = operator.post("/v1/on-call", json=entry | change)
    assert refused.status_code == 422
    assert field in json.dumps(refused.json()["errors"], ensure_ascii=False)
    with services.database.unit_of_work() as session:
        assert session.query(OnCall).count() == 0


def test_addresses_are_sealed_and_shown_short(operator, everybody, services):
    shown = [one["address"] for one in operator.get("/v1/on-call").json()]
    assert shown[:2] == ["tru…@phatnguoi.example", "…001"]
    with services.database.unit_of_work() as session:
        kept = session.execute(text("SELECT string_agg(on_call::text, ' ') FROM on_call")).scalar_one()
    assert "truc-01" not in kept
    assert "0999000001" not in kept


def test_off_duty_is_off_duty(operator, everybody, box, look, hooks):
    for one in operator.get("/v1/on-call").json():
        assert operator.delete(f"/v1/on-call/{one['id']}").status_code == 204
    box.send(make_heartbeat())
    look(60)
    look(110)
    assert hooks[1] == []
    assert operator.get("/v1/on-call").json() == []
