"""What an officer does on the page of one dossier: corrects how the owner is reached, makes the record."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from backend.dossiers.models import Dossier, DossierDeadline
from backend.owners.models import OwnerLookup, RegistryCorrection
from backend.owners.service import open_owner, vault_of
from backend.portal.looks import looks_at
from penalty.calendar import vietnam_date


def test_another_telephone_is_kept_and_reported_back(case):
    case.notified(kind="motorbike")
    address = f"/canh-sat/ho-so/{case.id}"
    form = {"phone": "12", "reason": "Chủ xe gọi đến báo"}
    wrong = case.officer.post(f"{address}/lien-lac?lang=en", data=form)
    assert wrong.status_code == 422
    assert "A telephone number begins with 0" in wrong.text
    assert 'value="12"' in wrong.text
    assert not case.rows(RegistryCorrection)

    right = case.officer.post(f"{address}/lien-lac", data={**form, "phone": "0900000888"})
    assert right.status_code == 303
    [lookup] = case.rows(OwnerLookup)
    assert open_owner(lookup, vault_of(case.services)).phone == "0900000888"
    again = case.officer.post(f"{address}/lien-lac?lang=en", data={**form, "phone": "0900000888"})
    assert (again.status_code, "Telephone and address are what is kept already" in again.text) == (422, True)
    case.jobs()
    page = case.officer.get(f"{address}?lang=en").text
    assert "Received by the registry" in page
    assert "0900000888" not in page


def test_the_record_is_made_at_the_station(case):
    case.notified(kind="motorbike")
    address = f"/canh-sat/ho-so/{case.id}"
    page = case.officer.get(f"{address}?lang=en").text
    assert "Signed at the station by who was driving" in page
    form = {"waives_explanation": "true", "confirmed": "yes"}
    assert case.officer.post(f"{address}/bien-ban", data=form).status_code == 303
    assert case.dossier().state == "recorded"
    assert case.dossier().explanation_waived
    assert case.officer.post(f"{address}/bien-ban", data=form).status_code == 409


def test_a_decision_that_comes_too_late_says_so_and_offers_no_button(case):
    case.recorded(kind="motorbike")
    with case.services.database.unit_of_work() as session:
        yesterday = vietnam_date(case.dossier().opened_at) - timedelta(days=1)
        session.execute(
            update(DossierDeadline).where(DossierDeadline.step_id == "D1").values(due_on=yesterday)
        )
    page = case.chief.get(f"/canh-sat/ho-so/{case.id}?lang=en").text
    assert "The decision cannot be signed now" in page
    assert "The time to decide is over" in page
    assert "Sign the penalty decision…</button>" not in page
    assert case.chief.get(f"/v1/dossiers/{case.id}").json()["allowed"] == []


def test_the_list_shows_the_limit_that_runs_out_next_also_while_it_is_the_owners(case):
    case.notified(kind="motorbike")
    (answer,) = case.rows(DossierDeadline, DossierDeadline.step_id == "A2")
    page = case.officer.get("/canh-sat/ho-so", params={"tab": "running"}).text
    assert f"{answer.due_on:%d/%m/%Y}" in page
    assert answer.title_vi in page
    with case.services.database.unit_of_work() as session:
        gone = vietnam_date(case.dossier().opened_at) - timedelta(days=1)
        session.execute(update(DossierDeadline).where(DossierDeadline.step_id == "A2").values(due_on=gone))
    page = case.officer.get("/canh-sat/ho-so", params={"tab": "running", "lang": "en"}).text
    assert answer.title_en not in page
    assert "Limitation for issuing the penalty" in page


def test_the_same_looks_of_the_same_people_are_told_as_one_with_their_number(case):
    case.entered(kind="motorbike")
    for _ in range(3):
        case.officer.get(f"/canh-sat/ho-so/{case.id}")
    with case.services.database.unit_of_work() as session:
        found = looks_at(session, [session.get_one(Dossier, case.id)])
    assert len({(one.who_en, one.what_en) for one in found}) == len(found)
    (officers,) = (
        one for one in found if (one.who_en, one.what_en) == ("An officer", "Looked at the owner's data")
    )
    assert officers.times >= 3
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert f"{officers.times} lần" in case.owner.get("/ho-so/tien-trinh").text
