"""Releases as heartbeats drive them: one box first, all back when one falls ill."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from backend.alerts import service as alerts
from backend.releases import rollouts, software
from backend.releases.models import ReleaseRollOut, ReleaseStep
from tests.backend.factories import make_heartbeat
from tests.backend.releases.kit import BOXES, LONG_AGO, NEW, OLD, begin, failed, publish, states


def test_one_box_first_then_a_share_then_the_rest(operator, says, file):
    publish(operator, file())
    for name in BOXES:
        says(name)
    roll_out = begin(operator)
    assert says("box-a")["version"] == NEW
    assert says("box-b") is None
    says("box-a", OLD, confirmed=False, phase="trial")
    assert states(operator, roll_out)["box-a"] == "offered"
    says("box-a", NEW)
    says("box-a", NEW)
    assert says("box-b")["version"] == NEW
    assert says("box-c") is None
    for name in ("box-b", "box-c"):
        says(name, NEW)
        says(name, NEW)
    assert set(states(operator, roll_out).values()) == {"done", "well"}


def test_a_box_that_went_back_takes_all_back_and_people_are_told(operator, says, services, file):
    publish(operator, file())
    for name in BOXES:
        says(name)
    roll_out = begin(operator)
    says("box-a", NEW)
    says("box-a", NEW)
    order = says("box-b", failure=failed(roll_out, log_lines=("KeyError: 'plate'",)))
    assert states(operator, roll_out) == {
        "all": "stopped",
        "box-a": "undone",
        "box-b": "failed",
        "box-c": "waiting",
    }
    assert order["version"] == OLD
    back = says("box-a", NEW)
    assert (back["version"], back["sha256"]) == (OLD, None)
    assert back["order_id"] != roll_out
    page = operator.get("/dieu-hanh/hop/box-b").text
    assert "KeyError: &#39;plate&#39;" in page
    assert "hộp không giữ bản mới. Hộp báo: “ended with code 1”" in page
    stopped = operator.get(f"/v1/release-roll-outs/{roll_out}").json()
    assert (stopped["why"]["code"], stopped["why"]["subject"]) == ("not_kept", "box-b")
    shown = operator.get(f"/dieu-hanh/phan-mem/dot/{roll_out}").text
    assert "box-b: hộp không giữ bản mới. Hộp báo: “ended with code 1”" in shown
    with services.database.unit_of_work() as session:
        alerts.look(session, services.settings, datetime.now(UTC))
    assert [one["rule"] for one in operator.get("/v1/alerts").json()] == ["roll_out"]


@pytest.mark.parametrize("watch_s", [900.0])
@pytest.mark.parametrize(
    "worse",
    [
        ("cam-a: no new picture", {"state": "stalled"}),
        ("90 reports wait, 0 before", {"outbox_waiting": 90}),
        ("runs 0.1.0", {"running": OLD}),
    ],
)
def test_a_box_that_is_worse_than_before_stops_it(operator, says, services, file, worse):
    words, changes = worse
    publish(operator, file())
    says("box-a")
    roll_out = begin(operator)
    says("box-a", NEW)
    says("box-a", **{"running": NEW, **changes})
    assert states(operator, roll_out)["box-a"] == "taken"
    with services.database.unit_of_work() as session:
        rollouts.drive_all(
            session, services.settings, datetime.now(UTC) + timedelta(seconds=11), since=LONG_AGO
        )
    found = operator.get(f"/v1/release-roll-outs/{roll_out}").json()
    assert found["state"] == "stopped"
    assert words in found["why_en"]


@pytest.mark.parametrize("watch_s", [900.0])
def test_a_camera_that_sends_too_few_pictures_stops_it_only_when_that_lasts(operator, says, services, file):
    """A camera that is connected again sends nothing for some seconds, whatever the box runs."""
    publish(operator, file())
    says("box-a")
    roll_out = begin(operator)
    says("box-a", NEW)

    def beat(fps: float, *, then_passes_s: float = 0) -> str:
        says("box-a", NEW, fps=fps)
        with services.database.unit_of_work() as session:
            (step,) = session.query(ReleaseStep).filter_by(device_id="box-a")
            step.taken_at -= timedelta(seconds=then_passes_s)
            step.slow_since = step.slow_since and step.slow_since - timedelta(seconds=then_passes_s)
        return states(operator, roll_out)["box-a"]

    assert beat(4.0, then_passes_s=40) == "taken"
    assert beat(12.5, then_passes_s=40) == "taken"
    assert beat(4.0, then_passes_s=20) == "taken"
    assert beat(4.0, then_passes_s=20) == "taken"
    assert beat(4.0) == "failed"
    found = operator.get(f"/v1/release-roll-outs/{roll_out}").json()
    assert "cam-a: 4.0 pictures a second, 12.5 before" in found["why_en"]


@pytest.mark.parametrize("watch_s", [100.0])
def test_silence_is_held_against_a_box_only_when_it_lasts_and_the_backend_listened(
    operator, says, services, file
):
    publish(operator, file())
    for name in BOXES[:2]:
        says(name)
    roll_out = begin(operator)
    says("box-a", NEW)

    def look(after_s: float, since: datetime) -> str:
        with services.database.unit_of_work() as session:
            at = datetime.now(UTC) + timedelta(seconds=after_s)
            rollouts.drive_all(session, services.settings, at, since=since)
        return states(operator, roll_out)["box-a"]

    assert look(290, LONG_AGO) == "taken"
    assert look(90_000, datetime.now(UTC) + timedelta(seconds=89_900)) == "taken"
    assert look(310, LONG_AGO) == "failed"
    assert "silent" in operator.get(f"/v1/release-roll-outs/{roll_out}").json()["why_en"]


@pytest.mark.parametrize("watch_s", [900.0])
def test_a_box_that_says_nothing_of_releases_any_more_is_not_well(operator, boxes, says, services, file):
    publish(operator, file())
    says("box-a")
    roll_out = begin(operator)
    says("box-a", NEW)
    boxes["box-a"].send(make_heartbeat(device_id="box-a", camera_id="cam-a", software_version=NEW))
    with services.database.unit_of_work() as session:
        at = datetime.now(UTC) + timedelta(seconds=11)
        rollouts.drive_all(session, services.settings, at, since=LONG_AGO)
    assert "nothing of its version" in operator.get(f"/v1/release-roll-outs/{roll_out}").json()["why_en"]


def test_one_that_falls_after_its_own_watch_takes_all_back(operator, says, file):
    publish(operator, file())
    for name in BOXES[:2]:
        says(name)
    roll_out = begin(operator)
    says("box-a", NEW)
    says("box-a", NEW)
    says("box-a", failure=failed(roll_out))
    assert states(operator, roll_out) == {"all": "stopped", "box-a": "failed", "box-b": "undone"}


def test_a_way_back_that_failed_is_ordered_once_more(operator, says, file):
    publish(operator, file())
    says("box-a")
    roll_out = begin(operator)
    says("box-a", NEW)
    operator.post(f"/v1/release-roll-outs/{roll_out}/stop")
    first = says("box-a", NEW)
    assert "/dung" in operator.get(f"/dieu-hanh/phan-mem/dot/{roll_out}").text
    operator.post(f"/v1/release-roll-outs/{roll_out}/stop")
    again = says("box-a", NEW)
    assert (again["version"], again["order_id"] == first["order_id"]) == (OLD, False)
    says("box-a", OLD)
    operator.post(f"/v1/release-roll-outs/{roll_out}/stop")
    assert says("box-a", OLD)["order_id"] == again["order_id"]
    assert "/dung" not in operator.get(f"/dieu-hanh/phan-mem/dot/{roll_out}").text


def test_a_heartbeat_does_not_wait_for_whoever_looks_at_the_roll_out(operator, says, services, file):
    publish(operator, file())
    says("box-a")
    roll_out = begin(operator)
    with services.database.unit_of_work() as session:
        session.get(ReleaseRollOut, uuid.UUID(roll_out), with_for_update=True)
        says("box-a", NEW)
    assert states(operator, roll_out)["box-a"] == "offered"
    says("box-a", NEW)
    assert states(operator, roll_out)["box-a"] == "taken"


def test_a_version_without_a_number_is_neither_left_nor_ordered(operator, says, services, file):
    publish(operator, file())
    says("box-a", "0+unknown")
    asked = {"note": "Thử trước", "device_ids": ["box-a"]}
    answer = operator.post(f"/v1/releases/{NEW}/roll-outs", json=asked)
    assert (answer.status_code, "without a number" in answer.text) == (409, True)
    with services.database.unit_of_work() as session:
        software.want(session, "box-a", "0+unknown", uuid.uuid4(), datetime.now(UTC))
    assert says("box-a", "0+unknown") is None


def test_what_a_failed_version_said_is_kept_no_longer_than_other_answers(says, services):
    old = datetime.now(UTC) - timedelta(days=services.settings.box_answers_days - 1)

    def lines() -> tuple[str, ...]:
        with services.database.unit_of_work() as session:
            return software.state_of(session, "box-a").failure.log_lines

    says("box-a", failure=failed(str(uuid.uuid4()), log_lines=("51A-123.45",), at=old))
    assert lines() == ("51A-123.45",)
    with services.database.unit_of_work() as session:
        software.forget_lines(session, services.settings, datetime.now(UTC) + timedelta(days=2))
    assert lines() == ()
    says("box-a", failure=failed(str(uuid.uuid4()), log_lines=("x",), at=old - timedelta(days=2)))
    assert lines() == ()


def test_a_box_that_never_takes_it_has_failed(operator, says, services, file):
    publish(operator, file())
    says("box-a")
    roll_out = begin(operator)
    with services.database.unit_of_work() as session:
        late = datetime.now(UTC) + timedelta(seconds=services.settings.release_taken_s + 1)
        rollouts.drive_all(session, services.settings, late, since=LONG_AGO)
    assert states(operator, roll_out) == {"all": "stopped", "box-a": "failed"}


def test_a_person_pauses_goes_on_and_takes_it_back_when_it_is_done(operator, says, file):
    publish(operator, file())
    for name in BOXES[:2]:
        says(name)
    roll_out = begin(operator)
    operator.post(f"/v1/release-roll-outs/{roll_out}/pause")
    says("box-a", NEW)
    says("box-a", NEW)
    assert states(operator, roll_out) == {"all": "paused", "box-a": "well", "box-b": "waiting"}
    assert says("box-b") is None
    operator.post(f"/v1/release-roll-outs/{roll_out}/go-on")
    says("box-b", NEW)
    says("box-b", NEW)
    assert states(operator, roll_out)["all"] == "done"
    operator.post(f"/v1/release-roll-outs/{roll_out}/stop")
    assert (says("box-a", NEW)["version"], says("box-b", NEW)["version"]) == (OLD, OLD)


def test_who_cannot_take_it_is_named_with_the_reason(operator, boxes, says, file):
    publish(operator, file())
    boxes["box-b"].send(make_heartbeat(device_id="box-b"))  # it runs without the launcher
    says("box-c", NEW)
    for device_ids in (["box-b"], ["box-c"], ["box-a"], ["box-nobody"]):
        asked = {"note": "Thử trước", "device_ids": device_ids}
        answer = operator.post(f"/v1/releases/{NEW}/roll-outs", json=asked)
        assert (answer.status_code, answer.json()["code"]) == (409, "box_cannot")
    page = operator.get(f"/dieu-hanh/phan-mem/{NEW}?lang=en").text
    assert "takes no releases" in page
    assert "runs this version already" in page
    none = operator.post(f"/v1/releases/{NEW}/roll-outs", json={"note": "Thử trước"})
    assert none.json()["code"] == "no_box_can"
    assert operator.post(f"/v1/releases/{NEW}/roll-outs", json={"note": " x "}).status_code == 422
