"""The owner had sold: his part ends, the buyer is sought, and the new notice starts its own time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from backend.dossiers.models import Document, Dossier, DossierDeadline, FormerOwner, Message
from backend.dossiers.sweep import sweep_deadlines
from backend.owners.models import OwnerLookup
from backend.submissions.models import Submission
from penalty.calendar import vietnam_date
from tests.backend.factories import entry_of

SOLD = {"text": "Tôi đã bán xe này cho người khác từ năm ngoái, có hợp đồng công chứng."}
REASON = "Hợp đồng mua bán có công chứng trước ngày vi phạm."


def buyer(case) -> dict:
    """Somebody else of the sandbox's people, who has a VNeID box."""
    seller = case.registration["owner"]["id_number"]
    owners = [row["owner"] for row in case.outside.registrations]
    other = next(one for one in owners if one["kind"] == "person" and one["id_number"] != seller)
    return {name: other[name] for name in ("kind", "name", "id_number", "address")}


def box_of_buyer(case) -> list[dict]:
    found = case.outside.inbox(id_number=buyer(case)["id_number"])
    return [m["content"] for m in found if m["channel"] == "vneid"]


def answer_sold(case) -> None:
    assert case.owner.post("/ho-so/y-kien/sold", data=SOLD).status_code == 303
    (said,) = case.rows(Submission)
    body = {"accepted": True, "reason": REASON}
    assert case.officer.post(f"/v1/submissions/{said.id}/answer", json=body).status_code == 200
    case.jobs()


def newest_lookup(case) -> OwnerLookup:
    return max(case.rows(OwnerLookup), key=lambda one: one.requested_at)


def name_buyer(case):
    body = {"owner": buyer(case), "reason": "Theo hợp đồng mua bán kèm đơn."}
    return case.officer.post(f"/v1/owner-lookups/{newest_lookup(case).id}/resolve", json=body)


@pytest.fixture
def sold(case):
    """The objection is accepted; the registry still names the seller, so a person has to look."""
    case.entered(kind="car")
    case.old = case.dossier()
    case.old_secret = case.secret()
    answer_sold(case)
    return case


def test_the_registry_is_asked_again_for_the_owner_of_that_day_and_never_takes_the_seller(sold):
    case = sold
    assert case.dossier().state == "owner_lookup"
    first, second = sorted(case.rows(OwnerLookup), key=lambda one: one.requested_at)
    assert first.request_id != second.request_id
    assert second.state == "conflict"
    assert [doubt["code"] for doubt in second.warnings] == ["former_owner"]
    kept = {"reason": "Đăng ký ghi như vậy."}
    refused = case.officer.post(f"/v1/owner-lookups/{second.id}/resolve", json=kept)
    assert (refused.status_code, refused.json()["code"]) == (422, "former_owner")


def test_the_buyer_gets_a_notice_of_his_own_with_his_own_time(sold):
    case = sold
    assert name_buyer(case).status_code == 200
    case.jobs()
    dossier = case.dossier()
    assert dossier.state == "notified"
    assert dossier.notice_number != case.old.notice_number
    notices = sorted((one for one in case.rows(Document) if one.kind == "notice"), key=lambda one: one.seq)
    assert [one.number for one in notices] == [case.old.notice_number, dossier.notice_number]
    assert any(dossier.notice_number in message["subject"] for message in box_of_buyer(case))
    steps = [one for one in case.rows(DossierDeadline) if one.step_id == "A2"]
    assert len([one for one in steps if one.ended_at is None]) == 1
    assert len(steps) == 2
    limitation = [one for one in case.rows(DossierDeadline) if one.step_id == "A4"]
    assert [one.starts_on for one in limitation] == [vietnam_date(dossier.happened_at)]


def test_the_seller_is_told_on_paper_and_his_code_opens_nothing(sold):
    case = sold
    assert name_buyer(case).status_code == 200
    case.jobs()
    (answer,) = [one for one in case.rows(Document) if one.kind == "answer"]
    assert case.box_message(answer.number)["subject"].startswith("Văn bản trả lời")
    assert case.owner.get("/ho-so").status_code in (303, 401)
    form = entry_of(case.old, case.old_secret)
    told = case.owner.post("/tra-cuu", data=form)
    assert told.status_code == 410
    assert "không còn liên quan" in told.text
    for wrong in ({"secret": "AAAA-BBBB"}, {"group": "motorbike"}):
        assert case.owner.post("/tra-cuu", data={**form, **wrong}).status_code != 410
    assert len(case.rows(FormerOwner)) == 1


def test_the_buyer_sees_neither_papers_nor_words_of_the_seller(sold):
    case = sold
    name_buyer(case)
    case.jobs()
    dossier = case.dossier()
    body = next(m["body"] for m in reversed(box_of_buyer(case)) if dossier.notice_number in m["subject"])
    secret = re.search(r"mã tra cứu ([A-Z0-9-]+)\.", body)[1]
    form = entry_of(dossier, secret)
    assert case.owner.post("/tra-cuu", data=form).status_code == 303
    (said,) = case.rows(Submission)
    for page in ("/ho-so/lua-chon", "/ho-so/tien-trinh"):
        text = case.owner.get(page).text
        assert said.number not in text
        assert case.old.notice_number not in text
    assert case.owner.get(f"/ho-so/y-kien/da-gui/{said.id}").status_code == 404
    assert case.owner.get("/ho-so/giay-to/notice.pdf?seq=1").status_code == 404
    assert case.owner.get("/ho-so/giay-to/notice.pdf").status_code == 200
    assert "/ho-so/y-kien/sold" in case.owner.get("/ho-so/lua-chon").text


def test_a_warning_about_the_seller_is_no_warning_about_the_buyer(case):
    case.entered(kind="car")
    (a2,) = [one for one in case.rows(DossierDeadline) if one.step_id == "A2"]
    late = datetime.combine(a2.due_on, datetime.now(UTC).time(), UTC) + timedelta(days=1)
    assert sweep_deadlines(case.services, late) == 1
    case.jobs()
    (reminder,) = [one for one in case.rows(Document) if one.kind == "reminder"]
    assert reminder.says["about"] == "answer"
    answer_sold(case)
    name_buyer(case)
    case.jobs()
    with case.services.database.unit_of_work() as session:
        a2 = next(
            one for one in session.query(DossierDeadline) if one.step_id == "A2" and one.ended_at is None
        )
        a2.due_on = vietnam_date(late)
        session.get_one(Dossier, case.id).notified_at = late + timedelta(hours=1)
    assert sweep_deadlines(case.services, late + timedelta(days=1)) == 1
    case.jobs()
    reminders = [one for one in case.rows(Document) if one.kind == "reminder"]
    assert [one.seq for one in sorted(reminders, key=lambda one: one.seq)] == [1, 2]
    sent = {(one.purpose, one.document_id) for one in case.rows(Message) if one.force == "legal"}
    assert {("reminder", one.id) for one in reminders} <= sent
