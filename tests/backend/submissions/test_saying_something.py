"""An owner says something; an officer answers; the case goes where the law sends it."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from backend.dossiers.models import Document, DossierDeadline
from backend.submissions import service
from backend.submissions.models import Submission, SubmissionFile
from penalty.calendar import vietnam_date
from tests.backend.submissions.statements import REASON, TEXT, answer, kinds, said, say

DRIVER = {
    "name": "TRẦN VĂN THỬ",
    "address": "Số 9 đường Mẫu",
    "truthful": "yes",
}


@pytest.mark.parametrize("kind", ["sold", "cloned", "not_mine"])
def test_an_objection_is_answered_and_the_case_goes_on_or_ends(case, kind):
    case.entered()
    page = case.owner.get("/ho-so/lua-chon").text
    assert f"/ho-so/y-kien/{kind}" in page
    assert case.owner.get(f"/ho-so/y-kien/{kind}").status_code == 200
    answered = say(case, kind)
    assert answered.status_code == 303
    assert case.dossier().state == "contested"
    receipt = case.owner.get(answered.headers["location"]).text
    assert said(case).number in receipt
    assert f"{said(case).answer_due_on:%d/%m/%Y}" in receipt
    assert say(case, kind, text=f"{TEXT} Tôi nói thêm.").status_code == 409
    assert case.owner.post("/ho-so/chap-nhan", data=dict.fromkeys(("driver",), "yes")).status_code == 303

    assert answer(case, accepted=False).status_code == 200
    assert case.dossier().state == "notified"
    assert REASON in case.owner.get(answered.headers["location"]).text
    assert answer(case, accepted=True).json()["code"] == "answered_before"

    assert say(case, kind).status_code == 303
    assert answer(case, accepted=True).status_code == 200
    assert case.dossier().state == ("owner_lookup" if kind == "sold" else "rejected")
    ended = "owner_sought_again" if kind == "sold" else "dossier_dropped"
    assert kinds(case)[-5:] == ["contest_refused", "answered", "contested", ended, "answered"]


def test_words_and_pictures_are_kept_sealed_and_looks_are_logged(case):
    case.entered()
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (9, 99, 9)).save(buffer, "PNG")
    files = [("pictures", ("xe.png", buffer.getvalue(), "image/png"))]
    sent = case.owner.post("/ho-so/y-kien/cloned", data={"text": TEXT}, files=files)
    assert sent.status_code == 303
    submission = said(case)
    assert TEXT.encode() not in submission.words_sealed
    assert len(case.rows(SubmissionFile)) == 1
    read = case.officer.get(f"/v1/submissions/{submission.id}").json()
    assert (read["words"]["text"], read["pictures"]) == (TEXT, 1)
    picture = case.officer.get(f"/v1/submissions/{submission.id}/pictures/0")
    assert picture.content[:3] == b"\xff\xd8\xff"
    assert case.officer.get(f"/v1/submissions/{submission.id}/pictures/1").status_code == 404
    page = case.officer.get(f"/canh-sat/don/{submission.id}").text
    assert TEXT in page
    assert "Xe nhìn thấy và xe đăng ký" in page
    from backend.audit.models import AuditEntry

    actions = [row.action for row in case.rows(AuditEntry)]
    assert actions.count("submission.read") == 2
    assert actions.count("submission.picture") == 1


@pytest.mark.parametrize(
    ("kind", "form", "fields"),
    [
        ("sold", {"text": "ngắn"}, ["text"]),
        ("driver", {}, ["name", "id_number", "address", "truthful"]),
        ("driver", {**DRIVER, "id_number": "123"}, ["id_number"]),
        ("driver", {**DRIVER, "id_number": "000299009999", "phone": "abc"}, ["phone"]),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(case, kind, form, fields):
    case.entered()
    answered = say(case, kind, **form)
    assert answered.status_code == 422
    for field in fields:
        assert f'id="{field}-error"' in answered.text
    assert TEXT in answered.text or "text" in form
    assert case.rows(Submission) == []
    assert case.dossier().state == "notified"


def test_a_file_that_is_no_picture_is_refused_whole(case):
    case.entered()
    files = [("pictures", ("don.pdf", b"%PDF-1.7", "application/pdf"))]
    answered = case.owner.post("/ho-so/y-kien/sold", data={"text": TEXT}, files=files)
    assert answered.status_code == 422
    assert "don.pdf" in answered.text
    assert case.rows(Submission) == []


def test_the_driver_named_answers_for_the_act(case):
    case.entered(kind="motorbike")
    other = next(
        row["owner"]["id_number"]
        for row in case.outside.registrations
        if row["owner"]["kind"] == "person"
        and row["owner"]["id_number"] != case.registration["owner"]["id_number"]
    )
    assert say(case, "driver", **DRIVER, id_number=other).status_code == 303
    assert case.dossier().state == "driver_named"
    record = f"/v1/dossiers/{case.id}/record"
    early = case.officer.post(record, json={"waives_explanation": True})
    assert early.json()["code"] == "driver_not_heard"
    assert answer(case, accepted=True).status_code == 200
    case.jobs()
    unknown = case.officer.post(record, json={"waives_explanation": True})  # nobody of that number and name
    assert (unknown.status_code, unknown.json()["code"]) == (409, "driver_age_unknown")
    signed = {"waives_explanation": True, "driver_born_on": "1990-05-04"}
    assert case.officer.post(record, json=signed).status_code == 200
    case.jobs()
    assert case.dossier().state == "recorded"
    body = {"expected_version": case.dossier().version}
    assert case.chief.post(f"/v1/dossiers/{case.id}/decision", json=body).status_code == 200
    case.jobs()
    inbox = [m for m in case.outside.inbox(id_number=other) if m["channel"] == "vneid"]
    assert any("QĐ-" in message["content"]["subject"] for message in inbox)
    papers = {row.kind for row in case.rows(Document)}
    assert papers == {"evidence_list", "notice", "answer", "record", "decision"}


def test_a_driver_who_denies_leaves_it_with_the_owner(case):
    case.entered()
    say(case, "driver", **DRIVER, id_number="000299009999")
    assert answer(case, accepted=False).status_code == 200
    assert case.dossier().state == "notified"
    assert case.dossier().driver_submission_id is None


def test_an_explanation_moves_the_decision_to_a_month_from_the_record(case):
    case.entered(kind="car")
    assert case.dossier().explanation_right
    answered = case.officer.post(f"/v1/dossiers/{case.id}/record", json={"waives_explanation": False})
    assert answered.status_code == 200
    case.jobs()
    assert say(case, "explanation").status_code == 303
    assert case.dossier().state == "explained"
    steps = {row.step_id: row for row in case.rows(DossierDeadline)}
    assert steps["D3"].starts_on == vietnam_date(case.dossier().recorded_at)
    assert said(case).answer_due_on == steps["D3"].due_on
    body = {"expected_version": case.dossier().version}
    assert said(case).number in case.officer.get("/canh-sat/don").text
    assert case.chief.post(f"/v1/dossiers/{case.id}/decision", json=body).status_code == 200
    assert case.dossier().state == "decided"
    assert (said(case).state, said(case).outcome) == ("answered", "considered")
    assert said(case).number not in case.officer.get("/canh-sat/don").text


def test_who_waived_it_may_not_explain(case):
    case.recorded(kind="car")
    assert say(case, "explanation").status_code == 409
    assert "/ho-so/y-kien/explanation" not in case.owner.get("/ho-so/lua-chon").text


def test_nobody_reads_the_statement_of_another_case(case):
    case.entered()
    say(case, "sold")
    other = f"/ho-so/y-kien/da-gui/{said(case).id}"
    assert case.owner.get(other).status_code == 200
    case.owner.cookies.clear()
    assert case.owner.get(other).status_code == 401
    assert case.owner.get(f"/v1/submissions/{said(case).id}").status_code == 401


def test_what_may_be_said_follows_the_state(case):
    case.entered()
    with case.services.database.unit_of_work() as session:
        open_now = service.kinds_open(session, case.dossier())
    assert {str(kind) for kind in open_now} == {
        "driver",
        "sold",
        "cloned",
        "not_mine",
        "data",
    }
    assert case.owner.get("/ho-so/y-kien/complaint").status_code == 303
    assert say(case, "complaint", grounds=["other"]).status_code == 409
    assert case.owner.get("/ho-so/y-kien/nonsense").status_code in (404, 422)


@pytest.mark.parametrize(
    ("kind", "more"), [("sold", {}), ("driver", DRIVER | {"id_number": "099000000001"}), ("data", {})]
)
def test_who_presses_send_twice_gets_one_receipt(case, kind, more):
    case.entered(kind="car")
    first, again = say(case, kind, **more), say(case, kind, **more)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert said(case).number in case.owner.get(again.headers["location"]).text
    assert len(case.rows(Submission)) == 1
    other = say(case, kind, **{**more, "text": TEXT + " Nay tôi nói khác."})
    assert other.status_code == 409
    assert len(case.rows(Submission)) == 1


def test_a_complaint_and_an_explanation_sent_twice_are_one(case, services):
    case.entered(kind="car")
    body = {"expected_version": case.dossier().version, "waives_explanation": False}
    assert case.officer.post(f"/v1/dossiers/{case.id}/record", json=body).status_code == 200
    explained = [say(case, "explanation").headers["location"] for _ in range(2)]
    assert len(set(explained)) == 1
    assert [one.kind for one in case.rows(Submission)] == ["explanation"]


def test_two_presses_at_once_are_one_statement(case):
    """Both requests are under way before either has answered."""
    case.decided(kind="motorbike")
    both = threading.Barrier(2)

    def press() -> str:
        both.wait(10)
        return say(case, "complaint", grounds=["wrong_facts"]).headers["location"]

    with ThreadPoolExecutor(2) as pool:
        places = [one.result() for one in [pool.submit(press) for _ in range(2)]]
    assert len(set(places)) == 1
    [complaint] = case.rows(Submission)
    assert complaint.state == "filed"
