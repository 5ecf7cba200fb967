"""One's own account: the password, the sessions, and taking the second factor away."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from backend.accounts.models import Account, AccountSession
from backend.accounts.words import browser_name
from tests.backend.accounts.test_second_factor import code_now, form_of, secret  # noqa: F401
from tests.backend.factories import PASSWORD, make_account, sign_in

NEW = "bay con vit xuoi dong"


@pytest.fixture
def account(services):
    with services.database.unit_of_work() as session:
        return make_account(session, "canhsat", "officer", signing_limit_vnd=7_500_000)


def change(client, *, old=PASSWORD, new=NEW, repeated=None):
    form = form_of(client.get("/tai-khoan/mat-khau"))
    fields = {"old_password": old, "new_password": new, "repeated": new if repeated is None else repeated}
    return client.post("/tai-khoan/mat-khau", data={**form, **fields})


def test_it_says_who_i_am_here(client, account):
    sign_in(client, "canhsat")
    page = client.get("/tai-khoan").text
    for words in (
        "Cán bộ xử lý",
        "Chiến sĩ Công an nhân dân",
        "7.500.000\N{NO-BREAK SPACE}đồng",
        "Toàn bộ địa bàn",
    ):
        assert words in page
    assert "VND\N{NO-BREAK SPACE}7,500,000" in client.get("/tai-khoan?lang=en").text


def test_a_new_password_ends_the_other_sessions(client, new_client, account):
    other = new_client()
    sign_in(client, "canhsat")
    sign_in(other, "canhsat")

    assert change(client).headers["location"] == "/tai-khoan?done=password"
    assert client.get("/tai-khoan").status_code == 200
    assert other.get("/tai-khoan").status_code == 303
    assert other.post("/v1/sessions", json={"username": "canhsat", "password": PASSWORD}).status_code == 401
    assert other.post("/v1/sessions", json={"username": "canhsat", "password": NEW}).status_code == 201


@pytest.mark.parametrize(
    "how",
    [
        {"old": "khong-phai-mat-khau"},
        {"new": "ngan"},
        {"new": PASSWORD},
        {"new": "CanhSat"},
        {"repeated": "khac-hai-lan-nhap"},
    ],
    ids=str,
)
def test_a_password_that_will_not_do_is_refused(client, account, how):
    sign_in(client, "canhsat")
    answer = change(client, **how)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert client.get("/tai-khoan").status_code == 200


def test_a_password_made_up_by_others_must_be_replaced_first(client, services, account):
    with services.database.unit_of_work() as session:
        session.execute(update(Account).values(must_change_password=True))
    answer = client.post("/dang-nhap", data={"username": "canhsat", "password": PASSWORD})
    assert answer.headers["location"] == "/tai-khoan/mat-khau"
    assert client.get("/canh-sat").status_code == 303
    assert change(client).headers["location"] == "/canh-sat"
    assert client.get("/canh-sat").status_code == 200


def test_sessions_are_listed_and_ended(client, new_client, services, account):
    other, third = new_client(), new_client()
    sign_in(client, "canhsat")
    for one in (other, third):
        one.headers["user-agent"] = "Test browser <b>1</b>"
        sign_in(one, "canhsat")
    page = client.get("/tai-khoan")
    ends = re.findall(r"/tai-khoan/phien/([0-9a-f-]{36})/ket-thuc", page.text)
    assert len(ends) == 2
    assert "&lt;b&gt;" in page.text

    assert client.post(f"/tai-khoan/phien/{ends[0]}/ket-thuc", data=form_of(page)).status_code == 303
    assert sorted(one.get("/tai-khoan").status_code for one in (other, third)) == [200, 303]
    assert client.post("/tai-khoan/phien-khac/ket-thuc", data=form_of(page)).status_code == 303
    assert {one.get("/tai-khoan").status_code for one in (other, third)} == {303}
    with services.database.unit_of_work() as session:
        ended = session.scalars(select(AccountSession).where(AccountSession.ended_at.is_not(None))).all()
        assert {one.ended_by for one in ended} == {account.id}


def test_nobody_ends_sessions_of_others_here(client, staff, account):
    sign_in(client, "canhsat")
    page = client.get("/tai-khoan")
    mine = re.search(r"csrf_token", page.text)
    assert mine
    stranger = staff("dieuhanh", "operator")
    with client.app.state.services.database.unit_of_work() as session:
        wanted = session.scalars(
            select(AccountSession.id).where(AccountSession.account_id == account.id)
        ).one()
    form = form_of(stranger.get("/tai-khoan"))
    assert stranger.post(f"/tai-khoan/phien/{wanted}/ket-thuc", data=form).status_code == 404
    assert client.get("/tai-khoan").status_code == 200


def test_the_second_factor_goes_only_with_a_code(client, services, account, secret):  # noqa: F811
    body = {"username": "canhsat", "password": PASSWORD, "code": code_now(secret)}
    assert client.post("/v1/sessions", json=body).status_code == 201
    form = form_of(client.get("/tai-khoan"))
    assert client.post("/tai-khoan/hai-lop/tat", data={**form, "code": body["code"]}).status_code == 422
    codes = client.post("/tai-khoan/hai-lop/ma-du-phong", data={**form, "code": code_now(secret, 1)})
    recovery = re.search(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", codes.text)[0]
    assert client.post("/tai-khoan/hai-lop/tat", data={**form, "code": recovery}).status_code == 303
    with services.database.unit_of_work() as session:
        assert session.get_one(Account, account.id).totp_sealed is None


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) Chrome/150.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU like Mac OS X) Version/19.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("python-httpx/0.28", "python-httpx/0.28"),
        ("", "–"),
    ],
)
def test_a_session_is_named_after_its_browser(agent, name):
    assert browser_name(agent) == name
