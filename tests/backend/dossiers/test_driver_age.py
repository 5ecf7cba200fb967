"""A named driver who was a minor on the day of the act: what the register knows, what the papers say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text, update

from backend.approvals.models import Approval
from backend.audit.models import AuditEntry
from backend.dossiers.models import Document, Dossier, DossierDeadline, Message
from backend.owners.models import OwnerLookup
from backend.payments.models import LedgerTransaction
from backend.submissions.models import Submission
from penalty.calendar import vietnam_date
from sandbox.people import minor
from tests.backend.pages import confirmed

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
    assert "từ đủ 16 đến dưới 18 tuổi" in page
    amount = case.owner.get("/ho-so/muc-phat").text
    assert "từ đủ 16 đến dưới 18 tuổi" in amount
    assert "chưa thấy lý do" not in amount  # half of the middle is not the middle
    assert record(case).status_code == 200
    case.jobs()
    assert decide(case, aggravating=2).status_code == 200
    case.jobs()
    assert "Khiếu nại, nếu" not in case.owner.get("/ho-so/muc-phat").text  # the driver's to say
    assert case.dossier().fine_vnd == 3_000_000  # half of the maximum
    text = case.paper_text("decision")
    assert "từ đủ 16 đến dưới 18 tuổi" in text
    assert "cha mẹ hoặc người giám hộ nộp thay" in text
    assert "Phạt tiền" in text
    assert "gửi bằng thư cho cha mẹ" in text
    assert "Kho bạc Nhà nước (để thu)" in text
    assert told_of_the_decision(case) == {
        ("decision", "vneid", "decision_minor_delivery/1"),
        ("guardian", "letter", None),
    }
    (asked,) = case.rows(AuditEntry, AuditEntry.action == "dossier.driver_age")
    assert asked.data == {"source": "population", "band": "from_16"}
    assert str(minor(17).birth_date) not in str(asked.data)


def test_at_fourteen_and_fifteen_a_warning_that_its_delivery_carries_out(heard):
    case = heard(15, kind="motorbike")
    case.jobs()
    assert case.dossier().fine_vnd == 0
    assert "đó là phạt cảnh cáo" in case.owner.get("/ho-so/muc-phat").text
    assert record(case).status_code == 200
    case.jobs()
    assert decide(case).status_code == 200
    case.jobs()
    assert case.rows(LedgerTransaction) == []
    text = case.paper_text("decision")
    assert "Phạt cảnh cáo" in text
    assert "không phải nộp tiền" in text
    assert "0,05 %" not in text
    assert "Cha mẹ hoặc người giám hộ" in text
    assert "Kho bạc Nhà nước (để thu)" not in text
    assert ("guardian", "letter", None) in told_of_the_decision(case)
    assert case.dossier().state == "closed"
    for path in ("muc-phat", "lua-chon"):
        told = case.owner.get(f"/ho-so/{path}").text
        assert "Đã phạt cảnh cáo" in told
        assert "ã nộp" not in told.split("</h1>")[1]
    assert "Phạt cảnh cáo, không phạt tiền" in case.officer.get(f"/canh-sat/ho-so/{case.id}").text
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
    assert "Không ai bị phạt" in case.owner.get("/ho-so/muc-phat").text


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
    assert "<strong>Phạt cảnh cáo, không phạt tiền</strong>" in question  # what it would come to
    assert f'name="driver_born_on" value="{born_on.isoformat()}"' in question
    assert case.dossier().driver_age_band == "unknown"
    assert case.officer.post(page, data={**signed, "confirmed": "yes"}).status_code == 303
    assert (case.dossier().driver_age_band, case.dossier().fine_vnd) == ("from_14", 0)


def test_an_empty_day_of_the_form_is_none(case):
    case.entered(kind="motorbike")
    page = f"/canh-sat/ho-so/{case.id}"
    field = case.officer.get(page).text.split('name="driver_born_on"')[1].split(">")[0]
    assert "required" not in field  # the registry knows how old the owner is
    signed = {"driver_born_on": "", "confirmed": "yes"}
    assert case.officer.post(f"{page}/bien-ban", data=signed).status_code == 303
    assert case.dossier().state == "recorded"


def test_papers_that_contradict_the_register_take_a_second_person(heard):
    case = heard(17, kind="motorbike")
    case.jobs()
    born_on = date(vietnam_date(case.dossier().happened_at).year - 15, 1, 1).isoformat()
    alone = record(case, driver_born_on=born_on)
    assert (alone.status_code, alone.json()["code"]) == (409, "age_conflict")
    assert case.dossier().driver_age_band == "from_16"
    asked = case.officer.post(f"/canh-sat/ho-so/{case.id}/bien-ban", data={"driver_born_on": born_on})
    assert asked.status_code == 303
    page = case.chief.get(asked.headers["location"]).text
    assert "từ đủ 16 đến dưới 18 tuổi" in page
    assert "từ đủ 14 đến dưới 16 tuổi" in page
    (waiting,) = case.rows(Approval)
    assert born_on not in str(waiting.data)
    address, version = f"{asked.headers['location']}/phe-duyet", case.dossier().version
    assert confirmed(case.chief, address, {"expected_version": version}).status_code == 303
    assert (case.dossier().driver_age_band, case.dossier().fine_vnd) == ("from_14", 0)
    (entry,) = case.rows(
        AuditEntry, AuditEntry.action == "dossier.driver_age", AuditEntry.actor.like("%doitruong")
    )
    assert entry.data == {"source": "papers", "band": "from_14", "was": "from_16"}
    assert record(case, driver_born_on=born_on).status_code == 200


def tried_in_vain(case) -> None:
    with case.services.database.unit_of_work() as session:
        session.execute(text("UPDATE procrastinate_jobs SET attempts = 1 WHERE task_name LIKE '%driver_age'"))


def test_before_the_register_has_answered_nobody_becomes_a_minor_by_papers(heard):
    case = heard(17, kind="motorbike")
    minor_on = date(vietnam_date(case.dossier().happened_at).year - 15, 1, 1).isoformat()
    page, signed = f"/canh-sat/ho-so/{case.id}/bien-ban", {"driver_born_on": minor_on, "confirmed": "yes"}
    assert "Đang hỏi dữ liệu dân cư" in case.officer.get(f"/canh-sat/ho-so/{case.id}").text
    assert record(case, driver_born_on=minor_on).json()["code"] == "age_pending"
    assert case.officer.post(page, data=signed).status_code == 409
    assert case.dossier().driver_age_band is None
    tried_in_vain(case)
    assert record(case, driver_born_on=minor_on).json()["code"] == "age_conflict"
    asked = case.officer.post(page, data=signed)
    assert "chưa trả lời" in case.chief.get(asked.headers["location"]).text
    case.jobs()  # it answers before the second person does
    form = {"expected_version": case.dossier().version}
    assert confirmed(case.chief, f"{asked.headers['location']}/phe-duyet", form).status_code == 409
    assert case.dossier().driver_age_band == "from_16"


def test_a_register_that_is_down_holds_nobody_up(heard):
    case = heard(17, kind="motorbike")
    assert record(case, driver_born_on="1990-05-04").json()["code"] == "age_pending"
    tried_in_vain(case)
    assert record(case, driver_born_on="1990-05-04").status_code == 200


def test_an_owner_whom_nobody_asked_about_is_asked_about_with_the_record(case):
    case.entered(kind="motorbike")
    case.jobs()
    aged(case, None)
    for _ in range(2):
        assert record(case, driver_born_on="2010-01-01").json()["code"] == "age_pending"
    with case.services.database.unit_of_work() as session:
        waits = (
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name LIKE '%driver_age'"
        )
        assert session.execute(text(waits)).scalar_one() == 1
    case.jobs()
    assert case.rows(OwnerLookup)[0].age_band == "adult"


def test_an_approved_age_is_of_the_person_whose_papers_were_seen(heard):
    case = heard(17, kind="motorbike")
    case.jobs()
    born_on = date(vietnam_date(case.dossier().happened_at).year - 15, 1, 1).isoformat()
    asked = case.officer.post(f"/canh-sat/ho-so/{case.id}/bien-ban", data={"driver_born_on": born_on})
    with case.services.database.unit_of_work() as session:  # another driver was heard since
        session.get_one(Dossier, case.id).driver_submission_id = None
    form = {"expected_version": case.dossier().version}
    refused = confirmed(case.chief, f"{asked.headers['location']}/phe-duyet", form)
    assert refused.status_code == 409
    assert case.dossier().driver_age_band == "from_16"


def silent_too_long(case) -> None:
    with case.services.database.unit_of_work() as session:
        past = vietnam_date(case.dossier().opened_at) - timedelta(days=1)
        on_a2 = update(DossierDeadline).where(DossierDeadline.step_id == "A2")
        session.execute(on_a2.values(due_on=past, raw_due_on=past))


@pytest.mark.parametrize(("band", "fine_vnd"), [("from_16", 2_500_000), ("from_14", 0)])
def test_a_silent_owner_under_eighteen_is_fined_as_one(case, band, fine_vnd):
    case.notified(kind="motorbike")
    aged(case, band)
    silent_too_long(case)
    answer = case.officer.post(f"/v1/dossiers/{case.id}/owner-liable", json={"reason": REASON})
    assert answer.status_code == 200
    dossier = case.dossier()
    assert (dossier.state, dossier.driver_age_band, dossier.fine_vnd) == ("recorded", band, fine_vnd)


def test_a_silent_owner_under_fourteen_is_not_fined(case):
    case.notified(kind="motorbike")
    aged(case, "under_14")
    silent_too_long(case)
    answer = case.officer.post(f"/v1/dossiers/{case.id}/owner-liable", json={"reason": REASON})
    assert (answer.status_code, answer.json()["code"]) == (409, "driver_under_age")
    assert case.dossier().state == "notified"


def told_of_the_decision(case) -> set[tuple]:
    papers = {one.id for one in case.rows(Document, Document.kind == "decision")}
    return {
        (one.purpose, one.channel, one.template) for one in case.rows(Message) if one.document_id in papers
    }


def aged(case, band: str | None) -> None:
    with case.services.database.unit_of_work() as session:
        session.execute(update(OwnerLookup).values(age_band=band))


def accept(case):
    form = {"driver": "yes", "electronic": "yes", "no_explanation": "yes"}
    return case.owner.post("/ho-so/chap-nhan", data=form)


def test_an_owner_who_says_that_he_drove_is_judged_by_his_age_too(case):
    case.entered(kind="motorbike")
    (lookup,) = case.rows(OwnerLookup)
    assert lookup.age_band == "adult"  # with the registry's answer; the date itself is kept nowhere
    aged(case, "from_16")
    assert "2.500.000" in case.owner.get("/ho-so/chap-nhan").text
    assert accept(case).status_code == 303
    dossier = case.dossier()
    assert (dossier.state, dossier.driver_age_band, dossier.fine_vnd) == ("recorded", "from_16", 2_500_000)
    case.jobs()
    assert decide(case).status_code == 200
    case.jobs()
    told = told_of_the_decision(case)
    assert ("decision", "vneid", "decision_minor_delivery/1") in told
    assert ("guardian", "letter", None) in told


def test_an_owner_under_age_is_not_penalised_either(case):
    case.entered(kind="motorbike")
    aged(case, "under_14")
    page = case.owner.get("/ho-so/chap-nhan").text
    assert "không phải chấp nhận gì" in page
    assert 'id="no_explanation"' not in page
    assert accept(case).status_code == 409
    assert record(case).json()["code"] == "driver_under_age"
    assert case.dossier().state == "notified"


def test_an_owner_whose_age_nobody_knows_is_asked_for_his_papers(case):
    case.entered(kind="motorbike")
    aged(case, "unknown")
    told = accept(case)
    assert told.status_code == 409
    assert "Chúng tôi chưa biết bạn bao nhiêu tuổi" in told.text
    assert (case.dossier().state, case.dossier().driver_age_band) == ("notified", None)
    assert record(case).json()["code"] == "driver_age_unknown"
    born_on = date(vietnam_date(case.dossier().happened_at).year - 15, 1, 1)
    assert record(case, driver_born_on=born_on.isoformat()).status_code == 200
    assert (case.dossier().driver_age_band, case.dossier().fine_vnd) == ("from_14", 0)


def test_the_register_is_asked_once_where_nobody_has_looked(case):
    case.entered(kind="motorbike")
    aged(case, None)
    assert accept(case).status_code == 409
    case.jobs()
    (lookup,) = case.rows(OwnerLookup)
    assert lookup.age_band == "adult"
    (asked,) = case.rows(AuditEntry, AuditEntry.action == "owner.age")
    assert asked.data == {"source": "population", "band": "adult"}
    assert accept(case).status_code == 303


@pytest.mark.parametrize("was_heard", [True, False])
def test_an_owner_who_named_the_driver_is_not_fined_as_silent(heard, case, was_heard):
    if was_heard:
        heard(15, kind="motorbike")
    else:
        case.entered(kind="motorbike")
        driver = minor(15)
        words = {"name": driver.name, "id_number": driver.id_number, "address": driver.address}
        assert case.owner.post("/ho-so/y-kien/driver", data={**words, "truthful": "yes"}).status_code == 303
    silent_too_long(case)
    before = case.dossier()
    answer = case.officer.post(f"/v1/dossiers/{case.id}/owner-liable", json={"reason": REASON})
    assert (answer.status_code, answer.json()["code"]) == (409, "owner_named_driver")
    assert (case.dossier().state, case.dossier().fine_vnd) == (before.state, before.fine_vnd)
