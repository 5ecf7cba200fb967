"""Signing in, sessions, roles, the protection token, throttling; by API and by form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from backend.accounts.cookies import safe as _safe
from backend.accounts.models import Account, AccountSession, SignInFailure
from backend.accounts.service import (
    FAILURES_PER_CLIENT,
    FAILURES_PER_NAME_AND_CLIENT,
    NewAccount,
    create_account,
)
from tests.backend.factories import PASSWORD, make_account, sign_in


@pytest.fixture
def account(services):
    with services.database.unit_of_work() as session:
        make_account(session, "canhsat", "officer")


def enter(client, username="canhsat", password=PASSWORD):
    return client.post("/v1/sessions", json={"username": username, "password": password})


def test_signing_in_gives_a_cookie_that_scripts_cannot_read(client, account, services):
    answer = enter(client, " CanhSat ")

    assert answer.status_code == 201
    body = answer.json()
    assert body["account"]["username"] == "canhsat"
    assert body["account"]["roles"] == ["officer"]
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("pn_session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/v1/sessions/current").json()["csrf_token"] == body["csrf_token"]
    with services.database.unit_of_work() as session:
        assert client.cookies["pn_session"] not in session.scalars(select(AccountSession.token_hash)).all()


def test_cookies_are_for_tls_where_the_site_is(settings, account):
    from fastapi.testclient import TestClient

    from backend.app import create_app

    secure = create_app(settings.model_copy(update={"public_url": "https://phatnguoi.example"}))

    answer = enter(TestClient(secure))

    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"]


@pytest.mark.parametrize(("username", "password"), [("canhsat", "sai-mat-khau"), ("khong-co", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_read_the_same(client, account, username, password):
    answer = enter(client, username, password)

    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_credentials"
    assert "pn_session" not in client.cookies


def test_a_closed_account_does_not_enter_and_its_session_ends(client, account, services):
    sign_in(client, "canhsat")
    with services.database.unit_of_work() as session:
        session.execute(update(Account).values(active=False))

    assert client.get("/v1/sessions/current").status_code == 401
    assert enter(client).status_code == 401


def test_guessing_is_slowed_down_for_this_address_only(client, account, services):
    for _ in range(FAILURES_PER_NAME_AND_CLIENT):
        assert enter(client, password="sai").status_code == 401

    answer = enter(client)
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_attempts"
    assert int(answer.headers["retry-after"]) > 0
    with services.database.unit_of_work() as session:
        session.execute(update(SignInFailure).values(client="203.0.113.9"))
    assert enter(client).status_code == 201


def test_guessing_over_many_names_is_slowed_down(client, account, services):
    with services.database.unit_of_work() as session:
        session.add_all(
            SignInFailure(username=f"ten{n}", client="testclient", at=datetime.now(UTC))
            for n in range(FAILURES_PER_CLIENT)
        )

    assert enter(client).status_code == 429


def test_old_failures_are_forgotten(client, account, services):
    for _ in range(FAILURES_PER_NAME_AND_CLIENT):
        enter(client, password="sai")
    with services.database.unit_of_work() as session:
        session.execute(update(SignInFailure).values(at=datetime.now(UTC) - timedelta(minutes=11)))

    assert enter(client).status_code == 201


def test_a_session_ends_by_itself_and_by_signing_out(client, account, services):
    sign_in(client, "canhsat")
    assert client.delete("/v1/sessions/current").status_code == 204
    assert client.get("/v1/sessions/current").status_code == 401

    sign_in(client, "canhsat")
    token = client.cookies["pn_session"]
    with services.database.unit_of_work() as session:
        session.execute(update(AccountSession).values(expires_at=datetime.now(UTC)))
    client.cookies.set("pn_session", token)
    assert client.get("/v1/sessions/current").json()["code"] == "not_signed_in"


@pytest.mark.parametrize("token", ["", "wrong", "w" * 5000])
def test_a_changing_request_needs_its_token(client, account, token):
    sign_in(client, "canhsat")
    client.headers["X-CSRF-Token"] = token

    answer = client.post("/v1/review/next")

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_token_wrong")


def test_another_sessions_token_does_not_help(client, new_client, account):
    other = new_client()
    foreign = sign_in(other, "canhsat")
    sign_in(client, "canhsat")
    client.headers["X-CSRF-Token"] = foreign

    assert client.post("/v1/review/next").json()["code"] == "csrf_token_wrong"


def test_forms_carry_the_token_as_a_field(client, account):
    token = sign_in(client, "canhsat")
    del client.headers["X-CSRF-Token"]

    assert client.post("/dang-xuat", data={"csrf_token": "x"}).status_code == 403
    answer = client.post("/dang-xuat", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/dang-nhap")
    assert client.get("/v1/sessions/current").status_code == 401


def test_a_form_sent_by_another_site_is_refused(client, account):
    answer = client.post(
        "/dang-nhap",
        data={"username": "canhsat", "password": PASSWORD},
        headers={"sec-fetch-site": "cross-site"},
    )

    assert answer.status_code == 403


def test_the_sign_in_page(client, account):
    page = client.get("/dang-nhap?next=/canh-sat")
    assert page.status_code == 200
    assert "Đăng nhập dành cho cán bộ" in page.text
    assert 'value="/canh-sat"' in page.text

    wrong = client.post("/dang-nhap", data={"username": "<b>canhsat", "password": "sai", "next": "/canh-sat"})
    assert wrong.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in wrong.text
    assert "&lt;b&gt;canhsat" in wrong.text
    assert "sai" not in wrong.text.split("<form", 1)[1]

    right = client.post("/dang-nhap", data={"username": "canhsat", "password": PASSWORD, "next": "/canh-sat"})
    assert (right.status_code, right.headers["location"]) == (303, "/canh-sat")
    assert client.get("/dang-nhap").headers["location"] == "/canh-sat"


def test_english_is_remembered(client):
    assert "Staff sign-in" in client.get("/dang-nhap?lang=en").text
    page = client.get("/dang-nhap").text
    assert "Staff sign-in" in page
    assert '<html lang="en">' in page
    assert "Đăng nhập dành cho cán bộ" in client.get("/dang-nhap?lang=vi").text


@pytest.mark.parametrize(
    ("role", "home", "closed"),
    [("officer", "/canh-sat", "/dieu-hanh"), ("operator", "/dieu-hanh", "/canh-sat")],
)
def test_everybody_lands_where_his_work_is_and_only_there(services, client, role, home, closed):
    with services.database.unit_of_work() as session:
        make_account(session, "ai-do", role)

    answer = client.post("/dang-nhap", data={"username": "ai-do", "password": PASSWORD})

    assert answer.headers["location"] == home
    assert client.get(home).status_code == 200
    refused = client.get(closed)
    assert refused.status_code == 403
    assert "Tài khoản của bạn không có quyền làm việc này" in refused.text


def test_strangers_are_sent_to_sign_in_and_back(client):
    answer = client.get("/canh-sat")

    assert (answer.status_code, answer.headers["location"]) == (303, "/dang-nhap?next=/canh-sat")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        "/\t/evil.example",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(address):
    assert _safe(address) == ""


def test_short_passwords_are_refused(services):
    with pytest.raises(ValueError, match="10 characters"), services.database.unit_of_work() as session:
        create_account(session, NewAccount(username="a", full_name="A", roles=("officer",)), password="ngan")
