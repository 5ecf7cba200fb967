"""A person limited to areas sees and touches what happened there, and nothing else, through every door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.database import Base
from backend.errors import Problem
from backend.places.scope import Scope
from backend.places.service import import_areas, place_camera, place_of
from penalty.calendar import vietnam_date
from tests.backend.factories import Box

HEADING = "code,level,name,parent_code,valid_from,valid_to,successor_code,source,confidence\n"
WARDS = HEADING + (
    "TN-0,ward,Phường Mẫu Cũ,74,,2025-06-30,TN-1,test,unconfirmed\n"
    "TN-1,ward,Phường Thử Nghiệm,79,2025-07-01,,,test,unconfirmed\n"
    "TN-2,ward,Phường Ví Dụ,79,2025-07-01,,,test,unconfirmed\n"
)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC).date()


@pytest.fixture
def two_wards(services, client, box):
    """Camera pnt-01 in TN-1 (a former ward of Bình Dương before), camera pnt-02 in TN-2."""
    with services.database.unit_of_work() as session:
        import_areas(session, WARDS, by="system")
        place_camera(session, "pnt-01", "TN-0", since=LONG_AGO, source="test", by=None)
        place_camera(session, "pnt-02", "TN-2", since=LONG_AGO, source="test", by=None)
    other = Box(client, services, device_id="box-test-02", camera_id="pnt-02").ready()
    return box.report_violation(plate="59X112345"), other.report_violation(plate="59X154321")


def seen(client) -> set[str]:
    return {item["id"] for item in client.get("/v1/review/queue").json()["items"]}


def test_each_sees_the_reports_of_his_areas(staff, two_wards):
    first, second = two_wards
    assert seen(staff("tat-ca", "officer")) == {first, second}
    assert seen(staff("phuong-1", "officer", areas=("TN-1",))) == {first}
    assert seen(staff("thanh-pho", "officer", areas=("79",))) == {first, second}
    assert seen(staff("ha-noi", "officer", areas=("01",))) == set()
    assert seen(staff("chua-giao", "officer", areas=())) == set()


def test_what_lies_elsewhere_is_not_there(staff, two_wards):
    first, second = two_wards
    officer = staff("phuong-1", "officer", areas=("TN-1",))

    queue = officer.get("/v1/review/queue").json()
    assert (queue["waiting"], queue["claimed"]) == (1, 0)
    assert officer.post("/v1/review/next").json()["id"] == first
    assert officer.post("/v1/review/next").json()["id"] == first
    assert officer.get(f"/v1/review/{second}").status_code == 404
    assert officer.post(f"/v1/review/{second}/claim").status_code == 404
    assert officer.get(f"/v1/evidence/{second}/still_at").status_code == 404
    assert officer.get(f"/v1/evidence/{first}/still_at").status_code == 200
    assert officer.get(f"/canh-sat/duyet/{second}").status_code == 404
    assert officer.get(f"/canh-sat/duyet/{second}/nguyen-ven").status_code == 404


def test_dossiers_and_what_hangs_on_them_follow_their_place(services, staff, two_wards):
    first, second = two_wards
    everywhere = staff("tat-ca", "officer", "team_chief")
    dossiers = {}
    for _ in two_wards:
        item = everywhere.post("/v1/review/next").json()
        body = {
            "expected_version": item["version"],
            "plate": item["plate"]["current"],
            "vehicle_kind": "motorbike",
        }
        answer = everywhere.post(f"/v1/review/{item['id']}/confirm", json=body)
        dossiers[item["id"]] = answer.json()["dossier_id"]
    commune = staff("cong-an-phuong", "commune", areas=("TN-2",))

    assert [item["id"] for item in commune.get("/v1/dossiers").json()["items"]] == [dossiers[second]]
    assert commune.get(f"/v1/dossiers/{dossiers[first]}").status_code == 404
    assert commune.get(f"/canh-sat/ho-so/{dossiers[first]}").status_code == 404
    assert commune.get(f"/v1/dossiers/{dossiers[second]}").status_code == 200
    decision = commune.post(f"/v1/dossiers/{dossiers[first]}/decision", json={"expected_version": 1})
    assert decision.status_code == 404
    lookups = commune.get("/v1/owner-lookups", params={"state": "any"}).json()["items"]
    assert {one["violation_id"] for one in lookups} == {second}
    assert commune.get("/canh-sat/ho-so").status_code == 200
    with services.database.unit_of_work() as session:
        whole = {name for name, cases in kept(session).items() if {first, dossiers[first]} & cases}
    assert {"Dossier", "DossierEvent", "EvidenceFile", "OwnerLookup", "ReviewAct"} <= whole
    with services.database.unit_of_work() as session:
        session.info["places.scope"] = Scope(frozenset({"TN-2"}))
        assert set().union(*kept(session).values()) <= {second, dossiers[second]}


def kept(session) -> dict[str, set[str]]:
    """Ids of cases in every table that names one."""
    found = {}
    for mapper in Base.registry.mappers:
        for name in {"dossier_id", "violation_id"} & set(mapper.columns.keys()):
            rows = session.scalars(select(mapper.class_)).all()
            found[mapper.class_.__name__] = {str(case) for row in rows if (case := getattr(row, name))}
    return found


def test_a_camera_that_moves_takes_only_what_it_sees_from_then_on(services, staff, two_wards, box):
    first, _ = two_wards
    with services.database.unit_of_work() as session:
        today = vietnam_date(datetime.now(UTC))
        tomorrow = today + timedelta(days=1)
        place_camera(session, "pnt-01", "TN-2", since=tomorrow, source="moved", by=None)
        assert place_of(session, "pnt-01", today) == "TN-0"
        assert place_of(session, "pnt-01", tomorrow) == "TN-2"
        with pytest.raises(Problem, match="later_place_known"):
            place_camera(session, "pnt-01", "TN-1", since=today, source="test", by=None)
        with pytest.raises(Problem, match="area_unknown"):
            place_camera(session, "pnt-01", "nowhere", since=tomorrow, source="test", by=None)

    assert first not in seen(staff("phuong-2", "officer", areas=("TN-2",)))
    assert first in seen(staff("phuong-1", "officer", areas=("TN-1",)))


def test_areas_are_checked_before_one_is_taken(services):
    with services.database.unit_of_work() as session, pytest.raises(Problem, match="areas_wrong"):
        import_areas(session, HEADING + "TN-9,ward,Phường,99,,,,test,unconfirmed\n", by="system")
    with services.database.unit_of_work() as session:
        assert import_areas(session, WARDS, by="system") == 3
        assert import_areas(session, WARDS.replace("Ví Dụ", "Ví Dụ Mới"), by="system") == 3
