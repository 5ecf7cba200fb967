"""Signing in by e-ID: who gets in, and everything that must not let anybody in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import update

from backend.audit.models import AuditEntry
from backend.citizens.models import CitizenSession
from backend.citizens.service import LIFETIME
from backend.citizens.sessions import IDLE


def owner_number(outside) -> str:
    return outside.registration("good", "motorbike")["owner"]["id_number"]


def test_a_citizen_at_level_2_is_let_in_and_named(eid, outside, new_client, services):
    browser, registration = new_client(), outside.registration("good", "motorbike")

    page = eid.sign_in(browser, registration["owner"]["id_number"])

    assert page.status_code == 200
    assert registration["owner"]["name"] in page.text
    cookie = next(one for one in page.headers.get_list("set-cookie") if one.startswith("pn_citizen"))
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/cua-toi"))
    assert registration["owner"]["name"] in browser.get("/cua-toi").text
    with services.database.unit_of_work() as session:
        row = session.query(CitizenSession).one()
        line = session.query(AuditEntry).filter_by(action="citizen.signed_in").one()
    assert registration["owner"]["id_number"].encode() not in row.identity_sealed
    assert line.actor == row.actor
    assert registration["owner"]["id_number"] not in line.actor


def test_the_request_asks_for_all_that_protects_it(eid, new_client, client):
    asked = parse_qs(urlsplit(eid.begin(new_client())).query)

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["acr_values"] == ["LoA2"]
    assert asked["prompt"] == ["login"]
    assert len(asked["state"][0]) >= 32
    assert len(asked["nonce"][0]) >= 32


def test_whatever_does_not_fit_lets_nobody_in(eid, outside, new_client, services):
    """Level 1, a refusal, a wrong nonce, signature, time or issuer, and another browser's code."""
    number = owner_number(outside)

    def back(browser, **how) -> str:
        return eid.authorize(eid.begin(browser), number, **how)

    def code_of(address: str) -> str:
        return parse_qs(urlsplit(address).query)["code"][0]

    def with_fault(name: str):
        outside.faults(**{name: True})
        answer = eid.sign_in(new_client(), number)
        outside.mend()
        return answer

    thief, other = new_client(), new_client()
    own = back(thief)
    not_sure = "Chưa xác nhận được bạn là ai"
    attempts = [
        (eid.sign_in(new_client(), number, level="LoA1"), "Cần tài khoản mức độ 2"),
        (eid.sign_in(new_client(), number, decision="refuse"), "Bạn đã không đồng ý"),
        (with_fault("eid_wrong_nonce"), not_sure),
        (with_fault("eid_bad_signature"), not_sure),
        (with_fault("eid_expired"), not_sure),
        (eid.come_back(other, back(other).replace("iss=http", "iss=https")), "đã cũ"),
        # PKCE: another browser's code does not fit this one's verifier.
        (eid.come_back(thief, own.replace(code_of(own), code_of(back(new_client())))), "đã cũ"),
        (eid.come_back(new_client(), back(new_client())), "đã cũ"),
    ]
    for answer, words in attempts:
        assert answer.status_code >= 400
        assert words in answer.text
        assert "pn_citizen" not in str(answer.headers.get_list("set-cookie"))
    with services.database.unit_of_work() as session:
        assert session.query(CitizenSession).count() == 0


def test_an_answer_is_good_once(eid, outside, new_client):
    browser = new_client()
    back = eid.authorize(eid.begin(browser), owner_number(outside))
    assert eid.come_back(browser, back).status_code == 200
    assert eid.come_back(browser, back).status_code == 400


def test_the_issuer_may_change_its_keys(eid, outside, new_client, monkeypatch):
    monkeypatch.setattr("backend.oidc.client._KEYS_AGAIN_AFTER", timedelta(0))
    assert eid.sign_in(new_client(), owner_number(outside)).status_code == 200
    eid.http.post(f"{eid.url}/control/rotate")
    assert eid.sign_in(new_client(), owner_number(outside)).status_code == 200


def test_the_door_says_what_does_not_work(app, new_client, settings):
    for path in ("", "/diem"):
        answer = new_client().get(f"/cua-toi{path}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/cua-toi/dang-nhap")
    services = app.state.services

    def with_issuer(address: str):
        app.state.services = replace(services, settings=settings.model_copy(update={"eid_issuer": address}))
        return new_client().get("/cua-toi/dang-nhap/eid")

    silent = with_issuer("http://127.0.0.1:9")
    assert silent.status_code == 503
    assert "đang không trả lời" in silent.text
    assert with_issuer("").status_code == 404
    assert "chưa đăng nhập được" in new_client().get("/cua-toi/dang-nhap").text


def test_a_session_ends_by_itself(eid, outside, new_client, services):
    browser, now = new_client(), datetime.now(UTC)
    eid.sign_in(browser, owner_number(outside))
    good = {"seen_at": now, "expires_at": now + LIFETIME}
    for over in ({"seen_at": now - IDLE - timedelta(seconds=1)}, {"expires_at": now}):
        with services.database.unit_of_work() as session:
            session.execute(update(CitizenSession).values(**good))
        assert browser.get("/cua-toi").status_code == 200
        with services.database.unit_of_work() as session:
            session.execute(update(CitizenSession).values(**good | over))
        assert browser.get("/cua-toi").status_code == 303


def test_signing_out_needs_the_forms_own_token_and_leads_to_the_eids_exit(eid, outside, new_client, services):
    browser = new_client()
    eid.sign_in(browser, owner_number(outside))
    assert browser.post("/cua-toi/thoat", data={"csrf_token": "guessed"}).status_code == 403
    with services.database.unit_of_work() as session:
        token = session.query(CitizenSession).one().csrf_token
    page = browser.post("/cua-toi/thoat", data={"csrf_token": token})
    assert page.status_code == 200
    assert f"{eid.url}/oauth2/logout?id_token_hint=" in page.text
    assert browser.get("/cua-toi").status_code == 303


def test_the_issuer_ends_a_session_behind_the_browsers_back(eid, outside, new_client):
    browser = new_client()
    with eid.listening() as told:
        eid.sign_in(browser, owner_number(outside))
        eid.http.get(f"{eid.url}/oauth2/logout")
    [token] = parse_qs(told[0])["logout_token"]

    assert (
        new_client().post("/v1/eid/logout", data={"logout_token": token[:-6] + "AAAAAA"}).status_code == 400
    )
    assert browser.get("/cua-toi").status_code == 200
    assert new_client().post("/v1/eid/logout", data={"logout_token": token}).status_code == 200
    assert browser.get("/cua-toi").status_code == 303
