"""A clerk serves people who stand at the counter: who may be told, what is signed, what is paid."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import select, update

from backend.audit.models import AuditEntry
from backend.counter.models import CounterPaper, CounterPayment, CounterVisit
from backend.dossiers.models import DossierEvent
from backend.owners.models import OwnerLookup
from backend.payments.models import LedgerEntry, LedgerTransaction, Payment
from backend.submissions.models import Submission
from penalty.calendar import vietnam_date


def scan() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 560), "white").save(buffer, "PNG")
    return buffer.getvalue()


SCAN = scan()
SIGNED = {"signed": ("scan.png", SCAN, "image/png")}
TEXT = "Hôm đó tôi cho em tôi mượn xe, có tin nhắn làm chứng."


@pytest.fixture
def clerk(staff):
    return staff("quay", "clerk")


def person(case, **changes) -> dict[str, str]:
    owner = case.registration["owner"]
    shown = {"capacity": "owner", "shown": "id_card", "name": owner["name"], "id_number": owner["id_number"]}
    return {**shown, **changes}


def opened(case, clerk, **changes) -> str:
    """The address of a visit with the owner in front."""
    answer = clerk.post(f"/quay/ho-so/{case.id}", data=person(case, **changes), files=NO_FILE)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


NO_FILE = {"authorisation": ("", b"", "application/octet-stream")}


def declare(clerk, visit: str, what: str, *, files=None, **form):
    body = {"step": "file" if files else "sign", **form}
    return clerk.post(f"{visit}/khai/{what}", data=body, files=files or NO_FILE)


def logged(case, clerk_name: str = "quay") -> list[str]:
    lines = case.rows(AuditEntry, AuditEntry.actor == f"account:{clerk_name}")
    return [line.action for line in sorted(lines, key=lambda line: line.seq)]


def test_a_case_is_found_by_notice_or_by_identity_card_and_each_search_is_logged(case, clerk):
    case.notified(kind="motorbike")
    dossier, owner = case.dossier(), case.registration["owner"]
    ways = [
        {
            "plate": dossier.plate_display.lower(),
            "group": "motorbike",
            "notice_number": dossier.notice_number.replace("-", " "),
        },
        {
            "plate": "",
            "group": "motorbike",
            "notice_number": f"PN1*TB*{dossier.notice_number}*20261123*{dossier.plate}*X*1*A*B",
        },
        {"id_number": f" {owner['id_number']} "},
    ]
    for way in ways:
        page = clerk.post("/quay", data=way)
        assert page.status_code == 200
        assert f"/quay/ho-so/{case.id}" in page.text
        assert owner["name"] not in page.text
    for wrong in ({"plate": "51A99999"}, {"group": "car"}):
        nothing = clerk.post("/quay", data=ways[0] | wrong).text
        assert "Không tìm thấy" in nothing
        assert f"/quay/ho-so/{case.id}" not in nothing
    without = clerk.post("/quay", data=ways[0] | {"group": ""})
    assert without.status_code == 422
    assert "Chọn loại xe" in without.text
    assert dossier.notice_number.replace("-", " ") in without.text
    assert "Nhập số định danh" in clerk.post("/quay", data={"id_number": " "}).text
    assert logged(case).count("counter.searched") == 5
    assert not any(owner["id_number"] in str(line.data) for line in case.rows(AuditEntry))


def test_the_case_opens_for_the_owner_and_for_whom_he_authorised_and_for_nobody_else(case, clerk):
    case.notified(kind="motorbike")
    for wrong, words in (
        ({"id_number": "099000000000"}, "Số định danh không phải của chủ xe"),
        ({"capacity": "driver"}, "Số định danh không phải của chủ xe"),
        ({"capacity": "representative", "id_number": "099000000000"}, "Cần lưu giấy ủy quyền"),
        ({"id_number": "?"}, "Hãy sửa các mục được đánh dấu"),
    ):
        refused = clerk.post(f"/quay/ho-so/{case.id}", data=person(case, **wrong), files=NO_FILE)
        assert refused.status_code == 422
        assert words in refused.text
    assert case.rows(CounterVisit) == []
    answer = clerk.post(
        f"/quay/ho-so/{case.id}",
        data=person(case, capacity="representative", id_number="099000000000", name="TRẦN THỊ THỬ"),
        files={"authorisation": ("giay.png", SCAN, "image/png")},
    )
    page = clerk.get(answer.headers["location"]).text
    assert "TRẦN THỊ THỬ" in page
    [paper] = case.rows(CounterPaper)
    assert paper.purpose == "authorisation"
    [visit] = case.rows(CounterVisit)
    assert b"TH" not in visit.name_sealed


def test_a_named_driver_gets_none_of_the_owners_papers_and_declares_only_that_it_was_not_he(case, clerk):
    case.entered(kind="motorbike")
    named = {"name": "LÊ VĂN THỬ", "id_number": "099000000001"}
    words = {**named, "address": "Số 2 đường Mẫu", "text": TEXT, "truthful": "yes"}
    assert case.owner.post("/ho-so/y-kien/driver", data=words).status_code == 303
    [said] = case.rows(Submission)
    visit = opened(case, clerk, capacity="driver", **named)
    page = clerk.get(visit).text
    assert "giay-to/notice.pdf" not in page
    assert "giay-to/evidence_list.pdf" in page
    assert said.number not in page
    assert set(re.findall(r"/khai/(\w+)", page)) == {"not_driving"}
    assert clerk.get(f"{visit}/giay-to/notice.pdf").status_code == 404
    assert clerk.get(f"{visit}/giay-to/evidence_list.pdf").status_code == 200
    assert declare(clerk, visit, "data", files=SIGNED, text=TEXT).status_code == 303
    assert len(case.rows(Submission)) == 1
    denial = {"grounds": "elsewhere", "text": "Hôm đó tôi trực ca đêm ở nhà máy mẫu."}
    assert "Lúc đó tôi ở nơi khác" in declare(clerk, visit, "not_driving", **denial).text
    assert declare(clerk, visit, "not_driving", files=SIGNED, **denial).status_code == 303
    [denied] = case.rows(Submission, Submission.kind == "not_driving")
    assert denied.named_by_id == said.id
    assert denied.number in clerk.get(visit).text

    answer = {"accepted": False, "reason": "Người này chứng minh không lái xe."}
    assert case.officer.post(f"/v1/submissions/{said.id}/answer", json=answer).status_code == 200
    ticks = dict.fromkeys(("driver", "electronic", "no_explanation"), "yes")
    for path in ("", "/bang-chung/masked_at", "/giay-to/evidence_list.pdf"):  # his visit was still open
        assert clerk.get(f"{visit}{path}").status_code == 409, path
    assert declare(clerk, visit, "accept", files=SIGNED, **ticks).status_code == 409
    assert case.dossier().state == "notified"
    of_owner = clerk.get(opened(case, clerk)).text
    assert said.number in of_owner
    assert denied.number not in of_owner
    assert "giay-to/notice.pdf" in of_owner


def test_an_acceptance_needs_the_signed_paper_and_names_the_clerk(case, clerk):
    case.notified(kind="motorbike")
    visit = opened(case, clerk)
    ticks = dict.fromkeys(("driver", "electronic", "no_explanation"), "yes")
    assert declare(clerk, visit, "accept", driver="yes").status_code == 422
    sheet = declare(clerk, visit, "accept", **ticks)
    assert sheet.status_code == 200
    assert "Tôi đã nghe đọc lại" in sheet.text
    unsigned = clerk.post(f"{visit}/khai/accept", data={**ticks, "step": "file"}, files=NO_FILE)
    assert unsigned.status_code == 422
    assert case.dossier().state == "notified"

    assert declare(clerk, visit, "accept", files=SIGNED, **ticks).status_code == 303
    case.jobs()
    assert case.dossier().state == "recorded"
    [made] = case.rows(DossierEvent, DossierEvent.kind == "record_made")
    [row] = case.rows(CounterVisit)
    assert (made.actor, made.actor_role, made.data["visit"]) == ("account:quay", "owner", row.number)
    assert [paper.purpose for paper in case.rows(CounterPaper)] == ["accept"]
    assert {"counter.visit_opened", "counter.paper_kept", "dossier.record_made"} <= set(logged(case))
    assert declare(clerk, visit, "accept", files=SIGNED, **ticks).status_code == 303  # once is enough
    assert len(case.rows(CounterPaper)) == 1


def test_an_acceptance_waits_for_the_register_that_is_asked_how_old_the_person_was(case, clerk):
    case.notified(kind="motorbike")
    with case.services.database.unit_of_work() as session:
        session.execute(update(OwnerLookup).values(age_band=None))
    visit = opened(case, clerk)
    ticks = dict.fromkeys(("driver", "electronic", "no_explanation"), "yes")
    waits = declare(clerk, visit, "accept", **ticks)  # before anything is printed and signed
    assert waits.status_code == 422
    assert "đang hỏi cơ sở dữ liệu dân cư" in waits.text
    case.jobs()
    assert declare(clerk, visit, "accept", files=SIGNED, **ticks).status_code == 303
    assert case.dossier().state == "recorded"


@pytest.mark.parametrize("what", ["sold", "driver"])
def test_a_statement_is_filed_with_the_persons_own_words(case, clerk, what):
    case.notified(kind="motorbike")
    visit = opened(case, clerk)
    form = {"text": TEXT}
    if what == "driver":
        form |= {"name": "LÊ VĂN THỬ", "id_number": "099000000001", "address": "Số 2 đường Mẫu"}
        assert "30 đến 32 triệu" in declare(clerk, visit, what, **form, truthful="yes").text
        form["truthful"] = "yes"
    assert declare(clerk, visit, what, text="ngắn").status_code == 422
    assert TEXT in declare(clerk, visit, what, **form).text
    assert declare(clerk, visit, what, files=SIGNED, **form).status_code == 303
    [said] = case.rows(Submission)
    [paper] = case.rows(CounterPaper)
    assert paper.submission_id == said.id
    assert said.number in clerk.get(visit).text
    assert said.number in case.enter().owner.get("/ho-so/lua-chon").text


def test_paying_in_parts_is_asked_for_with_the_confirmation_of_hardship(case, clerk):
    case.decided(kind="car")
    visit = opened(case, clerk)
    form = {"text": TEXT, "parts": "3"}
    assert 'name="parts"' in clerk.get(f"{visit}/khai/instalments").text
    less = clerk.get(f"{visit}/khai/reduction").text
    assert "Hỏa hoạn" in less
    assert "Chuyện gì đã xảy ra?" in less
    assert declare(clerk, visit, "instalments", text=TEXT).status_code == 422
    assert "3 lần" in declare(clerk, visit, "instalments", **form).text
    without = declare(clerk, visit, "instalments", files=SIGNED, **form)
    assert (without.status_code, "Gửi ảnh giấy xác nhận" in without.text) == (422, True)
    both = {**SIGNED, "pictures": ("confirmation.png", SCAN, "image/png")}
    assert declare(clerk, visit, "instalments", files=both, **form).status_code == 303
    [asked] = case.rows(Submission)
    assert asked.kind == "instalments"
    page = clerk.get(visit).text
    assert asked.number in page
    assert "data-reader" in page


def test_a_card_payment_closes_the_case_and_the_day_balances(case, clerk):
    case.decided(kind="motorbike")
    visit = opened(case, clerk)
    assert clerk.post(f"{visit}/the").status_code == 303
    assert clerk.post(f"{visit}/the").status_code == 303  # the button pressed twice is one attempt
    [payment] = case.payments()
    page = clerk.get(visit).text
    assert "5.000.000\N{NO-BREAK SPACE}đồng" in page
    ended = f"{visit}/the/{payment.id}"
    for slip in ("", "12", "<script>"):
        assert clerk.post(ended, data={"outcome": "charged", "reference": slip}).status_code == 422
    assert clerk.post(ended, data={"outcome": "charged", "reference": "rrn123456"}).status_code == 303
    case.jobs()
    assert case.dossier().state == "closed"
    assert clerk.post(ended, data={"outcome": "charged", "reference": "rrn123457"}).status_code == 409
    assert clerk.get(f"{visit}/giay-to/receipt.pdf").content.startswith(b"%PDF")

    day = clerk.get("/quay/cuoi-ngay").text
    assert "RRN123456" in day
    assert '<span class="badge ok">khớp</span>' in day
    assert "KHÔNG KHỚP" not in day
    booked = sum(entry.debit_vnd for entry in case.rows(LedgerEntry, LedgerEntry.account == "clearing:card"))
    assert booked == payment.amount_vnd == case.dossier().paid_vnd
    other = clerk.get("/quay/cuoi-ngay", params={"ngay": str(vietnam_date(datetime.now(UTC)) - timedelta(9))})
    assert "không có khoản nộp nào" in other.text


def test_a_day_that_does_not_balance_says_so(case, clerk, services):
    case.decided(kind="motorbike")
    visit = opened(case, clerk)
    clerk.post(f"{visit}/the")
    [payment] = case.payments()
    with services.database.unit_of_work() as session:  # as nobody can without breaking into the database
        session.execute(update(Payment).where(Payment.id == payment.id).values(state="paid"))
    page = clerk.get("/quay/cuoi-ngay").text
    assert "KHÔNG KHỚP" in page
    assert "không khớp sổ cái" in page


def test_a_slip_counts_once_and_a_refused_card_leaves_the_case_unpaid(case, clerk, services):
    case.decided(kind="motorbike")
    visit = opened(case, clerk)
    clerk.post(f"{visit}/the")
    [first] = case.payments()
    assert clerk.post(f"{visit}/the/{first.id}", data={"outcome": "refused"}).status_code == 303
    assert case.dossier().state == "decided"
    assert case.rows(LedgerTransaction, LedgerTransaction.kind == "fine_paid") == []
    with services.database.unit_of_work() as session:
        mine = session.scalars(select(CounterPayment)).one()
        mine.terminal_reference = "RRN999999"
    clerk.post(f"{visit}/the")
    second = max(case.payments(), key=lambda one: one.started_at)
    used = clerk.post(f"{visit}/the/{second.id}", data={"outcome": "charged", "reference": "RRN999999"})
    assert used.status_code == 409
    assert "đã được ghi cho một lần nộp khác" in used.text
    assert case.dossier().state == "decided"


def test_vietqr_on_the_screen_and_a_slip_for_cash_move_no_money(case, clerk):
    case.decided(kind="motorbike")
    visit = opened(case, clerk)
    page = clerk.post(f"{visit}/vietqr").text
    [payment] = case.payments()
    assert payment.gateway == "vietqr"
    assert payment.reference in page
    slip = clerk.get(f"{visit}/giay-nop-tien").text
    assert case.dossier().decision_number in slip
    assert "không thu tiền mặt" in slip
    assert "2.500\N{NO-BREAK SPACE}đồng" in slip  # one day late: 0.05 % of 5 000 000
    assert case.dossier().state == "decided"
    started = [line for line in case.rows(AuditEntry) if line.action == "payment.started"]
    assert [line.actor for line in started] == ["account:quay"]


def test_a_visit_belongs_to_its_clerk_and_ends(case, clerk, staff, services):
    case.notified(kind="motorbike")
    visit = opened(case, clerk)
    other = staff("quay2", "clerk")
    assert other.get(visit).status_code == 404
    assert case.officer.get("/quay").status_code == 403
    assert clerk.get(f"{visit}/bang-chung/masked_at").status_code == 200
    assert clerk.get(f"{visit}/bang-chung/still_at").status_code == 404
    assert clerk.post(f"{visit}/ket-thuc").status_code == 303
    assert clerk.get(visit).status_code == 409
    late = opened(case, clerk)
    with services.database.unit_of_work() as session:
        session.execute(update(CounterVisit).values(opened_at=datetime.now(UTC) - timedelta(hours=3)))
    assert clerk.get(late).status_code == 409


def test_where_no_terminal_is_set_up_no_card_is_offered(case, clerk, services):
    case.decided(kind="motorbike")
    visit = opened(case, clerk)
    without = services.settings.model_copy(update={"counter_terminal_id": ""})
    object.__setattr__(services, "settings", without)
    assert not re.search(rf'action="{visit}/the"', clerk.get(visit).text)
    assert clerk.post(f"{visit}/the").status_code == 404
