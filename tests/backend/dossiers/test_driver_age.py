"""A named driver who was a minor on the day of the act: what the register knows, what the papers say."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from backend.audit.models import AuditEntry
from backend.dossiers.models import DossierDeadline
from backend.payments.models import LedgerTransaction
from backend.submissions.models import Submission
from penalty.calendar import vietnam_date
from sandbox.people import minor

REASON = "Đã làm việc với người được nêu tên."


@pytest.fixture
def heard(case):
    """The owner named somebody of this age, who was heard."""

    def make(age: int, *, name: str = "", **how):
        case.entered(**how)
        driver = minor(age)
        words = {"name": name or driver.name, "id_number": driver.id_number, "address": driver.address}
        sent = case.owner.post("/ho-so/y-kien/driver", data={**words, "truthful": "yes"})
        assert sent.status_code == 303
        (said,) = case.rows(Submission)
        answer = {"accepted": True, "reason": REASON}
        assert case.officer.post(f"/v1/submissions/{said.id}/answer", json=answer).status_code == 200
        return case

    return make


def record(case, **changes):
    body = {"waives_explanation": True, **changes}
    return case.officer.post(f"/v1/dossiers/{case.id}/record", json=body)


def decide(case, **circumstances):
    body = {"expected_version": case.dossier().version, **circumstances}
    return case.chief.post(f"/v1/dossiers/{case.id}/decision", json=body)


def test_at_sixteen_and_seventeen_at_most_half_whatever_the_circumstances(heard):
    case = heard(17, kind="motorbike")
    case.jobs()
    dossier = case.dossier()
    assert (dossier.driver_age_band, dossier.fine_vnd, dossier.band_max_vnd) == (
        "from_16",
        2_500_000,
        6_000_000,
    )
    page = case.officer.get(f"/canh-sat/ho-so/{case.id}").text
    assert "2.500.000" in page
    assert "Dữ liệu dân cư đã trả lời" in page
    assert record(case).status_code == 200
    case.jobs()
    assert decide(case, aggravating=2).status_code == 200
    case.jobs()
    assert case.dossier().fine_vnd == 3_000_000  # half of the maximum
    text = case.paper_text("decision")
    assert "từ đủ 16 đến dưới 18 tuổi" in text
    assert "cha mẹ hoặc người giám hộ nộp thay" in text
    assert "Phạt tiền" in text
    (asked,) = case.rows(AuditEntry, AuditEntry.action == "dossier.driver_age")
    assert asked.data == {"source": "population", "band": "from_16"}
    assert str(minor(17).birth_date) not in str(asked.data)


def test_at_fourteen_and_fifteen_a_warning_that_its_delivery_carries_out(heard):
    case = heard(15, kind="motorbike")
    case.jobs()
    assert case.dossier().fine_vnd == 0
    assert record(case).status_code == 200
    case.jobs()
    assert decide(case).status_code == 200
    case.jobs()
    assert case.rows(LedgerTransaction) == []
    text = case.paper_text("decision")
    assert "Phạt cảnh cáo" in text
    assert "không phải nộp tiền" in text
    assert "0,05 %" not in text
    assert case.dossier().state == "closed"
    running = {one.step_id for one in case.rows(DossierDeadline, DossierDeadline.met_at.is_(None))}
    assert {"G1", "G7"} <= running
    assert "E1" not in running
    reason = {"reason": "Ảnh cho thấy biển số khác (thử nghiệm)", "expected_version": case.dossier().version}
    asked = case.officer.post(f"/v1/dossiers/{case.id}/annulment", json=reason).json()
    body = {"expected_version": case.dossier().version}
    assert case.chief.post(f"/v1/approvals/{asked['id']}/approval", json=body).status_code == 200
    assert (case.dossier().state, case.rows(LedgerTransaction)) == ("annulled", [])


def test_a_child_is_not_penalised(heard):
    case = heard(13, kind="motorbike")
    case.jobs()
    refused = record(case)
    assert (refused.status_code, refused.json()["code"]) == (409, "driver_under_age")
    assert case.dossier().state == "driver_named"


def test_while_the_register_is_silent_or_knows_nobody_the_papers_are_needed(heard):
    case = heard(17, name="NGUYỄN VĂN KHÁC", kind="motorbike")
    assert record(case).json()["code"] == "driver_age_unknown"  # nobody has asked yet
    case.jobs()
    assert case.dossier().driver_age_band == "unknown"
    page = case.officer.get(f"/canh-sat/ho-so/{case.id}").text
    assert "required" in page.split('name="driver_born_on"')[1].split(">")[0]
    assert record(case).json()["code"] == "driver_age_unknown"
    assert record(case, driver_born_on="2999-01-01").status_code == 422
    happened_on = vietnam_date(case.dossier().happened_at)
    born_on = date(happened_on.year - 15, 1, 1)
    page = f"/canh-sat/ho-so/{case.id}/bien-ban"
    signed = {"driver_born_on": born_on.isoformat()}
    question = case.officer.post(page, data=signed).text
    assert "<strong>0\N{NO-BREAK SPACE}đồng</strong>" in question  # what it would come to
    assert f'name="driver_born_on" value="{born_on.isoformat()}"' in question
    assert case.dossier().driver_age_band == "unknown"
    assert case.officer.post(page, data={**signed, "confirmed": "yes"}).status_code == 303
    assert (case.dossier().driver_age_band, case.dossier().fine_vnd) == ("from_14", 0)


def test_an_empty_day_of_the_form_is_none(case):
    case.entered(kind="motorbike")
    page = f"/canh-sat/ho-so/{case.id}"
    assert "driver_born_on" not in case.officer.get(page).text
    signed = {"driver_born_on": "", "confirmed": "yes"}
    assert case.officer.post(f"{page}/bien-ban", data=signed).status_code == 303
    assert case.dossier().state == "recorded"


@pytest.mark.parametrize("was_heard", [True, False])
def test_an_owner_who_named_the_driver_is_not_fined_as_silent(heard, case, was_heard):
    if was_heard:
        heard(15, kind="motorbike")
    else:
        case.entered(kind="motorbike")
        driver = minor(15)
        words = {"name": driver.name, "id_number": driver.id_number, "address": driver.address}
        assert case.owner.post("/ho-so/y-kien/driver", data={**words, "truthful": "yes"}).status_code == 303
    with case.services.database.unit_of_work() as session:
        past = {
            "due_on": vietnam_date(case.dossier().opened_at),
            "raw_due_on": vietnam_date(case.dossier().opened_at),
        }
        session.execute(update(DossierDeadline).where(DossierDeadline.step_id == "A2").values(**past))
    before = case.dossier()
    answer = case.officer.post(f"/v1/dossiers/{case.id}/owner-liable", json={"reason": REASON})
    assert (answer.status_code, answer.json()["code"]) == (409, "owner_named_driver")
    assert (case.dossier().state, case.dossier().fine_vnd) == (before.state, before.fine_vnd)
