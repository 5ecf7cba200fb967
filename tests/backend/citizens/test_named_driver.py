"""A driver whom the owner named looks at the case; he acts in it, and for himself, once he was heard."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from backend.audit.models import AuditEntry
from backend.dossiers.liable import addressee
from backend.dossiers.models import Document, DossierEvent
from backend.submissions.models import Submission
from tests.backend.citizens.test_cases import open_case, visitor

__all__ = ["visitor"]

TEXT = "Địa chỉ của chủ xe sai, hãy gửi về số 9 đường Mẫu."
YES = dict.fromkeys(("driver", "electronic", "no_explanation"), "yes")


@pytest.fixture
def someone(outside, case):
    """Somebody else than the owner; the case is notified, and its owner looks at it."""
    case.entered(kind="car")
    return next(
        one
        for one in outside.registrations
        if one["owner"]["kind"] == "person" and one["plate"] != case.registration["plate"]
    )


@pytest.fixture
def driver(case, visitor, someone):
    """The browser of the driver whom the owner named, with the case open."""
    who = {name: someone["owner"][name] for name in ("name", "id_number")}
    words = {**who, "address": "Số 2 đường Mẫu", "text": "Anh ấy mượn xe hôm đó.", "truthful": "yes"}
    assert case.owner.post("/ho-so/y-kien/driver", data=words).status_code == 303
    browser = visitor(someone)
    assert open_case(browser, case.id).status_code == 303
    return browser


def heard(case, *, accepted: bool) -> None:
    said = case.rows(Submission)[0]
    answer = {"accepted": accepted, "reason": "Đã làm việc với người được nêu tên."}
    assert case.officer.post(f"/v1/submissions/{said.id}/answer", json=answer).status_code == 200


def test_a_driver_who_was_denied_is_shown_out(case, driver):
    heard(case, accepted=False)
    assert driver.get("/ho-so").status_code == 401
    assert driver.post("/ho-so/chap-nhan", data=YES).status_code == 401
    assert case.dossier().state == "notified"
    assert case.owner.get("/ho-so").status_code == 200


def test_a_driver_who_was_merely_named_says_nothing_and_reads_no_statement(case, driver):
    [said] = case.rows(Submission)
    assert driver.get("/ho-so").status_code == 200
    assert said.number in case.owner.get("/ho-so/lua-chon").text
    choices = driver.get("/ho-so/lua-chon").text
    assert said.number not in choices
    assert re.findall(r"/ho-so/y-kien/(\w+)", choices) == ["not_driving"]
    assert driver.get(f"/ho-so/y-kien/da-gui/{said.id}").status_code == 404
    assert driver.post(f"/ho-so/y-kien/da-gui/{said.id}/rut").status_code == 403
    refused = driver.post("/ho-so/y-kien/data", data={"text": TEXT})
    assert refused.status_code == 403
    assert "Chủ xe cho biết bạn đã lái xe" in refused.text
    assert driver.post("/ho-so/chap-nhan", data=YES).status_code == 403
    assert len(case.rows(Submission)) == 1
    assert 'value="data"' not in driver.get("/cua-toi/du-lieu").text


def test_a_driver_who_was_heard_speaks_in_his_own_name(case, driver):
    heard(case, accepted=True)
    said = case.rows(Submission)[0]
    sent = driver.post("/ho-so/y-kien/data", data={"text": TEXT})
    assert sent.status_code == 303
    assert driver.get(sent.headers["location"]).status_code == 200
    assert driver.get(f"/ho-so/y-kien/da-gui/{said.id}").status_code == 404
    [written] = case.rows(DossierEvent, DossierEvent.kind == "submission")
    assert written.actor.startswith("citizen:")
    assert written.actor_role == "owner"
    page = case.officer.get(f"/canh-sat/ho-so/{case.id}").text
    assert "người có tên trong hồ sơ, đã đăng nhập" in page
    assert written.actor not in page


DENIAL = {"grounds": ["elsewhere", "unknown_vehicle"], "text": "Hôm đó tôi trực ca đêm ở nhà máy mẫu."}


def test_a_person_named_says_that_it_was_not_he_and_the_owner_does_not_read_it(case, driver):
    [naming] = case.rows(Submission)
    assert driver.post("/ho-so/y-kien/not_driving", data={"text": DENIAL["text"]}).status_code == 422
    sent = driver.post("/ho-so/y-kien/not_driving", data=DENIAL)
    assert sent.status_code == 303
    receipt = driver.get(sent.headers["location"]).text
    assert "Lúc đó tôi ở nơi khác" in receipt
    [denial] = case.rows(Submission, Submission.kind == "not_driving")
    assert denial.named_by_id == naming.id
    for path in ("lua-chon", "tien-trinh"):
        page = case.owner.get(f"/ho-so/{path}").text
        assert denial.number not in page
        assert "Không phải tôi lái xe" not in page
    assert case.owner.get(sent.headers["location"]).status_code == 404
    assert case.owner.post("/ho-so/y-kien/not_driving", data=DENIAL).status_code == 409

    page = case.officer.get(f"/canh-sat/don/{naming.id}").text
    assert denial.number in page
    assert "Cả chủ xe và người được nêu tên đều đọc lý do này" in page
    own_words = case.officer.get(f"/canh-sat/don/{denial.id}").text
    assert DENIAL["text"] in own_words
    assert "Lúc đó tôi ở nơi khác" in own_words


@pytest.mark.parametrize("at_the", ["naming", "denial"])
def test_who_did_not_drive_is_shown_out_and_keeps_his_answer(case, driver, at_the):
    driver.post("/ho-so/y-kien/not_driving", data=DENIAL)
    naming, denial = case.rows(Submission)
    asked, accepted = (naming, False) if at_the == "naming" else (denial, True)
    answer = {"accepted": accepted, "reason": "Bảng chấm công cho thấy người này ở nơi khác."}
    assert case.officer.post(f"/v1/submissions/{asked.id}/answer", json=answer).status_code == 200
    naming, denial = case.rows(Submission)
    assert (naming.outcome, denial.outcome) == ("refused", "accepted")
    assert case.dossier().state == "notified"
    assert driver.get("/ho-so").status_code == 401
    mine = driver.get("/cua-toi").text
    assert denial.number in mine
    assert answer["reason"] in mine
    assert case.dossier().notice_number not in mine

    case.jobs()
    papers = {paper.says["submission_id"]: paper for paper in case.rows(Document, Document.kind == "answer")}
    told = papers[str(denial.id)]
    with case.services.database.unit_of_work() as session:
        person = addressee(case.services, session, case.dossier(), told)
        assert person.name != case.registration["owner"]["name"]
    page = case.owner.get("/ho-so/tien-trinh").text
    assert papers[str(naming.id)].number in page
    assert told.number not in page


def test_owner_and_driver_read_each_their_own_once_the_driver_answers(case, driver):
    heard(case, accepted=True)
    case.jobs()
    body = {"waives_explanation": False}
    assert case.officer.post(f"/v1/dossiers/{case.id}/record", json=body).status_code == 200
    case.jobs()
    assert driver.get("/ho-so/giay-to/record.pdf").status_code == 200
    assert driver.get("/ho-so/giay-to/notice.pdf").status_code == 404
    assert case.owner.get("/ho-so/giay-to/record.pdf").status_code == 404
    assert case.owner.get("/ho-so/giay-to/notice.pdf").status_code == 200
    sent = driver.post("/ho-so/y-kien/data", data={"text": TEXT}).headers["location"]
    [said] = case.rows(Submission, Submission.kind == "data")
    assert case.owner.get(sent).status_code == 404
    for browser, reads in ((case.owner, False), (driver, True)):
        with zipfile.ZipFile(io.BytesIO(browser.get("/ho-so/tat-ca.zip").content)) as archive:
            told = json.loads(archive.read("ho-so.json"))
            assert (said.number in {one["number"] for one in told["statements"]}) is reads
            assert any("giay-to/BB" in name for name in archive.namelist()) is reads
    page = case.owner.get("/ho-so/lua-chon").text
    assert "Người lái xe bạn nêu tên nay chịu trách nhiệm" in page
    assert "/ho-so/y-kien/explanation" not in page
    assert case.owner.get("/ho-so/y-kien/explanation").headers["location"] == "/ho-so/lua-chon"


def test_the_owners_contacts_are_neither_read_nor_changed_by_a_driver_who_was_merely_named(case, driver):
    own = {"first": "email", "second": "sms", "third": "", "email": "chu.xe@phatnguoi.example", "lang": "vi"}
    assert case.owner.post("/ho-so/lien-lac", data=own).status_code == 303
    read = driver.get("/ho-so/lien-lac")
    assert read.status_code == 404
    assert own["email"] not in read.text
    assert "/ho-so/lien-lac" not in driver.get("/ho-so").text
    other = own | {"email": "nguoi.lai@phatnguoi.example"}
    assert driver.post("/ho-so/lien-lac", data=other).status_code == 404
    assert own["email"] in case.owner.get("/ho-so/lien-lac").text

    heard(case, accepted=True)
    assert own["email"] not in driver.get("/ho-so/lien-lac").text
    assert driver.post("/ho-so/lien-lac", data=other).status_code == 303
    assert own["email"] in case.owner.get("/ho-so/lien-lac").text


def test_the_audit_log_names_the_driver_where_it_was_the_driver(case, driver):
    heard(case, accepted=True)
    for path in ("nguyen-ven", "bang-chung.zip"):
        assert driver.get(f"/ho-so/{path}").status_code == 200
    assert driver.post("/ho-so/lien-lac", data={"first": "sms"}).status_code == 303
    for action in ("evidence.checked", "evidence.taken_away", "contact.chosen"):
        [line] = case.rows(AuditEntry, AuditEntry.action == action)
        assert line.actor.startswith("citizen:"), action
