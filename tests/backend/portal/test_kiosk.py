"""A shared screen shows one visit and keeps nothing of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from backend.portal.kiosk import idle_limit_s, scanned
from backend.portal.models import OwnerSession
from backend.portal.service import SESSION_LIFETIME, Entry

SIGNED = "PN1*TB*TB-2026-000123*20261123*51A12345*CAR-6-9-B*19000000*56475AA7*XJGSOIAZ"


@pytest.mark.parametrize(
    ("typed", "plate", "number"),
    [
        (SIGNED, "51A12345", "TB-2026-000123"),
        ("http://127.0.0.1:8000/tra-cuu?so=TB-2026-000123", "", "TB-2026-000123"),
        ("TB-2026-000123", "", "TB-2026-000123"),
        ("PN1*TB", "", "PN1*TB"),
    ],
)
def test_a_scanner_fills_in_what_the_code_says(typed, plate, number):
    read = scanned(Entry("", typed, "7KQ2M9XP"))
    assert (read.plate, read.notice_number, read.secret) == (plate, number, "7KQ2M9XP")


def entered(case):
    """The owner's case on a machine that is a kiosk."""
    kiosk = case.owner
    assert kiosk.get("/kiosk").status_code == 200
    dossier = case.dossier()
    form = {"plate": dossier.plate, "notice_number": dossier.notice_number, "secret": case.secret()}
    assert kiosk.post("/kiosk", data={**form, "secret": "AAAA-AAAA"}).status_code == 422
    assert kiosk.post("/kiosk", data={"plate": dossier.plate}).status_code == 422
    assert kiosk.post("/kiosk", data=form).status_code == 303
    return kiosk


def test_nothing_of_a_visit_is_left_on_the_machine(case):
    case.decided(kind="motorbike")
    kiosk = entered(case)
    pages = ("", "/muc-phat", "/lua-chon", "/tien-trinh", "/nop-phat")
    files = ("/bang-chung/masked_at", "/bang-chung/masked_at/nho", "/bang-chung/masked_clip")
    papers = ("/giay-to/notice.pdf", "/bang-chung.zip")
    for path in (*pages, *files, *papers):
        answer = kiosk.get(f"/ho-so{path}")
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "no-store", path
        if path in pages:
            assert "data-warning" in answer.text
    ways = kiosk.get("/ho-so/nop-phat").text
    assert 'value="vietqr"' in ways
    assert 'value="vnpay"' not in ways  # nobody types a card number on a shared screen

    token = kiosk.cookies["pn_owner"]
    done = kiosk.post("/kiosk/het")
    assert done.headers["clear-site-data"] == '"cache", "storage"'
    assert "pn_owner" not in kiosk.cookies
    kiosk.cookies.set("pn_owner", token)
    for path in (*pages, *files, *papers):
        gone = kiosk.get(f"/ho-so{path}")
        assert (gone.status_code, gone.headers.get("location")) == (303, "/kiosk"), path
    fresh = kiosk.get("/kiosk").text
    dossier = case.dossier()
    assert dossier.plate not in fresh
    assert dossier.notice_number not in fresh


def test_the_next_person_begins_anew_even_where_the_last_one_just_left(case):
    case.notified(kind="motorbike")
    kiosk = entered(case)
    token = kiosk.cookies["pn_owner"]
    kiosk.get("/kiosk")
    kiosk.cookies.set("pn_owner", token)
    assert kiosk.get("/ho-so").headers["location"] == "/kiosk"


def test_a_sign_in_by_eid_ends_with_the_visit_and_has_no_door_on_a_kiosk(case, eid, new_client):
    case.notified(kind="motorbike")
    kiosk = new_client()
    for wipe in (lambda: kiosk.get("/kiosk"), lambda: kiosk.post("/kiosk/het")):
        kiosk.cookies.clear()
        assert eid.sign_in(kiosk, case.registration["owner"]["id_number"]).status_code == 200
        assert case.dossier().plate_display in kiosk.get("/cua-toi").text
        token = kiosk.cookies.get("pn_citizen", path="/cua-toi")
        wipe()
        assert "pn_citizen" not in kiosk.cookies
        kiosk.cookies.set("pn_citizen", token)
        assert case.dossier().plate_display not in kiosk.get("/cua-toi").text
    kiosk.get("/kiosk")
    for page in ("/", "/tra-cuu"):
        assert "/cua-toi/dang-nhap" not in kiosk.get(page).text
    for door in ("/cua-toi/dang-nhap", "/cua-toi/dang-nhap/eid"):
        assert kiosk.get(door).headers["location"] == "/kiosk"


def test_the_ordinary_look_up_has_the_kiosks_idle_limit_on_a_kiosk(case, services):
    case.notified(kind="motorbike")
    dossier = case.dossier()
    form = {"plate": dossier.plate, "notice_number": dossier.notice_number, "secret": case.secret()}
    case.owner.get("/kiosk")
    assert case.owner.post("/tra-cuu", data=form).status_code == 303
    [visit] = case.rows(OwnerSession)
    assert visit.idle_limit_s == idle_limit_s(services.settings)


def test_an_idle_visit_ends_on_the_server_too_and_more_time_can_be_asked_for(case, services):
    case.notified(kind="motorbike")
    kiosk = entered(case)
    limit = timedelta(seconds=idle_limit_s(services.settings))

    def left() -> timedelta:
        [row] = case.rows(OwnerSession)
        return row.expires_at - datetime.now(UTC)

    assert limit - timedelta(seconds=20) < left() <= limit
    with services.database.unit_of_work() as session:
        session.execute(update(OwnerSession).values(expires_at=datetime.now(UTC) + timedelta(seconds=9)))
    assert kiosk.post("/kiosk/con-day").status_code == 204
    assert left() > limit - timedelta(seconds=20)
    with services.database.unit_of_work() as session:  # however often: never longer than any visit
        session.execute(update(OwnerSession).values(opened_at=datetime.now(UTC) - SESSION_LIFETIME))
    assert kiosk.post("/kiosk/con-day").status_code == 204
    assert kiosk.post("/kiosk/con-day").headers["location"] == "/kiosk"


def test_other_machines_are_no_kiosk(case):
    case.entered(kind="motorbike")
    page = case.owner.get("/ho-so")
    assert "kiosk" not in page.text
    assert "max-age" in case.owner.get("/ho-so/bang-chung/masked_at").headers["cache-control"]
    assert case.owner.get("/ho-so/nop-phat").status_code == 303
