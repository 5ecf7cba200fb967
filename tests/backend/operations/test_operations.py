from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from backend import jobs
from backend.cameras.conditions import condition
from backend.intake.models import CameraStatus, Violation
from backend.operations.words import CHART_HEIGHT, bars
from tests.backend.factories import Box, make_heartbeat, picture

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
JPEG = picture("road", (64, 36))


@pytest.fixture
def operator(staff):
    return staff("truc", "operator")


def overview(client):
    answer = client.get("/v1/operations")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("state", "age_s", "expected"),
    [
        ("alive", 0, "alive"),
        ("alive", 15, "alive"),
        ("alive", 15.1, "silent"),
        ("stalled", 1, "stalled"),
        ("failed", 1, "failed"),
        ("moved", 1, "moved"),
        ("moved", 60, "silent"),
        ("failed", 99, "silent"),
        ("ended", 99, "ended"),
        ("starting", 1, "starting"),
        ("nonsense", 1, "failed"),
    ],
)
def test_condition(state, age_s, expected):
    assert condition(state, NOW - timedelta(seconds=age_s), NOW, alive_s=15) == expected


def test_a_heartbeat_shows_the_camera_alive_with_its_picture(box, operator):
    thumb = base64.b64encode(JPEG).decode()
    assert box.send(make_heartbeat(thumbnail_jpeg_b64=thumb, outbox_waiting=4)).status_code == 200

    (camera,) = overview(operator)["cameras"]

    assert camera["condition"] == "alive"
    assert camera["signal_state"] == "red"
    assert camera["vehicles_total"] == 40
    assert overview(operator)["devices"][0]["outbox_waiting"] == 4
    answer = operator.get("/v1/cameras/pnt-01/thumbnail")
    assert answer.content == JPEG
    assert answer.headers["content-type"] == "image/jpeg"


def test_a_camera_that_says_nothing_more_is_silent(box, operator, services):
    box.send(make_heartbeat())
    with services.database.unit_of_work() as session:
        session.execute(update(CameraStatus).values(received_at=datetime.now(UTC) - timedelta(seconds=16)))

    assert overview(operator)["cameras"][0]["condition"] == "silent"
    assert "Mất liên lạc" in operator.get("/dieu-hanh").text


def test_a_late_heartbeat_does_not_undo_a_newer_one(box, operator):
    now = datetime.now(UTC)
    box.send(make_heartbeat(sent_at=now, frames_total=200))
    box.send(make_heartbeat(sent_at=now - timedelta(seconds=20), frames_total=100))

    assert overview(operator)["cameras"][0]["frames_total"] == 200


def test_a_heartbeat_without_a_picture_keeps_the_last_one(box, operator):
    box.send(make_heartbeat(thumbnail_jpeg_b64=base64.b64encode(JPEG).decode()))
    box.send(make_heartbeat())

    assert operator.get("/v1/cameras/pnt-01/thumbnail").content == JPEG


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"thumbnail_jpeg_b64": "***"}, "payload.cameras[0].thumbnail_jpeg_b64"),
        (
            {"thumbnail_jpeg_b64": base64.b64encode(b"<svg/>").decode()},
            "payload.cameras[0].thumbnail_jpeg_b64",
        ),
        (
            {"thumbnail_jpeg_b64": base64.b64encode(b"\xff\xd8\xff" + bytes(300_000)).decode()},
            "payload.cameras[0].thumbnail_jpeg_b64",
        ),
        ({"sent_at": datetime.now(UTC) - timedelta(hours=1)}, "payload.sent_at"),
    ],
)
def test_bad_heartbeats_are_refused_by_field(box, changes, field):
    answer = box.send(make_heartbeat(**changes))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_heartbeats_need_an_approved_device(client, services):
    fresh = Box(client, services, device_id="box-new")
    fresh.enrol()

    assert fresh.send(make_heartbeat(device_id="box-new")).json()["code"] == "device_not_approved"


def test_one_box_cannot_paint_over_the_camera_of_another(box, client, services, operator):
    box.send(make_heartbeat(name="Đúng"))
    other = Box(client, services, device_id="box-other").ready()
    other.send(make_heartbeat(device_id="box-other", name="Sai"))

    assert [camera["name"] for camera in overview(operator)["cameras"]] == ["Đúng"]


def test_counts_by_rule_and_day_on_the_vietnamese_calendar(box, operator, services):
    box.report_violation()
    box.report_violation()
    box.report_violation(rule="speeding", kind="car", plate="51A12345")
    with services.database.unit_of_work() as session:
        session.execute(update(Violation).where(Violation.rule == "speeding").values(state="rejected"))

    found = overview(operator)

    assert len(found["days"]) == 7
    counted = [day for day in found["days"] if day["rules"]]
    assert sum(day["rules"].get("red_light", 0) for day in counted) == 2
    assert sum(day["rejected"] for day in counted) == 1
    assert sum(day["open"] for day in counted) == 2
    assert found["review"] | {"oldest_received_at": None} == {
        "waiting": 2,
        "held": 0,
        "overdue": 0,
        "oldest_received_at": None,
    }


def test_overdue_notices_and_stuck_jobs_are_counted(box, operator, services):
    box.report_violation(event_at=datetime.now(UTC) - timedelta(days=20))
    with services.database.unit_of_work() as session:
        jobs.defer(session, "owners.lookup", at=datetime.now(UTC) - timedelta(minutes=5), lookup_id="x")
        jobs.defer(session, "owners.lookup", at=datetime.now(UTC) + timedelta(minutes=5), lookup_id="x")

    found = overview(operator)

    assert found["review"]["overdue"] == 1
    assert found["jobs"] == {"waiting": 1, "late": 1, "running": 0, "failed": 0}


def test_the_operator_approves_a_box_on_the_page(client, services, operator):
    Box(client, services, device_id="box-new").enrol()
    page = operator.get("/dieu-hanh").text
    assert "chờ duyệt" in page
    token = operator.headers["X-CSRF-Token"]

    answer = operator.post("/dieu-hanh/thiet-bi/box-new/duyet", data={"csrf_token": token})

    assert (answer.status_code, answer.headers["location"]) == (303, "/dieu-hanh/hop#thiet-bi")
    assert operator.get("/v1/devices").json()[0]["state"] == "approved"
    operator.post("/dieu-hanh/thiet-bi/box-new/thu-hoi", data={"csrf_token": token})
    assert operator.get("/v1/devices").json()[0]["state"] == "revoked"
    assert operator.post("/dieu-hanh/thiet-bi/box-new/xoa").status_code == 404
    assert operator.post("/dieu-hanh/thiet-bi/box-none/duyet").status_code == 404


def test_officers_do_not_operate(staff, box):
    officer = staff("canhsat", "officer")

    assert officer.get("/v1/operations").status_code == 403
    assert officer.post("/v1/devices/box-test-01/revoke").status_code == 403
    assert officer.get("/v1/cameras/pnt-01/thumbnail").status_code == 404


def test_the_page_is_empty_but_whole_at_first(operator):
    page = operator.get("/dieu-hanh")
    assert page.status_code == 200
    assert "Chưa có camera nào gửi tín hiệu" in page.text
    assert "No camera has reported yet" in operator.get("/dieu-hanh?lang=en").text


def test_bars_are_stacked_to_one_scale():
    from backend.operations.schemas import DayCount

    days = [
        DayCount(day=NOW.date(), rules={}, confirmed=2, rejected=1, open=1),
        DayCount(day=NOW.date(), rules={}, confirmed=0, rejected=0, open=0),
    ]
    full, empty = bars(days)

    assert full.parts == (("confirmed", 60.0, 60.0), ("rejected", 30.0, 30.0), ("open", 0.0, 30.0))
    assert empty.parts == ()
    assert empty.top == CHART_HEIGHT


def test_health_and_readiness(client, app, settings, services):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"ready": True, "checks": {"database": "ok", "store": "ok"}}

    from backend.services import make_services

    app.state.services = make_services(
        settings.model_copy(
            update={"database_url": "postgresql://x@127.0.0.1:9/x", "s3_endpoint": "127.0.0.1:9"}
        )
    )
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "unreachable: OperationalError", "store": "unreachable"}
    assert client.get("/dieu-hanh").status_code == 503
    assert client.get("/healthz").status_code == 200
