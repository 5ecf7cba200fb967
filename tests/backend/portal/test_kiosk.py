"""A shared screen shows one visit and keeps nothing of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from backend.database import utc_now
from backend.dossiers.secrets import new_secret
from backend.portal import pairing
from backend.portal.entry import Entry, scanned
from backend.portal.kiosk import idle_limit_s
from backend.portal.models import Kiosk, OwnerSession
from backend.portal.service import SESSION_LIFETIME
from tests.backend.factories import entry_of, make_account

SIGNED = "PN1*TB*TB-2026-000123*20261123*51A12345*CAR-6-9-B*19000000*56475AA7*XJGSOIAZ"


@pytest.mark.parametrize(
    ("typed", "plate", "number"),
    [
        (SIGNED, "51A12345", "TB-2026-000123"),
        ("http://127.0.0.1:8000/tra-cuu?so=TB-2026-000123", "", "TB-2026-000123"),
        ("http://127.0.0.1:8000/tra-cuu?so=TB-2026-000123&t=mau2mau3mau4mau5", "", "TB-2026-000123"),
        ("TB-2026-000123", "", "TB-2026-000123"),
        ("PN1*TB", "", "PN1*TB"),
    ],
)
def test_a_scanner_fills_in_what_the_code_says(typed, plate, number):
    read, letter = scanned(Entry("", typed, "7KQ2M9XP", "car"))
    assert letter == ("mau2mau3mau4mau5" if "t=mau2" in typed else "")
    assert read == Entry(plate, number, "7KQ2M9XP", "car")


def code_for(services, place="Trụ sở phường thử nghiệm") -> str:
    """A code as the administration page tells it."""
    with services.database.unit_of_work() as session:
        keeper = make_account(session, f"nguoi-lap-{new_secret().lower()}", "administrator")
        return pairing.issue(services, session, place, keeper, utc_now())


def paired(machine, services):
    """This machine, a kiosk from here on."""
    assert machine.post("/kiosk/ghep", data={"code": code_for(services)}).headers["location"] == "/kiosk"
    assert "data-warning" in machine.get("/kiosk").text
    return machine


def entered(case):
    """The owner's case on a machine that is a kiosk."""
    kiosk = paired(case.owner, case.services)
    dossier = case.dossier()
    form = entry_of(dossier, case.secret())
    assert kiosk.post("/kiosk", data={**form, "secret": "AAAA-AAAA"}).status_code == 422
    without = kiosk.post("/kiosk", data={**form, "group": ""})
    assert without.status_code == 422
    assert without.text.count("Chọn loại xe") == 1  # beside the field
    assert form["secret"] in without.text
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


def test_what_needs_a_paper_is_asked_for_at_the_counter_with_all_that_must_be_brought(case):
    case.decided(kind="motorbike")
    at_home = case.owner.get("/ho-so/lua-chon").text
    kiosk = entered(case)
    page = kiosk.get("/ho-so/lua-chon").text
    assert "/ho-so/y-kien/complaint" in page
    for said in ("Hãy mang theo", "thẻ căn cước", case.dossier().decision_number, "giấy xác nhận khó khăn"):
        assert said in page.split("Nếu khó nộp phạt")[1].split("Khiếu nại")[0], said
    for kind in ("deferral", "reduction", "exemption"):
        assert f"/ho-so/y-kien/{kind}" not in page
        turned_away = kiosk.get(f"/ho-so/y-kien/{kind}")
        assert (turned_away.status_code, turned_away.headers["location"]) == (303, "/ho-so/lua-chon")
        assert f"/ho-so/y-kien/{kind}" in at_home


def test_the_next_person_begins_anew_even_where_the_last_one_just_left(case):
    case.notified(kind="motorbike")
    kiosk = entered(case)
    token = kiosk.cookies["pn_owner"]
    kiosk.get("/kiosk")
    kiosk.cookies.set("pn_owner", token)
    assert kiosk.get("/ho-so").headers["location"] == "/kiosk"


def test_a_sign_in_by_eid_ends_with_the_visit_and_has_no_door_on_a_kiosk(case, eid, new_client, services):
    case.notified(kind="motorbike")
    kiosk = new_client()
    for wipe in (lambda: paired(kiosk, services), lambda: kiosk.post("/kiosk/het")):
        kiosk.cookies.clear()
        assert eid.sign_in(kiosk, case.registration["owner"]["id_number"]).status_code == 200
        assert case.dossier().plate_display in kiosk.get("/cua-toi").text
        token = kiosk.cookies.get("pn_citizen", path="/cua-toi")
        wipe()
        assert "pn_citizen" not in kiosk.cookies
        kiosk.cookies.set("pn_citizen", token)
        assert case.dossier().plate_display not in kiosk.get("/cua-toi").text
    paired(kiosk, services)
    for page in ("/", "/tra-cuu"):
        assert "/cua-toi/dang-nhap" not in kiosk.get(page).text
    for door in ("/cua-toi/dang-nhap", "/cua-toi/dang-nhap/eid"):
        assert kiosk.get(door).headers["location"] == "/kiosk"


def test_the_ordinary_look_up_has_the_kiosks_idle_limit_on_a_kiosk(case, services):
    case.notified(kind="motorbike")
    dossier = case.dossier()
    form = entry_of(dossier, case.secret())
    paired(case.owner, services)
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


def test_looking_at_the_kiosks_address_makes_no_machine_a_kiosk(case, new_client, services):
    case.notified(kind="motorbike")
    stranger, dossier = new_client(), case.dossier()
    page = stranger.get("/kiosk")
    assert page.status_code == 200
    assert "Máy này chưa phải ki-ốt" in page.text
    stranger.cookies.set("pn_kiosk", "1")  # what the address once handed out to everybody
    again = stranger.get("/kiosk")
    assert "Máy này chưa phải ki-ốt" in again.text
    assert 'pn_kiosk=""' in again.headers["set-cookie"]
    stranger.cookies.clear()
    form = entry_of(dossier, case.secret())
    assert stranger.post("/kiosk", data=form).status_code == 403
    assert stranger.post("/kiosk/nhip").json() == {"paired": False}
    assert "data-warning" not in stranger.get("/").text


def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(services, new_client):
    code = code_for(services)
    assert (
        new_client().post("/kiosk/ghep", data={"code": f" {code[:4]}-{code[4:].lower()}"}).status_code == 303
    )
    assert new_client().post("/kiosk/ghep", data={"code": code}).status_code == 422
    late = code_for(services)
    after = utc_now() + pairing.CODE_LIFETIME + timedelta(seconds=1)
    assert pairing.pair(services, late, "192.0.2.1", after) is None


def test_who_tries_codes_is_stopped(services, new_client):
    guesser, code = new_client(), code_for(services)
    answers = [guesser.post("/kiosk/ghep", data={"code": new_secret()}) for _ in range(pairing.WRONG_CODES)]
    assert {answer.status_code for answer in answers} == {422}
    assert guesser.post("/kiosk/ghep", data={"code": code}).status_code == 429


def test_staff_give_a_code_see_the_machine_and_revoke_it(case, staff, new_client):
    case.notified(kind="motorbike")
    keeper = staff("nguoi-van-hanh", "operator")
    assert keeper.post("/quan-tri/kiosk", data={"place": " "}).status_code == 422
    told = keeper.post("/quan-tri/kiosk", data={"place": "Cửa số 2, trụ sở thử nghiệm"}).text
    code = re.search(r'class="told">([A-Z0-9-]+)<', told)[1]
    assert code not in keeper.get("/quan-tri/kiosk").text
    kiosk = new_client()
    assert kiosk.post("/kiosk/ghep", data={"code": code}).status_code == 303
    dossier = case.dossier()
    form = entry_of(dossier, case.secret())
    assert kiosk.post("/kiosk", data=form).headers["location"] == "/ho-so"
    assert kiosk.post("/kiosk/nhip").json() == {"paired": True}
    [machine] = case.rows(Kiosk)
    assert machine.seen_at is not None
    assert "Cửa số 2" in keeper.get("/quan-tri/kiosk").text

    assert keeper.post(f"/quan-tri/kiosk/{machine.id}/thu-hoi").status_code == 303
    assert case.rows(OwnerSession) == []
    assert kiosk.get("/ho-so").status_code == 303
    assert kiosk.post("/kiosk/nhip").json() == {"paired": False}
    assert "Máy này chưa phải ki-ốt" in kiosk.get("/kiosk").text
    assert "Cửa số 2" not in keeper.get("/quan-tri/kiosk").text
