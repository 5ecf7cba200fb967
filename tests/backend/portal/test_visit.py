"""What a visitor who has come in may see and do, and what nobody sees without."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from backend.audit.models import AuditEntry
from backend.dossiers.issuer import signing_key
from backend.dossiers.models import Document
from backend.dossiers.papers import gather
from backend.evidence.models import EvidenceFile
from backend.portal.models import OwnerSession
from penalty.documents import sign_qr
from tests.backend.factories import MP4_STUB, entry_of, picture

ACCEPTANCE = {"driver": "yes", "electronic": "yes", "no_explanation": "yes"}
ORIGINALS = ("still_before", "still_at", "still_after", "clip")
OLD = {role: picture(role) for role in ("still_before", "still_at", "still_after")} | {
    "clip": MP4_STUB,
    "plate_crop": picture("plate", (96, 64), format_="PNG"),
}


def test_without_a_session_nothing_is_shown(case):
    case.notified(kind="motorbike")
    pages = ("", "/muc-phat", "/lua-chon", "/tien-trinh", "/chap-nhan", "/nop-phat")
    for path in (*pages, "/bang-chung/masked_at", "/giay-to/notice.pdf"):
        assert case.owner.get(f"/ho-so{path}").status_code == 401, path


def test_who_comes_too_late_is_told_what_to_do(case):
    case.entered(kind="motorbike")
    case.owner.post("/ho-so/thoat")
    page = case.owner.get("/ho-so/muc-phat")
    assert page.status_code == 401
    assert 'href="/tra-cuu"' in page.text
    assert "Nhập lại" in page.text or "nhập lại" in page.text


@pytest.mark.parametrize("path", ["/cua-toi", "/ho-so/chap-nhan", "/"])
def test_a_language_that_was_asked_for_holds_also_where_the_answer_leads_away(case, path):
    case.decided(kind="motorbike")  # nothing to accept any more: the page leads on
    answer = case.owner.get(f"{path}?lang=en")
    assert answer.status_code in {200, 303}
    assert 'lang="en"' in case.owner.get(answer.headers.get("location", path)).text


def test_a_session_ends_by_time_and_by_leaving(case):
    case.entered(kind="motorbike")
    assert case.owner.get("/ho-so").status_code == 200
    cookie = case.owner.cookies["pn_owner"]
    assert case.owner.post("/ho-so/thoat").status_code == 303
    case.owner.cookies.set("pn_owner", cookie)
    assert case.owner.get("/ho-so").status_code == 401
    case.owner.post("/tra-cuu", data=entry_of(case.dossier(), case.secret()))
    with case.services.database.unit_of_work() as session:
        session.execute(update(OwnerSession).values(expires_at=datetime.now(UTC)))
    assert case.owner.get("/ho-so").status_code == 401


def test_a_visitor_sees_his_own_dossier_only_and_each_look_is_logged(case, new_client):
    case.entered(kind="motorbike")
    first = case.dossier()
    files = ("masked_before", "masked_at", "masked_after", "masked_clip", "plate_crop", "drawing")
    for role in files:
        assert case.owner.get(f"/ho-so/bang-chung/{role}").status_code == 200
    part = case.owner.get("/ho-so/bang-chung/masked_clip", headers={"Range": "bytes=100-199"})
    assert (part.status_code, len(part.content)) == (206, 100)
    lines = case.rows(AuditEntry, AuditEntry.action == "evidence.viewed")
    mine = [line for line in lines if line.actor == f"owner:{first.id}"]
    assert {line.data["role"] for line in mine} == set(files)
    assert case.owner.get("/ho-so/giay-to/notice.pdf").content.startswith(b"%PDF")
    assert case.owner.get("/ho-so/giay-to/decision.pdf").status_code == 404
    # The staff's own addresses stay closed to an owner's cookie.
    assert case.owner.get(f"/v1/dossiers/{first.id}").status_code == 401
    assert case.owner.get(f"/v1/dossiers/{first.id}/documents/notice").status_code == 401
    page = case.owner.get("/ho-so/tien-trinh").text
    assert "Bạn: Xem hình ảnh, video" in page
    assert "canhsat" not in page


@pytest.mark.parametrize("role", [*ORIGINALS, "manifest", "nothing"])
def test_an_owner_never_gets_an_original(case, role):
    case.entered(kind="motorbike")
    for headers in ({}, {"Range": "bytes=0-"}, {"Range": "bytes=5-20"}):
        answer = case.owner.get(f"/ho-so/bang-chung/{role}", headers=headers)
        assert answer.status_code == 404
    assert case.owner.get(f"/v1/evidence/{case.dossier().violation_id}/{role}").status_code in {401, 422}


def test_no_page_and_no_paper_of_the_owner_shows_an_original(case, services):
    """By key and by content: what an owner's pages ask for, and the pictures in his papers."""
    case.entered(kind="motorbike")
    keys = {role: row.object_key for row in case.rows(EvidenceFile) for role in [row.role]}
    originals = {services.store.read(services.settings.s3_bucket, keys[role]) for role in ORIGINALS}
    for path in ("", "/muc-phat", "/lua-chon", "/tien-trinh", "/chap-nhan"):
        page = case.owner.get(f"/ho-so{path}").text
        for address in re.findall(r'(?:src|href|poster)="(/ho-so/bang-chung/[^"]+)"', page):
            assert address.split("/")[3] not in ORIGINALS
            assert case.owner.get(address).content not in originals
    with services.database.unit_of_work() as session:
        for document in session.query(Document):
            shown = {still.image for still in gather(services, session, document).stills()}
            assert shown
            assert not shown & originals


def test_a_report_without_masked_copies_shows_its_owner_no_picture(case):
    case.notified(kind="motorbike", schema_id="phatnguoi.report/1", contents=OLD, frames=None)
    page = case.enter().owner.get("/ho-so").text
    assert "không có bản đã che" in page
    assert "/bang-chung/plate_crop" in page
    assert not re.search(r"/bang-chung/(still|clip)", page)


def test_accepting_needs_all_three_and_happens_once(case):
    case.entered(kind="motorbike")
    partly = case.owner.post("/ho-so/chap-nhan", data={"driver": "yes", "electronic": "yes"})
    assert partly.status_code == 422
    assert case.dossier().state == "notified"
    for _ in range(2):
        assert case.owner.post("/ho-so/chap-nhan", data=ACCEPTANCE).status_code == 303
    assert case.dossier().state == "recorded"
    assert len([paper for paper in case.rows(Document) if paper.kind == "record"]) == 1


def test_an_organisation_cannot_say_that_it_drove(case):
    case.entered(kind="truck")
    page = case.owner.get("/ho-so/lua-chon").text
    assert "Xe thuộc về một tổ chức" in page
    assert "/ho-so/chap-nhan" not in page
    assert case.owner.post("/ho-so/chap-nhan", data=ACCEPTANCE).status_code == 409
    assert case.dossier().state == "notified"


def test_a_form_of_another_site_is_refused(case):
    case.entered(kind="motorbike")
    answer = case.owner.post("/ho-so/chap-nhan", data=ACCEPTANCE, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert case.dossier().state == "notified"


def test_papers_can_be_checked(case, settings, new_client):
    case.notified(kind="motorbike")
    dossier, visitor = case.dossier(), new_client()
    signed = {
        "kind": "TB",
        "number": dossier.notice_number,
        "issued_on": dossier.opened_at.date(),
        "plate": dossier.plate,
        "act_code": "X",
        "amount_vnd": dossier.fine_vnd,
    }
    ours = sign_qr(signing_key(settings), **signed)
    invented = sign_qr(signing_key(settings), **{**signed, "number": "TB-2026-999999"})
    shown_texts = {
        ours: "Giấy này là thật",
        ours.replace("5000000", "9000000"): "Giấy này không phải của chúng tôi",
        "PN1*TB": "Giấy này không phải của chúng tôi",
        invented: "không có trong sổ của chúng tôi",
    }
    for text, words in shown_texts.items():
        assert words in visitor.get("/xac-minh", params={"m": text}).text
    assert visitor.get("/xac-minh").status_code == 200


def test_pages_are_light_and_load_nothing_from_elsewhere(client):
    page = client.get("/")
    assert page.status_code == 200
    weight = len(page.content)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith(("/", "#", "tel:")), address
        if address.startswith("/static"):
            weight += len(client.get(address).content)
    assert weight < 50_000
    assert "<script" not in page.text
