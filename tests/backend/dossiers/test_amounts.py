"""What moves the amount of a decision, and who pays when nobody says who drove."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from backend.dossiers.models import Document, Dossier, DossierDeadline
from backend.payments.models import LedgerEntry
from penalty.calendar import vietnam_date

REASON = "Đã gọi và gửi thư hai lần, không có trả lời; người chứng kiến: ông MẪU VĂN CHỨNG."


def decide(case, **more):
    body = {"expected_version": case.dossier().version, **more}
    return case.chief.post(f"/v1/dossiers/{case.id}/decision", json=body)


def text_of(case, kind: str) -> str:
    (paper,) = case.rows(Document, Document.kind == kind)
    content = case.services.store.read(case.services.settings.s3_documents_bucket, paper.object_key)
    return " ".join(" ".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(content)).pages)


def overdue_answer(case) -> None:
    with case.services.database.unit_of_work() as session:
        a2 = session.query(DossierDeadline).filter_by(dossier_id=case.id, step_id="A2").one()
        a2.due_on = vietnam_date(datetime.now(UTC)) - timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "fine_vnd"),
    [
        ({}, 5_000_000),
        ({"mitigating": 1, "aggravating": 1}, 5_000_000),
        ({"mitigating": 2}, 4_000_000),
        ({"aggravating": 3, "mitigating": 1}, 6_000_000),
        ({"mitigating": 1, "chosen_vnd": 4_500_000, "amount_reason": "Thành thật hối lỗi"}, 4_500_000),
    ],
)
def test_circumstances_move_the_amount_within_the_band(case, given, fine_vnd):
    case.recorded(kind="motorbike")
    assert decide(case, **given).status_code == 200
    dossier = case.dossier()
    assert (dossier.fine_vnd, dossier.assessment["fine_vnd"]) == (fine_vnd, fine_vnd)
    owed = [row.debit_vnd for row in case.rows(LedgerEntry, LedgerEntry.account == "receivable:fines")]
    assert owed == [fine_vnd]


@pytest.mark.parametrize(
    "given",
    [
        {"mitigating": 1},
        {"mitigating": 1, "chosen_vnd": 5_500_000, "amount_reason": "x"},
        {"mitigating": 2, "chosen_vnd": 4_500_000, "amount_reason": "x"},
    ],
)
def test_an_amount_that_the_law_does_not_leave_open_is_refused(case, given):
    case.recorded(kind="motorbike")
    answer = decide(case, **given)
    assert (answer.status_code, answer.json()["code"]) == (422, "amount_not_lawful")
    assert case.dossier().state == "recorded"
    assert case.dossier().fine_vnd == 5_000_000


def test_the_form_takes_circumstances_and_the_paper_says_why(case, real_papers):
    case.recorded(kind="motorbike")
    page = f"/canh-sat/ho-so/{case.id}"
    assert 'name="mitigating"' in case.chief.get(page).text
    form = {
        "csrf_token": case.chief.headers["X-CSRF-Token"],
        "expected_version": case.dossier().version,
        "mitigating": "2",
        "aggravating": "0",
        "chosen_vnd": "",
        "amount_reason": "",
        "confirmed": "yes",
    }
    assert case.chief.post(f"{page}/quyet-dinh", data=form).status_code == 303
    case.jobs()
    text = text_of(case, "decision")
    assert "4.000.000 đồng" in text
    assert "Mức tối thiểu của khung: 2 tình tiết giảm nhẹ" in text


def test_an_owner_who_never_answered_is_fined_without_points_once_the_time_is_over(case, real_papers):
    case.notified(kind="motorbike")
    url, body = f"/v1/dossiers/{case.id}/owner-liable", {"reason": REASON}
    assert case.officer.post(url, json=body).json()["code"] == "owner_not_liable_yet"
    overdue_answer(case)
    assert case.officer.post(url, json={"reason": "ngắn"}).status_code == 422
    assert case.officer.post(url, json=body).status_code == 200
    dossier = case.dossier()
    assert (dossier.state, dossier.assessment["points"], dossier.fine_vnd) == ("recorded", 0, 5_000_000)
    case.jobs()
    text = text_of(case, "record")
    assert "không có mặt, không ký biên bản" in text
    assert "MẪU VĂN CHỨNG" in text
    assert "Vắng mặt, không ký" in text
    assert "chấp nhận lập biên bản bằng phương thức điện tử" not in text
    assert decide(case).status_code == 200


def test_a_silent_organisation_is_fined_double_and_signed_by_double_power(case):
    organisations = [row for row in case.outside.registrations if row["owner"]["kind"] == "organisation"]
    if not organisations:
        pytest.skip("the sandbox registers no vehicle of an organisation")
    registration = organisations[0]
    plate, kind = registration["plate"], registration["kind"]
    case.box.report_violation(rule="red_light", plate=plate, kind=kind)
    item = case.officer.post("/v1/review/next").json()
    case.jobs()
    body = {"expected_version": item["version"], "plate": plate, "vehicle_kind": kind}
    answer = case.officer.post(f"/v1/review/{item['id']}/confirm", json=body)
    case.id = uuid.UUID(answer.json()["dossier_id"])
    case.jobs()
    overdue_answer(case)
    single = case.dossier().band_max_vnd
    assert (
        case.officer.post(f"/v1/dossiers/{case.id}/owner-liable", json={"reason": REASON}).status_code == 200
    )
    dossier = case.dossier()
    assert (dossier.band_max_vnd, dossier.assessment["liable"]) == (2 * single, "organisation")
    assert dossier.assessment["confidence"] == "unconfirmed"
    with case.services.database.unit_of_work() as session:
        session.get_one(Dossier, case.id).explanation_waived = True
    assert case.chief.get(f"/v1/dossiers/{case.id}").json()["allowed"] == ["decide"]
    assert decide(case).status_code == 200


def test_the_screen_offers_to_fine_the_owner_once_the_time_is_over_and_not_before(case):
    case.notified(kind="motorbike")
    page = f"/canh-sat/ho-so/{case.id}"
    assert "chu-xe-chiu-phat" not in case.officer.get(page).text
    overdue_answer(case)
    assert "chu-xe-chiu-phat" in case.officer.get(page).text
    form = {"csrf_token": case.officer.headers["X-CSRF-Token"], "reason": REASON, "confirmed": "yes"}
    assert case.officer.post(f"{page}/chu-xe-chiu-phat", data=form).status_code == 303
    assert case.dossier().state == "recorded"
    assert "với tư cách chủ xe, không trừ điểm" in case.chief.get(page).text


def test_a_record_signed_at_the_station_does_not_say_that_it_was_electronic(case, real_papers):
    case.entered(kind="motorbike")
    done = case.officer.post(f"/v1/dossiers/{case.id}/record", json={"waives_explanation": True})
    assert done.status_code == 200
    case.jobs()
    assert "phương thức điện tử" not in text_of(case, "record")
