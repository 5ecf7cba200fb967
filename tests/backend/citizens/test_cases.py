"""What somebody signed in sees: their own cases, points, papers and data, and nobody else's."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from sqlalchemy import select

from backend.audit.models import AuditEntry
from backend.citizens.cases import cases_of
from backend.dossiers.models import Document
from backend.owners.service import vault_of
from backend.submissions.models import Submission


def token_in(page: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


@pytest.fixture
def visitor(eid, new_client):
    """`visitor(registration)`: the browser of that citizen, signed in."""

    def enter(registration):
        browser = new_client()
        assert eid.sign_in(browser, registration["owner"]["id_number"]).status_code == 200
        return browser

    return enter


def open_case(browser, dossier_id, **more):
    form = {"csrf_token": token_in(browser.get("/cua-toi").text), **more}
    return browser.post(f"/cua-toi/ho-so/{dossier_id}", data=form)


def test_an_owner_opens_a_case_without_its_secret_and_nobody_else_does(case, visitor, outside, eid):
    case.notified(kind="motorbike")
    mine = visitor(case.registration)
    listed = mine.get("/cua-toi").text
    assert case.dossier().plate_display in listed
    assert "Đang chờ bạn (1)" in listed

    assert mine.post(f"/cua-toi/ho-so/{case.id}", data={"csrf_token": "guessed"}).status_code == 403
    assert mine.get("/ho-so").status_code == 401
    opened = open_case(mine, case.id)
    assert (opened.status_code, opened.headers["location"]) == (303, "/ho-so")
    assert "SameSite=strict" in opened.headers["set-cookie"]
    for path in ("", "/muc-phat", "/lua-chon", "/tien-trinh", "/giay-to/notice.pdf", "/bang-chung/masked_at"):
        assert mine.get(f"/ho-so{path}").status_code == 200, path
    assert "Bạn: Xem hình ảnh, video" in mine.get("/ho-so/tien-trinh").text

    other = visitor(outside.registration("good", "truck"))
    assert case.dossier().plate_display not in other.get("/cua-toi").text
    assert "Bạn không có hồ sơ nào" in other.get("/cua-toi").text
    notice = next(paper for paper in case.rows(Document) if paper.kind == "notice")
    assert other.get(f"/cua-toi/giay-to/{notice.id}.pdf").status_code == 404
    form = {"csrf_token": token_in(other.get("/cua-toi").text)}
    assert other.post(f"/cua-toi/ho-so/{case.id}", data=form).status_code == 404

    # The open case is closed with the sign-in it belongs to.
    cookie = mine.cookies["pn_owner"]
    mine.post("/cua-toi/thoat", data={"csrf_token": token_in(mine.get("/cua-toi").text)})
    mine.cookies.set("pn_owner", cookie)
    assert mine.get("/ho-so").status_code == 401


def test_a_case_that_was_not_notified_is_not_shown(case, visitor):
    case.confirmed(fate="missing")
    assert "Bạn không có hồ sơ nào" in visitor(case.registration).get("/cua-toi").text


def test_a_named_driver_sees_that_case_without_the_owners_notice_until_it_is_denied(case, visitor, outside):
    case.entered(kind="motorbike")
    driver = outside.registration("good", "truck")["owner"] | {"id_number": "000099000777"}
    someone = next(
        r
        for r in outside.registrations
        if r["owner"]["kind"] == "person" and r["plate"] != case.registration["plate"]
    )
    named = {
        "name": someone["owner"]["name"],
        "id_number": someone["owner"]["id_number"],
        "address": driver["address"],
        "text": "Anh ấy mượn xe hôm đó.",
        "truthful": "yes",
    }
    assert case.owner.post("/ho-so/y-kien/driver", data=named).status_code == 303
    browser = visitor(someone)

    assert "Chủ xe cho biết bạn đã lái xe" in browser.get("/cua-toi").text
    open_case(browser, case.id)
    assert browser.get("/ho-so").status_code == 200
    assert browser.get("/ho-so/giay-to/notice.pdf").status_code == 404
    assert "notice.pdf" not in browser.get("/ho-so/tien-trinh").text
    data = browser.get("/cua-toi/du-lieu").text
    assert case.registration["owner"]["address"] not in data

    [said] = case.rows(Submission)
    answer = {"accepted": False, "reason": "Người này chứng minh không lái xe."}
    assert case.officer.post(f"/v1/submissions/{said.id}/answer", json=answer).status_code == 200
    assert "Bạn không có hồ sơ nào" in browser.get("/cua-toi").text


def test_points_come_from_decisions_in_force(case, visitor):
    case.decided(kind="motorbike")
    page = visitor(case.registration).get("/cua-toi/diem").text
    left = re.search(r'class="o-money">\D*(\d+)', page)[1]
    assert left == str(12 - case.dossier().assessment["points"]) == "8"
    assert case.dossier().decision_number in page


def test_a_person_takes_all_data_away_and_reads_it(case, visitor, real_papers):
    case.recorded(kind="motorbike")
    browser, owner = visitor(case.registration), case.registration["owner"]
    assert case.officer.get(f"/v1/dossiers/{case.id}").status_code == 200
    page = browser.get("/cua-toi/du-lieu").text
    assert owner["address"] in page
    assert owner["id_number"] not in page
    assert "Cán bộ xử lý: Xem thông tin chủ xe" in page

    assert browser.post("/cua-toi/du-lieu/tai-ve", data={"csrf_token": "no"}).status_code == 403
    answer = browser.post("/cua-toi/du-lieu/tai-ve", data={"csrf_token": token_in(page)})
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("du-lieu.json"))
        names = archive.namelist()
        assert archive.testzip() is None
        readable = archive.read("doc-o-day.html").decode()
    person = {"id_number": owner["id_number"], "name": owner["name"], "organisation": False}
    assert data["person"] == person
    assert data["cases"][0]["notice_number"] == case.dossier().notice_number
    papers = {paper["file"] for paper in data["cases"][0]["papers"]}
    assert papers == {name for name in names if name.endswith(".pdf")}
    assert len(papers) >= 2
    assert any(look["who_en"] == "An officer" for look in data["looks"])
    assert data["messages"]
    assert owner["name"] in readable
    assert all(f'href="{paper}"' in readable for paper in papers)
    assert len(case.rows(AuditEntry, AuditEntry.action == "citizen.data_taken_away")) == 1

    papers_page = browser.get("/cua-toi/giay-to").text
    for address in re.findall(r'href="(/cua-toi/giay-to/[^"]+\.pdf)"', papers_page):
        assert browser.get(address).content.startswith(b"%PDF")
    assert "Hộp thư VNeID" in papers_page


def test_wrong_data_is_objected_to_and_answered(case, visitor):
    case.notified(kind="motorbike")
    browser = visitor(case.registration)
    assert open_case(browser, case.id, to="data").headers["location"] == "/ho-so/y-kien/data"
    assert "Dữ liệu về tôi bị sai" in browser.get("/ho-so/y-kien/data").text
    sent = browser.post(
        "/ho-so/y-kien/data", data={"text": "Tôi đã chuyển nhà, địa chỉ mới là số 2 đường Mẫu."}
    )
    assert sent.status_code == 303
    [said] = case.rows(Submission)
    assert (said.answer_due_on - said.filed_at.date()).days >= 2
    again = browser.post("/ho-so/y-kien/data", data={"text": "Xin hỏi lại về địa chỉ của tôi."})
    assert again.status_code == 409
    assert case.dossier().state == "notified"

    answer = {"accepted": True, "reason": "Đã sửa địa chỉ theo dữ liệu dân cư."}
    assert case.officer.post(f"/v1/submissions/{said.id}/answer", json=answer).status_code == 200
    assert case.dossier().state == "notified"
    assert "Đã sửa địa chỉ" in browser.get(sent.headers["location"]).text


def test_cases_are_found_by_the_blind_index_alone(case, services):
    case.notified(kind="motorbike")
    with services.database.unit_of_work() as session:
        index = vault_of(services).index("id_number", case.registration["owner"]["id_number"])
        [found] = cases_of(session, index)
        assert (found.dossier.id, found.part) == (case.id, "owner")
        assert cases_of(session, case.registration["owner"]["id_number"]) == []
        assert session.scalar(select(AuditEntry.seq).limit(1)) is not None
