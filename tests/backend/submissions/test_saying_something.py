"""An owner says something; an officer answers; the case goes where the law sends it."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from backend.dossiers.models import Document, DossierDeadline, DossierEvent
from backend.payments.models import LedgerEntry, Refund
from backend.submissions import service
from backend.submissions.filing import lapse_complaints
from backend.submissions.models import Submission, SubmissionFile
from backend.templating import weekday
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.complaint import second_until

TEXT = "Hôm đó tôi đang ở nhà máy, có chấm công của công ty."
REASON = "Đã xem lại ảnh và giấy tờ; kết quả như sau."
DRIVER = {
    "name": "TRẦN VĂN THỬ",
    "address": "Số 9 đường Mẫu",
    "truthful": "yes",
}


def say(case, kind: str, **form):
    return case.owner.post(f"/ho-so/y-kien/{kind}", data={"text": TEXT, **form})


def said(case) -> Submission:
    return max(case.rows(Submission, Submission.dossier_id == case.id), key=lambda one: one.filed_at)


def answer(case, *, accepted: bool, who=None):
    body = {"accepted": accepted, "reason": REASON}
    return (who or case.officer).post(f"/v1/submissions/{said(case).id}/answer", json=body)


def resolve(case, action: str, *justified: bool, who=None):
    answers = [
        {"ground": ground, "justified": right, "text": REASON}
        for ground, right in zip(said(case).grounds, justified, strict=False)
    ]
    body = {"action": action, "answers": answers}
    return (who or case.chief).post(f"/v1/submissions/{said(case).id}/resolution", json=body)


def too_late(case) -> None:
    """The time to complain ended yesterday."""
    with case.services.database.unit_of_work() as session:
        limit = select(DossierDeadline).where(DossierDeadline.step_id == "G1")
        session.scalars(limit).one().due_on = vietnam_date(datetime.now(UTC)) - timedelta(days=1)


def approve(case, who=None):
    """The division's head approves what waits about this case."""
    chief = who or case.second
    (waiting,) = chief.get("/v1/approvals").json()
    body = {"expected_version": case.dossier().version}
    return chief.post(f"/v1/approvals/{waiting['id']}/approval", json=body)


def balances(case) -> dict[str, int]:
    totals: dict[str, int] = {}
    for entry in case.rows(LedgerEntry):
        totals[entry.account] = totals.get(entry.account, 0) + entry.debit_vnd - entry.credit_vnd
    assert sum(totals.values()) == 0
    return {name: amount for name, amount in totals.items() if amount}


def kinds(case) -> list[str]:
    return [event.kind for event in sorted(case.rows(DossierEvent), key=lambda event: event.seq)]


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


class TestComplaint:
    def paid(self, case) -> None:
        case.decided(kind="motorbike")
        asked = case.start_payment()
        assert case.ipn(case.result(asked)) == "00"
        case.jobs()

    def test_a_won_complaint_gives_the_money_back_by_itself(self, case):
        self.paid(case)
        assert case.dossier().state == "closed"
        sent = say(case, "complaint", grounds=["wrong_vehicle", "wrong_facts"])
        assert sent.status_code == 303
        assert case.dossier().state == "closed"
        assert resolve(case, "uphold", True, False).json()["code"] == "no_such_move"
        assert resolve(case, "accept").status_code == 200
        assert said(case).answer_due_on > vietnam_date(datetime.now(UTC)) + timedelta(days=25)
        assert resolve(case, "uphold", True).json()["code"] == "ground_unanswered"
        assert resolve(case, "reject", True, False).json()["code"] == "answers_contradict"
        assert resolve(case, "uphold", True, False, who=case.officer).status_code == 200
        assert case.dossier().state == "closed"
        assert resolve(case, "reject", False, False).json()["code"] == "approval_waits"
        assert approve(case).status_code == 200
        assert case.dossier().state == "annulled"
        assert balances(case) == {"clearing:vnpay": 5_000_000, "payable:refunds": -5_000_000}
        (refund,) = case.rows(Refund)
        assert (refund.amount_vnd, refund.reason) == (5_000_000, "annulled")
        body = {"treasury_reference": "KB-9"}
        assert case.chief.post(f"/v1/refunds/{refund.id}/paid", json=body).status_code == 200
        assert case.dossier().state == "refunded"
        assert balances(case) == {}
        page = case.owner.get(sent.headers["location"]).text
        assert page.count(REASON) == 2

    def test_a_won_complaint_about_an_unpaid_fine_ends_the_debt(self, case):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["wrong_law"])
        resolve(case, "accept")
        assert resolve(case, "uphold", True).status_code == 200
        assert approve(case, case.chief).json()["code"] == "same_person"
        assert approve(case).status_code == 200
        assert balances(case) == {}
        assert case.rows(Refund) == []
        assert case.owner.post("/ho-so/nop-phat").status_code == 409

    def test_a_rejected_complaint_changes_nothing_owed(self, case):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["other"])
        assert case.officer.post(f"/v1/submissions/{said(case).id}/resolution", json={"action": "accept"})
        assert resolve(case, "accept", who=case.officer).status_code == 403
        assert resolve(case, "accept").status_code == 200
        assert resolve(case, "reject", False).status_code == 200
        assert case.dossier().state == "decided"
        assert balances(case)["receivable:fines"] == 5_000_000
        assert kinds(case)[-1] == "complaint_rejected"

    def test_one_at_a_time_in_time_and_with_a_ground(self, case):
        case.decided(kind="motorbike")
        assert say(case, "complaint").status_code == 422
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        second = say(case, "complaint", grounds=["wrong_facts"])
        assert second.status_code == 409
        assert said(case).number in second.text
        withdrawn = case.owner.post(f"/ho-so/y-kien/da-gui/{said(case).id}/rut")
        assert withdrawn.status_code == 303
        assert said(case).state == "withdrawn"
        too_late(case)
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        assert said(case).state == "out_of_time"

    def test_one_that_came_too_late_is_refused_in_writing_with_the_way_to_court(self, case):
        case.decided(kind="motorbike")
        too_late(case)
        court = next(row for row in case.rows(DossierDeadline) if row.step_id == "G7").due_on
        form = case.owner.get("/ho-so/y-kien/complaint").text
        assert "Đã hết thời hạn khiếu nại" in form
        assert f"{court:%d/%m/%Y}" in form
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        receipt = case.owner.get(f"/ho-so/y-kien/da-gui/{said(case).id}").text
        assert said(case).number in receipt
        assert "Đã nhận đơn nộp quá thời hạn" in receipt
        address = f"/canh-sat/don/{said(case).id}"
        assert "Từ chối bằng văn bản" in case.chief.get(address).text
        post = {"csrf_token": case.chief.headers["X-CSRF-Token"], "action": "end"}
        assert case.chief.post(f"{address}/khieu-nai", data=post).status_code == 422
        assert case.officer.post(f"{address}/khieu-nai", data={**post, "reason": REASON}).status_code == 403
        assert case.chief.post(f"{address}/khieu-nai", data={**post, "reason": REASON}).status_code == 303
        assert said(case).state == "not_admitted"
        case.jobs()
        text = case.paper_text("answer")
        for part in ("Về việc không thụ lý giải quyết khiếu nại", REASON, f"đến hết ngày {court:%d/%m/%Y}"):
            assert part in text
        told = case.owner.get(f"/ho-so/y-kien/da-gui/{said(case).id}").text
        assert REASON in told
        assert f"{court:%d/%m/%Y}" in told
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        assert said(case).state == "repeated"
        assert resolve(case, "accept").json()["code"] == "no_such_move"

    def test_what_kept_somebody_from_complaining_in_time_is_weighed(self, case):
        case.decided(kind="motorbike")
        too_late(case)
        say(case, "complaint", grounds=["other"])
        assert resolve(case, "accept").json()["code"] == "reason_missing"
        body = {"action": "accept", "reason": "Nằm viện từ tháng trước, có giấy ra viện."}
        assert case.chief.post(f"/v1/submissions/{said(case).id}/resolution", json=body).status_code == 200
        assert said(case).state == "accepted"
        assert resolve(case, "reject", False).status_code == 200

    def test_a_second_complaint_goes_to_the_superior_and_ends_it(self, case):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["other"])
        resolve(case, "accept")
        assert resolve(case, "reject", False).status_code == 200
        assert lapse_complaints(case.services, datetime.now(UTC) + timedelta(days=25)) == 0
        told = case.owner.get(f"/ho-so/y-kien/da-gui/{said(case).id}").text
        until = second_until(LegalCalendar.load(), vietnam_date(datetime.now(UTC))).due_on
        assert f"lên cấp trên, đến hết ngày <strong>{weekday(until)}</strong>" in told
        assert f"{until:%d/%m/%Y}" in case.owner.get("/ho-so/y-kien/complaint").text
        first = said(case).id
        assert say(case, "complaint", grounds=["wrong_facts"]).status_code == 303
        assert said(case).state == "second_filed"
        assert "lên cấp trên" not in case.owner.get(f"/ho-so/y-kien/da-gui/{first}").text
        assert resolve(case, "accept").json()["code"] == "role_not_allowed"
        superior = case.second
        assert "Thụ lý" in superior.get(f"/canh-sat/don/{said(case).id}").text
        assert resolve(case, "accept", who=superior).status_code == 200
        assert resolve(case, "reject", False, who=superior).status_code == 200
        assert said(case).state == "second_rejected"
        assert "được trả lời lần cuối" in case.owner.get("/ho-so/y-kien/complaint").text
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        assert said(case).state == "repeated"
        body = {"action": "refuse", "reason": REASON}
        assert case.chief.post(f"/v1/submissions/{said(case).id}/resolution", json=body).status_code == 200
        assert said(case).state == "not_admitted"
        assert lapse_complaints(case.services, datetime.now(UTC) + timedelta(days=99)) == 0

    @pytest.mark.parametrize("off_for_days", [1, 9])
    def test_what_nobody_complains_about_again_lapses_also_after_the_system_was_off(self, case, off_for_days):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["other"])
        resolve(case, "accept")
        resolve(case, "reject", False)
        until = second_until(LegalCalendar.load(), vietnam_date(datetime.now(UTC))).due_on
        last = datetime.combine(until, time(5), UTC)
        assert lapse_complaints(case.services, last) == 0
        assert lapse_complaints(case.services, last + timedelta(days=off_for_days)) == 1
        assert lapse_complaints(case.services, last + timedelta(days=off_for_days)) == 0
        assert said(case).state == "lapsed"
        assert kinds(case)[-1] == "complaint_lapsed"
        assert case.dossier().state == "decided"

    def test_the_chiefs_page_resolves_it(self, case):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["wrong_facts"])
        address = f"/canh-sat/don/{said(case).id}"
        assert said(case).number in case.chief.get("/canh-sat/don").text
        token = {"csrf_token": case.chief.headers["X-CSRF-Token"]}
        post = f"{address}/khieu-nai"
        assert case.chief.post(post, data={**token, "action": "accept"}).status_code == 303
        empty = case.chief.post(post, data={**token, "action": "end", "text-wrong_facts": ""})
        assert empty.status_code == 422
        done = case.chief.post(post, data={**token, "action": "end", "text-wrong_facts": REASON})
        assert done.status_code == 303
        assert said(case).state == "rejected"


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
