"""An owner in hardship asks to pay later or in parts; a chief decides; the money follows the plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from backend.dossiers.models import Document, DossierDeadline
from backend.payments.amounts import amount_due_on
from backend.submissions.models import Submission
from penalty.calendar import vietnam_date
from tests.backend.factories import picture
from tests.backend.pages import confirmed

TEXT = "Tôi đang nằm viện và chưa có thu nhập, phường đã xác nhận."
REASON = "Đã xem giấy xác nhận của phường; hoàn cảnh khó khăn là thật."


def ask(case, kind: str, *, confirmed: bool = True, **form):
    files = {"pictures": ("giay.jpg", picture("confirmation"), "image/jpeg")} if confirmed else None
    return case.owner.post(f"/ho-so/y-kien/{kind}", data={"text": TEXT, **form}, files=files)


def decide(case, accepted: str, who=None):
    [waiting] = case.rows(Submission, Submission.answered_at.is_(None))
    address = f"/canh-sat/don/{waiting.id}"
    page = (who or case.chief).get(address).text
    form = {"accepted": accepted, "reason": REASON}
    answer = confirmed(who or case.chief, f"{address}/cho-nop", form)
    return page, answer


def late_vnd(case, on) -> int:
    with case.services.database.unit_of_work() as session:
        return amount_due_on(session, case.dossier(), on).late.amount_vnd


def pay_until(case):
    [deadline] = case.rows(DossierDeadline, DossierDeadline.step_id == "E1")
    return deadline.due_on


def test_a_deferral_moves_the_time_to_pay_and_nothing_is_added_meanwhile(case):
    case.decided(kind="motorbike")  # 5 000 000: enough to be deferred, too little for instalments
    choices = case.owner.get("/ho-so/lua-chon").text
    assert "/ho-so/y-kien/deferral" in choices
    assert "/ho-so/y-kien/instalments" not in choices
    refused = ask(case, "deferral", confirmed=False)
    assert refused.status_code == 422
    assert "Gửi ảnh giấy xác nhận" in refused.text
    asked = ask(case, "deferral")
    assert asked.status_code == 303
    assert (
        ask(case, "deferral").headers["location"] == asked.headers["location"]
    )  # pressed twice: one receipt
    assert ask(case, "deferral", text=f"{TEXT} Xin xem xét sớm.").status_code == 409
    before = pay_until(case)
    assert late_vnd(case, before + timedelta(days=40)) == 0  # still being considered

    page, answer = decide(case, "yes")
    assert TEXT in page
    assert answer.status_code == 303
    until = pay_until(case)
    assert until > before + timedelta(days=60)
    assert late_vnd(case, until) == 0
    assert late_vnd(case, until + timedelta(days=11)) == 25_000
    case.jobs()
    [paper] = case.rows(Document, Document.kind == "deferral")
    assert paper.made_at is not None
    shown = case.owner.get(asked.headers["location"]).text
    assert f"{until:%d/%m/%Y}" in shown
    assert "5.000.000\N{NO-BREAK SPACE}đồng" in shown
    assert "/ho-so/y-kien/deferral" not in case.owner.get("/ho-so/lua-chon").text


def test_instalments_are_paid_part_by_part(case):
    case.decided(kind="car")
    assert ask(case, "instalments").status_code == 422  # in how many parts?
    assert ask(case, "instalments", parts="3").status_code == 303
    assert decide(case, "yes")[1].status_code == 303
    fine_vnd = case.dossier().fine_vnd
    page = case.owner.get("/ho-so/nop-phat").text
    first_vnd = -(-fine_vnd * 40 // 100)
    assert f"{first_vnd:,}".replace(",", ".") in page
    asked = dict(_query(case.owner.post("/ho-so/nop-phat", data={"method": "vnpay", "amount": "part"})))
    assert int(asked["vnp_Amount"]) == first_vnd * 100
    assert case.ipn(case.result(asked)) == "00"
    assert (case.dossier().state, case.dossier().paid_vnd) == ("decided", first_vnd)
    rest = dict(_query(case.owner.post("/ho-so/nop-phat", data={"method": "vnpay", "amount": "all"})))
    assert int(rest["vnp_Amount"]) == (fine_vnd - first_vnd) * 100
    assert case.ipn(case.result(rest)) == "00"
    assert case.dossier().state == "closed"


def test_a_refusal_says_why_and_only_days_of_considering_are_free(case):
    case.decided(kind="motorbike")
    asked = ask(case, "deferral")
    _, answer = decide(case, "no")
    assert answer.status_code == 303
    assert REASON in case.owner.get(asked.headers["location"]).text
    until = pay_until(case)
    assert late_vnd(case, until + timedelta(days=3)) == 5_000
    assert vietnam_date(datetime.now(UTC)) <= until
    assert ask(case, "deferral").status_code == 303  # a refusal does not end the right to ask


def test_only_who_could_sign_the_decision_decides(case, staff):
    case.decided(kind="car")
    assert ask(case, "instalments", parts="2").status_code == 303
    weak = staff("doipho", "team_chief", signing_limit_vnd=7_500_000)
    assert decide(case, "yes", who=weak)[1].status_code == 403
    assert decide(case, "yes", who=case.officer)[1].status_code == 403
    [waiting] = case.rows(Submission)
    assert waiting.answered_at is None


def _query(answer):
    assert answer.status_code == 303, answer.text
    return parse_qsl(urlsplit(answer.headers["location"]).query)
