"""Roll-outs as heartbeats drive them: one camera first, then the rest, all back when one fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.alerts import service as alerts
from backend.cameras import rollouts
from tests.backend.cameras.kit import camera_file, sha256
from tests.backend.factories import make_heartbeat

CAMERAS = ("cam-a", "cam-b", "cam-c")


def old(camera_id: str) -> str:
    return camera_file(camera_id=camera_id)


def new(camera_id: str) -> str:
    return camera_file(camera_id=camera_id, line_y=62.0)


@pytest.fixture
def operator(staff):
    return staff("truc", "operator")


@pytest.fixture
def says(box):
    """`says("cam-a", text)`: its box tells which file it runs; what the backend wants of it."""

    def beat(camera_id: str, running: str, **changes) -> str:
        values = {"camera_file_sha256": sha256(running), "device_id": box.device_id, **changes}
        answer = box.send(make_heartbeat(camera_id=camera_id, **values))
        assert answer.status_code == 200, answer.text
        return answer.json()["camera_files"].get(camera_id, "")

    return beat


@pytest.fixture
def begun(operator, says):
    """A roll-out to three cameras that all had a version before."""
    for camera_id in CAMERAS:
        says(camera_id, old(camera_id))
        publish(operator, camera_id, old(camera_id))
        says(camera_id, old(camera_id))
        says(camera_id, old(camera_id))
    return lambda: operator.post(
        "/v1/roll-outs", json={"camera_ids": CAMERAS, "note": "Dời vạch dừng"}
    ).json()


def draft(operator, camera_id: str, text: str) -> None:
    version = operator.get(f"/v1/cameras/{camera_id}/setup").json()["version"]
    body = {"content": text, "expected_version": version}
    assert operator.put(f"/v1/cameras/{camera_id}/draft", json=body).status_code == 200


def publish(operator, camera_id: str, text: str) -> None:
    draft(operator, camera_id, text)
    answer = operator.post(f"/v1/cameras/{camera_id}/versions", json={"note": "Bản đầu"})
    assert answer.status_code == 201, answer.text


def states(operator, roll_out) -> dict[str, str]:
    found = operator.get(f"/v1/roll-outs/{roll_out['id']}").json()
    return {"all": found["state"], **{one["camera_id"]: one["state"] for one in found["steps"]}}


def later(services, seconds: float) -> None:
    """The regular look, that much later."""
    with services.database.unit_of_work() as session:
        rollouts.drive_all(session, services.settings, datetime.now(UTC) + timedelta(seconds=seconds))


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"roll_out_watch_s": 0.0})


def test_one_camera_first_then_the_rest(begun, operator, says):
    for camera_id in CAMERAS:
        draft(operator, camera_id, new(camera_id))
    roll_out = begun()
    assert says("cam-a", old("cam-a")) == sha256(new("cam-a"))
    assert says("cam-b", old("cam-b")) == sha256(old("cam-b"))
    assert states(operator, roll_out)["cam-b"] == "waiting"
    says("cam-a", new("cam-a"))
    says("cam-a", new("cam-a"))
    assert says("cam-b", old("cam-b")) == sha256(new("cam-b"))
    for camera_id in ("cam-b", "cam-c"):
        says(camera_id, new(camera_id))
        says(camera_id, new(camera_id))
    assert set(states(operator, roll_out).values()) == {"done", "well"}


def test_a_file_that_a_box_refuses_takes_all_back_and_is_told(begun, operator, says, services):
    for camera_id in CAMERAS:
        draft(operator, camera_id, new(camera_id))
    roll_out = begun()
    why = "line 3: id: too new for this box"
    wanted = says("cam-a", old("cam-a"), refused_sha256=sha256(new("cam-a")), refused_why=why)
    assert wanted == sha256(old("cam-a"))
    assert states(operator, roll_out) == {
        "all": "stopped",
        "cam-a": "failed",
        "cam-b": "waiting",
        "cam-c": "waiting",
    }
    assert why in operator.get(f"/dieu-hanh/trien-khai/{roll_out['id']}").text
    with services.database.unit_of_work() as session:
        alerts.look(session, services.settings, datetime.now(UTC))
    assert [one["rule"] for one in operator.get("/v1/alerts").json()] == ["roll_out"]


def test_a_camera_that_never_takes_it_has_failed(begun, operator, services):
    for camera_id in CAMERAS:
        draft(operator, camera_id, new(camera_id))
    roll_out = begun()
    later(services, services.settings.roll_out_taken_s + 1)
    assert states(operator, roll_out)["cam-a"] == "failed"


def test_what_a_person_stops_goes_back_and_wakes_nobody(begun, operator, says, services):
    for camera_id in CAMERAS:
        draft(operator, camera_id, new(camera_id))
    roll_out = begun()
    operator.post(f"/v1/roll-outs/{roll_out['id']}/stop")
    assert says("cam-a", new("cam-a")) == sha256(old("cam-a"))
    assert states(operator, roll_out)["cam-a"] == "undone"
    with services.database.unit_of_work() as session:
        alerts.look(session, services.settings, datetime.now(UTC))
    assert operator.get("/v1/alerts").json() == []


def test_a_camera_is_in_one_roll_out_at_a_time(begun, operator):
    for camera_id in CAMERAS:
        draft(operator, camera_id, new(camera_id))
    begun()
    again = operator.post("/v1/cameras/cam-a/versions", json={"note": "Quay lại", "number": 1})
    assert (again.status_code, again.json()["code"]) == (409, "already_rolling")


def test_a_camera_given_to_another_box_is_kept_from_this_one(begun, operator, says, client, services):
    from tests.backend.factories import Box

    other = Box(client, services, device_id="box-other").ready()
    token = {"csrf_token": operator.headers["X-CSRF-Token"], "device_id": other.device_id}
    assert operator.post("/dieu-hanh/may-quay/cam-a/hop", data=token).status_code == 303
    assert says("cam-a", old("cam-a")) == ""
