"""Staff sign in at the authority's issuer: who is let in, who is not, and what still is asked for here."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from backend import outgoing
from backend.accounts.models import Account
from backend.app import create_app
from backend.database import utc_now
from backend.oidc.shared import shared_client
from tests.backend.factories import PASSWORD, make_account
from tests.backend.oidc.test_client import ISSUER, Issuer


@pytest.fixture
def issuer(monkeypatch):
    found = Issuer()
    found.now = utc_now()
    found.claims = {"preferred_username": "CanhSat", "amr": ["pwd"]}
    http = httpx2.Client(transport=httpx2.MockTransport(found))
    monkeypatch.setattr(outgoing, "client", lambda: http)
    shared_client.cache_clear()
    yield found
    shared_client.cache_clear()


@pytest.fixture
def door(settings, issuer):
    """Makes a browser at an installation with these settings."""
    apps = []

    def make(**changes):
        values = {"staff_oidc_issuer": ISSUER, "staff_oidc_client_secret": "s", **changes}
        apps.append(create_app(settings.model_validate({**settings.model_dump(), **values})))
        return TestClient(apps[-1], follow_redirects=False)

    yield make
    for app in apps:
        app.state.services.database.close()


@pytest.fixture
def allowed(services):
    """An administrator has said that this person signs in at the issuer."""
    with services.database.unit_of_work() as session:
        made = make_account(session, "canhsat", "officer")
        made.issuer, made.password_hash = ISSUER, None
    return made


def come_back(client, issuer, **answer):
    sent = client.get("/dang-nhap/oidc")
    query = parse_qs(urlsplit(sent.headers["location"]).query)
    issuer.nonce, issuer.challenge = query["nonce"][0], query["code_challenge"][0]
    return client.get("/dang-nhap/oidc/ve", params={"code": "c", "state": query["state"][0], **answer})


def test_the_first_sign_in_links_by_name_and_later_ones_by_subject(door, issuer, allowed, services):
    client = door()
    assert "/dang-nhap/oidc" in client.get("/dang-nhap").text
    assert come_back(client, issuer).headers["location"] == "/canh-sat"
    assert client.get("/canh-sat").status_code == 200
    with services.database.unit_of_work() as session:
        assert session.get_one(Account, allowed.id).subject == "person-1"

    issuer.claims = {"preferred_username": "renamed"}
    assert come_back(door(), issuer).headers["location"] == "/canh-sat"
    issuer.claims = {"preferred_username": "canhsat", "sub": "person-2"}
    assert come_back(door(), issuer).status_code == 403


def test_who_signs_in_at_the_issuer_has_no_other_way_in(door, allowed, services):
    with services.database.unit_of_work() as session:
        make_account(session, "hai-duong", "officer").issuer = ISSUER
    credentials = {"username": "hai-duong", "password": PASSWORD}
    assert door().post("/v1/sessions", json=credentials).status_code == 401


def test_whom_nobody_admitted_stays_outside(door, issuer, services):
    with services.database.unit_of_work() as session:
        make_account(session, "canhsat", "officer")
    answer = come_back(door(), issuer)
    assert answer.status_code == 403
    assert "chưa được cấp quyền" in answer.text
    with services.database.unit_of_work() as session:
        assert session.scalars(select(Account)).one().subject is None


@pytest.mark.parametrize(("answer", "status"), [({"error": "access_denied"}, 401), ({}, 403)])
def test_a_refused_sign_in_is_no_longer_under_way(door, issuer, services, answer, status):
    client = door()
    assert come_back(client, issuer, **answer).status_code == status
    assert "pn_sso" not in client.cookies


def test_a_closed_account_stays_outside(door, issuer, allowed, services):
    with services.database.unit_of_work() as session:
        session.get_one(Account, allowed.id).active = False
    assert come_back(door(), issuer).status_code == 403


@pytest.mark.parametrize(("amr", "page"), [(["pwd", "otp"], "/canh-sat"), (["pwd"], "/tai-khoan/hai-lop")])
def test_a_role_that_needs_a_second_factor_gives_it_there_or_here(door, issuer, allowed, amr, page):
    issuer.claims |= {"amr": amr, "acr": None}
    assert come_back(door(second_factor_roles=("officer",)), issuer).headers["location"] == page


def test_an_answer_of_another_browser_or_a_second_time_opens_nothing(door, issuer, allowed):
    client, other = door(), door()
    sent = client.get("/dang-nhap/oidc")
    state = parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]
    assert other.get("/dang-nhap/oidc/ve", params={"code": "c", "state": state}).status_code == 401
    assert come_back(client, issuer, error="access_denied").status_code == 401
    assert come_back(client, issuer).status_code == 303
    assert client.get("/dang-nhap/oidc/ve", params={"code": "c", "state": state}).status_code == 401


def test_an_issuer_that_is_down_says_so_and_passwords_may_be_off(door, issuer, allowed, services):
    issuer.openid_configuration = lambda _: {"issuer": "x"}
    client = door(staff_local_sign_in=False)
    assert client.get("/dang-nhap/oidc").status_code == 401
    page = client.get("/dang-nhap").text
    assert 'name="password"' not in page
    with services.database.unit_of_work() as session:
        make_account(session, "doitruong", "team_chief")
    assert (
        client.post("/v1/sessions", json={"username": "doitruong", "password": PASSWORD}).status_code == 401
    )


def test_without_an_issuer_there_is_no_such_door(client):
    assert client.get("/dang-nhap/oidc").headers["location"] == "/dang-nhap"
    assert client.get("/dang-nhap/oidc/ve").headers["location"] == "/dang-nhap"
    assert "oidc" not in client.get("/dang-nhap").text
