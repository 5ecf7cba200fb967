"""Who may sign, when, and what happens when two try, a box is full, or a file was changed."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import update

from backend.audit.models import AuditEntry
from backend.dossiers.models import Document, DossierDeadline, DossierEvent, Message
from penalty.calendar import LegalCalendar, vietnam_date


def decide(client, case, version=None):
    body = {"expected_version": version or case.dossier().version}
    return client.post(f"/v1/dossiers/{case.id}/decision", json=body)


def test_power_is_judged_on_the_band_not_on_the_amount(case, staff):
    """A car's red light: at most 20 million. An officer may sign 7.5, a station chief 22.5."""
    case.recorded(kind="car")
    assert case.dossier().band_max_vnd == 20_000_000
    refused = decide(case.officer, case)
    assert (refused.status_code, refused.json()["code"]) == (403, "no_signing_power")
    assert case.dossier().state == "recorded"
    page = case.officer.get(f"/canh-sat/ho-so/{case.id}").text
    assert "Vượt thẩm quyền ký" in page
    assert "Ký quyết định xử phạt…</button>" not in page
    assert decide(staff("dieuhanh2", "operator", signing_limit_vnd=60_000_000), case).status_code == 403
    done = decide(case.chief, case)
    assert done.status_code == 200, done.text
    assert (done.json()["state"], done.headers["etag"]) == ("decided", f'"{done.json()["version"]}"')


def test_an_officer_signs_what_is_within_his_power(case):
    case.recorded(kind="motorbike")  # at most 6 million
    assert decide(case.officer, case).status_code == 200


def test_an_old_version_is_refused(case):
    case.recorded(kind="motorbike")
    version = case.dossier().version
    assert decide(case.chief, case, version - 1).status_code == 412
    assert decide(case.chief, case, version).status_code == 200
    again = decide(case.chief, case, version)
    assert again.status_code == 412
    assert [event.kind for event in case.rows(DossierEvent)].count("decision_issued") == 1


def test_a_decision_too_early_and_too_late(case):
    case.notified(kind="motorbike")
    early = decide(case.chief, case)
    assert (early.status_code, early.json()["code"]) == (409, "no_such_move")
    case.enter()
    case.owner.post("/ho-so/chap-nhan", data={"driver": "yes", "electronic": "yes", "no_explanation": "yes"})
    with case.services.database.unit_of_work() as session:
        past = vietnam_date(case.dossier().opened_at) - timedelta(days=1)
        of_decision = DossierDeadline.step_id == "D1"
        session.execute(update(DossierDeadline).where(of_decision).values(due_on=past))
    late = decide(case.chief, case)
    assert (late.status_code, late.json()["code"]) == (409, "decision_late")


def test_deadlines_are_the_laws_own_and_say_their_article(case):
    case.decided(kind="motorbike")
    calendar, dossier = LegalCalendar.load(), case.dossier()
    lines = {line.step_id: line for line in case.rows(DossierDeadline)}
    starts = {
        "A1": dossier.happened_at,
        "A4": dossier.happened_at,
        "A2": dossier.notified_at,
        "D1": dossier.recorded_at,
        "D5": dossier.decided_at,
        "D6": dossier.delivered_at,
    }
    for step, start in starts.items():
        due = calendar.due(step, vietnam_date(start))
        assert (lines[step].due_on, lines[step].unit, lines[step].article) == (
            due.due_on,
            due.unit,
            due.article,
        )
    assert lines["E1"].starts_on == lines["D6"].due_on
    assert (lines["E1"].unit, lines["D1"].unit) == ("calendar_day", "working_day")


def test_a_full_box_leads_to_a_letter_and_a_person_posts_it(case):
    case.outside.faults(vneid_down=True)
    case.confirmed(kind="motorbike")
    case.jobs()
    assert case.dossier().state == "owner_lookup"
    with case.services.database.unit_of_work() as session:
        session.execute(update(Message).values(attempts=5))  # for four days all tries were in vain
    from backend.database import utc_now
    from backend.dossiers.delivery import send_message

    (message,) = case.rows(Message)
    assert send_message(case.services, message.id, utc_now() + timedelta(days=5)) == "failed"
    (letter,) = [row for row in case.rows(Message) if row.channel == "letter"]
    assert letter.state == "to_post"
    assert "Đã gửi bưu điện" in case.officer.get(f"/canh-sat/ho-so/{case.id}").text
    path = f"/v1/dossiers/{case.id}/messages/{letter.id}/posted"
    assert case.officer.post(path).status_code == 204
    assert case.dossier().state == "notified"
    assert case.officer.post(path).status_code == 409
    assert case.officer.post(f"/v1/dossiers/{case.id}/messages/{uuid.uuid4()}/posted").status_code == 404


def test_messages_outside_the_box_carry_no_secret_amount_or_link(case):
    case.decided(kind="motorbike")
    secret = case.secret().replace("-", "")
    phone = case.registration["owner"]["phone"]
    courtesy = [m for m in case.outside.inbox(phone=phone) if m["channel"] != "vneid"]
    assert courtesy
    for message in courtesy:
        text = str(message["content"]).replace("-", "")
        assert secret not in text
        assert "http" not in text
        assert "5.000.000" not in text
        assert "5000000" not in text


def test_a_changed_paper_is_not_handed_out(case):
    case.notified(kind="motorbike")
    path = f"/v1/dossiers/{case.id}/documents/notice"
    assert case.officer.get(path).headers["content-type"] == "application/pdf"
    (paper,) = case.rows(Document, Document.kind == "notice")
    bucket = case.services.settings.s3_documents_bucket
    case.services.store.put(bucket, paper.object_key, b"%PDF-1.7 another", "application/pdf")
    answer = case.officer.get(path)
    assert (answer.status_code, answer.json()["code"]) == (500, "document_changed")


def test_a_kind_without_a_fine_is_refused_when_confirming(case):
    """A motorbike has no step above +35 km/h: the highest of its steps begins at +20."""
    case.box.report_violation(rule="speeding", act="speed_over_35", kind="car", plate="51A12345")
    item = case.officer.post("/v1/review/next").json()
    seen = {"plate": "59X112345", "vehicle_kind": "motorbike"}
    change = {"expected_version": item["version"], "reason": "nhìn rõ trên ảnh", **seen}
    item = case.officer.patch(f"/v1/review/{item['id']}", json=change).json()
    confirm = {"expected_version": item["version"], **seen}
    answer = case.officer.post(f"/v1/review/{item['id']}/confirm", json=confirm)
    assert (answer.status_code, answer.json()["code"]) == (422, "no_fine_for_act")


def test_lists_and_pages(case):
    case.recorded(kind="motorbike")
    items = case.officer.get("/v1/dossiers", params={"state": "recorded"}).json()["items"]
    assert [item["id"] for item in items] == [str(case.id)]
    assert case.officer.get("/v1/dossiers", params={"state": "closed"}).json()["items"] == []
    assert case.officer.get("/v1/dossiers", params={"state": "nonsense"}).status_code == 422
    for tab in ("to_sign", "owner", "running", "closed"):
        page = case.officer.get("/canh-sat/ho-so", params={"tab": tab})
        assert (case.dossier().notice_number in page.text) == (tab in {"to_sign", "running"})
    detail = case.officer.get(f"/v1/dossiers/{case.id}").json()
    assert detail["allowed"] == ["decide"]
    assert case.registration["owner"]["id_number"] not in str(detail)
    page = case.officer.get(f"/canh-sat/ho-so/{case.id}", params={"lang": "en"})
    assert "Sign the penalty decision" in page.text
    assert case.officer.get(f"/v1/dossiers/{uuid.uuid4()}").status_code == 404
    assert case.owner.get("/canh-sat/ho-so").status_code == 303


def test_the_owner_is_settled_on_the_screen(case):
    case.confirmed(fate="missing")
    case.jobs()
    address = f"/canh-sat/ho-so/{case.id}"
    form = {"basis": "papers", "kind": "person", "name": "NGUYỄN VĂN MẪU", "reason": "hồ sơ giấy"}
    form["id_number"] = "12"
    wrong = case.officer.post(f"{address}/chu-xe", data=form)
    assert wrong.status_code == 422
    assert "NGUYỄN VĂN MẪU" in wrong.text
    owner = case.registration["owner"]
    right = {**form, "name": owner["name"], "id_number": owner["id_number"]}
    assert case.officer.post(f"{address}/chu-xe", data=right).status_code == 303
    case.jobs()
    assert case.dossier().state == "notified"
    assert case.rows(AuditEntry, AuditEntry.action == "owner.resolved")


def test_every_page_renders_in_both_languages(case):
    case.decided(kind="car", rule="speeding")
    for path in ("", "/muc-phat", "/lua-chon", "/tien-trinh", "/nop-phat"):
        for lang in ("vi", "en"):
            page = case.owner.get(f"/ho-so{path}", params={"lang": lang})
            assert page.status_code == 200, page.text
            assert f'<html lang="{lang}">' in page.text
