"""Figures of cases that really went their way, counted again by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from backend.cameras.models import CameraSetup
from backend.database import utc_now
from backend.dossiers.models import DossierDeadline
from backend.figures import service
from backend.figures.period import Period
from backend.figures.published import OpenData
from backend.figures.tables import records
from tests.backend.figures.conftest import figure_rows, vietnam_today


@pytest.fixture
def three(case):
    """One closed case, one report that was thrown out, and one that waits."""
    case.decided()
    asked = case.start_payment()
    assert case.ipn(case.result(asked)) == "00"
    case.jobs()
    assert case.dossier().state == "closed"
    case.box.report_violation(plate=None, rule="speeding")
    item = case.officer.post("/v1/review/next").json()
    body = {"expected_version": item["version"], "reason_code": "plate_unreadable", "note": ""}
    assert case.officer.post(f"/v1/review/{item['id']}/reject", json=body).status_code == 200
    case.box.report_violation(plate="61A72814", kind="car")
    return case


def test_each_act_is_counted_once_wherever_it_stands(three, reader):
    rows = figure_rows(reader, "violations_by_rule")
    counted = {row["rule"]: (row["reported"], row["confirmed"], row["rejected"], row["open"]) for row in rows}
    assert counted == {"Ran a red light": (2, 1, 0, 1), "Speeding": (1, 0, 1, 0)}
    standing = {row["standing"]: row["cases"] for row in figure_rows(reader, "standing")}
    assert sum(standing.values()) == 3
    assert standing["Rejected by an officer"] == 1
    assert standing["Waiting for review"] == 1
    hours = figure_rows(reader, "violations_by_hour")
    assert sum(sum(value for key, value in row.items() if key != "weekday") for row in hours) == 2
    assert figure_rows(reader, "rejects_by_reason") == [
        {"reason": "The plate cannot be read", "rejected": 1, "share": 1.0}
    ]
    assert figure_rows(reader, "violations_by_place")[0]["place"] == "Nút giao Phạm Ngọc Thạch (giả lập)"

    rows = figure_rows(reader, "funnel")
    assert [row["cases"] for row in rows] == [3, 1, 1, 1, 1, 1, 1]
    assert rows[1]["of_reported"] == pytest.approx(1 / 3)
    assert all(row["median_hours"] >= 0 for row in rows[1:])


def test_vehicles_that_are_not_as_registered_are_counted(case, reader):
    case.confirmed(fate="conflict")
    case.jobs()
    rows = figure_rows(reader, "registry_differences")
    assert [(row["difference"], row["reported"], row["confirmed"], row["rejected"]) for row in rows] == [
        ("Kind of vehicle", 1, 1, 0),
        ("Ground colour of the plate", 0, 0, 0),
        ("Colour of the vehicle", 0, 0, 0),
    ]

    filled = {row["field"]: row for row in figure_rows(reader, "fields_filled")}
    assert (filled["Name"]["registry"], filled["Name"]["corrected"]) == (1, 0)
    assert filled["Ground colour of the plate"]["missing"] == 0


def test_the_reports_of_each_camera_are_on_a_map(three, reader, services):
    address = "/dieu-hanh/so-lieu?lang=en"
    assert "data-map" not in reader.get(address).text
    with services.database.unit_of_work() as session:
        session.add(CameraSetup(camera_id="pnt-01", latitude_deg=10.9804, longitude_deg=106.6519))
    page = reader.get(address).text
    assert 'class="mark-heat"' in page
    assert "<title>3 reports at Nút giao Phạm Ngọc Thạch (giả lập)</title>" in page


def test_money_agrees_with_the_ledger_and_indicators_show_their_fractions(three, reader):
    dossier = three.dossier()
    (way,) = figure_rows(reader, "payments_by_way")
    assert (way["payments"], way["amount_vnd"], way["share"]) == (1, dossier.fine_vnd, 1.0)
    sums = {row["what"]: (row["postings"], row["amount_vnd"]) for row in figure_rows(reader, "money")}
    assert sums["Fines decided"] == sums["Paid towards fines"] == (1, dossier.fine_vnd)
    assert sums["Refunded"] == (0, 0)
    (decisions,) = figure_rows(reader, "decisions")
    assert (decisions["decided"], decisions["paid"], decisions["paid_within_10_days"]) == (1, 1, 1)

    rows = {row["id"]: row for row in figure_rows(reader, "indicators_766")}
    assert (rows["4.6"]["part"], rows["4.6"]["whole"], rows["4.6"]["value"]) == (1, 1, 100.0)
    assert (rows["P.1"]["part"], rows["P.1"]["whole"], rows["P.1"]["value"]) == (1, 2, 50.0)
    assert (rows["3.3"]["part"], rows["3.3"]["whole"]) == (1, 1)
    assert rows["5.2"]["value"] is None
    assert "satisfied" in rows["5.2"]["note"]


def test_time_limits_are_judged_by_both_countings(three, services, reader):
    rows = {row["step"]: row for row in figure_rows(reader, "deadlines")}
    assert rows["A1"]["kept"] == 1  # the notice went out the same day
    assert rows["A1"]["other_kept"] == 1
    assert all(row["missed"] == 0 for row in rows.values())
    assert rows["A1"]["whose"] == "An authority"
    assert rows["A2"]["whose"] == "A person or organisation"
    assert rows.keys().isdisjoint({"C1", "G1", "G7", "A4", "D6", "E8"})  # rights, and terms that only run out
    today = vietnam_today()
    with services.database.unit_of_work() as session:
        later = service.figure(session, "deadlines", Period(today, today), today + timedelta(days=1200))
    missed = {row["step"] for row in records(later, "en") if row["missed"]}
    assert missed == {step for step, row in rows.items() if row["running"]}


def test_steps_in_time_are_those_of_authorities_that_were_not_called_off(three, services, reader):
    def in_time(today):
        with services.database.unit_of_work() as session:
            figure = service.figure(session, "indicators_766", Period(day, day), today)
        (row,) = (row for row in records(figure, "en") if row["id"] == "2.1")
        return row["part"], row["whole"]

    day = vietnam_today()
    authorities = [row for row in figure_rows(reader, "deadlines") if row["whose"] == "An authority"]
    kept, running = (sum(row[name] for row in authorities) for name in ("kept", "running"))
    much_later = day + timedelta(days=1200)
    assert in_time(day) == (kept, kept)
    assert in_time(much_later) == (kept, kept + running)
    with services.database.unit_of_work() as session:
        open_ones = update(DossierDeadline).where(DossierDeadline.met_at.is_(None))
        session.execute(open_ones.values(ended_at=utc_now()))
    assert in_time(much_later) == (kept, kept)


def test_files_of_each_kind_and_a_workbook_of_all(three, reader):
    for form, kind in (("csv", "text/csv"), ("xlsx", "spreadsheetml"), ("json", "application/json")):
        answer = reader.get(f"/v1/figures/funnel.{form}")
        assert answer.status_code == 200
        assert kind in answer.headers["content-type"]
    assert reader.get("/v1/figures/all.xlsx").content.startswith(b"PK")
    assert reader.get("/v1/figures/nothing.csv").status_code == 404
    assert reader.get("/v1/figures/funnel.csv?first=2026-13-01").json()["code"] == "period_wrong"
    assert len(reader.get("/v1/figures").json()) == len(service.FIGURES)


def test_only_those_who_answer_for_figures_read_them(staff, new_client):
    assert new_client().get("/v1/figures").status_code == 401
    for role, status in (("auditor", 200), ("accountant", 200), ("officer", 403), ("clerk", 403)):
        assert staff(f"nguoi{role}", role).get("/v1/figures").status_code == status, role


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_the_operations_centre_needs_its_token(ioc_client, new_client, sent):
    for client in (ioc_client, new_client()):  # the second system has no token at all: nobody may read
        assert client.get("/v1/ioc/figures", headers=sent).status_code == 401


def test_the_token_opens_the_figures(ioc_client):
    answer = ioc_client.get("/v1/ioc/figures", headers={"Authorization": "Bearer the-ioc-token"})
    assert answer.status_code == 200
    assert {one["id"] for one in answer.json()["figures"]} == set(service.FIGURES)


def test_open_data_names_nobody_and_no_small_count(three, new_client):
    anybody = new_client()
    month = f"{vietnam_today():%Y-%m}"
    page = anybody.get(f"/du-lieu-mo?thang={month}")
    assert page.status_code == 200
    rows = anybody.get(f"/v1/open-data/{month}/violations_by_rule.json?lang=en").json()["rows"]
    assert [row["reported"] for row in rows] == [None, None]
    whole = page.text + json.dumps(rows)
    for secret in (
        three.dossier().plate,
        three.registration["owner"]["id_number"],
        three.dossier().notice_number,
    ):
        assert secret not in whole
    assert anybody.get(f"/v1/open-data/{month}/deadlines.json").status_code == 404
    assert anybody.get("/v1/open-data/2026-99/funnel.json").status_code == 422
    assert anybody.get("/v1/open-data/2019-01/funnel.json").status_code == 404
    assert anybody.get("/v1/open-data/2099-12/funnel.json").status_code == 404


def test_open_data_is_counted_once_in_ten_minutes(services, monkeypatch):
    counted = []
    monkeypatch.setattr(service, "open_data", lambda _session, period, _today: counted.append(period) or [])
    published, now = OpenData(), datetime.now(UTC)
    with services.database.unit_of_work() as session:
        for after_s in (0, 1, 599, 601, 602):
            published.month(session, "2026-10", now + timedelta(seconds=after_s))
        published.month(session, "2026-09", now)
    assert [period.first.month for period in counted] == [10, 10, 9]
