"""An overdue fine is enforced: by whom, from when, with which paper, and what ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from backend.dossiers.models import Document, DossierDeadline, DossierEvent, Message
from backend.dossiers.sweep import sweep_deadlines
from backend.submissions.models import Submission
from penalty.calendar import vietnam_date
from tests.backend.factories import picture
from tests.backend.pages import confirmed

REASON = "Đã đôn đốc, quá hạn nhiều ngày; có tài khoản đứng tên."


@pytest.fixture
def overdue(case):
    def make(days: int = 10, **how):
        case.decided(**how)
        run_out(case, days)
        sweep_deadlines(case.services, datetime.now(UTC))
        case.jobs()
        assert case.dossier().state == "overdue"
        return case

    return make


def run_out(case, days: int) -> None:
    """The time to pay was over that many days ago."""
    ended = vietnam_date(datetime.now(UTC)) - timedelta(days=days)
    with case.services.database.unit_of_work() as session:
        session.execute(update(DossierDeadline).where(DossierDeadline.step_id == "E1").values(due_on=ended))


def enforce(case, who=None, **changes):
    body = {"expected_version": case.dossier().version, "measure": "account", "reason": REASON, **changes}
    return (who or case.chief).post(f"/v1/dossiers/{case.id}/enforcement", json=body)


def test_a_chief_orders_it_the_paper_is_sent_and_paying_ends_it(overdue):
    case = overdue(kind="motorbike")
    page = case.chief.get(f"/canh-sat/ho-so/{case.id}").text
    assert "Ký quyết định cưỡng chế" in page
    assert "Khấu trừ tiền từ tài khoản" in page
    address = f"/canh-sat/ho-so/{case.id}/cuong-che"
    form = {"expected_version": case.dossier().version, "measure": "account", "reason": REASON}
    asked = case.chief.post(address, data=form)
    assert (asked.status_code, case.dossier().state) == (200, "overdue")
    for part in ("Khấu trừ tiền từ tài khoản", REASON, case.dossier().plate_display, "5.0"):
        assert part in asked.text
    form["confirmed"] = "yes"
    assert case.chief.post(address, data=form).status_code == 303
    (e9,) = case.rows(DossierDeadline, DossierDeadline.step_id == "E9")
    assert (case.dossier().state, e9.length, e9.unit, e9.met_at) == ("enforced", 2, "working_day", None)
    case.jobs()
    (e9,) = case.rows(DossierDeadline, DossierDeadline.step_id == "E9")
    (sent,) = case.rows(Message, Message.purpose == "enforcement", Message.force == "legal")
    (paper,) = case.rows(Document, Document.kind == "enforcement")
    assert (sent.state, e9.met_at is not None) == ("sent", True)
    assert (paper.says["measure"], paper.says["fine_vnd"]) == ("account", 5_000_000)
    assert paper.says["late_vnd"] in {22_500, 25_000}  # nine days, or ten at midnight
    assert paper.number in case.box_message(paper.number)["body"]
    read = case.paper_text("enforcement")
    for part in (paper.number, "Khấu trừ tiền từ tài khoản", REASON, "có thể là MQĐ08"):
        assert part in read
    (said,) = case.rows(DossierEvent, DossierEvent.kind == "enforcement_ordered")
    assert (said.data["measure"], said.data["article"]) == ("account", "LHAV Art.86.2.a")
    assert "Đã ra quyết định cưỡng chế" in case.chief.get(f"/canh-sat/ho-so/{case.id}").text
    assert "Đã có quyết định cưỡng chế" in case.owner.get("/ho-so/muc-phat").text
    assert case.ipn(case.result(case.start_payment())) == "00"
    assert case.dossier().state == "closed"


def test_who_may_not_and_what_was_changed_meanwhile(overdue):
    case = overdue(kind="car")
    assert enforce(case, case.officer).status_code == 403
    assert enforce(case, expected_version=1).status_code == 412
    assert enforce(case, measure="imprisonment").status_code == 422
    assert enforce(case, reason="vì vậy").status_code == 422
    assert case.dossier().state == "overdue"
    assert enforce(case).status_code == 200
    assert enforce(case).json()["code"] == "no_such_move"


def test_nothing_is_enforced_while_it_may_be_paid_in_parts(overdue):
    case = overdue(kind="car")
    files = {"pictures": ("giay.jpg", picture("confirmation"), "image/jpeg")}
    words = {"text": "Tôi đang nằm viện và chưa có thu nhập, phường đã xác nhận.", "parts": "2"}
    asked = case.owner.post("/ho-so/y-kien/instalments", data=words, files=files)
    assert asked.status_code == 303
    (waiting,) = case.rows(Submission)
    refused = enforce(case)
    assert (refused.status_code, refused.json()["code"]) == (409, "relief_waits")
    page = case.chief.get(f"/canh-sat/ho-so/{case.id}").text
    assert "Có đơn xin hoãn, giảm, miễn hoặc nộp nhiều lần chưa được trả lời" in page
    assert "Ký quyết định cưỡng chế" not in page
    granted = {"accepted": "yes", "reason": REASON}
    assert confirmed(case.chief, f"/canh-sat/don/{waiting.id}/cho-nop", granted).status_code == 303
    refused = enforce(case)
    assert (refused.status_code, refused.json()["code"]) == (409, "paying_later")
    assert "Ký quyết định cưỡng chế" not in case.chief.get(f"/canh-sat/ho-so/{case.id}").text
    run_out(case, 1)
    assert enforce(case).status_code == 200


def test_once_what_was_asked_is_refused_it_may_be_enforced(overdue):
    case = overdue(kind="car")
    files = {"pictures": ("giay.jpg", picture("confirmation"), "image/jpeg")}
    words = {"text": "Tôi đang nằm viện và chưa có thu nhập, phường đã xác nhận.", "parts": "2"}
    assert case.owner.post("/ho-so/y-kien/instalments", data=words, files=files).status_code == 303
    assert enforce(case).json()["code"] == "relief_waits"
    (waiting,) = case.rows(Submission)
    refused = {"accepted": "no", "reason": REASON}
    assert confirmed(case.chief, f"/canh-sat/don/{waiting.id}/cho-nop", refused).status_code == 303
    assert enforce(case).status_code == 200


def test_asking_again_after_a_refusal_holds_nothing_up(overdue):
    case = overdue(kind="car")
    files = {"pictures": ("giay.jpg", picture("confirmation"), "image/jpeg")}
    words = {"text": "Tôi đang nằm viện và chưa có thu nhập, phường đã xác nhận.", "parts": "2"}
    assert case.owner.post("/ho-so/y-kien/instalments", data=words, files=files).status_code == 303
    (first,) = case.rows(Submission)
    refused = {"accepted": "no", "reason": REASON}
    assert confirmed(case.chief, f"/canh-sat/don/{first.id}/cho-nop", refused).status_code == 303
    again = words | {"text": "Tôi vẫn chưa có thu nhập, xin xem lại."}
    assert case.owner.post("/ho-so/y-kien/instalments", data=again, files=files).status_code == 303
    assert len(case.rows(Submission)) == 2
    assert enforce(case).status_code == 200
