"""A camera that was ill: it is in the record, and nothing it saw then can be confirmed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.cameras import spells
from backend.cameras.models import CameraSpell
from edge.upkeep import FaultSpell
from tests.backend.cameras.kit import CAMERA, beat

START: dict[str, datetime] = {}


@pytest.fixture(autouse=True)
def _start() -> None:
    """Seconds are counted back from the test's own start."""
    START["at"] = datetime.now(UTC).replace(microsecond=0)


def ago(seconds: float) -> datetime:
    return START["at"] - timedelta(seconds=seconds)


def told(began_s: float, ended_s: float | None = None) -> tuple[FaultSpell, ...]:
    ended = None if ended_s is None else ago(ended_s)
    return (FaultSpell(fault="moved", began_at=ago(began_s), ended_at=ended),)


def kept(services) -> list[tuple[datetime, datetime | None]]:
    with services.database.unit_of_work() as session:
        rows = session.query(CameraSpell).order_by(CameraSpell.began_at)
        return [(row.began_at, row.ended_at) for row in rows]


def test_a_spell_is_kept_and_closed(box, services):
    beat(box, spells=told(60), sent_at=ago(50))
    assert kept(services) == [(ago(60), None)]
    beat(box, spells=told(60, 40), sent_at=ago(30))
    assert kept(services) == [(ago(60), ago(40))]


def test_a_box_that_began_anew_has_forgotten_and_the_spell_ends(box, services):
    beat(box, spells=told(60), sent_at=ago(50))
    beat(box, sent_at=ago(20))
    assert kept(services) == [(ago(60), ago(20))]


def test_a_revoked_box_leaves_nothing_open(box, services, staff):
    beat(box, spells=told(60))
    assert staff("truc", "operator").post(f"/v1/devices/{box.device_id}/revoke").status_code == 200
    assert kept(services)[0][1] is not None


@pytest.mark.parametrize(
    ("event_s", "void"), [(61, False), (60, True), (50, True), (40, True), (39, False)], ids=str
)
def test_both_ends_belong_to_the_spell(box, services, event_s, void):
    beat(box, spells=told(60, 40))
    with services.database.unit_of_work() as session:
        assert (spells.covering(session, CAMERA, ago(event_s)) is not None) is void
        assert spells.covering(session, "another", ago(event_s)) is None


def test_a_report_from_then_can_only_be_rejected(box, staff):
    well = box.report_violation(event_at=ago(300))
    void = box.report_violation(event_at=ago(50))
    beat(box, spells=told(60, 40))
    officer = staff("canhsat", "officer", signing_limit_vnd=7_500_000)
    assert officer.get(f"/v1/review/{well}").json()["camera_fault"] is None
    officer.post(f"/v1/review/{void}/claim")
    held = officer.get(f"/v1/review/{void}").json()
    assert held["camera_fault"] == "moved"
    assert "Camera có lỗi vào lúc đó: Camera bị xê dịch" in officer.get(f"/canh-sat/duyet/{void}").text

    seen = {"plate": held["plate"]["current"], "vehicle_kind": held["vehicle_kind"]}
    refused = officer.post(f"/v1/review/{void}/confirm", json={**seen, "expected_version": held["version"]})

    assert (refused.status_code, refused.json()["code"]) == (409, "camera_was_ill")
    rejection = {"expected_version": held["version"], "reason_code": "camera_fault", "note": "xê dịch"}
    assert officer.post(f"/v1/review/{void}/reject", json=rejection).status_code == 200
